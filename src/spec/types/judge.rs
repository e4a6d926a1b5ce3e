//! The section `judge`.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::generation::ModelSpec;

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
    /// Other models judge the answer by a rubric.
    Model(ModelJudgeSpec),
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

/// One or several models that judge. They are asked like the models of the experiment: their responses are stored, priced
/// and counted in the budget, and a rerun sends none of them again.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelJudgeSpec {
    /// The models that judge, each written as in `models`; of several, the majority decides.
    #[schemars(length(min = 1))]
    pub models: Vec<ModelSpec>,
    /// What a judge is asked, in Jinja. Variables: those of the prompt, `output` for the answer and `gold` for the right one.
    /// The form of a verdict is added at the end. By default, whether the answer is right.
    pub rubric: Option<String>,
    /// What a verdict may be, each word with its score from 0 to 1; by default `correct: 1` and `wrong: 0`.
    pub classes: Option<BTreeMap<String, f64>>,
    /// A scale of whole numbers instead of classes; the score is where a verdict lies on it, from 0 to 1.
    pub scale: Option<ScaleSpec>,
    /// Show the judges the right answer.
    #[serde(default = "super::default_true")]
    pub reference: bool,
    /// Maximum number of output tokens of a judge.
    #[serde(default = "default_judge_tokens")]
    #[schemars(range(min = 1))]
    pub max_tokens: u32,
    /// Sampling temperature of a judge.
    #[serde(default)]
    #[schemars(range(min = 0.0))]
    pub temperature: f64,
    /// Number of verdicts that are asked for at a time.
    #[serde(default = "default_judge_concurrency")]
    pub concurrency: NonZeroU32,
}

/// A scale of whole numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScaleSpec {
    /// The lowest, scored 0.
    pub min: i32,
    /// The highest, scored 1.
    pub max: i32,
}

fn default_judge_tokens() -> u32 {
    512
}

fn default_judge_concurrency() -> NonZeroU32 {
    NonZeroU32::MIN
}
