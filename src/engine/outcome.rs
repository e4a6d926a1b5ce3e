//! The outcome of a run: results, checks and gates, and what it has not brought.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::Context;
use super::budget::Budget;
use super::generated::Generated;
use super::opinions::Opinions;
use super::stored::timed_level;
use crate::checks::Check;
use crate::error::Error;
use crate::gates::GateOutcome;
use crate::response::Status;
use crate::tables::group::Results;
use crate::work::Work;

/// The outcome of a run.
pub struct RunSummary {
    /// The results.
    pub results: Results,
    /// The checks.
    pub checks: Vec<Check>,
    /// The gates, each for each model.
    pub gates: Vec<GateOutcome>,
    /// What the run has not brought.
    pub unfinished: Unfinished,
    /// True if the command sends what is missing.
    pub is_sending: bool,
    /// The output folder.
    pub folder: PathBuf,
}

/// What a run has not brought, and another one asks for.
pub struct Unfinished {
    /// Faults by status: their number, and one as an example.
    pub faults: BTreeMap<Status, (usize, String)>,
    /// Requests that were not sent.
    pub unsent: usize,
    /// Requests to models that judge that brought no answer.
    pub unjudged: usize,
    /// Remaining time of the timed levels.
    pub time_left: Duration,
    /// The limit of the budget that ended the run, if any.
    pub over_budget: Option<String>,
}

impl Unfinished {
    /// What is missing of a run that has ended.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) fn of(
        work: &Work,
        results: &Results,
        (generated, opinions): (&Generated, &Opinions),
        budget: &Budget,
        context: &Context<'_>,
    ) -> Result<Self, Error> {
        Ok(Self {
            faults: faults(results),
            unsent: generated.unsent,
            unjudged: opinions.unanswered(),
            time_left: timed_level::time_left(work, &*context.store)?,
            over_budget: budget.reached(),
        })
    }

    /// True if every request has its answer.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.faults.is_empty() && self.unsent == 0 && self.unjudged == 0 && self.time_left.is_zero()
    }

    /// Requests that ended in a fault.
    pub(super) fn failed(&self) -> usize {
        self.faults.values().map(|(count, _)| count).sum()
    }
}

fn faults(results: &Results) -> BTreeMap<Status, (usize, String)> {
    let mut faults = BTreeMap::new();
    for figures in results.groups.iter().map(|group| &group.figures) {
        for row in (0..figures.len()).filter(|row| figures.fault.get(*row) == Some(true)) {
            let word = figures.word(figures.status.get(row));
            let Some(status) = word.and_then(|word| Status::from_word(&word)) else { continue };
            let message = || figures.fault_message.get(row).unwrap_or_default().to_owned();
            faults.entry(status).or_insert_with(|| (0, message())).0 += 1;
        }
    }
    faults
}
