//! A shard: the part of an experiment that one of several runs asks, each with a store of its own.

use std::fmt;

use super::{Extent, Plan};
use crate::id::{DatasetId, Id, LevelId, ModelId};

/// One of several runs of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 0.
    index: u32,
    /// How many there are.
    count: u32,
}

/// Most runs that share an experiment.
const MOST: u32 = 100_000;

impl Shard {
    /// The shard of a number from 0.
    ///
    /// # Errors
    /// There is no such shard; in words.
    pub fn new(index: u32, count: u32) -> Result<Self, String> {
        match count {
            0 => Err("there has to be at least 1 shard".to_owned()),
            count if count > MOST => Err(format!("{count} shards are more than {MOST}")),
            count if index >= count => Err(format!("shard {} is not one of {count}", u64::from(index) + 1)),
            count => Ok(Self { index, count }),
        }
    }

    /// How many runs share the experiment.
    pub fn count(self) -> u32 {
        self.count
    }

    /// The shard's part of an amount that is shared, at least 1.
    pub fn part(self, amount: u64) -> u64 {
        let (index, count) = (u64::from(self.index), u64::from(self.count));
        (amount / count + u64::from(index < amount % count)).max(1)
    }

    /// True if the shard asks a row: the same for every model and repeat, and spread evenly whatever the order of rows.
    pub fn has_row(self, dataset: DatasetId, row: usize) -> bool {
        let name = format!("{}:{row}", dataset.place());
        crc32fast::hash(name.as_bytes()) % self.count == self.index
    }

    /// True if the shard measures a model at a load level.
    pub fn has_level(self, model: ModelId, level: LevelId, levels: usize) -> bool {
        (model.place() * levels + level.place()) % self.count as usize == self.index as usize
    }

    /// The name of a file or folder that every shard has for itself.
    pub fn name(self, name: &str) -> String {
        format!("{name}-{}-of-{}", self.index + 1, self.count)
    }
}

/// `3/8`, the third of eight.
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.count)
    }
}

impl Plan {
    /// True if shards share the questions; load levels are measured whole, by one shard each.
    pub fn splits_questions(&self) -> bool {
        self.load.extent == Extent::Dataset && self.levels.len() == 1 && self.search.is_none()
    }

    /// True if this run, as a shard, asks a row of a dataset.
    pub fn asks_row(&self, dataset: DatasetId, row: usize) -> bool {
        self.shard.is_none_or(|shard| !self.splits_questions() || shard.has_row(dataset, row))
    }

    /// The shard that this run is, where all shards ask a model at one server, so that its load is divided among them. A
    /// server on the machine itself, or at a site, is a shard's own.
    pub fn sharer(&self, model: ModelId) -> Option<Shard> {
        let endpoint = &self.endpoints[self.models[model].endpoint];
        self.shard.filter(|_| self.splits_questions() && endpoint.is_elsewhere() && endpoint.site.is_none())
    }

    /// True if this run, as a shard, measures a model at a level.
    pub fn measures(&self, model: ModelId, level: LevelId) -> bool {
        self.shard.is_none_or(|shard| self.splits_questions() || shard.has_level(model, level, self.levels.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_and_level_belongs_to_one_shard() {
        let shards: Vec<Shard> = (0..7).map(|index| Shard::new(index, 7).unwrap()).collect();
        let mut rows = [0; 7];
        for row in 0..7000 {
            let owners: Vec<usize> = (0..7).filter(|index| shards[*index].has_row(DatasetId::at(1), row)).collect();
            assert_eq!(owners.len(), 1);
            rows[owners[0]] += 1;
        }
        assert!(rows.iter().all(|count| (850..1150).contains(count)), "{rows:?}");
        for (model, level) in (0..3).flat_map(|model| (0..4).map(move |level| (model, level))) {
            let has = |shard: &&Shard| shard.has_level(ModelId::at(model), LevelId::at(level), 4);
            assert_eq!(shards.iter().filter(has).count(), 1);
        }
    }

    #[test]
    fn parts_add_up() {
        let parts = |amount| (0..3).map(|index| Shard::new(index, 3).unwrap().part(amount)).collect::<Vec<_>>();
        assert_eq!(parts(100), [34, 33, 33]);
        assert_eq!(parts(2), [1, 1, 1], "a shard without any could not ask");
    }

    #[test]
    fn shards_that_cannot_be_are_refused() {
        assert_eq!(Shard::new(3, 3).unwrap_err(), "shard 4 is not one of 3");
        assert!(Shard::new(0, 0).is_err() && Shard::new(0, u32::MAX).is_err());
        assert_eq!(Shard::new(2, 8).unwrap().to_string(), "3/8");
    }
}
