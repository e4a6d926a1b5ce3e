//! `smallbench baseline`: what gates compare with, as one small file.

use super::results_arguments::Baseline;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::export::baseline;
use crate::files::{folder_of, write_bytes};
use crate::format::counted;

pub(super) fn run(arguments: &Baseline, session: &Session) -> Result<Exit, Error> {
    let text = baseline(&arguments.run)?;
    let folder = folder_of(&arguments.output);
    std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
    write_bytes(&arguments.output, text.as_bytes())?;
    let reporter = session.reporter(false);
    let (rows, path) = (text.lines().count() - 1, arguments.output.display());
    reporter.note(&format!("wrote {} to {path}; name it in the spec with `baseline`", counted(rows, "row")));
    reporter.written()?;
    Ok(Exit::Success)
}
