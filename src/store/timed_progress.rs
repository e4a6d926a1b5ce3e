//! How far a closed loop that lasts for a time has come.

use std::time::Duration;

/// How far a closed loop that lasts for a time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimedProgress {
    /// Requests that were sent.
    pub requests: usize,
    /// How long requests were sent.
    pub elapsed: Duration,
}
