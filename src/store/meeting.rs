//! How clients of a shared store meet before a load level.

use std::time::{Duration, Instant};

use crate::request::RequestKey;

/// A client at the start of a load level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The level.
    pub batch: RequestKey,
    /// Its number, from 1.
    pub client: u32,
    /// How many have to be there.
    pub clients: u32,
}

/// Who has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    /// All have.
    Start {
        /// When the level begins, in nanoseconds since 1970 on the clock of the store.
        start_ns: i64,
    },
    /// Some have not.
    Waiting {
        /// Their numbers.
        missing: Vec<u32>,
        /// True if as many runs of the experiment live as have to be there, so that those are still at work elsewhere.
        all_live: bool,
    },
    /// Another run is there as the same client.
    Taken {
        /// Its name.
        run: String,
    },
}

/// A reading of the store's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockReading {
    /// When it was read, on the clock of this process.
    pub at: Instant,
    /// What it showed, in nanoseconds since 1970.
    pub store_ns: i64,
    /// It may have been read as much earlier or later: half of the round trip.
    pub uncertainty: Duration,
}
