//! The stage aggregate: figures become summaries and checks.

use super::Context;
use super::consult::Opinions;
use super::generate::Generated;
use crate::checks::{Check, CheckStatus, Ground, agreement, checks, order_decided, surplus_check};
use crate::error::Error;
use crate::event::Stage;
use crate::format::counted;
use crate::id::{ModelId, Per};
use crate::plan::Plan;
use crate::tables::figures::Figures;
use crate::tables::group::Results;
use crate::work::Work;
use crate::work::batch::Batch;

/// Summarizes and checks the figures of each batch. `contexts` holds the context size of each model in tokens, if
/// the server reports it.
///
/// # Errors
/// A table cannot be built.
pub(super) fn aggregate(
    plan: &Plan,
    work: &Work,
    measured: Vec<(Batch, Figures, Figures)>,
    contexts: &Per<ModelId, Option<u64>>,
    (generated, opinions): (&Generated, &Opinions),
    context: &Context<'_>,
) -> Result<(Results, Vec<Check>), Error> {
    let results = Results { questions: work.questions(), ..Results::new(plan, measured)? };
    let prompt = |place: usize| {
        let slot = work.slots.get(place)?;
        Some(work.rendered(slot))
    };
    let spoilt =
        generated.surplus.iter().map(|(endpoint, found)| surplus_check(endpoint, found.connections, found.forgotten));
    let found = checks(Ground { plan, contexts, prompt: &prompt }, &results.groups);
    let agreed = agreement(&opinions.agreements().collect::<Vec<_>>());
    let ordered = order_decided(opinions.comparisons());
    let checks: Vec<Check> = spoilt.chain(found).chain(agreed).chain(ordered).collect();
    let count = |status| checks.iter().filter(|check| check.status == status).count();
    let line = format!(
        "{} in {}; checks: {} failed, {} warned",
        counted(results.len(), "response"),
        counted(results.cells.len(), "cell"),
        count(CheckStatus::Failed),
        count(CheckStatus::Warned),
    );
    context.finished(Stage::Aggregate, line);
    Ok((results, checks))
}
