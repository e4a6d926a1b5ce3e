//! The stage aggregate: figures become summaries and checks.

use super::generated::Generated;
use super::opinions::Opinions;
use super::{Context, observed};
use crate::checks::{
    Check, CheckStatus, Ground, agreement, checks, order_decided, several_unasked, surplus_check, unlike_sites,
};
use crate::error::Error;
use crate::event::Stage;
use crate::format::counted;
use crate::id::{ModelId, Per};
use crate::plan::Plan;
use crate::tables::group::{MeasuredBatch, Results};
use crate::work::Work;

/// What servers told of each model.
pub(super) type Told<T> = Per<ModelId, Option<T>>;

/// Summarizes and checks the figures of each batch. `contexts` holds the context size of each model in tokens, and
/// `digests` its digest, if the server reports them.
///
/// # Errors
/// A table cannot be built, or the store cannot be read.
pub(super) fn aggregate(
    plan: &Plan,
    work: &Work,
    measured: Vec<MeasuredBatch>,
    (contexts, digests): &(Told<u64>, Told<String>),
    (generated, opinions): (&Generated, &Opinions),
    context: &Context<'_>,
) -> Result<(Results, Vec<Check>), Error> {
    let mut results = Results { questions: work.questions(), ..Results::new(plan, measured)? };
    observed::add(plan, work, &mut results, context)?;
    let prompt = |place: usize| {
        let slot = work.slots.get(place)?;
        Some(work.rendered(slot))
    };
    let spoilt =
        generated.surplus.iter().map(|(endpoint, found)| surplus_check(endpoint, found.connections, found.forgotten));
    let found = checks(Ground { plan, datasets: &work.datasets, contexts, prompt: &prompt }, &results.groups);
    let agreed = agreement(&opinions.agreements().collect::<Vec<_>>());
    let ordered = order_decided(opinions.comparisons());
    let unlike = unlike_sites(plan, digests);
    let several = several_unasked(plan, &generated.several);
    let checks: Vec<Check> = spoilt.chain(unlike).chain(found).chain(several).chain(agreed).chain(ordered).collect();
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
