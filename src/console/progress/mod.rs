//! The progress of a run: what is done, what is left, what is waited for. Built from events; knows no terminal.

mod estimate;
pub mod lines;
pub mod live;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::text::printable;
use crate::event::{BatchStep, Event, RunningScore, SendingPlan, Wait};
use crate::id::BatchId;
use crate::printable::isolated;
use crate::work::batch::Batch;

/// The progress of a run.
#[derive(Debug)]
pub struct Progress {
    /// Batches by machine, in the order in which they are sent.
    machines: Vec<Vec<BatchProgress>>,
    /// Requests that the store already answered.
    kept: usize,
    is_upper_bound: bool,
    currency: Option<String>,
    spent: f64,
    waits: BTreeMap<String, Waiting>,
    judging: Option<Judging>,
    is_stopping: bool,
}

/// The progress of a batch.
#[derive(Debug)]
struct BatchProgress {
    step: BatchStep,
    name: String,
    started: Option<Instant>,
    took: Option<Duration>,
    done: usize,
    faults: usize,
    retries: u64,
    /// Sum of the known costs of responses, and their number.
    cost: (f64, usize),
    score: Option<RunningScore>,
}

/// What an endpoint is waited for.
#[derive(Debug)]
struct Waiting {
    wait: Wait,
    /// The moment at which it was so.
    at: Instant,
}

/// The progress of a judge that is consulted.
#[derive(Debug)]
struct Judging {
    judge: String,
    done: usize,
    answers: usize,
    /// When it began, and what was done then.
    started: (Instant, usize),
}

/// A batch that has ended.
#[derive(Debug, PartialEq)]
pub struct Ended {
    /// Its name.
    pub name: String,
    /// Number of requests that were sent.
    pub done: usize,
    /// Number of requests that were to be sent, if that was known.
    pub requests: Option<usize>,
    /// Number of faults.
    pub faults: usize,
    /// Its duration.
    pub took: Duration,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            machines: Vec::new(),
            kept: 0,
            is_upper_bound: false,
            currency: None,
            spent: 0.0,
            waits: BTreeMap::new(),
            judging: None,
            is_stopping: false,
        }
    }
}

impl Progress {
    /// Takes in an event.
    pub fn see(&mut self, event: &Event, now: Instant) {
        match event {
            Event::SendingStarted(sending) => self.start(sending),
            Event::ModelStarted { batch, requests, time } => {
                let step =
                    || BatchStep { batch: batch.clone(), requests: *requests, kept: 0, time: *time, most_cost: None };
                // A batch that nobody announced is a machine of its own.
                if self.batch(batch.id).is_none() {
                    self.machines.push(vec![BatchProgress::new(step())]);
                }
                self.batch(batch.id).into_iter().for_each(|own| own.started = Some(now));
            }
            Event::ResponseStored { batch, fault, attempts, cost, spent, .. } => {
                self.spent = spent.unwrap_or(self.spent);
                let Some(own) = self.batch(batch.id) else { return };
                own.done += 1;
                own.faults += usize::from(fault.is_some());
                own.retries += u64::from(attempts.saturating_sub(1));
                own.cost = cost.map_or(own.cost, |cost| (own.cost.0 + cost, own.cost.1 + 1));
            }
            Event::ScoreSoFar { batch, score } => {
                self.batch(batch.id).into_iter().for_each(|own| own.score = Some(*score));
            }
            Event::Waiting { endpoint, wait: Some(wait), .. } => {
                self.waits.insert(endpoint.clone(), Waiting { wait: wait.clone(), at: now });
            }
            Event::Waiting { endpoint, wait: None, .. } => drop(self.waits.remove(endpoint)),
            Event::Consulting { judge, done, answers } => self.consult(judge, (*done, *answers), now),
            _ => {}
        }
    }

    fn start(&mut self, sending: &SendingPlan) {
        let of_machine = |steps: &Vec<BatchStep>| steps.iter().cloned().map(BatchProgress::new).collect();
        self.machines = sending.machines.iter().map(of_machine).collect();
        self.kept = sending.kept;
        self.is_upper_bound = sending.is_upper_bound;
        self.currency.clone_from(&sending.currency);
    }

    fn consult(&mut self, judge: &str, (done, answers): (usize, usize), now: Instant) {
        let known = self.judging.take().filter(|known| known.judge == judge);
        let started = known.map_or((now, done), |known| known.started);
        self.judging = (done < answers).then(|| Judging { judge: printable(judge), done, answers, started });
    }

    /// Ends a batch.
    pub fn end(&mut self, batch: &Batch, now: Instant) -> Option<Ended> {
        let own = self.batch(batch.id)?;
        let took = now.saturating_duration_since(own.started?);
        own.took = Some(took);
        Some(Ended { name: own.name.clone(), done: own.done, requests: own.step.requests, faults: own.faults, took })
    }

    /// Nothing new is sent from now on.
    pub fn stop(&mut self) {
        self.is_stopping = true;
    }

    /// True if there is something to show.
    pub fn is_active(&self) -> bool {
        self.judging.is_some() || self.batches().any(BatchProgress::is_active)
    }

    /// Number of faults of a batch.
    pub fn faults(&self, batch: &Batch) -> Option<(&str, usize)> {
        let own = self.batches().find(|own| own.step.batch.id == batch.id)?;
        Some((&own.name, own.faults))
    }

    /// Number of requests that are answered, and of all; that of all is unknown where time ends a batch.
    pub fn requests(&self) -> (usize, Option<usize>) {
        let done = self.kept + self.batches().map(|own| own.done).sum::<usize>();
        let open: Option<usize> = self.batches().map(|own| own.step.requests).sum();
        (done, open.map(|open| self.kept + open))
    }

    fn batches(&self) -> impl Iterator<Item = &BatchProgress> {
        self.machines.iter().flatten()
    }

    fn batch(&mut self, id: BatchId) -> Option<&mut BatchProgress> {
        self.machines.iter_mut().flatten().find(|own| own.step.batch.id == id)
    }
}

impl BatchProgress {
    fn new(step: BatchStep) -> Self {
        let name = format!("{} {}", isolated(&printable(&step.batch.model.name)), step.batch.level);
        Self { step, name, started: None, took: None, done: 0, faults: 0, retries: 0, cost: (0.0, 0), score: None }
    }

    fn is_active(&self) -> bool {
        self.started.is_some() && self.took.is_none()
    }

    fn elapsed(&self, now: Instant) -> Duration {
        let since = |started| now.saturating_duration_since(started);
        self.took.or(self.started.map(since)).unwrap_or_default()
    }
}
