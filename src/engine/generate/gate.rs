//! Preconditions of the first request: reachable servers, confirmed cost, encrypted keys.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::batch_api::at_providers;
use super::pending::Pending;
use crate::engine::servers::connect::{self, Connection};
use crate::engine::{Context, budget};
use crate::error::Error;
use crate::format::money;
use crate::id::{BatchId, EndpointId, ModelId, Per};
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::work::batch::Batch;
use crate::work::{Slot, Work};

/// Default cost above which a run needs confirmation.
const ASK_ABOVE: f64 = 1.0;

/// Maximum costs of missing requests, by batch.
pub(super) type MostCosts = BTreeMap<BatchId, f64>;

/// Checks that the missing requests can be sent, and gives the maximum cost of those of each batch.
///
/// # Errors
/// A needed server is unreachable, or the cost was not confirmed.
pub(super) fn pass(
    plan: &Plan,
    work: &Work,
    missing: &[Slot],
    machines: &[Vec<Pending>],
    connections: &Per<EndpointId, Option<Connection>>,
    context: &Context<'_>,
) -> Result<MostCosts, Error> {
    let needed: BTreeSet<ModelId> = machines.iter().flatten().map(|pending| pending.batch.model_id).collect();
    connect::require(plan, connections, &needed)?;
    let costs = most_costs(work, missing, &at_providers(plan, &*context.store)?);
    confirm(plan, most_cost(plan, &costs, machines), context)?;
    warn_of_silent_servers(plan, connections, context);
    warn_of_open_keys(plan, &needed, context);
    note_shared_load(machines, context);
    if context.recorder.is_some() && missing.len() < work.slots.len() {
        context.warn(
            "cached responses are not sent again, so they are missing from the recording; use an empty output folder \
             to record everything",
        );
    }
    Ok(costs)
}

fn warn_of_silent_servers(plan: &Plan, connections: &Per<EndpointId, Option<Connection>>, context: &Context<'_>) {
    for (endpoint, connection) in plan.endpoints.iter().zip(connections) {
        if let Some(Connection { probe: Err(fault), .. }) = connection {
            let text = format!(
                "endpoint `{}` is unreachable at {} ({}); all its responses are cached, continuing",
                endpoint.name,
                endpoint.place(),
                fault.line()
            );
            context.warn(text);
        }
    }
}

/// Asks for confirmation of a costly run.
fn confirm(plan: &Plan, most: f64, context: &Context<'_>) -> Result<(), Error> {
    if most <= plan.budget.ask_above.unwrap_or(ASK_ABOVE) {
        return Ok(());
    }
    let amount = if most.is_finite() {
        money(most, plan.currency.as_deref().unwrap_or_default())
    } else {
        "an unbounded amount, because a timed level sends as many requests as it can".to_owned()
    };
    if (context.confirm)(&format!("this run may cost up to {amount}")) {
        return Ok(());
    }
    Err(Error::Unconfirmed { amount })
}

/// Maximum cost of the missing requests of each batch with a price; what is at a provider is paid for.
fn most_costs(work: &Work, missing: &[Slot], paid: &HashSet<RequestKey>) -> MostCosts {
    let mut costs = MostCosts::new();
    for slot in missing.iter().filter(|slot| !paid.contains(&slot.key)) {
        if let Some(price) = work.batch_of(slot).model.price_to_ask() {
            *costs.entry(slot.batch).or_default() += budget::at_most(&work.request(slot), price);
        }
    }
    costs
}

/// Maximum cost of a run; infinite if the number of requests is unknown.
fn most_cost(plan: &Plan, costs: &MostCosts, machines: &[Vec<Pending>]) -> f64 {
    let is_paid =
        |pending: &Pending| pending.batch.model.price_to_ask().is_some_and(|price| price.estimate(1, 1) > 0.0);
    let has_no_end = machines.iter().flatten().any(|pending| pending.time_limit.is_some() && is_paid(pending));
    let most = if has_no_end { f64::INFINITY } else { costs.values().sum() };
    plan.budget.max_cost.map_or(most, |limit| most.min(limit))
}

/// Warns of a key that is sent unencrypted.
fn warn_of_open_keys(plan: &Plan, needed: &BTreeSet<ModelId>, context: &Context<'_>) {
    for (id, endpoint) in plan.endpoints.with_ids() {
        let used = needed.iter().any(|model| plan.models[*model].endpoint == id);
        if used && endpoint.sends_key_in_the_open() {
            context.warn(format!(
                "endpoint `{}` sends its key unencrypted to {}; use https",
                endpoint.name,
                endpoint.place()
            ));
        }
    }
}

/// Says what this shard, or client, sends to servers that all of them share.
fn note_shared_load(machines: &[Vec<Pending>], context: &Context<'_>) {
    let texts: BTreeSet<String> = machines.iter().flatten().filter_map(|pending| shared_load(&pending.batch)).collect();
    texts.into_iter().for_each(|text| context.warn(text));
}

/// What a shard sends to a server that all shards share; nothing if it has it for itself.
fn shared_load(batch: &Batch) -> Option<String> {
    let sharer = batch.sharer.filter(|sharer| sharer.count() > 1)?;
    let (count, noun) = (sharer.count(), sharer.noun());
    let all_of_them = format!("{count} {noun}s share the server of `{}`", batch.model.label);
    let Some((all, part)) = batch.level.in_flight().zip(batch.in_flight()) else {
        return Some(format!("{all_of_them}; this one sends 1/{count} of {}", batch.level));
    };
    Some(if count as usize > all {
        format!("{all_of_them}, and each has a request in flight; together they may exceed `load.concurrency` ({all})")
    } else {
        format!("{all_of_them}; this one has {part} of {all} requests in flight")
    })
}
