//! How answers to a dataset are judged.

use std::sync::Arc;

use super::calibration::HumanLabel;
use super::model::ModelPlan;
use crate::id::{Id, JudgeId};
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
        self.named().map(|(_, _, judge)| judge)
    }

    /// All of them with their names, the one whose verdicts are the score first.
    pub fn named(&self) -> impl Iterator<Item = (JudgeId, &str, &JudgePlan)> {
        let others = self.others.iter().map(|(name, judge)| (name.as_str(), judge));
        let all = std::iter::once(("judge", &self.score)).chain(others);
        all.enumerate().map(|(place, (name, judge))| (JudgeId::at(place), name, judge))
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
