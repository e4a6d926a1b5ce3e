//! What charts show: each batch of the plan, with what was measured of it.

use crate::tables::figures::Figures;
use crate::tables::group::{Group, Results};
use crate::work::batch::Batch;

/// One colour: a batch and its figures, if it was measured.
#[derive(Clone, Copy)]
pub(in crate::report) struct Shown<'r> {
    pub(in crate::report) batch: &'r Batch,
    pub(in crate::report) group: Option<&'r Group>,
}

/// All batches in order, with their figures.
pub(in crate::report) fn shown<'r>(batches: &'r [Batch], results: &'r Results) -> Vec<Shown<'r>> {
    let group = |batch: &Batch| results.groups.iter().find(|group| group.batch.id == batch.id);
    batches.iter().map(|batch| Shown { batch, group: group(batch) }).collect()
}

impl Shown<'_> {
    /// A column of times, of tokens or of costs, row by row; empty where nothing was measured.
    pub(in crate::report) fn column<T>(&self, read: impl Fn(&Figures) -> Vec<T>) -> Vec<T> {
        self.group.map(|group| read(&group.figures)).unwrap_or_default()
    }
}
