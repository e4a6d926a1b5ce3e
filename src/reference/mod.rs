//! The pages of the reference, made of what the program itself declares.

mod checks;
mod codes;
mod columns;
mod commands;
mod keys;
mod markdown;
mod schema_type;
mod variables;

use clap::Command;

pub use columns::page as columns;

/// The names of the pages, which are those of their files in `docs/reference`.
pub const PAGES: [&str; 6] = ["keys", "commands", "columns", "checks", "exit-codes", "environment"];

/// A page in Markdown; `None` if there is none of the name. The commands are those of `program`.
pub fn page(name: &str, program: &Command) -> Option<String> {
    match name {
        "keys" => Some(keys::page()),
        "commands" => Some(commands::page(program)),
        "columns" => columns::page(""),
        "checks" => Some(checks::page()),
        "exit-codes" => Some(codes::page()),
        "environment" => Some(variables::page()),
        _ => None,
    }
}
