//! How answers to a dataset are judged.

use std::sync::Arc;

use super::ModelPlan;
use super::calibration::HumanLabel;
use crate::judge::Judge;

/// The judges of a dataset.
#[derive(Debug, Clone)]
pub struct Judges {
    /// The one whose verdicts are the score.
    pub score: JudgePlan,
    /// The others, by name.
    pub others: Vec<(String, JudgePlan)>,
}

impl JudgePlan {
    /// True if the verdicts of its models are held to a JSON schema.
    pub fn is_by_schema(&self) -> bool {
        self.models.iter().any(|model| model.parameters.options.response_format.is_some())
    }
}

impl Judges {
    /// All of them, the one whose verdicts are the score first.
    pub fn all(&self) -> impl Iterator<Item = &JudgePlan> {
        std::iter::once(&self.score).chain(self.others.iter().map(|(_, judge)| judge))
    }
}

/// A judge.
#[derive(Debug, Clone)]
pub struct JudgePlan {
    /// The judge.
    pub judge: Arc<Judge>,
    /// The models that it asks, if it is a judge that asks models.
    pub models: Vec<ModelPlan>,
    /// What people say of the same answers.
    pub calibration: Vec<HumanLabel>,
    /// The most rotations of its choices that a question is asked with; none if in one order.
    pub rotations: Option<usize>,
}
