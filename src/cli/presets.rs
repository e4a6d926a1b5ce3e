//! `smallbench presets`: the well-known datasets that a spec can name.

use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::spec::preset::{PRESETS, description};

pub(super) fn run(session: &Session) -> Result<Exit, Error> {
    let width = PRESETS.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines: Vec<String> =
        PRESETS.iter().map(|(name, text)| format!("{name:width$}  {}", description(text))).collect();
    let reporter = session.reporter(false);
    reporter.result(&lines.join("\n"));
    reporter.written()?;
    Ok(Exit::Success)
}
