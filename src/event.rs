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
    /// A file was written.
    FileWritten {
        /// Its path.
        path: PathBuf,
    },
}

/// Who listens.
pub type Observer<'o> = dyn Fn(&Event) + Send + Sync + 'o;
