//! The pages of the reference, made of what the program itself declares.

mod checks;
mod codes;
mod columns;
mod commands;
mod elsewhere;
mod events;
mod keys;
mod markdown;
mod schema_type;
mod variables;

use clap::Command;
use serde_json::Value as Json;

pub use columns::page as columns;

/// The names of the pages, which are those of their files in `docs/reference`.
pub const PAGES: [&str; 7] = ["keys", "commands", "columns", "checks", "events", "exit-codes", "environment"];

/// A page in Markdown; `None` if there is none of the name. The commands are those of `program`, the events those of a
/// JSON schema.
pub fn page(name: &str, program: &Command, events: &Json) -> Option<String> {
    match name {
        "keys" => Some(keys::page()),
        "commands" => Some(commands::page(program)),
        "columns" => columns::page(""),
        "checks" => Some(checks::page()),
        "events" => Some(events::page(events)),
        "exit-codes" => Some(codes::page()),
        "environment" => Some(variables::page()),
        _ => None,
    }
}
