//! A check with its status, and checks as lines of reports.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::BatchId;

/// The status of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// No problem was found.
    Passed,
    /// The figures need care.
    Warned,
    /// The figures are misleading.
    Failed,
}

impl CheckStatus {
    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
        }
    }
}

/// A named test of validity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// Its status; its name in JSON is older.
    #[serde(rename = "outcome")]
    pub status: CheckStatus,
    /// Its subject: a model (with its level, if there are several) or a dataset; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The batch that is its subject; none of another subject.
    #[serde(skip)]
    pub batch: Option<BatchId>,
    /// The finding and what to do; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl Check {
    /// True if it says the same of another subject.
    fn is_alike(&self, other: &Self) -> bool {
        let have_subjects = !self.subject.is_empty() && !other.subject.is_empty();
        have_subjects && (&self.name, self.status, &self.message) == (&other.name, other.status, &other.message)
    }
}

/// Name, subject and message, without the status.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = if self.subject.is_empty() { String::new() } else { format!(" ({})", self.subject) };
        write!(f, "{}{subject}: {}", self.name, self.message)
    }
}

/// The checks that did not pass, in their order; what is said of several subjects in the same words is said once of them all.
pub fn problems(checks: &[Check]) -> Vec<Check> {
    let mut found: Vec<Check> = Vec::new();
    for check in checks.iter().filter(|check| check.status != CheckStatus::Passed) {
        match found.iter_mut().find(|other| check.is_alike(other)) {
            Some(same) => same.subject = format!("{}, {}", same.subject, check.subject),
            None => found.push(check.clone()),
        }
    }
    found
}

/// The names of the passed checks, with their notes, in one line.
pub fn passed(checks: &[Check]) -> String {
    let passed = checks.iter().filter(|check| check.status == CheckStatus::Passed);
    let words = passed.map(|check| match check.message.as_str() {
        "" => check.name.clone(),
        note => format!("{} ({note})", check.name),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_several_subjects_in_the_same_words_is_said_once() {
        let check = |name: &str, status, subject: &str, message: &str| Check {
            name: name.to_owned(),
            status,
            subject: subject.to_owned(),
            batch: None,
            message: message.to_owned(),
        };
        let checks = [
            check("client", CheckStatus::Failed, "a", "slow"),
            check("client", CheckStatus::Warned, "b", "slow"),
            check("unread", CheckStatus::Warned, "a", "1 %"),
            check("unread", CheckStatus::Warned, "b", "2 %"),
            check("unread", CheckStatus::Warned, "c", "1 %"),
            check("order", CheckStatus::Warned, "", "one"),
            check("order", CheckStatus::Warned, "", "one"),
            check("faults", CheckStatus::Passed, "a", ""),
        ];
        let told: Vec<String> = problems(&checks).iter().map(Check::to_string).collect();
        let expected = [
            "client (a): slow",
            "client (b): slow",
            "unread (a, c): 1 %",
            "unread (b): 2 %",
            "order: one",
            "order: one",
        ];
        assert_eq!(told, expected);
    }
}
