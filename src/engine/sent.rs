//! What became of what was sent to one machine.

use std::collections::HashSet;
use std::ops::Range;

use crate::checks::Surplus;
use crate::endpoint::models::LoadedModel;
use crate::id::{BatchId, EndpointId, ModelId};
use crate::request::RequestKey;
use crate::work::batch::Batch;

/// What became of the batches of one machine.
#[derive(Default)]
pub(super) struct Sent {
    /// Responses that came, warm-ups not counted.
    pub(super) responses: usize,
    /// Requests that ended in a fault.
    pub(super) failed: Vec<RequestKey>,
    /// Turns that a closed loop has added which lasts for a time.
    pub(super) extended: Vec<(BatchId, Range<usize>)>,
    /// True if some of the requests may have come to no end. Where the run was stopped that is so in any case.
    pub(super) is_cut: bool,
    /// Batches that need no more, and the turn from which on they do not.
    pub(super) ended: Vec<(BatchId, usize)>,
    /// What models took of their server's memory, where it tells.
    pub(super) loaded: Vec<(Batch, LoadedModel)>,
    /// What endpoints sent without a request.
    pub(super) surplus: Vec<(EndpointId, Surplus)>,
    /// How many responses of a model held several answers.
    pub(super) several: Vec<(ModelId, u64)>,
    /// Endpoints of which it was said that something of them cannot be read.
    pub(super) unread: HashSet<EndpointId>,
}
