//! What a batch has still to ask.

use std::time::Duration;

use crate::work::Slot;
use crate::work::batch::Batch;

/// What is to be sent of a batch.
pub(super) struct Pending {
    pub(super) batch: Batch,
    /// What the store lacks, in the order of its turns.
    pub(super) slots: Vec<Slot>,
    /// From which turn on, and for how long, a closed loop goes on that lasts for a time.
    pub(super) open_end: Option<(usize, Duration)>,
}
