//! Events: everything that stages have to say. They say it; one place prints it.

use std::path::PathBuf;
use std::time::Duration;

use crate::response::Status;
use crate::work::batch::Batch;

/// The five stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Datasets become samples.
    Fetch,
    /// Samples become responses.
    Generate,
    /// Responses become verdicts.
    Judge,
    /// Rows become tables.
    Aggregate,
    /// Tables become pictures.
    Render,
}

impl Stage {
    /// The word that starts its lines.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Generate => "generate",
            Self::Judge => "judge",
            Self::Aggregate => "aggregate",
            Self::Render => "render",
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A stage is done: what it reused and what it did, in one line.
    StageFinished {
        /// The stage.
        stage: Stage,
        /// The line.
        line: String,
    },
    /// Something the user should know.
    Warning(String),
    /// Requests are about to be sent to a model.
    ModelStarted {
        /// The model and the level.
        batch: Batch,
        /// How many will be sent; `None` if only time can tell.
        requests: Option<usize>,
        /// For how long, if time ends it.
        time: Option<Duration>,
    },
    /// The order in which models and levels are measured, where there are several.
    Order(Vec<String>),
    /// Requests are about to be sent: what the run consists of.
    SendingStarted(SendingPlan),
    /// A server is being warmed up.
    WarmingUp {
        /// The model and the level.
        batch: Batch,
    },
    /// A server had to load a model first.
    ModelLoaded {
        /// The model and the level.
        batch: Batch,
        /// How long that took.
        load: Duration,
    },
    /// A response is in the store.
    ResponseStored {
        /// The model and the level.
        batch: Batch,
        /// How it ended.
        status: Status,
        /// Its latency, if it is an answer.
        latency: Option<Duration>,
        /// What went wrong, if something did.
        fault: Option<String>,
        /// Attempts that it took.
        attempts: u32,
        /// Its cost, where its price and its tokens are known.
        cost: Option<f64>,
        /// Cost of the whole run so far, with retries and warm-ups; `None` without prices.
        spent: Option<f64>,
    },
    /// More answers of a batch were judged while it is sent.
    ScoreSoFar {
        /// The model and the level.
        batch: Batch,
        /// Its score.
        score: RunningScore,
    },
    /// Sending to a model waits for its endpoint, or no longer does.
    Waiting {
        /// The model and the level.
        batch: Batch,
        /// Name of the endpoint.
        endpoint: String,
        /// Reason for the wait; `None` once it is over.
        wait: Option<Wait>,
    },
    /// How far a provider's batch is.
    ProviderBatch {
        /// The model and the level.
        batch: Batch,
        /// The id that the provider gave it.
        id: String,
        /// Requests that have come to an end.
        done: usize,
        /// Requests in it.
        requests: usize,
    },
    /// A model is done at a level.
    ModelFinished {
        /// The model and the level.
        batch: Batch,
    },
    /// A judge is consulted.
    Consulting {
        /// The judge.
        judge: String,
        /// Answers that it has judged.
        done: usize,
        /// Answers that it is to judge.
        answers: usize,
    },
    /// Another run writes the results; this one waits, and writes them if that one dies.
    StandingBy {
        /// The run that writes; empty if it is not known any more.
        run: String,
        /// Its machine; empty if it is not known.
        machine: String,
    },
    /// A file was written.
    FileWritten {
        /// Its path.
        path: PathBuf,
    },
}

/// What a run is about to send.
#[derive(Debug, Clone, PartialEq)]
pub struct SendingPlan {
    /// The batches in the order in which they are sent; machines are asked side by side.
    pub machines: Vec<Vec<BatchStep>>,
    /// Requests of the run that the store already answers.
    pub kept: usize,
    /// True if fewer requests may be enough (`until`).
    pub is_upper_bound: bool,
    /// Currency of the prices, if there are any.
    pub currency: Option<String>,
}

/// The missing requests of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchStep {
    /// The model and the level.
    pub batch: Batch,
    /// Number of missing requests; `None` if only time can tell.
    pub requests: Option<usize>,
    /// Number of requests that the store already answers.
    pub kept: usize,
    /// Remaining time, if time ends the batch.
    pub time: Option<Duration>,
    /// Maximum cost of the missing requests, where it is known.
    pub most_cost: Option<f64>,
}

/// The score of a batch while it is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunningScore {
    /// Number of judged answers, those of earlier runs included.
    pub answers: usize,
    /// Number of their datasets.
    pub datasets: usize,
    /// Mean score.
    pub mean: f64,
    /// Its 95 % interval, by the method of the final score.
    pub interval: Option<(f64, f64)>,
}

/// Why nothing is sent to an endpoint for now.
#[derive(Debug, Clone, PartialEq)]
pub enum Wait {
    /// The endpoint asked for a pause (`Retry-After`).
    RateLimited {
        /// Remaining time.
        left: Duration,
    },
    /// The server does not answer; one request at a time tries it.
    ServerGone {
        /// Time of day (UTC) of the first failure.
        since: String,
        /// Failed tries since then.
        tries: u32,
        /// Number of tries after which it is given up.
        most: u32,
        /// Time until the next try.
        next: Duration,
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
        /// Time until it.
        left: Duration,
    },
}

/// Who listens.
pub type Observer<'o> = dyn Fn(&Event) + Send + Sync + 'o;
