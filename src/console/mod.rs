//! The console: the only place that prints.

pub mod compare;
pub mod error;
pub mod estimate;
pub mod explain;
pub mod history;
pub mod json_event;
pub mod progress;
pub mod reporter;
pub mod screen;
pub mod selftest;
pub mod store;
pub mod table;
pub mod text;
pub mod workers;
pub mod yaml;
