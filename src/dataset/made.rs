//! What is known of prompts that are made.

use super::{SourcePlan, Trace, synthetic};
use crate::spec::types::SyntheticSpec;

/// A source that makes its prompts.
#[derive(Debug, Clone, Copy)]
pub enum Made<'s> {
    /// By wanted lengths.
    Synthetic(&'s SyntheticSpec),
    /// By those of a trace.
    Trace(&'s Trace),
}

impl SourcePlan {
    /// The source, if it makes its prompts.
    pub fn made(&self) -> Option<Made<'_>> {
        match self {
            Self::Synthetic(source) => Some(Made::Synthetic(source)),
            Self::Trace(trace) => Some(Made::Trace(trace)),
            Self::Hub { .. } | Self::File { .. } => None,
        }
    }
}

impl Made<'_> {
    /// The wanted input tokens of a sample, by its index.
    pub fn input_tokens(&self, index: usize) -> f64 {
        match self {
            Self::Synthetic(source) => synthetic::wanted_tokens(source, index),
            Self::Trace(trace) => trace.input_tokens(index),
        }
    }

    /// Tokens that a word is taken for.
    pub fn tokens_per_word(&self) -> f64 {
        match self {
            Self::Synthetic(source) => source.tokens_per_word,
            Self::Trace(trace) => trace.tokens_per_word(),
        }
    }

    /// True if it sets how long answers may be.
    pub fn limits_answers(&self) -> bool {
        match self {
            Self::Synthetic(source) => source.output_tokens.is_some(),
            Self::Trace(_) => true,
        }
    }
}
