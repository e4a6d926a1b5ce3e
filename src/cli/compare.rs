//! `smallbench compare`: what changed between runs, or between tools.

use super::results;
use super::results_arguments::{Compare, Format};
use super::session::Session;
use crate::compare::{changes, differences};
use crate::console::compare::{Comparison, json, markdown, text};
use crate::console::text::fold;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::write_bytes;
use crate::report::html;

pub(super) fn run(arguments: &Compare, session: &Session) -> Result<Exit, Error> {
    let sources = arguments.results.iter().map(|path| results::named(path, session)).collect::<Result<Vec<_>, _>>()?;
    let (changes, differences) = (changes(&sources), differences(&sources));
    if let Some(path) = &arguments.html {
        write_bytes(path, html::changes::page(&sources, &changes, &differences)?.as_bytes())?;
    }
    let comparison = Comparison { sources: &sources, changes: &changes, differences: &differences };
    let reporter = session.reporter(false);
    let shown = match arguments.format {
        Format::Text => fold(&text(&comparison), reporter.width(), "    "),
        Format::Markdown => markdown(&comparison),
        Format::Json => json(&comparison),
    };
    reporter.result(shown.trim_end());
    reporter.written()?;
    Ok(Exit::Success)
}
