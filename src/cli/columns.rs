//! `smallbench columns`: what the columns of the tables mean.

use super::arguments::Columns;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::reference;

pub(super) fn run(columns: &Columns, session: &Session) -> Result<Exit, Error> {
    let part = columns.name.as_deref().unwrap_or_default();
    let page = reference::columns(part).ok_or_else(|| {
        Error::misuse(format!("no column of the tables contains `{part}`"), "`smallbench columns` lists them all")
    })?;
    let reporter = session.reporter(false);
    reporter.result(page.trim_end());
    reporter.written()?;
    Ok(Exit::Success)
}
