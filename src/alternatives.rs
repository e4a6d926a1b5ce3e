//! What else a model could have said first: tokens with their log-probabilities, as a server gives them.

use serde::{Deserialize, Serialize};

/// A token that the model could have chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alternative(
    /// Its text.
    pub String,
    /// Natural logarithm of its probability.
    pub f64,
);

impl Alternative {
    /// Its probability.
    pub fn probability(&self) -> f64 {
        libm::exp(self.1).min(1.0)
    }
}
