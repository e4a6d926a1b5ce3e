//! Energy of batches, by output token and by right answer.

use std::sync::Arc;

use super::figures::Figures;
use crate::telemetry::Energy;

/// Energy, and what it was taken for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EnergyFigures {
    /// Joules along the batch.
    pub joules: Option<f64>,
    /// What they are of, such as `packages+dram`.
    pub of: Option<Arc<str>>,
    /// Joules per output token that the server counted.
    pub per_output_token: Option<f64>,
    /// Joules per right answer.
    pub per_correct: Option<f64>,
}

impl EnergyFigures {
    /// What energy comes to for the answers of a batch, `correct` of which are right.
    pub(super) fn of(energy: &Energy, correct: u64, figures: &Figures) -> Self {
        let joules = energy.joules;
        let tokens = answered_tokens(figures).filter(|tokens| *tokens > 0);
        Self {
            joules: Some(joules),
            of: Some(energy.of.as_str().into()),
            per_output_token: tokens.map(|tokens| joules / tokens as f64),
            per_correct: (correct > 0).then(|| joules / correct as f64),
        }
    }
}

/// Output tokens of the answers, as the responses report them; none where one of them does not.
pub(super) fn answered_tokens(figures: &Figures) -> Option<i64> {
    let answered = (0..figures.len()).filter(|row| figures.fault.get(*row) == Some(false));
    answered.map(|row| figures.counted_tokens.get(row)).sum()
}
