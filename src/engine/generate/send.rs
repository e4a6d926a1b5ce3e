//! Sending: closed loops and open ones, and what comes before them.
//!
//! Each request runs in a task of its own, from the moment it is due to the commit of its response, so
//! that no request waits for the bookkeeping of another.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::pending::Pending;
use super::queue::{Next, Queue};
use super::running_score::RunningScores;
use crate::endpoint::client::{Client, SendContext};
use crate::engine::budget::{Budget, Metered};
use crate::engine::sharing::idling::Leaving;
use crate::error::Error;
use crate::plan::Plan;
use crate::request::Request;
use crate::response::Response;
use crate::stop::Stop;
use crate::store::{Store, StoreError};
use crate::timer::Timer;
use crate::work::batch::Batch;
use crate::work::dialogues::History;
use crate::work::{Slot, Work};

/// What every request of a run is sent with.
pub(super) struct Sender {
    pub(super) plan: Arc<Plan>,
    pub(super) work: Work,
    pub(super) store: Arc<dyn Store>,
    pub(super) budget: Arc<Budget>,
    pub(super) stop: Stop,
    pub(super) timer: Timer,
    pub(super) scores: RunningScores,
    /// If the run may leave requests to others.
    pub(super) leaving: Option<Leaving>,
}

/// Who is asked.
pub(super) struct Target {
    pub(super) client: Client,
    pub(super) batch: Batch,
    /// Cancelled when further requests of this model are pointless.
    pub(super) give_up: CancellationToken,
    /// True until the first answer of a server that has to load the model first.
    pub(super) cold: AtomicBool,
    /// When sending begins, if that was agreed on with other clients.
    pub(super) start: OnceLock<Instant>,
}

/// A batch that is being sent.
pub(super) struct Running {
    pub(super) target: Arc<Target>,
    pub(super) started: Instant,
    pub(super) queue: Queue,
}

/// A response that is in the store, with its request.
pub(super) struct Stored {
    pub(super) slot: Slot,
    pub(super) response: Arc<Response>,
}

/// What became of a request; nothing if it was not sent.
pub(super) type SendOutcome = Result<Option<Stored>, Error>;

/// Who is told of each outcome.
pub(super) type SendOutcomes = mpsc::UnboundedSender<SendOutcome>;

impl Target {
    fn turn(&self, scheduled: Instant, warmup: bool) -> SendContext {
        SendContext { scheduled, cold: self.cold.load(Ordering::Relaxed), warmup }
    }
}

impl Running {
    /// A batch that starts as soon as its first requests are claimed.
    pub(super) async fn start(pending: &Pending, target: Arc<Target>, sender: &Sender) -> Result<Self, Error> {
        let in_flight = pending.batch.in_flight();
        let mut queue = Queue::new(pending, in_flight, target.give_up.clone());
        if sender.store.is_shared() {
            queue.share(&target.client.run.name, sender.plan.fresh.is_some());
        }
        // Without a store nothing more may be sent.
        let claimed = queue.claim_block(&sender.work, &*sender.store).await;
        claimed.inspect_err(|_| sender.stop.drain.cancel())?;
        let started = match target.start.get() {
            Some(start) => {
                sender.timer.sleep_until(*start).await;
                *start
            }
            None => Instant::now(),
        };
        queue.begin(started);
        Ok(Self { target, started, queue })
    }
}

impl Sender {
    /// Sends a batch at its level; outcomes go to `outcomes`. Dropping the tasks aborts them.
    pub(super) fn start(self: &Arc<Self>, running: &Arc<Running>, outcomes: &SendOutcomes) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let (level, in_flight) = (running.target.batch.level, running.target.batch.in_flight());
        tasks.spawn(Arc::clone(self).claim(Arc::clone(running), outcomes.clone()));
        running.target.client.throttle.set_level(in_flight);
        match in_flight {
            Some(count) => {
                for _ in 0..running.queue.most().map_or(count, |most| count.min(most)) {
                    tasks.spawn(Arc::clone(self).run_closed_loop(Arc::clone(running), outcomes.clone()));
                }
            }
            None => {
                let schedule = self.work.schedule(level).unwrap_or_default();
                tasks.spawn(Arc::clone(self).run_open_loop(schedule, Arc::clone(running), outcomes.clone()));
            }
        }
        tasks
    }

    /// Claims what is sent, ahead of its turn.
    async fn claim(self: Arc<Self>, running: Arc<Running>, outcomes: SendOutcomes) {
        if let Err(error) = running.queue.fill(&self.work, &*self.store, self.leaving.as_ref()).await {
            // Without a store nothing more may be sent.
            self.stop.drain.cancel();
            // Nobody listens any more once the run is aborted.
            let _ = outcomes.send(Err(error.into()));
        }
    }

    /// One of the requests in flight of a closed loop: the next is due when the last has been answered.
    async fn run_closed_loop(self: Arc<Self>, running: Arc<Running>, outcomes: SendOutcomes) {
        let mut due = running.started;
        while let Some(Next { slot, waited }) = running.queue.next(&*self.store).await {
            if waited {
                due = due.max(Instant::now());
            }
            let outcome = self.send_slot(&running, &slot, due).await;
            due = ended(&running, &outcome).unwrap_or_else(Instant::now);
            if outcomes.send(outcome).is_err() {
                return;
            }
        }
    }

    /// An open loop: every request is sent when it is due, whatever became of those before. What an
    /// earlier run has kept leaves a gap; the first that is missing is due at once.
    async fn run_open_loop(self: Arc<Self>, schedule: Vec<Duration>, running: Arc<Running>, outcomes: SendOutcomes) {
        let mut tasks = JoinSet::new();
        let mut first = None;
        while let Some(Next { slot, waited }) = running.queue.next(&*self.store).await {
            let arrival = schedule.get(slot.turn).copied().unwrap_or_default();
            let is_first = running.target.batch.turns.at_or_after(0) == Some(slot.turn);
            let first = *first.get_or_insert(if is_first { Duration::ZERO } else { arrival });
            let due = running.started + arrival.saturating_sub(first);
            let due = if waited { due.max(Instant::now()) } else { due };
            tokio::select! {
                biased;
                () = running.target.give_up.cancelled() => break,
                () = self.timer.sleep_until(due) => {}
            }
            let (sender, running, outcomes) = (Arc::clone(&self), Arc::clone(&running), outcomes.clone());
            tasks.spawn(async move {
                let outcome = sender.send_slot(&running, &slot, due).await;
                // Nobody listens any more once the run is aborted.
                let _ = outcomes.send(outcome);
            });
            while tasks.try_join_next().is_some() {}
        }
        while tasks.join_next().await.is_some() {}
    }

    /// Warms the server up with requests that are no part of the data; gives a fault, if there is one.
    pub(super) async fn warm_up(&self, target: &Target) -> Result<Warm, Error> {
        let mut warm = Warm::default();
        let at_once = target.batch.in_flight().unwrap_or(1);
        let numbers: Vec<usize> = (0..self.plan.load.warmup as usize).collect();
        // A client without a recorder: what only warms up is no part of a recording.
        let client = Client { recorder: None, ..target.client.clone() };
        client.throttle.set_level(Some(at_once));
        for together in numbers.chunks(at_once) {
            let requests = together.iter().map(|number| {
                let request = self.work.warmup(&target.batch, *number, &client.run.name);
                self.send(target, &client, request, target.turn(Instant::now(), true))
            });
            for outcome in futures::future::join_all(requests).await {
                let Some(response) = outcome? else { return Ok(warm) };
                if response.cold {
                    warm.load = warm.load.max(response.server.load);
                }
                if response.status.is_fault() {
                    warm.fault.clone_from(&response.fault);
                }
            }
            if warm.fault.is_some() {
                break;
            }
        }
        Ok(warm)
    }

    async fn send_slot(&self, running: &Running, slot: &Slot, due: Instant) -> SendOutcome {
        let target = &running.target;
        let turn = target.turn(due, false);
        let outcome = match self.next_turn(slot) {
            Ok(Due::Ask(request)) => self.send(target, &target.client, *request, turn).await,
            Ok(Due::Fail(request, why)) => {
                let response = Arc::new(target.client.unasked(&request, turn, why));
                self.stored(*request, response).await
            }
            Ok(Due::Nothing) => Ok(None),
            Err(error) => self.without_store(error),
        };
        running.queue.done(&slot.key);
        Ok(outcome?.map(|response| Stored { slot: *slot, response }))
    }

    /// What is to be done with a request whose turn has come, by the answers to earlier turns of its conversation.
    fn next_turn(&self, slot: &Slot) -> Result<Due, StoreError> {
        if self.work.sample(slot).replies() == 0 {
            return Ok(Due::Ask(self.work.request(slot).into()));
        }
        let (request, history) = self.work.request_now(slot, &*self.store)?;
        Ok(match history {
            // Another run may have asked it meanwhile.
            History::Known(_) if self.plan.fresh.is_none() && self.store.holds(&[&request.key])? == [true] => {
                Due::Nothing
            }
            History::Known(_) => Due::Ask(request.into()),
            History::Failed(turn, status) => {
                Due::Fail(request.into(), format!("turn {} of its conversation has no answer: {status}", turn + 1))
            }
            History::Open => Due::Nothing,
        })
    }

    /// Sends one request and stores what came back. What makes further requests of this model pointless
    /// cancels `give_up` before anything else is started.
    async fn send(
        &self,
        target: &Target,
        client: &Client,
        request: Request,
        turn: SendContext,
    ) -> Result<Option<Arc<Response>>, Error> {
        let metered = Metered::new(&self.budget, &request, target.batch.model.price.as_ref());
        let answer = client.ask(&request, turn, &target.give_up, &metered).await.map(Arc::new);
        if client.refusals.end().is_some() || client.breaker.is_over() || self.budget.reached().is_some() {
            target.give_up.cancel();
        }
        let Some(response) = answer else { return Ok(None) };
        if !response.status.is_fault() {
            target.cold.store(false, Ordering::Relaxed);
        }
        self.stored(request, response).await
    }

    async fn stored(&self, request: Request, response: Arc<Response>) -> Result<Option<Arc<Response>>, Error> {
        match keep(&self.plan, &*self.store, request, &response).await {
            Ok(()) => Ok(Some(response)),
            Err(error) => self.without_store(error),
        }
    }

    /// Without a store nothing more may be sent.
    fn without_store<T>(&self, error: StoreError) -> Result<T, Error> {
        self.stop.drain.cancel();
        Err(error.into())
    }
}

/// Stores a response; an answer takes the place of an earlier one where it was asked for again. It is handed over at once.
pub(super) fn keep<'s>(
    plan: &Plan,
    store: &'s dyn Store,
    request: Request,
    response: &Arc<Response>,
) -> impl Future<Output = Result<(), StoreError>> + use<'s> {
    let is_replaced = plan.fresh.is_some() && !response.status.is_fault();
    let forgotten = is_replaced.then(|| store.forget(vec![request.key]));
    // Both are handed over before either is awaited, so that they are written together.
    let stored = store.put(request, Arc::clone(response));
    async move {
        if let Some(forgotten) = forgotten {
            forgotten.await?;
        }
        stored.await
    }
}

/// What is to be done with a request whose turn has come.
enum Due {
    Ask(Box<Request>),
    /// It cannot be asked, and why.
    Fail(Box<Request>, String),
    Nothing,
}

/// What warming up came to.
#[derive(Debug, Default)]
pub(super) struct Warm {
    /// How long the server took to load the model, if it had to.
    pub(super) load: Option<Duration>,
    /// What went wrong, if something did.
    pub(super) fault: Option<String>,
}

/// When the last byte of an answer left the socket.
fn ended(running: &Running, outcome: &SendOutcome) -> Option<Instant> {
    let Stored { response, .. } = outcome.as_ref().ok()?.as_ref()?;
    Some(running.target.client.run.started + response.dispatch?.sent + response.stamps.end?)
}
