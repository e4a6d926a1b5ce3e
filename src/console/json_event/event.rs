//! An event of a run, as its line says it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::end::JsonEnd;
use super::left::{JsonLeft, known};
use crate::engine::outcome::RunSummary;
use crate::engine::sharing::leaving::Left;
use crate::error::Error;
use crate::event::{BatchStep, Event, SendingPlan, Wait};
use crate::id::Id;
use crate::plan::Plan;
use crate::work::batch::Batch;

/// An event of `smallbench apply --json`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum JsonEvent {
    /// A stage has ended.
    StageFinished {
        /// fetch, generate, judge, aggregate or render.
        stage: String,
        /// What it reused and what it did.
        line: String,
    },
    /// A warning.
    Warning {
        /// Its text.
        text: String,
    },
    /// The order in which models and levels are measured on one machine.
    Order {
        /// Models with their levels.
        steps: Vec<String>,
    },
    /// Requests are about to be sent.
    SendingStarted {
        /// Batches by machine, in the order in which they are sent.
        machines: Vec<Vec<JsonStep>>,
        /// Number of requests of the run that the store already answers.
        kept: usize,
        /// True if fewer requests may be enough (`until`).
        is_upper_bound: bool,
        /// Currency of costs; null without prices.
        currency: Option<String>,
    },
    /// Requests are about to be sent to a model at a level.
    ModelStarted {
        /// The batch.
        #[serde(flatten)]
        of: JsonBatch,
        /// Number of requests; null if only time can tell.
        requests: Option<usize>,
        /// Duration in seconds, if time ends the batch.
        duration_s: Option<f64>,
    },
    /// A server is being warmed up.
    WarmingUp {
        /// The batch.
        #[serde(flatten)]
        of: JsonBatch,
    },
    /// A server had to load a model first.
    ModelLoaded {
        /// The batch.
        #[serde(flatten)]
        of: JsonBatch,
        /// Duration of the load in seconds.
        load_s: f64,
    },
    /// A response is in the store.
    ResponseStored {
        /// The batch.
        #[serde(flatten)]
        of: JsonBatch,
        /// Its status, as in `results.csv`.
        status: String,
        /// Its latency in seconds; null if it is no answer.
        latency_s: Option<f64>,
        /// The fault; null if there was none.
        fault: Option<String>,
        /// Number of attempts.
        attempts: u32,
        /// Its cost; null where its price or its tokens are not known.
        cost: Option<f64>,
        /// Cost of the whole run so far, with retries and warm-ups; null without prices.
        spent: Option<f64>,
    },
    /// More answers of a batch were judged while it is sent.
    ScoreSoFar {
        /// The batch.
        #[serde(flatten)]
        of: JsonBatch,
        /// Number of judged answers, those of earlier runs included.
        answers: usize,
        /// Number of their datasets.
        datasets: usize,
        /// Mean score.
        score: f64,
        /// Its 95 % interval; null where it takes too long to compute.
        score_interval: Option<(f64, f64)>,
    },
    /// Sending to a model waits for its endpoint, or no longer does.
    Waiting {
        /// The batch.
        #[serde(flatten)]
        of: JsonBatch,
        /// Name of the endpoint.
        endpoint: String,
        /// Reason for the wait; null once it is over.
        wait: Option<JsonWait>,
    },
    /// How far a provider's batch is, where requests go through its batch API.
    ProviderBatch {
        /// The batch.
        #[serde(flatten)]
        of: JsonBatch,
        /// The id that the provider gave its batch.
        id: String,
        /// Number of its requests that have come to an end.
        done: usize,
        /// Number of its requests.
        requests: usize,
    },
    /// A model is done at a level.
    ModelFinished {
        /// The batch.
        #[serde(flatten)]
        of: JsonBatch,
    },
    /// A judge that is asked has judged more answers.
    Consulting {
        /// The judge.
        judge: String,
        /// Number of answers that it has judged.
        done: usize,
        /// Number of answers that it is to judge.
        answers: usize,
    },
    /// Another run that shares the store writes the results; this one waits, and writes them if that one dies.
    StandingBy {
        /// The run that writes; null if it is not known any more.
        writer: Option<String>,
        /// Its machine; null where it is not known.
        machine: Option<String>,
    },
    /// A file was written.
    FileWritten {
        /// Its path.
        path: String,
    },
    /// A signal asked the run to end: requests in flight are waited for, and no new ones are sent.
    Stopping,
    /// The run ends before its end, because of a signal. `finished` or `left_to_others` follows, unless it was aborted.
    Interrupted {
        /// True if a second signal came, so that requests in flight are lost and no results are written.
        is_aborted: bool,
        /// Number of requests that came back; they are kept.
        done: usize,
        /// Number of all requests; null if only time can tell.
        requests: Option<usize>,
        /// Where responses are kept.
        store: String,
        /// The command that continues the run.
        command: String,
    },
    /// The command failed. The last event: there is no `finished`.
    Failed {
        /// What happened, and where.
        error: String,
        /// What to do next; null where nothing is known.
        hint: Option<String>,
        /// Exit code of the program.
        exit_code: u8,
    },
    /// The run has ended, and other runs that share its store do the rest. The last event: there is no `finished`.
    LeftToOthers(JsonLeft),
    /// The run has ended: its figures. The last event.
    Finished(Box<JsonEnd>),
}

/// A model at a load level.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonBatch {
    /// Number of the batch in the plan, from 0.
    batch: usize,
    /// Name of the model.
    model: String,
    /// The level: `c=8` or `2/s`.
    level: String,
}

/// The missing requests of a batch.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonStep {
    /// The batch.
    #[serde(flatten)]
    of: JsonBatch,
    /// Number of missing requests; null if only time can tell.
    requests: Option<usize>,
    /// Number of requests that the store already answers.
    kept: usize,
    /// Remaining time in seconds, if time ends the batch.
    duration_s: Option<f64>,
    /// Maximum cost of the missing requests; null where it is not known.
    most_cost: Option<f64>,
}

/// Why nothing is sent to an endpoint for now.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum JsonWait {
    /// The endpoint asked for a pause (`Retry-After`).
    RateLimit {
        /// Remaining time in seconds.
        left_s: f64,
    },
    /// The server does not answer; one request at a time tries it.
    Server {
        /// Time of day (UTC) of the first failure.
        since: String,
        /// Number of failed tries since then.
        tries: u32,
        /// Number of tries after which it is given up.
        most_tries: u32,
        /// Time until the next try, in seconds.
        next_s: f64,
    },
    /// Other clients have not come to the start of a load level.
    Clients {
        /// Their numbers.
        missing: Vec<u32>,
        /// How many have to be there.
        of: u32,
    },
    /// The start of a load level has not come.
    Start {
        /// Time until it, in seconds.
        left_s: f64,
    },
}

impl JsonEvent {
    /// An event of a run.
    pub fn of(event: &Event) -> Self {
        match event {
            Event::StageFinished { stage, line } => {
                Self::StageFinished { stage: stage.word().to_owned(), line: line.clone() }
            }
            Event::Warning(text) => Self::Warning { text: text.clone() },
            Event::Order(steps) => Self::Order { steps: steps.clone() },
            Event::SendingStarted(sending) => Self::sending(sending),
            Event::ModelStarted { batch, requests, time } => {
                Self::ModelStarted { of: batch.into(), requests: *requests, duration_s: time.map(seconds) }
            }
            Event::WarmingUp { batch } => Self::WarmingUp { of: batch.into() },
            Event::ModelLoaded { batch, load } => Self::ModelLoaded { of: batch.into(), load_s: seconds(*load) },
            Event::ResponseStored { batch, status, latency, fault, attempts, cost, spent } => Self::ResponseStored {
                of: batch.into(),
                status: status.word().to_owned(),
                latency_s: latency.map(seconds),
                fault: fault.clone(),
                attempts: *attempts,
                cost: *cost,
                spent: *spent,
            },
            Event::ScoreSoFar { batch, score } => Self::ScoreSoFar {
                of: batch.into(),
                answers: score.answers,
                datasets: score.datasets,
                score: score.mean,
                score_interval: score.interval,
            },
            Event::Waiting { batch, endpoint, wait } => {
                Self::Waiting { of: batch.into(), endpoint: endpoint.clone(), wait: wait.as_ref().map(JsonWait::from) }
            }
            Event::ProviderBatch { batch, id, done, requests } => {
                Self::ProviderBatch { of: batch.into(), id: id.clone(), done: *done, requests: *requests }
            }
            Event::ModelFinished { batch } => Self::ModelFinished { of: batch.into() },
            Event::Consulting { judge, done, answers } => {
                Self::Consulting { judge: judge.clone(), done: *done, answers: *answers }
            }
            Event::StandingBy { run, machine } => Self::StandingBy { writer: known(run), machine: known(machine) },
            Event::FileWritten { path } => Self::FileWritten { path: path.display().to_string() },
        }
    }

    /// The end of a run.
    pub fn end(plan: &Plan, outcome: &RunSummary) -> Self {
        Self::Finished(Box::new(JsonEnd::of(plan, outcome)))
    }

    /// The end of a run that leaves something to others.
    pub fn left(left: &Left, command: &str) -> Self {
        Self::LeftToOthers(JsonLeft::of(left, command))
    }

    /// The failure of a command.
    pub fn failed(error: &Error) -> Self {
        Self::Failed { error: error.to_string(), hint: error.hint(), exit_code: error.exit().code() }
    }

    fn sending(sending: &SendingPlan) -> Self {
        let steps = |steps: &Vec<BatchStep>| steps.iter().map(JsonStep::from).collect();
        Self::SendingStarted {
            machines: sending.machines.iter().map(steps).collect(),
            kept: sending.kept,
            is_upper_bound: sending.is_upper_bound,
            currency: sending.currency.clone(),
        }
    }

    /// The line.
    ///
    /// # Errors
    /// A value that JSON does not have.
    pub fn line(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_value(self)?.to_string())
    }
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

impl From<&Batch> for JsonBatch {
    fn from(batch: &Batch) -> Self {
        Self { batch: batch.id.place(), model: batch.model.name.clone(), level: batch.level.to_string() }
    }
}

impl From<&BatchStep> for JsonStep {
    fn from(step: &BatchStep) -> Self {
        Self {
            of: (&step.batch).into(),
            requests: step.requests,
            kept: step.kept,
            duration_s: step.time.map(seconds),
            most_cost: step.most_cost,
        }
    }
}

impl From<&Wait> for JsonWait {
    fn from(wait: &Wait) -> Self {
        match wait {
            Wait::RateLimited { left } => Self::RateLimit { left_s: seconds(*left) },
            Wait::ServerGone { since, tries, most, next } => {
                Self::Server { since: since.clone(), tries: *tries, most_tries: *most, next_s: seconds(*next) }
            }
            Wait::Clients { missing, of } => Self::Clients { missing: missing.clone(), of: *of },
            Wait::Start { left } => Self::Start { left_s: seconds(*left) },
        }
    }
}
