//! Events for machines: one JSON object per line on standard output, and the schema of each.

mod schema;

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

pub use schema::json_schema;

use crate::checks::Check;
use crate::engine::apply::RunSummary;
use crate::event::{Event, Sending, Step, Wait};
use crate::gates::until::{Stop, stops};
use crate::gates::{GateOutcome, Recommendation, recommendations};
use crate::id::Id;
use crate::plan::Plan;
use crate::report::largest_load::{LargestLoad, largest_load};
use crate::tables::pairs::pair_json;
use crate::tables::summary::{Grouping, Summary};
use crate::tables::summary_columns::summary_columns;
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
    /// A file was written.
    FileWritten {
        /// Its path.
        path: String,
    },
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

/// The end of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonEnd {
    /// A row per model and level: the columns of `model_summary.csv`, and the score with its interval.
    models: Vec<Json>,
    /// A row per pair of models: the columns of `pairs.csv`.
    pairs: Vec<Json>,
    /// The gates, each for each model.
    gates: Vec<Json>,
    /// The checks.
    checks: Vec<Json>,
    /// Number of faults by status.
    faults: BTreeMap<String, usize>,
    /// The largest load that meets the service level, by model (`load.find`).
    largest_load: Vec<Json>,
    /// The recommended model at each level (`prefer`).
    recommendations: Vec<Json>,
    /// How far each model was asked (`until`).
    stops: Vec<Json>,
    /// Number of requests that were not sent.
    unsent: usize,
    /// Number of requests to models that judge that brought no answer.
    unjudged: usize,
    /// Remaining time of timed levels, in seconds.
    time_left_s: f64,
    /// The output folder.
    folder: String,
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
            Event::FileWritten { path } => Self::FileWritten { path: path.display().to_string() },
        }
    }

    fn sending(sending: &Sending) -> Self {
        let steps = |steps: &Vec<Step>| steps.iter().map(JsonStep::from).collect();
        Self::SendingStarted {
            machines: sending.machines.iter().map(steps).collect(),
            kept: sending.kept,
            is_upper_bound: sending.is_upper_bound,
            currency: sending.currency.clone(),
        }
    }

    /// The end of a run.
    pub fn end(plan: &Plan, outcome: &RunSummary) -> Self {
        let results = &outcome.results;
        let faults = outcome.faults.iter().map(|(status, (count, _))| (status.word().to_owned(), *count));
        let recommended = recommendations(&plan.gating.prefer, results);
        Self::Finished(Box::new(JsonEnd {
            models: results.summaries().map(summary_json).collect(),
            pairs: results.pairs.iter().map(pair_json).collect(),
            gates: outcome.gates.iter().map(GateOutcome::json).collect(),
            checks: outcome.checks.iter().filter_map(|check: &Check| serde_json::to_value(check).ok()).collect(),
            faults: faults.collect(),
            largest_load: largest_load(&results.groups, plan).iter().map(LargestLoad::json).collect(),
            recommendations: recommended.iter().map(Recommendation::json).collect(),
            stops: stops(results, plan).iter().map(Stop::json).collect(),
            unsent: outcome.unsent,
            unjudged: outcome.unjudged,
            time_left_s: seconds(outcome.time_left),
            folder: outcome.folder.display().to_string(),
        }))
    }

    /// The line.
    pub fn line(&self) -> String {
        serde_json::to_value(self).unwrap_or_default().to_string()
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

impl From<&Step> for JsonStep {
    fn from(step: &Step) -> Self {
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

/// A summary: every column of `model_summary.csv`, and the score under its short name.
fn summary_json(summary: &Summary) -> Json {
    let columns = summary_columns(Grouping::Model).into_iter();
    let mut fields: serde_json::Map<_, _> = columns
        .map(|column| {
            let value = (column.value)(summary).json();
            (column.name, value)
        })
        .collect();
    fields.insert("score".into(), json!(summary.score));
    fields.insert("score_interval".into(), json!(summary.score_interval));
    fields.into()
}
