//! The sections `models`, `prompt` and `generation`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// Unique name in tables, and by default the model's name on the endpoint.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The model's name on the endpoint, if it differs; lets you ask one model on two endpoints.
    pub model: Option<String>,
    /// Name of its endpoint.
    pub endpoint: String,
    /// Name in charts and on the terminal; by default `name`.
    pub label: Option<String>,
}

/// The prompt templates, in Jinja. Variables: `question`, `choices`, `subject`, `examples`, `letter(i)` and
/// every other column of the row by its name.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptSpec {
    /// Template of the system message; by default none.
    pub system: Option<String>,
    /// Template of the prompt; by default the question, its choices with letters, and the instruction to answer with a letter.
    pub template: Option<String>,
}

/// How answers are generated.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GenerationSpec {
    /// Maximum number of output tokens.
    #[schemars(range(min = 1))]
    pub max_tokens: Option<u32>,
    /// Sampling temperature; 0 always takes the most likely token.
    #[schemars(range(min = 0.0))]
    pub temperature: Option<f64>,
    /// Nucleus sampling: sample from the smallest set of tokens with this total probability.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub top_p: Option<f64>,
    /// Sample from the N most likely tokens.
    #[schemars(range(min = 1))]
    pub top_k: Option<u32>,
    /// Seed of the server's sampler; each repeat adds 1.
    pub seed: Option<i64>,
    /// Strings that end an answer.
    pub stop: Vec<String>,
    /// Number of times each question is asked.
    #[schemars(range(min = 1))]
    pub repeats: u32,
    /// Stream answers; required to measure time to first token and time per output token.
    pub stream: bool,
    /// Context size in tokens (Ollama's `num_ctx`); by default the server's own.
    #[schemars(range(min = 1))]
    pub num_ctx: Option<u32>,
}

impl Default for GenerationSpec {
    fn default() -> Self {
        Self {
            max_tokens: Some(128),
            temperature: Some(0.0),
            top_p: None,
            top_k: None,
            seed: Some(42),
            stop: Vec::new(),
            repeats: 1,
            stream: true,
            num_ctx: None,
        }
    }
}
