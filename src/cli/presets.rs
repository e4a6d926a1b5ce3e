//! `smallbench presets`: the well-known datasets that a spec can name.

use super::session::Session;
use crate::console::text::fold;
use crate::error::Error;
use crate::exit::Exit;
use crate::spec::preset::{PRESETS, description};

/// Space between the names and what they stand for.
const GAP: usize = 2;

pub(super) fn run(session: &Session) -> Result<Exit, Error> {
    let width = PRESETS.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines: Vec<String> =
        PRESETS.iter().map(|(name, text)| format!("{name:width$}{}{}", " ".repeat(GAP), description(text))).collect();
    let reporter = session.reporter(false);
    reporter.result(&fold(&lines.join("\n"), reporter.width(), &" ".repeat(width + GAP)));
    reporter.written()?;
    Ok(Exit::Success)
}
