//! `smallbench judge`: judges what is stored, without sending anything to the models that are compared.

use super::apply::{RunArguments, run_plan};
use super::arguments::Judge;
use super::session::Session;
use crate::engine::apply::RunEnd;
use crate::engine::prepare::Sending;
use crate::error::Error;
use crate::exit::Exit;
use crate::lock::Policy;

pub(super) fn run(arguments: &Judge, session: &Session) -> Result<Exit, Error> {
    let mut plan = session.plan(&arguments.spec)?;
    let sending = (Policy::Look, Sending::Nothing);
    let again = arguments.spec.command("judge");
    let asked = RunArguments { yes: arguments.yes, display: arguments.display, judge: again.clone(), again };
    // Who sends nothing leaves nothing to others.
    let Some((RunEnd::Written(outcome), stop)) = run_plan(&mut plan, sending, None, &asked, session)? else {
        return Ok(Exit::Interrupted);
    };
    Ok(match (stop.drain.is_cancelled(), outcome.unfinished.over_budget, outcome.unfinished.unjudged) {
        (true, ..) => Exit::Interrupted,
        (_, Some(_), _) => Exit::Stopped,
        (.., 0) => Exit::Success,
        _ => Exit::SomeFailed,
    })
}
