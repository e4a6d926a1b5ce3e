//! The order in which a load level asks: every sample once in a seeded order, then once more in
//! another, as often as it takes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::dataset::shuffle;
use crate::id::{DatasetId, Id, SampleId};

/// Which sample is asked at which turn. All models and levels have the same order, so that they can be compared.
#[derive(Debug)]
pub struct Sequence {
    /// How many samples stand before those of each dataset, and how many there are.
    starts: Vec<usize>,
    seed: u64,
    passes: Mutex<HashMap<u32, Arc<Vec<u32>>>>,
}

impl Sequence {
    /// The order for datasets of these sizes.
    pub fn new(sizes: impl Iterator<Item = usize>, seed: u64) -> Self {
        let mut starts = vec![0];
        sizes.for_each(|size| starts.push(starts[starts.len() - 1] + size));
        Self { starts, seed, passes: Mutex::default() }
    }

    /// Number of different samples.
    pub fn len(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The sample in a place of the order of the datasets.
    fn item(&self, place: usize) -> (DatasetId, SampleId) {
        let dataset = self.starts.partition_point(|start| *start <= place) - 1;
        (DatasetId::at(dataset), SampleId::at(place - self.starts[dataset]))
    }

    /// Dataset, sample and how often the sample was asked before, at a turn. `None` without samples.
    pub fn at(&self, turn: usize) -> Option<(DatasetId, SampleId, u32)> {
        let pass = u32::try_from(turn.checked_div(self.len())?).unwrap_or(u32::MAX);
        let order = self.pass(pass);
        let (dataset, sample) = self.item(order[turn % self.len()] as usize);
        Some((dataset, sample, pass))
    }

    /// The same for one pass sample by sample in the order of the datasets, with all repeats of each before the next.
    pub fn in_order(&self, turn: usize, repeats: u32) -> Option<(DatasetId, SampleId, u32)> {
        let times = repeats as usize;
        let (dataset, sample) = self.item(turn.checked_div(times).filter(|place| *place < self.len())?);
        Some((dataset, sample, u32::try_from(turn % times).ok()?))
    }

    /// The same for one pass in the order of [`Sequence::at`], with all repeats of each sample before the next.
    pub fn shuffled(&self, turn: usize, repeats: u32) -> Option<(DatasetId, SampleId, u32)> {
        let times = repeats as usize;
        let question = turn.checked_div(times).filter(|question| *question < self.len())?;
        let (dataset, sample, _) = self.at(question)?;
        Some((dataset, sample, u32::try_from(turn % times).ok()?))
    }

    fn pass(&self, pass: u32) -> Arc<Vec<u32>> {
        let mut passes = self.passes.lock().unwrap_or_else(PoisonError::into_inner);
        let order = passes.entry(pass).or_insert_with(|| {
            let mut order: Vec<u32> = (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect();
            shuffle(&mut order, self.seed.wrapping_add(u64::from(pass)));
            Arc::new(order)
        });
        Arc::clone(order)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_pass_asks_every_sample_once_in_another_order() {
        let sequence = Sequence::new([3, 2].into_iter(), 42);
        let turns: Vec<_> = (0..15).map(|turn| sequence.at(turn).unwrap()).collect();
        for (pass, turns) in (0..).zip(turns.chunks(5)) {
            let samples: HashSet<_> = turns.iter().map(|(dataset, sample, _)| (*dataset, *sample)).collect();
            assert_eq!(samples.len(), 5);
            assert!(turns.iter().all(|(_, _, repeat)| *repeat == pass));
        }
        let order = |pass: usize| turns[pass * 5..][..5].iter().map(|turn| (turn.0, turn.1)).collect::<Vec<_>>();
        assert_ne!(order(0), order(1));
        assert_eq!(Sequence::new([0].into_iter(), 1).at(0), None);
    }

    #[test]
    fn one_pass_in_a_seeded_order_keeps_repeats_together() {
        let sequence = Sequence::new([3, 2].into_iter(), 42);
        let turns: Vec<_> = (0..10).map(|turn| sequence.shuffled(turn, 2).unwrap()).collect();
        let question = |(dataset, sample, _): (DatasetId, SampleId, u32)| (dataset, sample);
        assert!(turns.chunks(2).all(|pair| question(pair[0]) == question(pair[1]) && (pair[0].2, pair[1].2) == (0, 1)));
        assert_eq!(turns.iter().map(|turn| question(*turn)).collect::<HashSet<_>>().len(), 5);
        assert!((0..5).all(|at| sequence.at(at).map(question) == Some(question(turns[at * 2]))));
        assert_eq!(sequence.shuffled(10, 2), None);
    }

    #[test]
    fn one_pass_in_order_asks_each_sample_as_often_as_it_is_repeated() {
        let sequence = Sequence::new([2, 0, 1].into_iter(), 42);
        let turns: Vec<_> = (0..7).map(|turn| sequence.in_order(turn, 2)).collect();
        let expected = [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (2, 0, 0), (2, 0, 1)];
        assert_eq!(
            turns,
            expected
                .into_iter()
                .map(|(dataset, sample, pass)| Some((DatasetId::at(dataset), SampleId::at(sample), pass)))
                .chain([None])
                .collect::<Vec<_>>()
        );
    }
}
