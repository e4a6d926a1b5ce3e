//! Events for machines: one JSON object per line on standard output, and the schema of each.

mod end;
mod event;
mod left;
mod schema;

pub use event::JsonEvent;
pub use schema::json_schema;
