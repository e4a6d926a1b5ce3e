//! What a batch has still to ask.

use std::time::Duration;

use crate::work::Slot;
use crate::work::batch::Batch;

/// What is to be sent of a batch.
pub(super) struct Pending {
    pub(super) batch: Batch,
    /// What the store lacks, in the order of its turns.
    pub(super) slots: Vec<Slot>,
    /// Of a timed level: its first turn that is still to be sent, and the time that remains.
    pub(super) open_end: Option<(usize, Duration)>,
}
