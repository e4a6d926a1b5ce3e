//! What other runs of an experiment still have to ask.

/// The number under which a run claims the results themselves, which one run writes for all; batches have smaller ones.
pub const RESULTS: u32 = u32::MAX;

/// Requests that other runs of the same experiment have claimed. Some may have been answered a moment ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// How many runs have any.
    pub runs: u64,
    /// How many requests.
    pub requests: u64,
}
