//! A group with what of it counts in its rates.

use crate::tables::figures::Figures;
use crate::tables::group::{Group, Results};
use crate::tables::throughput::Counted;

/// A group, and what of it counts in its rates.
#[derive(Debug)]
pub(super) struct Rated<'r> {
    /// The group.
    pub(super) group: &'r Group,
    /// The shares of its rows that count, and the length of the windows that they lie in.
    pub(super) counted: Counted,
}

impl<'r> Rated<'r> {
    /// Every group of a run.
    pub(super) fn all(results: &'r Results) -> Vec<Self> {
        let rated = |group: &'r Group| Self { group, counted: Counted::of(&group.figures, group.batch.own_level()) };
        results.groups.iter().map(rated).collect()
    }

    /// Its rows.
    pub(super) fn figures(&self) -> &'r Figures {
        &self.group.figures
    }
}
