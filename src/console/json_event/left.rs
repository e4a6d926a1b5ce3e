//! The last event of a run that leaves something to others.

use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::sharing::leaving::{Left, Others};

/// What a run leaves to others.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonLeft {
    /// Number of other runs that have requests left; 0 where all are answered.
    runs: u64,
    /// Number of these requests, at most.
    requests: u64,
    /// The run that writes the results; null where it is not known yet.
    writer: Option<String>,
    /// Its machine; null where it is not known.
    machine: Option<String>,
    /// True if that run has written them.
    is_written: bool,
    /// The output folder, on the machine that writes the results.
    folder: String,
    /// The command that writes the results here.
    command: String,
    /// Number of requests that this run sent.
    sent: usize,
    /// Number of those that failed.
    failed: usize,
    /// True if this run was stopped, or gave up a model.
    is_cut: bool,
    /// The limit of the budget that ended this run; null if none did.
    over_budget: Option<String>,
}

impl JsonLeft {
    /// What is left, and the command that writes the results here.
    pub fn of(left: &Left, command: &str) -> Self {
        let (rest, writer) = match &left.others {
            Others::Ask(rest) => ((rest.runs, rest.requests), None),
            Others::Write(writer) | Others::HaveWritten(writer) => ((0, 0), Some(writer)),
        };
        Self {
            runs: rest.0,
            requests: rest.1,
            writer: writer.and_then(|writer| known(&writer.run)),
            machine: writer.and_then(|writer| known(&writer.machine)),
            is_written: matches!(left.others, Others::HaveWritten(_)),
            folder: left.folder.display().to_string(),
            command: command.to_owned(),
            sent: left.sent,
            failed: left.failed,
            is_cut: left.is_cut,
            over_budget: left.over_budget.clone(),
        }
    }
}

/// A name, if there is one.
pub(super) fn known(name: &str) -> Option<String> {
    Some(name.to_owned()).filter(|name| !name.is_empty())
}
