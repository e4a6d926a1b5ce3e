//! `smallbench plan`: shows what `apply` would send.

use super::apply;
use super::arguments::Plan as Arguments;
use super::looking::Looking;
use super::session::Session;
use crate::console::estimate;
use crate::engine::apply::{Sending, prepare};
use crate::engine::missing;
use crate::error::Error;
use crate::exit::Exit;
use crate::lock::Policy;

pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<Exit, Error> {
    let mut plan = session.plan(&arguments.spec)?;
    let looking = Looking::at(&plan, "plan", session)?;
    let context = looking.context();
    let prepared = apply::runtime()?.block_on(prepare(&mut plan, (Policy::Look, Sending::Missing), &context))?;
    let states = missing::states(&prepared.work, &*looking.store)?;
    looking.reporter.result(&estimate::render(&plan, &states));
    looking.reporter.written()?;
    Ok(Exit::Success)
}
