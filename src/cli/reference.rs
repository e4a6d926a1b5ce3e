//! `smallbench reference`: a page of the reference.

use clap::CommandFactory;

use super::arguments::Arguments;
use super::file_arguments::Reference;
use super::session::Session;
use crate::console::json_event;
use crate::error::Error;
use crate::exit::Exit;
use crate::reference;

pub(super) fn run(arguments: &Reference, session: &Session) -> Result<Exit, Error> {
    let page = reference::page(&arguments.page, &Arguments::command(), &json_event::json_schema())
        .ok_or_else(|| Error::Internal(format!("page `{}` has no text", arguments.page)))?;
    let reporter = session.reporter(false);
    reporter.result(page.trim_end());
    reporter.written()?;
    Ok(Exit::Success)
}
