//! The stage generate: what the store lacks is asked, and is in the store before it counts.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use futures::StreamExt;
use futures::future::join_all;
use tokio_util::sync::CancellationToken;

use super::Context;
use super::budget::{self, Budget};
use super::connect::{self, Connection};
use crate::endpoint::client::Client;
use crate::endpoint::transport::Transport;
use crate::error::Error;
use crate::event::{Event, Stage};
use crate::plan::Plan;
use crate::report::quantity::money;
use crate::request::RequestKey;
use crate::response::{Response, Status};
use crate::work::{Slot, Work};

/// A run that may cost more than this is asked about, unless the spec says otherwise.
const ASK_ABOVE: f64 = 1.0;

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
    /// Which limit of the budget ended the sending, if one did.
    pub over_budget: Option<String>,
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
    confirm(plan, work, &missing, context)?;
    warn_of_silent_servers(plan, connections, context);
    warn_of_open_keys(plan, &needed, context);
    if context.recorder.is_some() && missing.len() < work.slots.len() {
        context.warn("what the store holds is not asked again and so not recorded now; for a whole recording use an output folder without a store");
    }

    let kept = work.slots.len() - work.slots.iter().filter(|slot| seen.contains(&slot.key)).count();
    let budget = Budget::new(&plan.budget);
    let sender = Sender { plan, work, connections, context, budget: &budget };
    let groups = by_machine(plan, &missing);
    let mut sent = 0;
    for outcome in join_all(groups.into_iter().map(|batches| sender.send_group(batches))).await {
        for response in outcome? {
            sent += 1;
            responses.insert(response.key, response);
        }
    }
    // Another run may have stored some of them first; what is stored is what counts, now and later.
    let asked: Vec<RequestKey> = missing.iter().map(|slot| slot.key).collect();
    let stored = context.store.kept(&asked)?;
    responses.extend(stored.into_iter().map(|(key, response)| (key, Arc::new(response))));
    let unsent = missing.iter().filter(|slot| !responses.contains_key(&slot.key)).count();
    context.finished(Stage::Generate, summary(work.slots.len(), kept, sent, unsent));
    Ok(Generated { responses, kept, sent, unsent, over_budget: budget.reached() })
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

/// Asks before much money is spent.
fn confirm(plan: &Plan, work: &Work, missing: &[Slot], context: &Context<'_>) -> Result<(), Error> {
    let limit = plan.budget.ask_above.unwrap_or(ASK_ABOVE);
    let costs = missing.iter().filter_map(|slot| {
        let price = plan.models[slot.model].price.as_ref()?;
        Some(budget::at_most(&work.request(slot), price))
    });
    let most: f64 = costs.sum();
    let most = plan.budget.max_cost.map_or(most, |limit| most.min(limit));
    if most <= limit {
        return Ok(());
    }
    let amount = money(most, plan.currency.as_deref().unwrap_or_default());
    if (context.confirm)(&format!("this run may cost up to {amount}")) {
        return Ok(());
    }
    Err(Error::Unconfirmed { amount })
}

/// A key that crosses a network unencrypted can be read on the way.
fn warn_of_open_keys(plan: &Plan, needed: &[bool], context: &Context<'_>) {
    for (index, endpoint) in plan.endpoints.iter().enumerate() {
        let used = plan.models.iter().zip(needed).any(|(model, needed)| *needed && model.endpoint == index);
        if used && endpoint.sends_key_in_the_open() {
            context.warn(format!(
                "endpoint `{}` sends its key unencrypted to {}; use https",
                endpoint.name,
                endpoint.place()
            ));
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

/// What every request of a run is sent with.
struct Sender<'s> {
    plan: &'s Plan,
    work: &'s Work,
    connections: &'s [Option<Connection>],
    context: &'s Context<'s>,
    budget: &'s Budget,
}

impl Sender<'_> {
    async fn send_group(&self, batches: Vec<Batch>) -> Result<Vec<Arc<Response>>, Error> {
        let mut responses = Vec::new();
        let mut previous = None;
        // A model that is missing or refused at one level is so at the next.
        let mut given_up: HashSet<usize> = HashSet::new();
        for batch in batches {
            let Some(connection) = &self.connections[self.plan.models[batch.model].endpoint] else { continue };
            if given_up.contains(&batch.model) || self.is_over() {
                continue;
            }
            if previous.is_some_and(|model| model != batch.model) {
                self.pause().await;
            }
            if previous != Some(batch.model) {
                self.warm_up(&connection.client, &batch).await;
            }
            previous = Some(batch.model);
            let give_up = self.context.stop.drain.child_token();
            responses.extend(self.send_batch(&connection.client, &batch, &give_up).await?);
            if give_up.is_cancelled() {
                given_up.insert(batch.model);
            }
        }
        Ok(responses)
    }

    fn is_over(&self) -> bool {
        self.context.stop.drain.is_cancelled() || self.budget.reached().is_some()
    }

    async fn pause(&self) {
        if !self.plan.load.pause.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(self.plan.load.pause) => {}
                () = self.context.stop.drain.cancelled() => {}
            }
        }
    }

    async fn warm_up(&self, client: &Client, batch: &Batch) {
        let is_replay = matches!(client.transport, Transport::Cassette(_));
        let Some(first) = batch.slots.first().filter(|_| !is_replay) else { return };
        let request = self.work.request(first);
        for _ in 0..self.plan.load.warmup {
            (self.context.observer)(&Event::WarmingUp { model: batch.model });
            let outcome = tokio::select! {
                outcome = client.warm_up(&request) => outcome,
                () = self.context.stop.drain.cancelled() => return,
            };
            if let Err(fault) = outcome {
                // The requests themselves will say it again, as rows.
                let name = &self.plan.models[batch.model].name;
                self.context.warn(format!("warm-up of `{name}` failed: {}", fault.line()));
                return;
            }
        }
    }

    async fn send_batch(
        &self,
        client: &Client,
        batch: &Batch,
        give_up: &CancellationToken,
    ) -> Result<Vec<Arc<Response>>, Error> {
        let level = self.plan.levels[batch.level];
        (self.context.observer)(&Event::ModelStarted {
            model: batch.model,
            name: self.plan.models[batch.model].name.clone(),
            level: level.to_string(),
            requests: batch.slots.len(),
        });
        client.pace.set_level(level.in_flight().unwrap_or(1));
        let mut responses = Vec::with_capacity(batch.slots.len());
        let answers = futures::stream::iter(&batch.slots)
            .take_until(give_up.cancelled())
            .map(|slot| self.send_one(client, slot, give_up))
            .buffer_unordered(level.in_flight().unwrap_or(1))
            .take_until(self.context.stop.abort.cancelled());
        let mut answers = std::pin::pin!(answers);
        let mut failed = None;
        while let Some(outcome) = answers.next().await {
            match outcome {
                Ok(response) => responses.extend(response),
                // What is in flight may still be kept.
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        }
        (self.context.observer)(&Event::ModelFinished { model: batch.model });
        failed.map_or(Ok(responses), Err)
    }

    /// Sends one request and stores what came back. Whatever makes further requests of this model
    /// pointless cancels `give_up` before anything else is started.
    async fn send_one(
        &self,
        client: &Client,
        slot: &Slot,
        give_up: &CancellationToken,
    ) -> Result<Option<Arc<Response>>, Error> {
        // Another run on this store may have paid for it since this one began.
        if self.context.store.holds(&[slot.key])? == [true] {
            return Ok(None);
        }
        let request = self.work.request(slot);
        let price = self.plan.models[slot.model].price;
        let Some(reserved) = self.budget.reserve(&request, price.as_ref()) else {
            give_up.cancel();
            return Ok(None);
        };
        let answer = client.ask(&request, self.context.run, give_up).await.map(Arc::new);
        self.budget.settle(reserved, answer.as_deref(), price.as_ref());
        let Some(response) = answer else { return Ok(None) };
        if matches!(response.status, Status::ModelMissing | Status::Unauthorized) {
            give_up.cancel();
        }
        if let Err(error) = self.context.store.put(request, Arc::clone(&response)).await {
            // Without a store nothing more may be sent.
            self.context.stop.drain.cancel();
            return Err(error.into());
        }
        (self.context.observer)(&Event::ResponseStored {
            model: slot.model,
            status: response.status,
            latency: response.latency(),
            fault: response.fault.clone(),
        });
        Ok(Some(response))
    }
}
