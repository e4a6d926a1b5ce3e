//! A level: one load setting at which requests are sent.

use std::fmt;
use std::num::NonZeroU32;

/// One load setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Closed loop: so many requests in flight.
    Concurrency(NonZeroU32),
}

impl Level {
    /// Most requests in flight at a time.
    pub fn in_flight(self) -> usize {
        match self {
            Self::Concurrency(count) => count.get() as usize,
        }
    }
}

/// As columns and messages show it: `c=4`.
impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Concurrency(count) => write!(f, "c={count}"),
        }
    }
}
