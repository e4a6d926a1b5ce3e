//! Batches being sent: model by model and level by level, what comes before, between and after them.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::pending::Pending;
use super::send::{Running, Sender, Stored, Target};
use super::until::Looks;
use crate::checks::Surplus;
use crate::endpoint::client::Client;
use crate::endpoint::probe;
use crate::endpoint::refusals::Refusals;
use crate::endpoint::transport::Transport;
use crate::engine::Context;
use crate::engine::sent::Sent;
use crate::engine::servers::connect::Connection;
use crate::engine::servers::observing::Readings;
use crate::engine::servers::serve::Servers;
use crate::error::Error;
use crate::event::Event;
use crate::id::{EndpointId, ModelId, Per};
use crate::request::RequestKey;
use crate::response::Response;
use crate::store::TimedProgress;
use crate::work::batch::Batch;

/// Outcomes that are taken in at once.
const TOGETHER: usize = 1024;

/// Time between two looks at what has come in.
const BREATH: Duration = Duration::from_millis(4);

/// Time between two looks at an endpoint from which nothing arrives.
pub(super) const LOOK: Duration = Duration::from_millis(500);

/// What was shown of a batch besides its responses.
#[derive(Default)]
pub(super) struct Shown {
    /// Looks in a row at which nothing had arrived.
    pub(super) silent: u32,
    /// The end of the pause that was told last.
    pub(super) explained: Option<Instant>,
    /// The try and the end of the wait that was shown last.
    pub(super) wait: Option<(u32, Instant)>,
}

/// Sends batches, one after another.
pub(super) struct BatchRunner<'c> {
    pub(super) sender: &'c Arc<Sender>,
    pub(super) connections: &'c Per<EndpointId, Option<Connection>>,
    pub(super) context: &'c Context<'c>,
}

impl BatchRunner<'_> {
    /// Sends the batches of one machine.
    pub(super) async fn send_all(&self, batches: Vec<Pending>) -> Result<Sent, Error> {
        let mut sent = Sent::default();
        let mut previous: Option<Batch> = None;
        // A model that is missing or refused at one level is so at the next.
        let mut given_up: HashSet<ModelId> = HashSet::new();
        let mut servers = Servers::new(&self.sender.plan, self.connections, self.context);
        for pending in batches {
            if given_up.contains(&pending.batch.model_id) || self.is_over() {
                continue;
            }
            if let Some(batch) = previous.as_ref().filter(|previous| !previous.is_of_model(&pending.batch)) {
                self.change_from(batch).await;
            }
            let Some(client) = servers.client(&pending.batch).await? else {
                sent.is_cut = true;
                continue;
            };
            previous = Some(pending.batch.clone());
            if self.send_by_batch_api(&pending, &client, &mut sent).await? {
                continue;
            }
            let (gone, address) = (servers.gone(), servers.address(&pending.batch));
            let continues = tokio::select! {
                continues = self.send_batch(&pending, (client, &address), &gone, &mut sent) => continues?,
                () = servers.watch(&gone) => false,
            };
            servers.require(!continues && !self.context.stop.drain.is_cancelled()).await?;
            if !continues {
                sent.is_cut = true;
                given_up.insert(pending.batch.model_id);
            }
        }
        if let Some(batch) = previous {
            self.unload(&batch).await;
        }
        servers.stop().await;
        Ok(sent)
    }

    pub(super) fn is_over(&self) -> bool {
        self.sender.stop.drain.is_cancelled() || self.sender.budget.reached().is_some()
    }

    /// What stands between two models of one machine.
    async fn change_from(&self, batch: &Batch) {
        self.unload(batch).await;
        let pause = self.sender.plan.load.pause;
        if !pause.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.sender.stop.drain.cancelled() => {}
            }
        }
    }

    /// Takes a model out of the server's memory, where the spec wants that.
    async fn unload(&self, batch: &Batch) {
        let (name, endpoint) = (&batch.model.model, self.sender.plan.endpoint_of(&batch.model));
        let connection = self.connections[batch.model.endpoint].as_ref().filter(|_| endpoint.unload);
        let (Some(connection), Some((path, body))) = (connection, endpoint.provider.unload(name)) else { return };
        if let Err(fault) = connection.client.post(path, body).await {
            self.context.warn(format!("cannot unload `{name}`: {}", fault.line()));
        }
    }

    /// Sends a batch; false if further requests of its model are pointless.
    async fn send_batch(
        &self,
        pending: &Pending,
        (client, address): (Client, &str),
        gone: &CancellationToken,
        sent: &mut Sent,
    ) -> Result<bool, Error> {
        let batch = &pending.batch;
        if client.breaker.is_over() {
            return Ok(false);
        }
        let is_replay = matches!(client.transport, Transport::Cassette(_));
        let refusals = if is_replay { Refusals::default() } else { Refusals::at(batch.level) };
        let client = Client { refusals: refusals.into(), ..client };
        let cold = !is_replay && probe::is_cold(&client, &batch.model.model).await;
        let give_up = gone.child_token();
        let start = OnceLock::new();
        let target = Arc::new(Target { client, batch: batch.clone(), give_up, cold: cold.into(), start });
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
        let start = self.begin_together(batch, &target.client).await?;
        if self.is_over() {
            return Ok(true);
        }
        if let Some(start) = &start {
            let _ = target.start.set(start.at);
        }
        let Sender { plan, work, .. } = &**self.sender;
        let readings = Readings::begin(plan, batch, (address, work.batch_key(batch)), self.context).await?;
        (self.context.observer)(&Event::ModelStarted {
            batch: batch.clone(),
            requests: pending.time_limit.is_none().then_some(pending.slots.len()),
            time: pending.time_limit.map(|(_, time)| time),
        });
        let outcome = self.ask(pending, &target, sent).await;
        let read = self.end_readings(batch, readings, sent).await;
        (self.context.observer)(&Event::ModelFinished { batch: batch.clone() });
        if !is_replay {
            let loaded = probe::loaded(&target.client).await.unwrap_or_default();
            let own = loaded.into_iter().find(|loaded| loaded.is(&batch.model.model));
            sent.loaded.extend(own.map(|loaded| (batch.clone(), loaded)));
        }
        self.forget_surplus(&target, sent).await?;
        sent.several.push((batch.model_id, target.client.several.take()));
        outcome.and(read)?;
        self.explain_end(&target);
        let is_given_up = target.give_up.is_cancelled();
        if !is_given_up && !self.is_over() {
            self.end_together(start).await?;
        }
        Ok(!is_given_up)
    }

    /// Ends the readings beside a batch; what could not be read is said once of an endpoint.
    async fn end_readings(&self, batch: &Batch, readings: Option<Readings>, sent: &mut Sent) -> Result<(), Error> {
        let Some(readings) = readings else { return Ok(()) };
        let warnings = readings.end(self.sender.plan.endpoint_of(&batch.model)).await?;
        if !warnings.is_empty() && sent.unread.insert(batch.model.endpoint) {
            warnings.into_iter().for_each(|text| self.context.warn(text));
        }
        Ok(())
    }

    /// Sends what is pending; where answers are looked at meanwhile, from one look to the next.
    async fn ask(&self, pending: &Pending, target: &Arc<Target>, sent: &mut Sent) -> Result<(), Error> {
        let Sender { plan, work, store, .. } = &**self.sender;
        if plan.gating.until.is_none() {
            return self.send_pending(pending, target, sent).await;
        }
        let mut looks = Looks::new((plan, work), &**store, &pending.batch)?;
        for turns in looks.blocks() {
            let of_block = pending.slots.iter().filter(|slot| turns.contains(&slot.turn));
            let block = Pending { slots: of_block.copied().collect(), ..Pending::of(&pending.batch) };
            if !block.slots.is_empty() {
                self.send_pending(&block, target, sent).await?;
            }
            // What is not complete is not looked at: what came first would decide.
            if self.is_over() || target.give_up.is_cancelled() {
                break;
            }
            let end = turns.end;
            if tokio::task::block_in_place(|| looks.see(turns))? {
                sent.ended.push((pending.batch.id, end));
                break;
            }
        }
        Ok(())
    }

    async fn send_pending(&self, pending: &Pending, target: &Arc<Target>, sent: &mut Sent) -> Result<(), Error> {
        let running = Arc::new(Running::start(pending, Arc::clone(target), self.sender).await?);
        let outcome = self.receive(&running, sent).await;
        // A turn that others gave out is not in this list.
        sent.is_cut |= running.queue.is_cut() || pending.time_limit.is_some();
        let released = running.queue.release(&*self.sender.store).await;
        self.remember(pending, &running, sent).await?;
        outcome.and(released.map_err(Error::from))
    }

    /// Forgets answers that may belong to other requests, because their connection brought more of them than were asked.
    async fn forget_surplus(&self, target: &Target, sent: &mut Sent) -> Result<(), Error> {
        let found = target.client.transport.take_surplus().await;
        if found.connections == 0 {
            return Ok(());
        }
        let suspects: HashSet<RequestKey> = found.suspects.into_iter().map(RequestKey).collect();
        sent.failed.retain(|key| !suspects.contains(key));
        sent.is_cut = true;
        sent.surplus
            .push((target.batch.model.endpoint, Surplus { connections: found.connections, forgotten: suspects.len() }));
        Ok(self.sender.store.forget(suspects.into_iter().collect()).await?)
    }

    /// Says why nothing more is sent to a model, if it is so.
    fn explain_end(&self, target: &Target) {
        self.show_news(target);
        if let Some(end) = target.client.refusals.end() {
            self.context.warn(format!("`{}`: {end}", target.batch.model.name));
        }
    }

    /// Says what has become of the server.
    pub(super) fn show_news(&self, target: &Target) {
        let endpoint = &self.sender.plan.endpoint_of(&target.batch.model).name;
        for news in target.client.breaker.news() {
            self.context.warn(format!("endpoint `{endpoint}` {news}"));
        }
        for news in target.client.dropped.news() {
            self.context.warn(news);
        }
    }

    async fn warm_up(&self, target: &Target) -> Result<(), Error> {
        if self.sender.plan.load.warmup == 0 {
            return Ok(());
        }
        (self.context.observer)(&Event::WarmingUp { batch: target.batch.clone() });
        let warm = self.while_shown(target, self.sender.warm_up(target)).await?;
        let name = &target.batch.model.name;
        self.show_load(&target.batch, warm.load);
        if let Some(fault) = warm.fault {
            // The requests themselves will say it again, as rows.
            self.context.warn(format!("warm-up of `{name}` failed: {fault}"));
        }
        Ok(())
    }

    /// Waits for something, and shows meanwhile what the endpoint is waited for.
    async fn while_shown<T>(&self, target: &Target, work: impl Future<Output = T>) -> T {
        let (mut work, mut shown) = (pin!(work), Shown::default());
        loop {
            tokio::select! {
                biased;
                output = work.as_mut() => {
                    self.show_wait(target, None, &mut shown);
                    return output;
                }
                () = tokio::time::sleep(LOOK) => {
                    shown.silent += 1;
                    self.show_state(target, &mut shown);
                }
            }
        }
    }

    /// Takes in what comes back until everything is sent, or the run is aborted.
    async fn receive(&self, running: &Arc<Running>, sent: &mut Sent) -> Result<(), Error> {
        let (outcomes, mut received) = mpsc::unbounded_channel();
        // Dropping the tasks aborts them.
        let _tasks = self.sender.start(running, &outcomes);
        drop(outcomes);
        let mut failed = None;
        let mut load = None;
        let mut shown = Shown::default();
        let mut together = Vec::with_capacity(TOGETHER);
        loop {
            let count = tokio::select! {
                biased;
                () = self.sender.stop.abort.cancelled() => break,
                count = received.recv_many(&mut together, TOGETHER) => count,
                () = tokio::time::sleep(LOOK) => {
                    shown.silent += 1;
                    self.show_state(&running.target, &mut shown);
                    continue;
                }
            };
            if count == 0 {
                break;
            }
            for outcome in together.drain(..) {
                match outcome {
                    Ok(None) => sent.is_cut = true,
                    Ok(Some(Stored { slot, response })) => {
                        load = load.max(response.server.load.filter(|_| response.cold));
                        self.show(&running.target.batch, &response);
                        self.sender.scores.hand_over(slot, &response);
                        sent.responses += 1;
                        sent.failed.extend(response.status.is_fault().then_some(response.key));
                    }
                    // What is in flight may still be kept.
                    Err(error) => {
                        failed.get_or_insert(error);
                    }
                }
            }
            shown.silent = 0;
            self.show_state(&running.target, &mut shown);
            // Nobody reads faster, and waking up for each response would take time from those in flight.
            tokio::time::sleep(BREATH).await;
        }
        self.show_wait(&running.target, None, &mut shown);
        self.show_load(&running.target.batch, load);
        failed.map_or(Ok(()), Err)
    }

    /// Several requests may have waited for one load; the longest wait is the whole of it.
    fn show_load(&self, batch: &Batch, load: Option<Duration>) {
        if let Some(load) = load {
            (self.context.observer)(&Event::ModelLoaded { batch: batch.clone(), load });
        }
    }

    pub(super) fn show(&self, batch: &Batch, response: &Response) {
        (self.context.observer)(&Event::ResponseStored {
            batch: batch.clone(),
            status: response.status,
            latency: response.latency(),
            fault: response.fault.clone(),
            attempts: response.attempts,
            cost: batch.model.price_of(response).and_then(|price| price.cost(&response.usage)),
            spent: self.sender.plan.currency.is_some().then(|| self.sender.budget.spent()),
        });
    }

    /// Remembers how far a closed loop has come that lasts for a time.
    async fn remember(&self, pending: &Pending, running: &Running, sent: &mut Sent) -> Result<(), Error> {
        let (Some((first, wanted)), Some(turns)) = (pending.time_limit, running.queue.turns()) else { return Ok(()) };
        sent.extended.push((pending.batch.id, first..turns));
        let whole = self.sender.work.time_limit(pending.batch.level).unwrap_or_default();
        // Since it began, not since another run has added to it: the same time does not count twice.
        let elapsed = whole.saturating_sub(wanted) + running.started.elapsed().min(wanted);
        let key = self.sender.work.timed_level_key(&pending.batch, pending.batch.turns);
        let progress = TimedProgress { requests: turns, elapsed };
        Ok(self.sender.store.remember_progress(key, progress).await?)
    }
}
