//! Logs of inspect, as JSON and packed: one model, samples with scores by scorer, epochs as repeats.

mod packed;
mod sample;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;

use self::sample::{Sample, answer};
use super::json::{day, flatten, parsed};
use super::{Answer, Source, SourceError, malformed, unreadable};
use crate::files::read_bounded;

pub(super) const FORMAT: &str = "inspect";

/// Maximum size of a log as JSON in bytes; packed logs are read sample by sample.
const MOST_BYTES: u64 = 2 << 30;

/// A log as JSON.
#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    eval: Value,
    #[serde(default)]
    status: Value,
    samples: Option<Vec<Sample>>,
}

/// Reads a log as JSON.
pub(super) fn read(path: &Path) -> Result<Source, SourceError> {
    let bytes = read_bounded(path, MOST_BYTES).map_err(unreadable(path))?;
    let log: Log = parsed(&bytes)
        .map_err(|error| malformed(path, format!("line {}", error.line()), format!("no JSON of a log: {error}")))?;
    let Some(samples) = log.samples else {
        return Err(SourceError::unknown(path, "it is not a log of inspect with samples (`eval.model`, `samples`)"));
    };
    let head = Head::new(&log.eval, &log.status).map_err(|message| SourceError::unknown(path, message))?;
    Ok(head.source(samples.iter().map(|sample| answer(&head, sample)).collect()))
}

/// Reads a packed log.
pub(super) fn read_packed(path: &Path) -> Result<Source, SourceError> {
    packed::read(path)
}

/// What a log says of all its samples.
struct Head {
    model: String,
    task: String,
    /// The day on which the log was begun.
    created: Option<NaiveDate>,
    facts: BTreeMap<String, String>,
}

/// Parts of `eval` that say with what a log was made; the others differ from log to log, are as long as the dataset, or may
/// hold keys, as the arguments of a model do.
const FACTS: [&str; 10] = [
    "task",
    "task_version",
    "task_args",
    "dataset/name",
    "dataset/samples",
    "model",
    "model_generate_config",
    "config",
    "packages",
    "revision",
];

impl Head {
    fn new(eval: &Value, status: &Value) -> Result<Self, String> {
        let Some(model) = eval["model"].as_str() else {
            return Err("it is not a log of inspect: there is no `eval.model`".to_owned());
        };
        let mut facts = BTreeMap::new();
        for name in FACTS {
            if let Some(value) = eval.pointer(&format!("/{name}")) {
                flatten(&name.replace('/', "."), value, &mut facts);
            }
        }
        flatten("status", status, &mut facts);
        let text = |name: &str| eval[name].as_str().unwrap_or_default().to_owned();
        Ok(Self { model: model.to_owned(), task: text("task"), created: day(&text("created")), facts })
    }

    fn source(&self, answers: Vec<Answer>) -> Source {
        Source { format: FORMAT, answers, facts: self.facts.clone(), ..Source::default() }
    }
}
