//! The plan of a judge that asks models: an experiment of its own, whose questions are the answers to judge.

use std::sync::Arc;

use super::gating::Gating;
use super::judge_plan::JudgePlan;
use super::load::Extent;
use super::model::Asking;
use super::resolved::Plan;
use crate::dataset::DatasetPlan;
use crate::id::DatasetId;
use crate::judge::ModelJudge;
use crate::level::Level;
use crate::prompt::PromptForm;
use crate::spec::types::{GenerationSpec, ModelJudgeSpec};

impl Plan {
    /// The plan by which the models of a judge are asked about the answers to a dataset.
    #[must_use]
    pub fn judging(&self, dataset: DatasetId, judge: &ModelJudge, asked: &JudgePlan) -> Self {
        let form = Arc::new(PromptForm::plain(judge.template(asked.is_by_schema())));
        let mut models = asked.models.clone();
        for model in &mut models {
            let parameters = model.parameters.clone();
            model.asking = vec![Asking { form: Arc::clone(&form), parameters, answer_form: None, gauge: None }].into();
        }
        let dataset = DatasetPlan { few_shot: None, ..self.datasets[dataset].clone() };
        let mut load = self.load;
        (load.extent, load.cache_bust, load.warmup) = (Extent::Dataset, false, 0);
        load.is_shuffled = false;
        let gating = Gating { until: None, ..self.gating.clone() };
        Self {
            datasets: vec![dataset].into(),
            models: models.into(),
            generation: generation(&judge.spec, self.generation.stream),
            levels: vec![Level::Concurrency(judge.spec.concurrency)].into(),
            load,
            judges: Vec::new().into(),
            gating,
            ..self.clone()
        }
    }
}

/// How the verdicts of a judge are generated.
pub(super) fn generation(judge: &ModelJudgeSpec, stream: bool) -> GenerationSpec {
    GenerationSpec {
        max_tokens: Some(judge.max_tokens),
        temperature: Some(judge.temperature),
        stream,
        ..GenerationSpec::default()
    }
}
