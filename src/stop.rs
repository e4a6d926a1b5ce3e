//! How a run is stopped: first drained, then aborted.

use tokio_util::sync::CancellationToken;

/// The two stops of a run.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Nothing new is sent; what is in flight is finished.
    pub drain: CancellationToken,
    /// What is in flight is dropped.
    pub abort: CancellationToken,
}
