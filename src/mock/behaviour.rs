//! The behaviour of the server.

use std::time::Duration;

use super::batches::BatchBehaviour;
use super::faults::Faults;
use crate::secret::Secret;

/// How a server answers.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// The models that are there. Others are refused.
    pub models: Vec<String>,
    /// Time to the first token.
    pub ttft: Duration,
    /// Time from one token to the next.
    pub gap: Duration,
    /// Tokens of an answer, reasoning not included; at least one.
    pub output_tokens: u32,
    /// Tokens of reasoning before the answer.
    pub thinking_tokens: u32,
    /// Tokens that each prompt counts as; else a quarter of its bytes.
    pub prompt_tokens: Option<u32>,
    /// The answer to everything, one token per word, in place of a letter and filler.
    pub text: Option<String>,
    /// How long a model that is not in memory takes to get there.
    pub load_time: Duration,
    /// The longest prompt, in tokens: Ollama's API cuts what is longer, the others refuse it.
    pub context_length: u32,
    /// How many requests are processed at a time; the others queue. No limit if absent.
    pub slots: Option<usize>,
    /// What goes wrong.
    pub faults: Faults,
    /// How batches are answered.
    pub batches: BatchBehaviour,
    /// The key that must be presented.
    pub key: Option<Secret>,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            models: vec!["mock".into()],
            ttft: Duration::ZERO,
            gap: Duration::ZERO,
            output_tokens: 20,
            thinking_tokens: 0,
            prompt_tokens: None,
            text: None,
            load_time: Duration::ZERO,
            context_length: 131_072,
            slots: None,
            faults: Faults::default(),
            batches: BatchBehaviour::default(),
            key: None,
        }
    }
}
