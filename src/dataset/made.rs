//! What is known of prompts that are made.

use std::borrow::Cow;

use super::gauge::Gauge;
use super::plan::SourcePlan;
use super::synthetic;
use super::trace::Trace;
use crate::sample::Sample;
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
    /// True if the length of its prompts is calibrated with each model.
    pub fn is_gauged(&self) -> bool {
        matches!(self, Self::Synthetic(source) if source.tokens_per_word.is_none())
    }

    /// Its samples as a model is asked them, by the gauge of that model.
    pub fn samples_for<'s>(&self, samples: &'s [Sample], gauge: Option<Gauge>) -> Cow<'s, [Sample]> {
        match (self, gauge) {
            (Self::Synthetic(source), Some(gauge)) => synthetic::gauged(source, samples, gauge).into(),
            _ => samples.into(),
        }
    }

    /// The wanted input tokens of a sample, by its index.
    pub fn input_tokens(&self, index: usize) -> f64 {
        match self {
            Self::Synthetic(source) => synthetic::wanted_tokens(source, index),
            Self::Trace(trace) => trace.input_tokens(index),
        }
    }

    /// Tokens that a word is taken for, where no gauge tells it.
    pub fn tokens_per_word(&self) -> f64 {
        match self {
            Self::Synthetic(source) => source.assumed_tokens_per_word(),
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
