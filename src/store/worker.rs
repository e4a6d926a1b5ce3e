//! A run that works on a store.

use std::time::Duration;

/// A run that works on a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Its machine; empty if it is not known.
    pub machine: String,
    /// The number of its process there.
    pub process: u32,
    /// Its run; empty if it is not known.
    pub run: String,
    /// Its experiment; empty if it is not known.
    pub experiment: String,
    /// How long ago it began.
    pub since: Option<Duration>,
    /// How long ago it was heard of.
    pub heard: Duration,
    /// How many requests it has claimed that have no answer yet, by the number of their batch.
    pub claimed: Vec<(u32, u64)>,
    /// How many responses it had stored then.
    pub stored: Option<u64>,
    /// Whether its lease still runs.
    pub lives: bool,
}
