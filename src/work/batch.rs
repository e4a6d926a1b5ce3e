//! A batch: one model at one load level, the unit that is measured, summed up, checked and drawn.

use std::sync::Arc;

use crate::level::Level;
use crate::plan::{ModelPlan, Plan};

/// Which batch of a plan, in the order in which they are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId(usize);

/// One model at one load level.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Which one it is.
    pub id: BatchId,
    /// The model.
    pub model: Arc<ModelPlan>,
    /// The level.
    pub level: Level,
    /// Where the model stands among those of the plan, and the level among its levels.
    place: (usize, usize),
    /// False if the plan has no other level, so that the model alone names the batch.
    has_level_name: bool,
}

impl Batch {
    /// Every batch of a plan: model by model, and of each level by level.
    pub fn all(plan: &Plan) -> Vec<Self> {
        let mut batches = Vec::with_capacity(plan.models.len() * plan.levels.len());
        for (model_place, model) in plan.models.iter().enumerate() {
            let model = Arc::new(model.clone());
            for (level_place, level) in plan.levels.iter().enumerate() {
                batches.push(Self {
                    id: BatchId(batches.len()),
                    model: Arc::clone(&model),
                    level: *level,
                    place: (model_place, level_place),
                    has_level_name: plan.levels.len() > 1,
                });
            }
        }
        batches
    }

    /// The model's name, with the level where there are several.
    pub fn name(&self) -> String {
        self.with_level(&self.model.name)
    }

    /// The model's label, with the level where there are several.
    pub fn label(&self) -> String {
        self.with_level(&self.model.label)
    }

    /// True if it belongs to the same model, whatever the level.
    pub fn is_of_model(&self, other: &Self) -> bool {
        self.place.0 == other.place.0
    }

    /// Where its model stands among those of the plan.
    pub fn model_place(&self) -> usize {
        self.place.0
    }

    /// Where its level stands among those of the plan.
    pub fn level_place(&self) -> usize {
        self.place.1
    }

    fn with_level(&self, text: &str) -> String {
        if self.has_level_name { format!("{text} {}", self.level) } else { text.to_owned() }
    }
}

impl BatchId {
    /// Where it stands among those of the plan.
    pub fn place(self) -> usize {
        self.0
    }
}
