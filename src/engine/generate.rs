//! The stage generate: what the store lacks is asked, and is in the store before it counts.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::mpsc;

use super::Context;
use super::budget::{self, Budget};
use super::connect::{self, Connection};
use super::send::{Batch, Running, Sender, Target};
use super::stretch;
use crate::endpoint::client::Client;
use crate::endpoint::probe::{self, LoadedModel};
use crate::endpoint::refusals::Refusals;
use crate::endpoint::transport::Transport;
use crate::error::Error;
use crate::event::{Event, Stage};
use crate::plan::Plan;
use crate::report::quantity::money;
use crate::request::RequestKey;
use crate::response::Response;
use crate::store::Stretch;
use crate::timer::Timer;
use crate::work::{Slot, Work};

/// A run that may cost more than this is asked about, unless the spec says otherwise.
const ASK_ABOVE: f64 = 1.0;

/// Outcomes that are taken in at once.
const TOGETHER: usize = 1024;

/// Time between two looks at what has come in.
const BREATH: Duration = Duration::from_millis(4);

/// A silence that is worth a word, if the endpoint asked for it.
const SILENCE: Duration = Duration::from_secs(2);

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
    /// What models took of their server's memory, by their index, where it tells.
    pub loaded: Vec<(usize, LoadedModel)>,
    /// Endpoints that answered what nobody asked, by name.
    pub surplus: BTreeMap<String, Surplus>,
    /// What this run was billed, as its budget reckons it.
    pub bill: RunBill,
}

/// Answers of an endpoint that nobody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surplus {
    /// Connections that brought one.
    pub connections: usize,
    /// Answers that were forgotten because of it: they may belong to other requests.
    pub forgotten: usize,
}

/// What a run was billed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RunBill {
    /// Attempts that were sent, warm-ups included.
    pub attempts: u64,
    /// What they cost; where the server does not say, what they may have cost.
    pub spent: f64,
}

/// Sends what is missing. A closed loop that lasts for a time adds its requests to the work.
///
/// # Errors
/// An endpoint that cannot serve, or a store that fails. A request that fails is no error: it is a row.
pub async fn generate(
    plan: &Plan,
    work: &mut Work,
    connections: &[Option<Connection>],
    context: &Context<'_>,
) -> Result<Generated, Error> {
    let mut responses: HashMap<RequestKey, Arc<Response>> =
        context.store.kept(&work.keys())?.into_iter().map(|(key, response)| (key, Arc::new(response))).collect();
    let held: HashSet<RequestKey> = responses.keys().copied().collect();
    let mut seen: HashSet<RequestKey> = HashSet::new();
    let missing: Vec<Slot> =
        work.slots.iter().filter(|slot| !held.contains(&slot.key) && seen.insert(slot.key)).copied().collect();
    let groups = by_machine(plan, work, &missing, context)?;
    let is_needed = |model: usize| groups.iter().flatten().any(|batch| batch.model == model);
    let needed: Vec<bool> = (0..plan.models.len()).map(is_needed).collect();
    connect::require(plan, connections, &needed)?;
    confirm(plan, most_cost(plan, work, &missing, &groups), context)?;
    warn_of_silent_servers(plan, connections, context);
    warn_of_open_keys(plan, &needed, context);
    if context.recorder.is_some() && missing.len() < work.slots.len() {
        context.warn("what the store holds is not asked again and so not recorded now; for a whole recording use an output folder without a store");
    }
    announce(plan, &groups, context);

    let kept = work.slots.iter().filter(|slot| held.contains(&slot.key)).count();
    let sender = Arc::new(Sender {
        plan: Arc::new(plan.clone()),
        work: work.without_slots(),
        store: Arc::clone(&context.store),
        budget: Budget::new(&plan.budget),
        stop: context.stop.clone(),
        timer: Timer::new().map_err(|source| Error::Usage(format!("the timer does not start: {source}")))?,
    });
    let crew = Crew { sender: &sender, connections, context };
    let sending = context.stop.sending();
    let mut sent = 0;
    let mut loaded = Vec::new();
    let mut surplus: BTreeMap<String, Surplus> = BTreeMap::new();
    let groups = join_all(groups.into_iter().map(|batches| crew.send_group(batches)));
    let outcomes = drained_when_gone(groups, context).await;
    // Before any other error: this is why, and it saves what was paid for.
    context.store.check_place()?;
    for outcome in outcomes {
        let group = outcome?;
        sent += group.responses.len();
        loaded.extend(group.loaded);
        for (endpoint, found) in group.surplus {
            let known = surplus.entry(endpoint).or_default();
            known.connections = found.connections;
            known.forgotten += found.forgotten;
        }
        responses.extend(group.responses.into_iter().map(|response| (response.key, response)));
        group.extended.into_iter().for_each(|(model, level, turns)| work.extend(model, level, turns));
    }
    drop(sending);
    // Another run may have stored some of them first; what is stored is what counts, now and later.
    let asked: Vec<RequestKey> = work.keys().into_iter().filter(|key| !held.contains(key)).collect();
    let stored = context.store.kept(&asked)?;
    responses.extend(stored.into_iter().map(|(key, response)| (key, Arc::new(response))));
    let unsent = work.slots.iter().filter(|slot| !responses.contains_key(&slot.key)).count();
    context.finished(Stage::Generate, summary(work.slots.len(), kept, sent, unsent));
    let over_budget = sender.budget.reached();
    let bill = RunBill { attempts: sender.budget.attempts(), spent: sender.budget.spent() };
    Ok(Generated { responses, kept, sent, unsent, over_budget, loaded, surplus, bill })
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
fn confirm(plan: &Plan, most: f64, context: &Context<'_>) -> Result<(), Error> {
    if most <= plan.budget.ask_above.unwrap_or(ASK_ABOVE) {
        return Ok(());
    }
    let amount = if most.is_finite() {
        money(most, plan.currency.as_deref().unwrap_or_default())
    } else {
        "any amount, because it lasts for a time, however many requests that makes".to_owned()
    };
    if (context.confirm)(&format!("this run may cost up to {amount}")) {
        return Ok(());
    }
    Err(Error::Unconfirmed { amount })
}

/// The most that a run can cost; infinite where nobody knows how much will be sent.
fn most_cost(plan: &Plan, work: &Work, missing: &[Slot], groups: &[Vec<Batch>]) -> f64 {
    let price = |model: usize| plan.models[model].price.as_ref();
    let is_paid = |model: usize| price(model).is_some_and(|price| price.estimate(1, 1) > 0.0);
    let has_no_end = groups.iter().flatten().any(|batch| batch.open_end.is_some() && is_paid(batch.model));
    let costs = missing.iter().filter_map(|slot| Some(budget::at_most(&work.request(slot), price(slot.model)?)));
    let most = if has_no_end { f64::INFINITY } else { costs.sum() };
    plan.budget.max_cost.map_or(most, |limit| most.min(limit))
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

/// Batches by machine: models on one machine are measured one after another, level by level.
fn by_machine(plan: &Plan, work: &Work, missing: &[Slot], context: &Context<'_>) -> Result<Vec<Vec<Batch>>, Error> {
    let mut by_batch: BTreeMap<(usize, usize), Vec<Slot>> = BTreeMap::new();
    for slot in missing {
        by_batch.entry((slot.model, slot.level)).or_default().push(*slot);
    }
    let mut machines: BTreeMap<String, Vec<Batch>> = BTreeMap::new();
    for (model, level) in work.batches() {
        let mut slots = by_batch.remove(&(model, level)).unwrap_or_default();
        slots.sort_by_key(|slot| slot.turn);
        let open_end = stretch::remaining(work, &*context.store, model, level)?;
        if !slots.is_empty() || open_end.is_some() {
            let machine = plan.endpoint_of(&plan.models[model]).machine();
            machines.entry(machine).or_default().push(Batch { model, level, slots, open_end });
        }
    }
    Ok(machines.into_values().collect())
}

/// Says in which order models and levels are measured, where there is more than one of them.
fn announce(plan: &Plan, groups: &[Vec<Batch>], context: &Context<'_>) {
    for batches in groups.iter().filter(|batches| batches.len() > 1) {
        let step = |batch: &Batch| format!("{} {}", plan.models[batch.model].name, plan.levels[batch.level]);
        (context.observer)(&Event::Order(batches.iter().map(step).collect()));
    }
}

/// What one machine was asked.
#[derive(Default)]
struct Group {
    responses: Vec<Arc<Response>>,
    /// Turns that a closed loop has added which lasts for a time.
    extended: Vec<(usize, usize, Range<usize>)>,
    loaded: Vec<(usize, LoadedModel)>,
    surplus: Vec<(String, Surplus)>,
}

/// Who leads the sending of batches.
struct Crew<'c> {
    sender: &'c Arc<Sender>,
    connections: &'c [Option<Connection>],
    context: &'c Context<'c>,
}

impl Crew<'_> {
    async fn send_group(&self, batches: Vec<Batch>) -> Result<Group, Error> {
        let mut group = Group::default();
        let mut previous = None;
        // A model that is missing or refused at one level is so at the next.
        let mut given_up: HashSet<usize> = HashSet::new();
        for batch in batches {
            if given_up.contains(&batch.model) || self.is_over() {
                continue;
            }
            if let Some(model) = previous.filter(|model| *model != batch.model) {
                self.change_from(model).await;
            }
            previous = Some(batch.model);
            if !self.send_batch(&batch, &mut group).await? {
                given_up.insert(batch.model);
            }
        }
        if let Some(model) = previous {
            self.unload(model).await;
        }
        Ok(group)
    }

    fn is_over(&self) -> bool {
        self.sender.stop.drain.is_cancelled() || self.sender.budget.reached().is_some()
    }

    /// What stands between two models of one machine.
    async fn change_from(&self, model: usize) {
        self.unload(model).await;
        let pause = self.sender.plan.load.pause;
        if !pause.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.sender.stop.drain.cancelled() => {}
            }
        }
    }

    /// Takes a model out of the server's memory, where the spec wants that.
    async fn unload(&self, model: usize) {
        let plan = &self.sender.plan;
        let (name, endpoint) = (&plan.models[model].model, plan.endpoint_of(&plan.models[model]));
        let connection = self.connections[plan.models[model].endpoint].as_ref().filter(|_| endpoint.unload);
        let (Some(connection), Some(body)) = (connection, endpoint.dialect.unload_body(name)) else { return };
        if let Err(fault) = connection.client.post(connection.client.dialect.path(), body).await {
            self.context.warn(format!("`{name}` could not be taken out of memory: {}", fault.line()));
        }
    }

    /// Sends a batch; false if further requests of its model are pointless.
    async fn send_batch(&self, batch: &Batch, group: &mut Group) -> Result<bool, Error> {
        let plan = &self.sender.plan;
        let Some(connection) = &self.connections[plan.models[batch.model].endpoint] else { return Ok(true) };
        if connection.client.breaker.is_over() {
            return Ok(false);
        }
        let is_replay = matches!(connection.client.transport, Transport::Cassette(_));
        let refusals = if is_replay { Refusals::default() } else { Refusals::at(plan.levels[batch.level]) };
        let client = Client { refusals: refusals.into(), ..connection.client.clone() };
        let cold = !is_replay && probe::is_cold(&client, &plan.models[batch.model].model).await;
        let give_up = self.sender.stop.drain.child_token();
        let target = Target { client, model: batch.model, level: batch.level, give_up, cold: cold.into() };
        if !is_replay {
            self.warm_up(&target).await?;
            if self.is_over() {
                return Ok(true);
            }
            if target.give_up.is_cancelled() {
                self.explain_end(&target);
                return Ok(false);
            }
        }
        (self.context.observer)(&Event::ModelStarted {
            model: batch.model,
            name: plan.models[batch.model].name.clone(),
            level: plan.levels[batch.level].to_string(),
            requests: batch.open_end.is_none().then_some(batch.slots.len()),
            time: batch.open_end.map(|(_, time)| time),
        });
        let running = Arc::new(Running::start(batch, target, self.sender).await?);
        let outcome = self.receive(batch, &running, group).await;
        let released = running.queue.release(&self.sender.work, &*self.sender.store).await;
        (self.context.observer)(&Event::ModelFinished { model: batch.model });
        if !is_replay {
            let loaded = probe::loaded(&running.target.client).await.unwrap_or_default();
            let own = loaded.into_iter().find(|loaded| loaded.is(&plan.models[batch.model].model));
            group.loaded.extend(own.map(|loaded| (batch.model, loaded)));
        }
        self.forget_surplus(&running.target, group).await?;
        self.remember(batch, &running, group).await?;
        outcome.and(released)?;
        self.explain_end(&running.target);
        Ok(!running.target.give_up.is_cancelled())
    }

    /// Forgets answers that may belong to other requests, because their connection brought more of them than were asked.
    async fn forget_surplus(&self, target: &Target, group: &mut Group) -> Result<(), Error> {
        let found = target.client.transport.take_surplus().await;
        if found.connections == 0 {
            return Ok(());
        }
        let suspects: HashSet<RequestKey> = found.suspects.into_iter().map(RequestKey).collect();
        group.responses.retain(|response| !suspects.contains(&response.key));
        let plan = &self.sender.plan;
        let endpoint = plan.endpoint_of(&plan.models[target.model]).name.clone();
        group.surplus.push((endpoint, Surplus { connections: found.connections, forgotten: suspects.len() }));
        Ok(self.sender.store.forget(suspects.into_iter().collect()).await?)
    }

    /// Says why nothing more is sent to a model, if it is so.
    fn explain_end(&self, target: &Target) {
        self.show_news(target);
        if let Some(end) = target.client.refusals.end() {
            let name = &self.sender.plan.models[target.model].name;
            self.context.warn(format!("`{name}`: {end}"));
        }
    }

    /// Says what has become of the server.
    fn show_news(&self, target: &Target) {
        let plan = &self.sender.plan;
        let endpoint = &plan.endpoint_of(&plan.models[target.model]).name;
        for news in target.client.breaker.news() {
            self.context.warn(format!("endpoint `{endpoint}` {news}"));
        }
    }

    async fn warm_up(&self, target: &Target) -> Result<(), Error> {
        if self.sender.plan.load.warmup == 0 {
            return Ok(());
        }
        (self.context.observer)(&Event::WarmingUp { model: target.model });
        let warm = self.sender.warm_up(target).await?;
        let name = &self.sender.plan.models[target.model].name;
        self.show_load(target.model, warm.load);
        if let Some(fault) = warm.fault {
            // The requests themselves will say it again, as rows.
            self.context.warn(format!("warm-up of `{name}` failed: {fault}"));
        }
        Ok(())
    }

    /// Takes in what comes back until everything is sent, or the run is aborted.
    async fn receive(&self, batch: &Batch, running: &Arc<Running>, group: &mut Group) -> Result<(), Error> {
        let (outcomes, mut received) = mpsc::unbounded_channel();
        // Dropping the tasks aborts them.
        let _tasks = self.sender.start(running, &outcomes);
        drop(outcomes);
        let mut failed = None;
        let mut load = None;
        let mut explained = false;
        let mut together = Vec::with_capacity(TOGETHER);
        loop {
            let count = tokio::select! {
                biased;
                () = self.sender.stop.abort.cancelled() => break,
                count = received.recv_many(&mut together, TOGETHER) => count,
                () = tokio::time::sleep(SILENCE) => {
                    self.show_news(&running.target);
                    self.explain_silence(running, &mut explained);
                    continue;
                }
            };
            if count == 0 {
                break;
            }
            for outcome in together.drain(..) {
                match outcome {
                    Ok(None) => {}
                    Ok(Some(response)) => {
                        load = load.max(response.server.load.filter(|_| response.cold));
                        self.show(batch, &response);
                        group.responses.push(response);
                    }
                    // What is in flight may still be kept.
                    Err(error) => {
                        failed.get_or_insert(error);
                    }
                }
            }
            self.show_news(&running.target);
            // Nobody reads faster, and waking up for each response would take time from those in flight.
            tokio::time::sleep(BREATH).await;
        }
        self.show_load(batch.model, load);
        failed.map_or(Ok(()), Err)
    }

    /// Says once that nothing comes because the endpoint asked to be left alone.
    fn explain_silence(&self, running: &Running, explained: &mut bool) {
        let Some(pause) = running.target.client.pace.pause().filter(|_| !*explained) else { return };
        *explained = true;
        let (name, seconds) = (&self.sender.plan.models[running.target.model].name, pause.as_secs().max(1));
        self.context.warn(format!("`{name}`: its endpoint asks to be left alone for {seconds} s more; waiting"));
    }

    /// Several requests may have waited for one load; the longest wait is the whole of it.
    fn show_load(&self, model: usize, load: Option<Duration>) {
        if let Some(load) = load {
            let name = self.sender.plan.models[model].name.clone();
            (self.context.observer)(&Event::ModelLoaded { name, load });
        }
    }

    fn show(&self, batch: &Batch, response: &Response) {
        (self.context.observer)(&Event::ResponseStored {
            model: batch.model,
            level: self.sender.plan.levels[batch.level].to_string(),
            status: response.status,
            latency: response.latency(),
            fault: response.fault.clone(),
        });
    }

    /// Remembers how far a closed loop has come that lasts for a time.
    async fn remember(&self, batch: &Batch, running: &Running, group: &mut Group) -> Result<(), Error> {
        let (Some((first, wanted)), Some(turns)) = (batch.open_end, running.queue.turns()) else { return Ok(()) };
        group.extended.push((batch.model, batch.level, first..turns));
        let whole = self.sender.work.open_end(batch.level).unwrap_or_default();
        // Since it began, not since another run has added to it: the same time does not count twice.
        let elapsed = whole.saturating_sub(wanted) + running.started.elapsed().min(wanted);
        let key = self.sender.work.stretch_key(batch.model, batch.level);
        let stretch = Stretch { requests: turns, elapsed };
        Ok(self.sender.store.remember_stretch(key, stretch).await?)
    }
}
