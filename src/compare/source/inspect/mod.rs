//! Logs of inspect, as JSON and packed: one model, samples with scores by scorer, epochs as repeats.

mod head;
mod packed;
mod sample;

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::error::{SourceError, malformed, unreadable};
use super::json::parsed;
use super::results::Source;
use crate::files::read_bounded;
use head::Head;
use sample::{Sample, answer};

/// Maximum size of a log as JSON in bytes; packed logs are read sample by sample.
const MOST_BYTES: u64 = 2 << 30;

/// A log as JSON.
#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    eval: Value,
    #[serde(default)]
    status: Value,
    #[serde(default)]
    results: Value,
    #[serde(default)]
    samples: Option<Vec<Sample>>,
}

/// Reads a log as JSON.
pub(super) fn read(path: &Path) -> Result<Source, SourceError> {
    let bytes = read_bounded(path, MOST_BYTES).map_err(unreadable(path))?;
    let log: Log = parsed(&bytes)
        .map_err(|error| malformed(path, format!("line {}", error.line()), format!("no JSON of a log: {error}")))?;
    let head = Head::new(&log.eval, &log.status).map_err(|message| SourceError::unknown(path, message).or(EXPECTED))?;
    let answers = log.samples.iter().flatten().map(|sample| answer(&head, sample)).collect();
    head.source(answers, &log.results)
        .ok_or_else(|| SourceError::unknown(path, "the log has neither samples nor scores"))
}

/// Reads a packed log.
pub(super) fn read_packed(path: &Path) -> Result<Source, SourceError> {
    packed::read(path)
}

/// What a file of JSON may be, for messages.
const EXPECTED: &str = "expected a log of inspect, or results of lm-evaluation-harness or lighteval (results_*.json)";
