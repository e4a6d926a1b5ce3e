//! The selftest: measures the client's own timing error on this machine.
//!
//! Requests to a mock server with known times take the whole path of a real run: a spec, a plan, the
//! stage generate with its store, keys and events. The measured times are compared with the true ones.
//! The server is a separate process, so that the CPU time of this one is the client's alone; it shares
//! the machine's cores, so its own lateness is reported as well.
//!
//! | file | what it owns |
//! | --- | --- |
//! | `truth` | the settings of the server, and the true times that follow |
//! | `trial` | one level through the engine |
//! | `server` | the counters of the server |
//! | `cpu` | the CPU time of this process |
//! | `figures` | measured compared with true |
//! | `json` | the figures for machines |

pub mod cpu;
pub mod figures;
pub mod json;
pub mod server;
pub mod trial;
pub mod truth;

use figures::{LevelFigures, PacingFigures};
use truth::Truth;

/// The findings of a selftest.
#[derive(Debug, Clone)]
pub struct Findings {
    /// The settings of the server.
    pub truth: Truth,
    /// Closed loops, in the order in which they were measured.
    pub levels: Vec<Level>,
    /// Open loops.
    pub pacing: Vec<Pacing>,
}

/// A closed loop, measured or not.
#[derive(Debug, Clone)]
pub struct Level {
    /// Requests in flight at a time.
    pub concurrency: u32,
    /// What was found, or why nothing was.
    pub outcome: Result<LevelFigures, Trouble>,
}

/// An open loop, measured or not.
#[derive(Debug, Clone)]
pub struct Pacing {
    /// How its arrivals are spread.
    pub arrivals: crate::level::Arrivals,
    /// What was found, or why nothing was.
    pub outcome: Result<PacingFigures, Trouble>,
}

/// Why a level could not be measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The problem.
    pub text: String,
    /// What to do.
    pub remedy: Option<String>,
}

impl From<crate::error::Error> for Trouble {
    fn from(error: crate::error::Error) -> Self {
        Self { text: error.to_string(), remedy: error.hint() }
    }
}

impl Findings {
    /// True if everything was measured and no request failed.
    pub fn is_complete(&self) -> bool {
        let whole = |level: &Level| level.outcome.as_ref().is_ok_and(|figures| figures.failed.is_none());
        let paced = |pacing: &Pacing| pacing.outcome.as_ref().is_ok_and(|figures| figures.failed.is_none());
        self.levels.iter().all(whole) && self.pacing.iter().all(paced)
    }
}
