//! What was read of servers and machines by the runs that measured each batch.

use std::collections::HashSet;
use std::sync::Arc;

use crate::engine::Context;
use crate::error::Error;
use crate::plan::{Observing, Plan};
use crate::tables::group::Results;
use crate::telemetry::{Observed, Stretch};
use crate::work::Work;

/// Adds what the store holds of it to the results, as far as the spec asks for it.
///
/// # Errors
/// The store cannot be read.
pub(super) fn add(plan: &Plan, work: &Work, results: &mut Results, context: &Context<'_>) -> Result<(), Error> {
    results.observe(|group| {
        let observing = &plan.endpoint_of(&group.batch.model).observing;
        if !observing.is_on() || !group.batch.reads_server() {
            return Ok(Observed::default());
        }
        let runs: HashSet<Arc<str>> = group.figures.runs().into_iter().collect();
        let mut parts = context.store.telemetry(work.batch_key(&group.batch))?;
        parts.retain(|part| runs.contains(part.run.as_str()));
        let asked = Stretch::joined(parts).into_iter().map(|stretch| as_asked(stretch, observing));
        Ok(Observed::new(observing.metrics.is_some(), observing.energy, asked.collect()))
    })
}

/// A stretch without what the spec does not ask for any more.
fn as_asked(mut stretch: Stretch, observing: &Observing) -> Stretch {
    if observing.metrics.is_none() {
        stretch.words_fault = None;
        stretch.readings.iter_mut().for_each(|reading| reading.words.clear());
    }
    if !observing.energy {
        (stretch.energy_of, stretch.energy_fault) = (None, None);
        stretch.readings.iter_mut().for_each(|reading| reading.energy_j = None);
    }
    stretch
}
