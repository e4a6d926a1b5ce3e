//! Output for people: charts, the Markdown summary and the manifest.

mod load_views;
pub mod manifest;
pub mod markdown;
pub mod names;
pub mod pictures;
pub mod quantity;
mod shown;
pub mod tables;
