//! The section `until`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a model needs no more questions. They are asked in a seeded order, and looked at after a growing number of them;
/// the intervals of scores hold at every look.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UntilSpec {
    /// The 95 % interval of the score is no wider than this from end to end, such as `0.06`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub width: Option<f64>,
    /// Every gate of `score` and `no_answer_rate` is passed, or one of them has failed.
    pub gates: bool,
}

impl UntilSpec {
    /// How far the interval of a score is to reach to either side, if that ends the questions.
    pub fn aim(&self) -> Option<f64> {
        self.width.map(|width| width / 2.0)
    }
}
