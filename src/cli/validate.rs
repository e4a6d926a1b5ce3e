//! `smallbench validate`: checks a spec offline and prints all its errors.

use super::arguments::Spec;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::format::counted;

pub(super) fn run(arguments: &Spec, session: &Session) -> Result<Exit, Error> {
    let plan = session.plan(arguments)?;
    let reporter = session.reporter(false);
    reporter.result(&format!(
        "{} is valid: {}, {}, {}, {}",
        arguments.spec.display(),
        counted(plan.models.len(), "model"),
        counted(plan.datasets.len(), "dataset"),
        counted(plan.levels.len(), "level"),
        counted(plan.charts.len(), "chart"),
    ));
    reporter.written()?;
    Ok(Exit::Success)
}
