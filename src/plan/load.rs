//! How requests are sent, and what a good response is.

use std::time::Duration;

/// Number of requests, or duration, of each level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Each sample once per repeat, in the order of the dataset.
    Dataset,
    /// A number of requests, in a seeded order that is drawn again when every sample has been asked.
    Requests(usize),
    /// A duration, in the same order.
    Duration(Duration),
}

/// How requests are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadPlan {
    /// Number of requests, or duration, of each level.
    pub extent: Extent,
    /// Whether each sample once means in a seeded order.
    pub is_shuffled: bool,
    /// Seed of arrivals, order and nonces.
    pub seed: u64,
    /// Whether a nonce stands before each prompt.
    pub cache_bust: bool,
    /// Requests per model and level before the measurement.
    pub warmup: u32,
    /// Pause between models of one machine.
    pub pause: Duration,
    /// Time limit for opening a connection.
    pub connect_timeout: Duration,
    /// Time limit for the first byte of a response.
    pub first_byte_timeout: Duration,
    /// Time limit for one attempt.
    pub timeout: Duration,
    /// Time limit between two chunks of a response.
    pub stall_timeout: Duration,
    /// Time limit for a request with all its attempts.
    pub deadline: Duration,
    /// Maximum number of attempts.
    pub attempts: u32,
}

/// Service levels of a good response; see [`SloSpec`](crate::spec::types::SloSpec).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SloPlan {
    /// Maximum time to first token.
    pub ttft: Option<Duration>,
    /// Maximum time per output token.
    pub tpot: Option<Duration>,
    /// Maximum latency.
    pub latency: Option<Duration>,
}

impl SloPlan {
    /// True if any limit is set.
    pub fn is_set(&self) -> bool {
        self.ttft.is_some() || self.tpot.is_some() || self.latency.is_some()
    }
}
