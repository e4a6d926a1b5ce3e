//! `smallbench plan`: shows what `apply` would send.

use std::collections::BTreeSet;
use std::mem::ManuallyDrop;

use super::apply;
use super::arguments::Plan as Arguments;
use super::looking::Looking;
use super::process_env;
use super::session::Session;
use crate::console::estimate;
use crate::console::text::{fold, printable};
use crate::engine::consult::estimate::judge_states;
use crate::engine::generate::missing::CellState;
use crate::engine::generate::{batch_api, missing, until};
use crate::engine::prepare::gauge::Calibration;
use crate::engine::prepare::{Prepared, Sending, prepare};
use crate::engine::servers::readiness;
use crate::error::Error;
use crate::exit::Exit;
use crate::format::counted;
use crate::id::ModelId;
use crate::lock::Policy;

pub(super) fn run(arguments: &Arguments, session: &Session) -> Result<Exit, Error> {
    let mut plan = session.plan(&arguments.spec)?;
    let looking = Looking::of_tables(&plan, ("plan", arguments.wide), session)?;
    let context = looking.context();
    let runtime = apply::runtime()?;
    let Prepared { work, connections, judges, calibrations, .. } =
        runtime.block_on(prepare(&mut plan, (Policy::Look, Sending::Missing), None, &context))?;
    plan.old_prices(&process_env::today()).into_iter().for_each(|text| context.warn(text));
    // The system takes it back at once when the program ends.
    let work = ManuallyDrop::new(work);
    let mut states = Vec::new();
    for Calibration { plan, work } in &calibrations {
        states.extend(missing::states(plan, work, &*looking.store)?);
    }
    states.extend(missing::states(&plan, &work, &*looking.store)?);
    let judges = judge_states((&plan, &work), &judges, &context)?;
    looking.reporter.result(&estimate::render(&plan, (&states, &judges), looking.reporter.width()));
    let batches = runtime.block_on(batch_api::open(&plan, &work, &connections, &context))?;
    estimate::at_providers(&batches).iter().for_each(|line| looking.reporter.result(&printable(line)));
    if let Some(search) = &plan.search {
        let (low, high) = search.bounds;
        let most = counted(search.most_probes(), "level");
        looking.reporter.result(&format!(
            "\n`load.find` measures at most {most} of each model between c={low} and c={high}; listed are those that are \
             known and the next"
        ));
    }
    for line in until::expectations(&plan, &work, &*looking.store)? {
        looking.reporter.result(&printable(&line));
    }
    let missing = if arguments.check {
        let needed = needed(&states);
        runtime.block_on(readiness::missing(&plan, (&connections, &needed), &context))?
    } else {
        Vec::new()
    };
    if !missing.is_empty() {
        let (count, are) = (counted(missing.len(), "endpoint"), if missing.len() == 1 { "is" } else { "are" });
        looking.reporter.result(&format!("\n{count} {are} not ready:"));
        let folded = |error| fold(&printable(&line(error)), looking.reporter.width(), "  ");
        missing.iter().for_each(|error| looking.reporter.result(&folded(error)));
    }
    looking.reporter.written()?;
    Ok(if missing.is_empty() { Exit::Success } else { Exit::NotReady })
}

/// The models that something is to be sent to.
fn needed(states: &[CellState]) -> BTreeSet<ModelId> {
    let open = states.iter().filter(|state| state.to_send() > 0 || state.continues.is_some());
    open.map(|state| state.batch.model_id).collect()
}

fn line(error: &Error) -> String {
    match error.hint() {
        Some(hint) => format!("- {error}; {hint}"),
        None => format!("- {error}"),
    }
}
