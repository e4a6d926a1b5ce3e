//! What a selftest found, level by level.

use super::figures::{LevelFigures, PacingFigures};
use super::truth::Truth;
use crate::error::Error;
use crate::level::Arrivals;

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
    pub arrivals: Arrivals,
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

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
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
