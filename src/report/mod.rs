//! Output for people: charts, the Markdown summary and the manifest.

mod axes;
mod comparisons;
pub mod history;
pub mod html;
pub mod imported;
pub mod largest_load;
pub mod manifest;
pub mod markdown;
pub mod names;
pub mod origin;
pub mod pairs;
mod parts;
pub mod pictures;
mod positions;
mod server;
pub mod subjects;
pub mod tables;
pub mod unknown_letters;
