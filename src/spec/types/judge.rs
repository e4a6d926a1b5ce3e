//! The section `judge`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How an answer is read and scored.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgeSpec {
    /// The letter or the text of a choice; an echo of the options does not count as an answer.
    #[default]
    Choice,
    /// The first standalone letter, in upper or lower case, as many simple scripts read answers.
    FirstLetter,
    /// The whole answer equals the expected text.
    Exact(ExactSpec),
    /// The last number of the answer equals the expected number.
    Numeric(NumericSpec),
}

/// Comparison of whole texts.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExactSpec {
    /// Ignore the difference between upper and lower case.
    pub ignore_case: bool,
}

/// Comparison of numbers.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NumericSpec {
    /// Maximum absolute difference that counts as equal.
    #[schemars(range(min = 0.0))]
    pub tolerance: f64,
}
