//! The search for the largest load within the service level: which level is measured next.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use crate::id::ModelId;
use crate::level::Level;
use crate::spec::types::FindSpec;

/// A search by bisection, for each model on its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// The smallest and the largest number of requests in flight.
    pub bounds: (NonZeroU32, NonZeroU32),
    /// Share of good responses that the lower end of the interval has to reach.
    pub attained: f64,
    /// The levels that are measured.
    pub(super) probes: BTreeSet<Probe>,
    /// Those that are complete, and whether they are within the service level.
    pub decided: BTreeMap<Probe, bool>,
}

/// A model, and how many requests to it are kept in flight.
pub type Probe = (ModelId, NonZeroU32);

/// What a search does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchStep {
    /// Measure this level.
    Probe(NonZeroU32),
    /// This is the largest within the service level.
    Found(NonZeroU32),
    /// Not even the smallest is.
    TooSmall,
}

impl Search {
    /// A search that has measured nothing.
    pub fn new(spec: &FindSpec) -> Self {
        let bounds = (spec.concurrency.low, spec.concurrency.high);
        Self { bounds, attained: spec.attained, probes: BTreeSet::new(), decided: BTreeMap::new() }
    }

    /// The next step of a model, by the levels that were decided: first both ends, then the middle between the largest
    /// within the service level and the smallest that is not. It takes for granted that more load is never served better.
    pub fn next(&self, model: ModelId) -> SearchStep {
        let known = |count: NonZeroU32| self.decided.get(&(model, count)).copied();
        let (mut low, mut high) = self.bounds;
        match (known(low), known(high)) {
            (None, _) => return SearchStep::Probe(low),
            (Some(false), _) => return SearchStep::TooSmall,
            (_, None) => return SearchStep::Probe(high),
            (_, Some(true)) => return SearchStep::Found(high),
            (_, Some(false)) => {}
        }
        loop {
            let middle = NonZeroU32::new(u32::midpoint(low.get(), high.get())).filter(|middle| *middle > low);
            let Some(middle) = middle else { return SearchStep::Found(low) };
            match known(middle) {
                None => return SearchStep::Probe(middle),
                Some(true) => low = middle,
                Some(false) => high = middle,
            }
        }
    }

    /// The most levels that one model is measured at.
    pub fn most_probes(&self) -> usize {
        let width = self.bounds.1.get() - self.bounds.0.get();
        // Bisecting n steps takes as many as n − 1 has bits.
        if width == 0 { 1 } else { 2 + (u32::BITS - (width - 1).leading_zeros()) as usize }
    }

    /// Whether a model is measured at a level.
    pub fn measures(&self, model: ModelId, level: Level) -> bool {
        matches!(level, Level::Concurrency(count) if self.probes.contains(&(model, count)))
    }
}

/// The fewest responses, all of them good, of which Wilson's 95 % interval reaches a share: `z²·share / (1 − share)`.
pub fn fewest_responses(share: f64) -> u64 {
    const Z_SQUARE: f64 = 3.841_458_820_694_124;
    (Z_SQUARE * share / (1.0 - share)).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::spec::search::CountRange;
    use crate::statistics::wilson;

    fn number(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).unwrap()
    }

    /// What is found among `low..high` if levels up to `largest` are within the service level, and the levels on the way.
    fn searched(low: u32, high: u32, largest: u32) -> (SearchStep, Vec<u32>) {
        let bounds = CountRange { low: number(low), high: number(high) };
        let mut search = Search::new(&FindSpec { concurrency: bounds, attained: 0.95 });
        let (model, mut order) = (ModelId::at(0), Vec::new());
        loop {
            match search.next(model) {
                SearchStep::Probe(level) => {
                    assert_eq!(search.decided.insert((model, level), level.get() <= largest), None, "asked twice");
                    order.push(level.get());
                }
                end => {
                    assert!(order.len() <= search.most_probes(), "{low}..{high} {largest}: {order:?}");
                    return (end, order);
                }
            }
        }
    }

    #[test]
    fn the_largest_level_is_found() {
        assert_eq!(searched(1, 8, 5), (SearchStep::Found(number(5)), vec![1, 8, 4, 6, 5]));
        assert_eq!(searched(1, 256, 256), (SearchStep::Found(number(256)), vec![1, 256]));
        assert_eq!(searched(4, 16, 3), (SearchStep::TooSmall, vec![4]));
        assert_eq!(searched(7, 7, 7), (SearchStep::Found(number(7)), vec![7]));
        for high in 1..40 {
            for largest in 1..=high {
                assert_eq!(searched(1, high, largest).0, SearchStep::Found(number(largest)), "{high}");
            }
        }
    }

    #[test]
    fn fewer_responses_cannot_show_a_share() {
        for share in [0.5, 0.9, 0.95, 0.99] {
            let fewest = fewest_responses(share);
            let reaches = |n: u64| wilson(1.0, n).unwrap().0 >= share;
            assert!(reaches(fewest) && !reaches(fewest - 1), "{share} {fewest}");
        }
    }
}
