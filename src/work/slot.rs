//! One request's place in a plan and its datasets.

use crate::id::{BatchId, DatasetId, SampleId};
use crate::request::RequestKey;

/// One request's place in a plan and its datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// The batch.
    pub batch: BatchId,
    /// The dataset.
    pub dataset: DatasetId,
    /// The sample of that.
    pub sample: SampleId,
    /// Number of the repeat.
    pub repeat: u32,
    /// When it is its turn among the requests of its batch, from 0.
    pub turn: usize,
    /// The request's key.
    pub key: RequestKey,
}
