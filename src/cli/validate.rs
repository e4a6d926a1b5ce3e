//! `smallbench validate`: checks a spec offline and prints all its errors.

use super::session::Session;
use super::spec_arguments::Spec;
use crate::error::Error;
use crate::exit::Exit;
use crate::format::counted;
use crate::plan::Plan;

pub(super) fn run(arguments: &Spec, session: &Session) -> Result<Exit, Error> {
    let plan = session.plan(arguments)?;
    let reporter = session.reporter(false);
    reporter.result(&format!(
        "{} is valid: {}, {}, {}, {}",
        arguments.spec.display(),
        counted(plan.models.len(), "model"),
        counted(plan.datasets.len(), "dataset"),
        levels(&plan),
        counted(plan.charts.len(), "chart"),
    ));
    reporter.written()?;
    Ok(Exit::Success)
}

/// The levels; how many a search needs is not known.
fn levels(plan: &Plan) -> String {
    let most = counted(plan.most_levels(), "level");
    if plan.search.is_some() { format!("at most {most} for each model") } else { most }
}
