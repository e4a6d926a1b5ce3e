//! The plan of a calibration: an experiment of its own, whose questions are the two prompts that tell how a server counts words.

use std::num::NonZeroU32;

use super::gating::Gating;
use super::load::Extent;
use super::resolved::Plan;
use crate::dataset::{DatasetPlan, Gauge};
use crate::id::{DatasetId, ModelId};
use crate::level::Level;

impl Plan {
    /// The datasets whose prompts are made to a length that each model's server counts.
    pub fn gauged(&self) -> Vec<DatasetId> {
        let is_gauged = |dataset: &DatasetPlan| dataset.source.made().is_some_and(|made| made.is_gauged());
        self.datasets.with_ids().filter(|(_, dataset)| is_gauged(dataset)).map(|(id, _)| id).collect()
    }

    /// The plan by which all models are asked what gauges the prompts of a dataset: with the same template and parameters, one
    /// request after another, and the same in every shard.
    #[must_use]
    pub fn gauging(&self, dataset: DatasetId) -> Self {
        let mut models = self.models.clone();
        for model in models.iter_mut() {
            let asking = model.asking[dataset].clone();
            (model.asking, model.is_by_batch) = (vec![asking].into(), false);
        }
        let mut endpoints = self.endpoints.clone();
        // What the prompts wait for is not left to a batch API, which may take a day.
        endpoints.iter_mut().for_each(|endpoint| endpoint.batch = None);
        let mut load = self.load;
        (load.extent, load.is_shuffled, load.warmup) = (Extent::Dataset, false, 0);
        let mut generation = self.generation.clone();
        generation.repeats = 1;
        Self {
            datasets: vec![self.datasets[dataset].clone()].into(),
            endpoints,
            models,
            generation,
            levels: vec![Level::Concurrency(NonZeroU32::MIN)].into(),
            search: None,
            load,
            judges: Vec::new().into(),
            gating: Gating { until: None, ..self.gating.clone() },
            shard: None,
            meeting: None,
            fresh: None,
            ..self.clone()
        }
    }

    /// Sets how the server of a model counts the words of a dataset's prompts.
    pub fn set_gauge(&mut self, model: ModelId, dataset: DatasetId, gauge: Gauge) {
        self.models[model].asking[dataset].gauge = Some(gauge);
    }
}
