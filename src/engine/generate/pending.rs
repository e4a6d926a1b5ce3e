//! What a batch has still to ask.

use std::collections::HashMap;
use std::time::Duration;

use crate::request::RequestKey;
use crate::work::Slot;
use crate::work::batch::Batch;

/// What is to be sent of a batch.
pub(super) struct Pending {
    pub(super) batch: Batch,
    /// What the store lacks, in the order of its turns.
    pub(super) slots: Vec<Slot>,
    /// By the key of a turn, the key of the turn whose answer it waits for, if that is to be sent as well.
    pub(super) after: HashMap<RequestKey, RequestKey>,
    /// Of a timed level: its first turn that is still to be sent, and the time that remains.
    pub(super) time_limit: Option<(usize, Duration)>,
    /// True if nothing comes after it on its machine.
    pub(super) is_last: bool,
}

impl Pending {
    /// Nothing of a batch yet.
    pub(super) fn of(batch: &Batch) -> Self {
        Self { batch: batch.clone(), slots: Vec::new(), after: HashMap::new(), time_limit: None, is_last: false }
    }
}
