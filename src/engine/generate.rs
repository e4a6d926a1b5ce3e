//! The stage generate: what the store lacks is asked, and is in the store before it counts.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use futures::StreamExt;
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use super::Context;
use super::connect::{self, Connection};
use super::work::{Slot, Work};
use crate::endpoint::client::Client;
use crate::error::Error;
use crate::event::{Event, Stage};
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::response::{Response, Status};

/// The responses of a plan.
pub struct Generated {
    /// Answers and, for what could not be answered, faults.
    pub responses: HashMap<RequestKey, Arc<Response>>,
    /// How many were in the store already.
    pub kept: usize,
    /// How many were sent.
    pub sent: usize,
    /// How many were left unsent, because the run was stopped or a model had to be given up.
    pub unsent: usize,
}

/// Sends what is missing.
///
/// # Errors
/// An endpoint that cannot serve, or a store that fails. A request that fails is no error: it is a row.
pub async fn generate(
    plan: &Plan,
    work: &Work,
    connections: &[Option<Connection>],
    context: &Context<'_>,
) -> Result<Generated, Error> {
    let mut responses: HashMap<RequestKey, Arc<Response>> =
        context.store.kept(&work.keys())?.into_iter().map(|(key, response)| (key, Arc::new(response))).collect();
    let mut seen: HashSet<RequestKey> = HashSet::new();
    let missing: Vec<Slot> =
        work.slots.iter().filter(|slot| !responses.contains_key(&slot.key) && seen.insert(slot.key)).copied().collect();
    let needed: Vec<bool> =
        (0..plan.models.len()).map(|model| missing.iter().any(|slot| slot.model == model)).collect();
    connect::require(plan, connections, &needed)?;
    warn_of_silent_servers(plan, connections, context);

    let wanted = missing.len();
    let kept = work.slots.len() - work.slots.iter().filter(|slot| seen.contains(&slot.key)).count();
    let groups = by_machine(plan, &missing);
    let runs = groups.into_iter().map(|batches| send_group(plan, work, connections, context, batches));
    let mut sent = 0;
    for outcome in join_all(runs).await {
        for response in outcome? {
            sent += 1;
            responses.insert(response.key, response);
        }
    }
    let unsent = wanted - sent;
    context.finished(Stage::Generate, summary(work.slots.len(), kept, sent, unsent));
    Ok(Generated { responses, kept, sent, unsent })
}

fn summary(requests: usize, kept: usize, sent: usize, unsent: usize) -> String {
    let unsent = if unsent == 0 { String::new() } else { format!(", {unsent} not sent") };
    format!("{requests} requests: {kept} kept, {sent} sent{unsent}")
}

fn warn_of_silent_servers(plan: &Plan, connections: &[Option<Connection>], context: &Context<'_>) {
    for (endpoint, connection) in plan.endpoints.iter().zip(connections) {
        if let Some(Connection { probe: Err(fault), .. }) = connection {
            let text = format!(
                "endpoint `{}` does not answer at {} ({}); all it was asked is in the store, so the run goes on",
                endpoint.name,
                endpoint.place(),
                fault.line()
            );
            context.warn(text);
        }
    }
}

/// What is sent to one model at one level.
struct Batch {
    model: usize,
    level: usize,
    slots: Vec<Slot>,
}

/// Batches by machine: models on one machine are measured one after another, level by level.
fn by_machine(plan: &Plan, missing: &[Slot]) -> Vec<Vec<Batch>> {
    let mut machines: BTreeMap<String, Vec<Batch>> = BTreeMap::new();
    for (model, named) in plan.models.iter().enumerate() {
        for level in 0..plan.levels.len() {
            let slots: Vec<Slot> =
                missing.iter().filter(|slot| (slot.model, slot.level) == (model, level)).copied().collect();
            if !slots.is_empty() {
                machines.entry(plan.endpoint_of(named).machine()).or_default().push(Batch { model, level, slots });
            }
        }
    }
    machines.into_values().collect()
}

async fn send_group(
    plan: &Plan,
    work: &Work,
    connections: &[Option<Connection>],
    context: &Context<'_>,
    batches: Vec<Batch>,
) -> Result<Vec<Arc<Response>>, Error> {
    let mut responses = Vec::new();
    let mut previous = None;
    // A model that is missing or refused at one level is so at the next.
    let mut given_up: HashSet<usize> = HashSet::new();
    for batch in batches {
        let Some(connection) = &connections[plan.models[batch.model].endpoint] else { continue };
        if given_up.contains(&batch.model) || context.stop.drain.is_cancelled() {
            continue;
        }
        if previous.is_some_and(|model| model != batch.model) && !plan.load.pause.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(plan.load.pause) => {}
                () = context.stop.drain.cancelled() => {}
            }
        }
        if previous != Some(batch.model) {
            warm_up(plan, work, &connection.client, context, &batch).await;
        }
        previous = Some(batch.model);
        let give_up = context.stop.drain.child_token();
        responses.extend(send_batch(plan, work, &connection.client, context, &batch, &give_up).await?);
        if give_up.is_cancelled() {
            given_up.insert(batch.model);
        }
    }
    Ok(responses)
}

async fn warm_up(plan: &Plan, work: &Work, client: &Client, context: &Context<'_>, batch: &Batch) {
    let is_replay = matches!(client.transport, crate::endpoint::transport::Transport::Cassette(_));
    let Some(first) = batch.slots.first().filter(|_| !is_replay) else { return };
    let request = work.request(first);
    for _ in 0..plan.load.warmup {
        (context.observer)(&Event::WarmingUp { model: batch.model });
        let outcome = tokio::select! {
            outcome = client.warm_up(&request) => outcome,
            () = context.stop.drain.cancelled() => return,
        };
        if let Err(fault) = outcome {
            // The requests themselves will say it again, as rows.
            let name = &plan.models[batch.model].name;
            context.warn(format!("warm-up of `{name}` failed: {}", fault.line()));
            return;
        }
    }
}

async fn send_batch(
    plan: &Plan,
    work: &Work,
    client: &Client,
    context: &Context<'_>,
    batch: &Batch,
    give_up: &CancellationToken,
) -> Result<Vec<Arc<Response>>, Error> {
    let level = plan.levels[batch.level];
    (context.observer)(&Event::ModelStarted {
        model: batch.model,
        name: plan.models[batch.model].name.clone(),
        level: level.to_string(),
        requests: batch.slots.len(),
    });
    client.pace.set_level(level.in_flight());
    let mut responses = Vec::with_capacity(batch.slots.len());
    let answers = futures::stream::iter(&batch.slots)
        .take_until(give_up.cancelled())
        .map(|slot| send_one(work, client, context, slot))
        .buffer_unordered(level.in_flight())
        .take_until(context.stop.abort.cancelled());
    let mut answers = std::pin::pin!(answers);
    let mut failed = None;
    while let Some(outcome) = answers.next().await {
        match outcome {
            Ok(None) => {}
            Ok(Some(response)) => {
                if matches!(response.status, Status::ModelMissing | Status::Unauthorized) {
                    give_up.cancel();
                }
                responses.push(response);
            }
            Err(error) => {
                // Nothing new is sent without a store, but what is in flight may still be kept.
                give_up.cancel();
                failed.get_or_insert(error);
            }
        }
    }
    (context.observer)(&Event::ModelFinished { model: batch.model });
    failed.map_or(Ok(responses), Err)
}

async fn send_one(
    work: &Work,
    client: &Client,
    context: &Context<'_>,
    slot: &Slot,
) -> Result<Option<Arc<Response>>, Error> {
    let request = work.request(slot);
    let Some(response) = client.ask(&request, context.run, &context.stop.drain).await.map(Arc::new) else {
        return Ok(None);
    };
    context.store.put(request, Arc::clone(&response)).await?;
    (context.observer)(&Event::ResponseStored {
        model: slot.model,
        status: response.status,
        latency: response.latency(),
        fault: response.fault.clone(),
    });
    Ok(Some(response))
}
