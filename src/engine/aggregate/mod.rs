//! The stage aggregate: figures become summaries, checks and gates.

mod observed;
pub mod warmups;

use std::collections::BTreeMap;
use std::sync::Arc;

use warmups::Warmups;

use super::Context;
use super::generated::Generated;
use super::opinions::Opinions;
use super::stored::responses::Responses;
use crate::checks::{Check, CheckStatus, Ground, checks};
use crate::clients::Clocks;
use crate::error::Error;
use crate::event::Stage;
use crate::format::counted;
use crate::gates::{self, GateOutcome};
use crate::id::{BatchId, ModelId, Per};
use crate::store::SeenModel;
use crate::tables::figures::Figures;
use crate::tables::group::{MeasuredBatch, Results};
use crate::tables::words::Words;

/// What was measured, summed up and checked.
pub(super) struct Aggregated {
    pub(super) results: Results,
    /// The warm-ups of each batch that was measured.
    pub(super) warmups: BTreeMap<BatchId, Warmups>,
    pub(super) checks: Vec<Check>,
    /// The gates, each for each model.
    pub(super) gates: Vec<GateOutcome>,
}

/// Summarizes and checks the figures of each batch. `seen` is what servers said of each model.
///
/// # Errors
/// A table cannot be built, or the store cannot be read.
pub(super) fn aggregate(
    responses: &Responses<'_>,
    (figures, words): (Per<BatchId, Figures>, &Arc<Words>),
    seen: &Per<ModelId, Option<SeenModel>>,
    (generated, opinions): (&Generated, &Opinions),
    context: &Context<'_>,
) -> Result<Aggregated, Error> {
    let (plan, work) = (responses.plan, responses.work);
    let (warmups, measured) = with_warmups(responses, figures, words, context)?;
    let mut results = Results { questions: work.questions(), ..Results::new(plan, measured)? };
    observed::add(plan, work, &mut results, context)?;
    let checks = all_checks(responses, &results, seen, (generated, opinions));
    let gates = gates::outcomes(&plan.gating.gates, &results.groups, plan.gating.baseline.as_deref());
    context.finished(Stage::Aggregate, line(&results, &checks));
    Ok(Aggregated { results, warmups, checks, gates })
}

/// Finds the warm-ups of each batch that was measured.
fn with_warmups(
    responses: &Responses<'_>,
    figures: Per<BatchId, Figures>,
    words: &Arc<Words>,
    context: &Context<'_>,
) -> Result<(BTreeMap<BatchId, Warmups>, Vec<MeasuredBatch>), Error> {
    let (plan, work) = (responses.plan, responses.work);
    let (mut all, mut measured) = (BTreeMap::new(), Vec::new());
    for (id, figures) in figures.into_with_ids().filter(|(_, figures)| !figures.is_empty()) {
        let batch = &work.batches[id];
        let figures = figures.with_clocks(Clocks::of(context.store.client_parts(work.batch_key(batch))?));
        let warmups = Warmups::of(work, batch, &figures, context)?;
        measured.push(MeasuredBatch { batch: batch.clone(), figures, warmups: warmups.figures(plan, words)? });
        all.insert(id, warmups);
    }
    Ok((all, measured))
}

/// The checks of what was sent, of the results, and of what judges said.
fn all_checks(
    responses: &Responses<'_>,
    results: &Results,
    seen: &Per<ModelId, Option<SeenModel>>,
    (generated, opinions): (&Generated, &Opinions),
) -> Vec<Check> {
    let (plan, work) = (responses.plan, responses.work);
    let stated = |id: ModelId| seen[id].as_ref().and_then(|seen| seen.facts.context());
    let contexts = plan.models.ids().map(|id| work.chosen_context(plan, id).map(u64::from).or_else(|| stated(id)));
    let contexts: Per<ModelId, Option<u64>> = contexts.collect();
    let digests: Per<ModelId, Option<String>> =
        seen.iter().map(|seen| seen.as_ref().and_then(|seen| seen.digest.clone())).collect();
    let prompt = |place: usize| {
        let slot = work.slots.get(place)?;
        Some(work.rendered(slot))
    };
    checks(Ground {
        plan,
        groups: &results.groups,
        datasets: &work.datasets,
        contexts: &contexts,
        digests: &digests,
        prompt: &prompt,
        surplus: &generated.surplus,
        several: &generated.several,
        agreements: &opinions.agreements().collect::<Vec<_>>(),
        comparisons: &opinions.comparisons().collect::<Vec<_>>(),
    })
}

/// What was summed up and checked, in a line.
fn line(results: &Results, checks: &[Check]) -> String {
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    format!(
        "{} in {}; checks: {} failed, {} warned",
        counted(results.len(), "response"),
        counted(results.cells.len(), "cell"),
        count(CheckStatus::Failed),
        count(CheckStatus::Warned),
    )
}
