//! The plan of a judge that asks models: an experiment of its own, whose questions are the answers to judge.

use super::{Extent, JudgePlan, Plan};
use crate::dataset::DatasetPlan;
use crate::id::DatasetId;
use crate::judge::ModelJudge;
use crate::level::Level;
use crate::spec::types::GenerationSpec;

impl Plan {
    /// The plan by which the models of a judge are asked about the answers to a dataset.
    #[must_use]
    pub fn judging(&self, dataset: DatasetId, judge: &ModelJudge, asked: &JudgePlan) -> Self {
        let max_tokens = Some(judge.spec.max_tokens);
        let mut models = asked.models.clone();
        for model in &mut models {
            let limit = self.endpoint_of(model).provider.output_limit(max_tokens);
            model.price = model.price.map(|price| price.with_output_limit(limit));
        }
        let dataset = DatasetPlan { few_shot: None, ..self.datasets[dataset].clone() };
        let mut load = self.load;
        (load.extent, load.cache_bust, load.warmup) = (Extent::Dataset, false, 0);
        Self {
            datasets: vec![dataset].into(),
            models: models.into(),
            system: None,
            template: judge.template(),
            generation: GenerationSpec {
                max_tokens,
                temperature: Some(judge.spec.temperature),
                stream: self.generation.stream,
                ..GenerationSpec::default()
            },
            levels: vec![Level::Concurrency(judge.spec.concurrency)].into(),
            load,
            judges: Vec::new().into(),
            ..self.clone()
        }
    }
}
