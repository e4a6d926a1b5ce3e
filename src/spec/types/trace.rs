//! The source `trace` of a dataset: requests of a recorded load.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A recorded load that is replayed: each request is due at its time, with a made prompt of its length. The trace is the one level of
/// the run, an open loop.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TraceSpec {
    /// JSON Lines in Mooncake's form, relative to the spec file: `timestamp` in milliseconds, `input_length` and `output_length` in
    /// tokens, and `hash_ids`, one for each 512 tokens of the prompt; equal ones are equal text.
    pub path: PathBuf,
    /// How many times as fast as recorded the requests arrive.
    #[serde(default = "default_speed")]
    #[schemars(range(min = 0.001, max = 1000.0))]
    pub speed: f64,
    /// Seed of the words of the prompts.
    #[serde(default = "super::synthetic::default_seed")]
    pub seed: u64,
    /// Tokens that a word is taken for. The check `input_length` names the value that fits a model.
    #[serde(default = "super::synthetic::default_tokens_per_word")]
    #[schemars(range(min = 0.5, max = 20.0))]
    pub tokens_per_word: f64,
}

fn default_speed() -> f64 {
    1.0
}
