//! A shard: the part of an experiment that one of several runs asks.

use std::fmt;

use crate::id::{DatasetId, Id, LevelId, ModelId};
use crate::level::Level;

/// One of several runs of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 0.
    index: u32,
    /// How many there are.
    count: u32,
    /// True of a client: all of them send each load level together, where shards measure each its own.
    is_client: bool,
}

/// The turns of a batch that a run sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turns {
    /// Every turn.
    All,
    /// Those of one of several clients: turn i belongs to client i modulo their number.
    Of(Shard),
    /// None: the level has fewer requests in flight than there are clients.
    None,
}

impl Turns {
    /// True if a turn is sent.
    pub fn has(self, turn: usize) -> bool {
        self.at_or_after(turn) == Some(turn)
    }

    /// The first turn that is sent from one on.
    pub fn at_or_after(self, turn: usize) -> Option<usize> {
        match self {
            Self::All => Some(turn),
            Self::None => None,
            Self::Of(Shard { index, count, .. }) => {
                let (index, count) = (index as usize, count as usize);
                turn.checked_add((index + count - turn % count) % count)
            }
        }
    }

    /// How many turns there are between two that are sent.
    pub fn step(self) -> usize {
        if let Self::Of(shard) = self { shard.count as usize } else { 1 }
    }
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
            0 => Err("there has to be at least 1".to_owned()),
            count if count > MOST => Err(format!("{count} are more than {MOST}")),
            count if index >= count => Err(format!("{} is not one of {count}", u64::from(index) + 1)),
            count => Ok(Self { index, count, is_client: false }),
        }
    }

    /// The same as a client.
    #[must_use]
    pub fn as_client(self) -> Self {
        Self { is_client: true, ..self }
    }

    /// True of a client.
    pub fn is_client(self) -> bool {
        self.is_client
    }

    /// What it is, for messages.
    pub fn noun(self) -> &'static str {
        if self.is_client { "client" } else { "shard" }
    }

    /// Its number, from 1.
    pub fn number(self) -> u32 {
        self.index + 1
    }

    /// This one of those that have a request in flight at a level, which may be fewer than all; none if it has none.
    pub(super) fn taking_part(self, level: Level) -> Option<Self> {
        let most = level.in_flight().and_then(|most| u32::try_from(most).ok()).unwrap_or(u32::MAX);
        let count = self.count.min(most);
        (self.index < count).then_some(Self { count, ..self })
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
    fn every_turn_belongs_to_one_client() {
        let turns = |index| Turns::Of(Shard::new(index, 3).unwrap().as_client());
        for turn in 0..30 {
            assert_eq!((0..3).filter(|index| turns(*index).has(turn)).collect::<Vec<_>>(), [turn as u32 % 3]);
        }
        assert_eq!([0, 1, 2, 7].map(|turn| turns(1).at_or_after(turn)), [Some(1), Some(1), Some(4), Some(7)]);
        assert_eq!((turns(2).step(), Turns::All.step()), (3, 1));
        assert_eq!((Turns::None.at_or_after(0), Turns::All.at_or_after(9)), (None, Some(9)));
        assert_eq!(turns(1).at_or_after(usize::MAX), None);
    }

    #[test]
    fn a_level_that_is_too_small_for_all_clients_is_sent_by_some() {
        let taking_part = |index, in_flight| {
            let level = Level::Concurrency(std::num::NonZeroU32::new(in_flight).unwrap());
            Shard::new(index, 4).unwrap().as_client().taking_part(level).map(|shard| shard.to_string())
        };
        assert_eq!(
            [0, 1, 2, 3].map(|index| taking_part(index, 2)),
            [Some("1/2".into()), Some("2/2".into()), None, None]
        );
        assert_eq!(taking_part(3, 7), Some("4/4".into()));
    }

    #[test]
    fn shards_that_cannot_be_are_refused() {
        assert_eq!(Shard::new(3, 3).unwrap_err(), "4 is not one of 3");
        assert!(Shard::new(0, 0).is_err() && Shard::new(0, u32::MAX).is_err());
        assert_eq!(Shard::new(2, 8).unwrap().to_string(), "3/8");
    }
}
