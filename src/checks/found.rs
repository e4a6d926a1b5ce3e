//! What a check found, before it has a name.

use super::check::{Check, CheckStatus};
use crate::id::BatchId;
use crate::tables::group::Group;
use crate::work::batch::Batch;

/// What one check found.
#[derive(Default)]
pub(super) struct Found {
    /// True if there was data.
    pub(super) is_made: bool,
    pub(super) problems: Vec<Finding>,
}

/// A finding with what it is about.
pub(super) struct Finding {
    status: CheckStatus,
    subject: String,
    batch: Option<BatchId>,
    pub(super) message: String,
}

impl Finding {
    /// A finding in the answers of a batch.
    pub(super) fn of_batch(status: CheckStatus, batch: &Batch, message: String) -> Self {
        Self { status, subject: batch.name(), batch: Some(batch.id), message }
    }

    /// A finding about something else, such as a dataset; about all where the subject is empty.
    pub(super) fn about(status: CheckStatus, subject: String, message: String) -> Self {
        Self { status, subject, batch: None, message }
    }
}

impl Found {
    /// Checks each group: `None` without data, `Some(None)` without a problem.
    pub(super) fn each(groups: &[Group], status: CheckStatus, test: impl Fn(&Group) -> Option<Option<String>>) -> Self {
        let mut found = Self::default();
        for group in groups {
            let Some(problem) = test(group) else { continue };
            found.is_made = true;
            found.problems.extend(problem.map(|message| Finding::of_batch(status, &group.batch, message)));
        }
        found
    }

    /// Checks each subject; a message is a problem.
    pub(super) fn of(subjects: impl Iterator<Item = (String, Option<String>)>, status: CheckStatus) -> Self {
        let mut found = Self::default();
        for (subject, problem) in subjects {
            found.is_made = true;
            found.problems.extend(problem.map(|message| Finding::about(status, subject, message)));
        }
        found
    }

    /// The check where it found something; a check that seldom does is not listed as passed.
    pub(super) fn if_found(self) -> Self {
        if self.problems.is_empty() { Self::default() } else { self }
    }

    /// A finding that is no problem.
    pub(super) fn note(message: String) -> Self {
        Self { is_made: true, problems: vec![Finding::about(CheckStatus::Passed, String::new(), message)] }
    }

    /// Findings of any status; nothing where there is none.
    pub(super) fn any(problems: impl Iterator<Item = Finding>) -> Self {
        Self { is_made: false, problems: problems.collect() }
    }

    /// The check under its name: passed where it found nothing, else once for each finding.
    pub(super) fn into_checks(self, name: &str) -> Vec<Check> {
        let is_passed = self.is_made && self.problems.is_empty();
        let passed = is_passed.then(|| Finding::about(CheckStatus::Passed, String::new(), String::new()));
        let check = |Finding { status, subject, batch, message }| Check {
            name: name.to_owned(),
            status,
            subject,
            batch,
            message,
        };
        self.problems.into_iter().chain(passed).map(check).collect()
    }
}
