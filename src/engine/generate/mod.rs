//! The stage generate: sends the missing requests and commits each response before it counts.

pub mod batch_api;
mod gate;
pub mod missing;
mod pending;
mod queue;
mod run_batch;
mod running_score;
mod send;
mod send_by_batch_api;
mod show_state;
mod time_limit;
mod together;
pub mod until;
mod waiting;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use futures::future::join_all;

use crate::engine::Context;
use crate::engine::budget::Budget;
use crate::engine::generated::Generated;
use crate::engine::servers::connect::Connection;
use crate::engine::sharing::idling::Leaving;
use crate::engine::stored::{fresh, responses, timed_level};
use crate::error::Error;
use crate::event::{BatchStep, Event, SendingPlan};
use crate::format::counted;
use crate::id::{BatchId, EndpointId, Id, Per};
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::timer::Timer;
use crate::work::{Slot, Work};
use gate::MostCosts;
use pending::Pending;
use run_batch::BatchRunner;
use running_score::RunningScores;
use send::Sender;

/// How a run ends that shares its store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With all answers.
    Waits,
    /// As soon as others have all that is left.
    Leaves,
}

/// Sends what is missing. A closed loop that lasts for a time adds its requests to the work.
///
/// # Errors
/// An endpoint that cannot serve, or a store that fails. A request that fails is no error: it is a row.
pub async fn generate(
    plan: &Plan,
    work: &mut Work,
    connections: &Per<EndpointId, Option<Connection>>,
    (budget, ending): (&Arc<Budget>, Ending),
    context: &Context<'_>,
) -> Result<Generated, Error> {
    let held = fresh::held(plan, work, context)?;
    let kept = held.iter().filter(|held| **held).count();
    let missing = missing(work, &held);
    let machines = by_machine(plan, work, &missing, context)?;
    let costs = gate::pass(plan, work, &missing, &machines, connections, context)?;
    fresh::begin(plan, context).await?;
    let is_needed = !machines.is_empty();
    let scores = RunningScores::of(plan, work, is_needed && context.keeps_score);
    if is_needed {
        // What is damaged is said before anything is paid for.
        responses::verify(work, &held, context, |slot, response| scores.add(slot, response))?;
    }
    announce(plan, (work, &held), (&machines, &costs), context);

    let sender = Arc::new(Sender {
        plan: Arc::new(plan.clone()),
        work: work.without_slots(),
        store: Arc::clone(&context.store),
        budget: Arc::clone(budget),
        leaving: (ending == Ending::Leaves).then(|| Leaving::of(plan, machines.len(), context)).flatten(),
        stop: context.stop.clone(),
        scores,
        timer: Timer::new().map_err(|source| Error::Internal(format!("cannot start the timer: {source}")))?,
    });
    let runner = BatchRunner { sender: &sender, connections, context };
    let sending = context.stop.sending();
    let machines = join_all(machines.into_iter().map(|batches| runner.send_all(batches)));
    let outcomes = drained_when_gone(machines, context).await;
    // Before any other error: this is why, and it saves what was paid for.
    context.store.check_place()?;
    let left = sender.leaving.as_ref().and_then(Leaving::left);
    let mut generated = Generated { kept, was_incomplete: is_needed, left, ..Generated::default() };
    let mut ended = Vec::new();
    let mut is_cut = context.stop.drain.is_cancelled() || budget.reached().is_some() || plan.gating.until.is_some();
    for outcome in outcomes {
        let sent = outcome?;
        is_cut |= sent.is_cut;
        ended.extend(generated.take_in(sent, work));
    }
    if !ended.is_empty() {
        let kept: HashSet<RequestKey> =
            work.slots.iter().zip(&held).filter(|(_, held)| **held).map(|(slot, _)| slot.key).collect();
        ended.into_iter().for_each(|(batch, turn)| work.cut(batch, turn));
        generated.kept = work.slots.iter().filter(|slot| kept.contains(&slot.key)).count();
    }
    drop(sending);
    work.settle(&*context.store)?;
    if plan.fresh.is_some() {
        generated.unsent = missing.len().saturating_sub(generated.sent);
        warn_of_earlier(&generated, context)?;
        let is_complete = generated.unsent == 0 && generated.failed.is_empty();
        fresh::end(plan, is_complete, context).await?;
    } else if is_needed && is_cut && left.is_none() {
        generated.unsent = unsent(work, &generated, context)?;
    }
    Ok(generated)
}

/// The requests that the store has no answer to, each once.
fn missing(work: &Work, held: &[bool]) -> Vec<Slot> {
    let mut seen: HashSet<RequestKey> = HashSet::new();
    let open = work.slots.iter().zip(held).filter(|(_, held)| !**held).map(|(slot, _)| *slot);
    // What other runs may know of a turn is its script: the answers before it may come in the meantime.
    let is_turn = |slot: &Slot| work.sample(slot).replies() > 0;
    let open = open.map(|slot| if is_turn(&slot) { Slot { key: work.script_key(&slot), ..slot } } else { slot });
    open.filter(|slot| seen.insert(slot.key)).collect()
}

/// Requests that have neither an answer nor a fault. Another run may have stored some of them: what is stored is what
/// counts, now and later.
fn unsent(work: &Work, generated: &Generated, context: &Context<'_>) -> Result<usize, Error> {
    let open: Vec<&RequestKey> = work.keys().filter(|key| !generated.failed.contains(key)).collect();
    Ok(context.store.holds(&open)?.into_iter().filter(|held| !held).count())
}

/// Says how many requests failed that have an answer of an earlier run, which stays.
fn warn_of_earlier(generated: &Generated, context: &Context<'_>) -> Result<(), Error> {
    let failed: Vec<&RequestKey> = generated.failed.iter().collect();
    let answered = context.store.holds(&failed)?.into_iter().filter(|held| *held).count();
    if answered > 0 {
        let requests = counted(answered, "request");
        context.warn(format!("{requests} failed this time; the answers of an earlier run stay and are in the results"));
    }
    Ok(())
}

/// Sends nothing more once the store is gone; what is in flight is finished.
async fn drained_when_gone<T>(sending: impl Future<Output = T>, context: &Context<'_>) -> T {
    let gone = context.store.gone();
    let mut sending = std::pin::pin!(sending);
    tokio::select! {
        outcome = &mut sending => return outcome,
        () = gone.cancelled() => context.stop.drain.cancel(),
    }
    sending.await
}

/// Batches by machine: models on one machine are measured one after another, level by level.
fn by_machine(plan: &Plan, work: &Work, missing: &[Slot], context: &Context<'_>) -> Result<Vec<Vec<Pending>>, Error> {
    let mut by_batch: BTreeMap<BatchId, Vec<Slot>> = BTreeMap::new();
    for slot in missing {
        by_batch.entry(slot.batch).or_default().push(*slot);
    }
    let mut machines: BTreeMap<String, Vec<Pending>> = BTreeMap::new();
    for batch in work.batches.iter() {
        let mut slots = by_batch.remove(&batch.id).unwrap_or_default();
        slots.sort_by_key(|slot| slot.turn);
        let time_limit = timed_level::remaining(work, &*context.store, batch)?;
        // Others wait for a client that has nothing of the level.
        let is_empty = || work.places_of(batch.id).is_empty();
        let is_pending = !slots.is_empty() || time_limit.is_some();
        if is_pending || (is_empty() && together::is_awaited(plan, work, batch, &*context.store)?) {
            let endpoint = plan.endpoint_of(&batch.model);
            // What waits for a provider's batch keeps no other waiting.
            let machine = match endpoint.batch {
                Some(_) => format!("{} {}", endpoint.machine(), batch.id.place()),
                None => endpoint.machine(),
            };
            let after = waiting(work, &slots);
            let pending = Pending { batch: batch.clone(), slots, after, time_limit, is_last: false };
            machines.entry(machine).or_default().push(pending);
        }
    }
    machines.values_mut().filter_map(|batches| batches.last_mut()).for_each(|last| last.is_last = true);
    Ok(machines.into_values().collect())
}

/// The turns that wait for others, each with what it waits for.
fn waiting(work: &Work, slots: &[Slot]) -> HashMap<RequestKey, RequestKey> {
    let before = |slot: &Slot| Some((slot.key, work.before(slot)?.key));
    let turns: Vec<(RequestKey, RequestKey)> = slots.iter().filter_map(before).collect();
    if turns.is_empty() {
        return HashMap::new();
    }
    let asked: HashSet<RequestKey> = slots.iter().map(|slot| slot.key).collect();
    turns.into_iter().filter(|(_, before)| asked.contains(before)).collect()
}

/// Says what is sent, and in which order where there is more than one batch.
fn announce(
    plan: &Plan,
    (work, held): (&Work, &[bool]),
    (machines, costs): (&[Vec<Pending>], &MostCosts),
    context: &Context<'_>,
) {
    for batches in machines.iter().filter(|batches| batches.len() > 1) {
        let step = |pending: &Pending| format!("{} {}", pending.batch.model.name, pending.batch.level);
        (context.observer)(&Event::Order(batches.iter().map(step).collect()));
    }
    let kept = |batch: BatchId| held[work.places_of(batch)].iter().filter(|held| **held).count();
    let step = |pending: &Pending| BatchStep {
        batch: pending.batch.clone(),
        requests: pending.time_limit.is_none().then_some(pending.slots.len()),
        kept: kept(pending.batch.id),
        time: pending.time_limit.map(|(_, time)| time),
        most_cost: costs.get(&pending.batch.id).copied(),
    };
    if !machines.is_empty() {
        (context.observer)(&Event::SendingStarted(SendingPlan {
            machines: machines.iter().map(|batches| batches.iter().map(step).collect()).collect(),
            kept: held.iter().filter(|held| **held).count(),
            is_upper_bound: plan.gating.until.is_some(),
            currency: plan.currency.clone(),
        }));
    }
}
