//! `smallbench validate`: everything that is wrong with a spec, without touching the network.

use super::arguments::Spec;
use super::surroundings;
use crate::console::reporter::{Mode, Reporter};
use crate::error::Error;

pub(super) fn run(arguments: &Spec) -> Result<u8, Error> {
    let plan = surroundings::plan(arguments, &surroundings::environment())?;
    let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    Reporter::new(Mode::choose(false, true)).result(&format!(
        "{} is valid: {}, {}, {}, {}",
        arguments.spec.display(),
        counted(plan.models.len(), "model"),
        counted(plan.datasets.len(), "dataset"),
        counted(plan.levels.len(), "level"),
        counted(plan.charts.len(), "chart"),
    ));
    Ok(0)
}
