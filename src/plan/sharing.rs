//! What a run asks that is one of several.

use super::load::Extent;
use super::resolved::Plan;
use super::shard::{Shard, Turns};
use crate::id::{DatasetId, LevelId, ModelId};
use crate::level::Level;

impl Plan {
    /// Refuses what several runs cannot share.
    ///
    /// # Errors
    /// The run is one of several that cannot be; in words.
    pub fn check_parts(&self) -> Result<(), String> {
        let Some(shard) = self.shard else { return Ok(()) };
        if self.search.is_some() {
            return Err(format!(
                "a search for the largest load (`load.find`) is one measurement and has no {}s",
                shard.noun()
            ));
        }
        let unfit = [
            ("until", self.gating.until.is_some(), "looks at all answers while it asks"),
            ("serve", self.endpoints.iter().any(|endpoint| endpoint.serve.is_some()), "starts a server for each run"),
            ("sites", !self.sites().is_empty(), "measure a server each"),
        ];
        match unfit.into_iter().find(|(_, is_set, _)| *is_set) {
            Some((key, _, why)) if shard.is_client() => {
                Err(format!("clients ask one server together (`--client`), and `{key}` {why}; remove one of the two"))
            }
            _ => Ok(()),
        }
    }

    /// How many load levels the clients of an experiment begin together.
    pub fn levels_together(&self) -> usize {
        if self.divides_levels() { self.models.len() * self.levels.len() } else { 0 }
    }

    /// True if levels are loads that are measured, rather than the way in which questions are asked.
    pub fn is_load_test(&self) -> bool {
        self.load.extent != Extent::Dataset || self.levels.len() > 1 || self.levels.iter().any(|level| level.is_open())
    }

    /// True if this run is one of several clients that send each load level together.
    pub fn divides_levels(&self) -> bool {
        self.is_load_test() && self.shard.is_some_and(Shard::is_client)
    }

    /// True if shards share the questions; load levels are measured whole, by one shard each, or by all clients together.
    pub fn splits_questions(&self) -> bool {
        let is_one = self.load.extent == Extent::Dataset && self.levels.len() == 1 && self.search.is_none();
        is_one && !self.divides_levels()
    }

    /// The turns of a level that this run sends.
    pub fn turns(&self, level: Level) -> Turns {
        match self.shard.filter(|_| self.divides_levels()) {
            None => Turns::All,
            Some(client) => client.taking_part(level).map_or(Turns::None, Turns::Of),
        }
    }

    /// True if this run, as a shard, asks a row of a dataset.
    pub fn asks_row(&self, dataset: DatasetId, row: usize) -> bool {
        self.shard.is_none_or(|shard| !self.splits_questions() || shard.has_row(dataset, row))
    }

    /// The shard that this run is, where all shards ask a model at one server, so that its load is divided among them: all
    /// clients do. A server on the machine itself, or at a site, is a shard's own.
    pub fn sharer(&self, model: ModelId, level: Level) -> Option<Shard> {
        let (shard, endpoint) = (self.shard?, &self.endpoints[self.models[model].endpoint]);
        match self.splits_questions() {
            true if shard.is_client() || (endpoint.is_elsewhere() && endpoint.site.is_none()) => Some(shard),
            false if shard.is_client() => shard.taking_part(level),
            _ => None,
        }
    }

    /// True if this run, as a shard, measures a model at a level.
    pub fn measures(&self, model: ModelId, level: LevelId) -> bool {
        let is_own = |shard: Shard| shard.is_client() || shard.has_level(model, level, self.levels.len());
        self.shard.is_none_or(|shard| self.splits_questions() || is_own(shard))
    }
}
