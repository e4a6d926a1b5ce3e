//! `smallbench completions`: a script for a shell.

use clap::CommandFactory;

use super::arguments::Arguments;
use super::file_arguments::Completions;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;

pub(super) fn run(arguments: &Completions, session: &Session) -> Result<Exit, Error> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "smallbench", &mut script);
    let reporter = session.reporter(false);
    reporter.result(String::from_utf8_lossy(&script).trim_end());
    reporter.written()?;
    Ok(Exit::Success)
}
