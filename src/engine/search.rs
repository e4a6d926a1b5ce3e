//! The search for the largest load within the service level: levels are measured one after another, each as any other
//! level, and the responses of each decide which is next.
//!
//! What is stored is not asked again: a rerun goes the same way through the store up to where the last run ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::dataset::Dataset;
use crate::engine::budget::Budget;
use crate::engine::generate::{Ending, generate};
use crate::engine::generated::Generated;
use crate::engine::servers::connect::Connection;
use crate::engine::stored::responses::Responses;
use crate::engine::stored::{sites, timed_level};
use crate::engine::{Context, judge};
use crate::error::Error;
use crate::id::{DatasetId, EndpointId, ModelId, Per};
use crate::level::Level;
use crate::plan::{Plan, Probe, SearchStep};
use crate::store::SeenModel;
use crate::work::Work;

/// How probes are sent; only what is stored is looked at without it.
pub(in crate::engine) type ProbeSender<'s> = Option<(&'s Per<EndpointId, Option<Connection>>, &'s Arc<Budget>)>;

/// What a search asks: the datasets, and what servers said of the models.
pub(super) type SearchInput<'s> = (&'s Arc<Per<DatasetId, Dataset>>, &'s Per<ModelId, Option<SeenModel>>);

/// Measures levels until each model's largest is found, the run is stopped, or what is stored ends. The plan has these
/// levels afterwards, and the work their requests.
///
/// # Errors
/// As [`generate`].
pub(in crate::engine) async fn search(
    plan: &mut Plan,
    asking: SearchInput<'_>,
    sending: ProbeSender<'_>,
    context: &Context<'_>,
) -> Result<(Work, Generated), Error> {
    let (mut probes, mut all) = (BTreeSet::new(), Generated::default());
    // A fault is asked again, and may decide otherwise this time.
    plan.search.iter_mut().for_each(|search| search.decided.clear());
    loop {
        let next = next(plan, &probes);
        if next.is_empty() {
            break;
        }
        probes.extend(next.iter().copied());
        // Of the levels before nothing is sent again now, when another load is measured.
        let mut round = plan.clone();
        round.probe(next);
        let mut work = work(&round, asking, context)?;
        let generated = match sending {
            Some((connections, budget)) => {
                generate(&round, &mut work, connections, (budget, Ending::Waits), context).await?
            }
            None => Generated::stored(&work, context)?,
        };
        let decided = decided(&round, &work, &generated, context)?;
        plan.search.iter_mut().for_each(|search| search.decided.extend(&decided));
        all.add(generated);
    }
    plan.probe(probes);
    Ok((work(plan, asking, context)?, all))
}

/// The next level of each model; none where one was measured and decides nothing.
fn next(plan: &Plan, probes: &BTreeSet<Probe>) -> BTreeSet<Probe> {
    let step = |id: ModelId| match plan.search.as_ref()?.next(id) {
        SearchStep::Probe(level) => Some((id, level)).filter(|probe| !probes.contains(probe)),
        SearchStep::Found(_) | SearchStep::TooSmall => None,
    };
    plan.models.ids().filter_map(step).collect()
}

fn work(plan: &Plan, (datasets, seen): SearchInput<'_>, context: &Context<'_>) -> Result<Work, Error> {
    let mut work = Work::new(plan, Per::clone(datasets), seen)?;
    timed_level::list_known(&mut work, &*context.store)?;
    sites::leave(plan, &mut work, &*context.store)?;
    Ok(work)
}

/// What the responses to a round say of its levels. A level that is not complete decides nothing.
fn decided(
    plan: &Plan,
    work: &Work,
    generated: &Generated,
    context: &Context<'_>,
) -> Result<BTreeMap<Probe, bool>, Error> {
    let wanted = plan.search.as_ref().map_or(1.0, |search| search.attained);
    let responses = Responses { plan, work, store: &*context.store, failed: &generated.failed };
    let mut decided = BTreeMap::new();
    for group in judge::without_verdicts(&responses)?.groups {
        let is_complete = group.figures.len() == work.places_of(group.batch.id).len()
            && timed_level::left(work, &*context.store, &group.batch)?.is_none();
        let low = group.summary.throughput.attainment_interval.map(|(low, _)| low);
        if let (Level::Concurrency(count), Some(low), true) = (group.batch.level, low, is_complete) {
            decided.insert((group.batch.model_id, count), low >= wanted);
        }
    }
    Ok(decided)
}
