//! What other runs of an experiment still have to ask.

/// The number under which a run claims the results themselves, which one run writes for all.
pub const RESULTS: u32 = u32::MAX;

/// The number under which a run claims to be the next that writes them, if the one that does so dies. Batches have smaller ones.
pub const STANDBY: u32 = u32::MAX - 1;

/// Requests that other runs of the same experiment have claimed. Some may have been answered a moment ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// How many runs have any.
    pub runs: u64,
    /// How many requests.
    pub requests: u64,
}
