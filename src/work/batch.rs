//! A batch: one model at one load level, the unit that is measured, summed up, checked and drawn.

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::id::{BatchId, Id, LevelId, ModelId, Per};
use crate::level::Level;
use crate::plan::shard::{Shard, Turns};
use crate::plan::{ModelPlan, Plan};

/// One model at one load level.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Which one it is.
    pub id: BatchId,
    /// The model.
    pub model: Arc<ModelPlan>,
    /// The level.
    pub level: Level,
    /// Which model of the plan it is.
    pub model_id: ModelId,
    /// Which level of the plan it is.
    pub level_id: LevelId,
    /// True if this run may send its requests; else it is measured at another site.
    pub is_here: bool,
    /// The shard that this run is, if it asks one server together with the others.
    pub sharer: Option<Shard>,
    /// The turns that this run sends.
    pub turns: Turns,
    /// False if the plan has no other level, so that the model alone names the batch.
    has_level_name: bool,
    /// What tells it from other levels of its model, however many there are.
    level_number: usize,
}

impl Batch {
    /// Its number in the claims of a store.
    pub fn number(&self) -> u32 {
        u32::try_from(self.id.place()).unwrap_or(u32::MAX)
    }

    /// Every batch of a plan: model by model, and of each level by level.
    pub fn all(plan: &Plan) -> Per<BatchId, Self> {
        let mut batches = Vec::with_capacity(plan.models.len() * plan.levels.len());
        for (model_id, model) in plan.models.with_ids() {
            let model = Arc::new(model.clone());
            let is_here = plan.is_here(model_id);
            let measured = |level: &Level| plan.search.as_ref().is_none_or(|search| search.measures(model_id, *level));
            let own = plan.levels.with_ids().filter(|(id, level)| measured(level) && plan.measures(model_id, *id));
            for (level_id, level) in own {
                batches.push(Self {
                    id: BatchId::at(batches.len()),
                    model: Arc::clone(&model),
                    level: *level,
                    model_id,
                    level_id,
                    is_here,
                    sharer: plan.sharer(model_id, *level),
                    turns: plan.turns(*level),
                    has_level_name: plan.levels.len() > 1 || plan.search.is_some(),
                    // The levels of a search are not known beforehand, and so their places are not.
                    level_number: level.in_flight().filter(|_| plan.search.is_some()).unwrap_or(level_id.place()),
                });
            }
        }
        batches.into()
    }

    /// True if this run reads what the server and its machine say. Of several clients the first does: what several read of
    /// one server would count several times.
    pub fn reads_server(&self) -> bool {
        self.turns.has(0)
    }

    /// Most requests that this run has in flight at a time; an open loop has no such limit. Shards that share a server
    /// have as many together as the level says.
    pub fn in_flight(&self) -> Option<usize> {
        let all = self.level.in_flight()?;
        let part = |shard: Shard| usize::try_from(shard.part(u64::try_from(all).ok()?)).ok();
        self.sharer.and_then(part).or(Some(all))
    }

    /// The level as this run sends it: of a closed loop that several share, its part of the requests in flight.
    pub fn own_level(&self) -> Level {
        let own = self.in_flight().and_then(|count| NonZeroU32::new(u32::try_from(count).ok()?));
        own.map_or(self.level, Level::Concurrency)
    }

    /// The model's name, with the level where there are several.
    pub fn name(&self) -> String {
        self.with_level(&self.model.name)
    }

    /// The model's label, with the level where there are several.
    pub fn label(&self) -> String {
        self.with_level(&self.model.label)
    }

    /// What tells it from other levels of its model; of a level of the spec its place there.
    pub fn level_number(&self) -> usize {
        self.level_number
    }

    /// True if it belongs to the same model, whatever the level.
    pub fn is_of_model(&self, other: &Self) -> bool {
        self.model_id == other.model_id
    }

    fn with_level(&self, text: &str) -> String {
        if self.has_level_name { format!("{text} {}", self.level) } else { text.to_owned() }
    }
}
