//! `smallbench man`: the manual pages.

use clap::CommandFactory;

use super::arguments::Arguments;
use super::file_arguments::Man;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;

pub(super) fn run(arguments: &Man, session: &Session) -> Result<Exit, Error> {
    std::fs::create_dir_all(&arguments.folder).map_err(Error::io(&arguments.folder))?;
    clap_mangen::generate_to(Arguments::command(), &arguments.folder).map_err(Error::io(&arguments.folder))?;
    let reporter = session.reporter(false);
    reporter.result(&format!("written to {}", arguments.folder.display()));
    reporter.written()?;
    Ok(Exit::Success)
}
