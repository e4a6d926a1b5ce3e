//! The source `synthetic` of a dataset: prompts of a wanted length.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Prompts of a seeded generator, to measure speed alone. They are common English words, as many as each model's server counts
/// the wanted tokens of; a check tells how long the prompts were as the server counts them.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SyntheticSpec {
    /// Wanted input tokens of a prompt, the shared prefix included.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub input_tokens: u32,
    /// Most output tokens of an answer, as `generation.max_tokens` of this dataset; by default that of the experiment.
    #[schemars(range(min = 1))]
    pub output_tokens: Option<u32>,
    /// Largest deviation from `input_tokens`, as a share of it: lengths are spread evenly from `1 - spread` to `1 + spread` times
    /// as many tokens.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub spread: f64,
    /// Tokens at the start that all prompts share, to measure the server's prefix cache.
    #[serde(default)]
    pub prefix_tokens: u32,
    /// Number of prompts.
    #[serde(default = "default_samples")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub samples: usize,
    /// Seed of the generator. More samples keep the first ones as they are.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// Tokens that a word is taken for, the same for all models. By default two requests to each model calibrate it, whose
    /// responses are kept like any other.
    #[schemars(range(min = 0.5, max = 20.0))]
    pub tokens_per_word: Option<f64>,
}

impl SyntheticSpec {
    /// Tokens that a word is taken for, where no server has told it.
    pub fn assumed_tokens_per_word(&self) -> f64 {
        self.tokens_per_word.unwrap_or_else(default_tokens_per_word)
    }

    /// The least number of input tokens that a prompt may have.
    pub fn least_tokens(&self) -> f64 {
        f64::from(self.input_tokens) * (1.0 - self.spread)
    }
}

fn default_samples() -> usize {
    100
}

pub(super) fn default_seed() -> u64 {
    42
}

pub(super) fn default_tokens_per_word() -> f64 {
    1.0
}
