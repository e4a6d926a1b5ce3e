//! How a gate ended.

use serde_json::json;

use crate::id::BatchId;

/// How a gate ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// The whole interval holds the limit.
    Passed,
    /// No part of the interval holds the limit.
    Failed,
    /// The limit lies inside the interval, or there is no interval.
    CannotTell,
}

impl Ruling {
    /// The words of reports.
    pub fn words(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::CannotTell => "cannot tell",
        }
    }
}

/// A gate, held against one model at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct GateOutcome {
    /// The gate.
    pub gate: String,
    /// The model, with its level where there are several.
    pub subject: String,
    /// The model at its level.
    pub batch: BatchId,
    /// How it ended.
    pub ruling: Ruling,
    /// The figure with its interval, and what would be needed.
    pub message: String,
}

impl GateOutcome {
    /// The outcome in one line.
    pub fn line(&self) -> String {
        format!("{}: {} ({}): {}", self.ruling.words(), self.gate, self.subject, self.message)
    }

    /// The outcome as JSON.
    pub fn json(&self) -> serde_json::Value {
        json!({
            "gate": self.gate, "subject": self.subject, "outcome": self.ruling.words().replace(' ', "_"),
            "message": self.message,
        })
    }
}

/// How an interval stands to a limit.
pub(super) fn ruling(at_least: bool, (low, high): (f64, f64), limit: f64) -> Ruling {
    let (holds, breaks) = if at_least { (low >= limit, high < limit) } else { (high <= limit, low > limit) };
    match (holds, breaks) {
        (true, _) => Ruling::Passed,
        (_, true) => Ruling::Failed,
        _ => Ruling::CannotTell,
    }
}
