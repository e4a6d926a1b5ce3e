//! The table at the end of a run.

use std::fmt::Write;

use super::text::{columns, printable, span};
use crate::checks::{self, Check, passed};
use crate::engine::apply::Outcome;
use crate::plan::Plan;
use crate::report::tables::{has_load_table, legend, load_legend, per_level, per_model};

/// The tables per model and level, the checks, the faults, and where everything was written.
pub fn render(plan: &Plan, outcome: &Outcome) -> String {
    let groups = &outcome.results.groups;
    let table = per_model(groups, plan);
    let mut out = columns(table.headings, &table.lines);
    let legend = legend(groups);
    if !legend.is_empty() {
        let _ = write!(out, "\n{legend}");
    }
    if has_load_table(plan) {
        let table = per_level(groups, plan);
        let _ = write!(out, "\n\n{}\n{}", columns(table.headings, &table.lines), load_legend(groups));
    }
    out.push_str(&list_checks(&outcome.checks));
    if !outcome.faults.is_empty() {
        out.push_str("\n\nfailed requests, tried again by the next run:");
        for (status, (count, example)) in &outcome.faults {
            let _ = write!(out, "\n  {count} × {status}, such as: {}", printable(example).replace('\n', " "));
        }
    }
    if let Some(limit) = &outcome.over_budget {
        let _ = write!(out, "\n\nstopped by the budget, {limit}");
    }
    out.push_str(&list_unfinished(outcome));
    let _ = write!(out, "\n\nwritten to {}", outcome.folder.display());
    out
}

/// What was not sent, and what to do about it.
fn list_unfinished(outcome: &Outcome) -> String {
    let time = (!outcome.time_left.is_zero()).then(|| span(outcome.time_left));
    match (outcome.unsent, time) {
        (0, None) => String::new(),
        (1, None) => "\n\n1 request was not sent; run the same command again to send it".to_owned(),
        (unsent, None) => format!("\n\n{unsent} requests were not sent; run the same command again to send them"),
        (0, Some(time)) => format!("\n\nanother {time} of sending are left; run the same command again to go on"),
        (unsent, Some(time)) => format!(
            "\n\n{unsent} requests were not sent, and another {time} of sending are left; run the same command again to go on"
        ),
    }
}

/// What failed and what is warned about, a line each, and the names of what passed.
fn list_checks(checks: &[Check]) -> String {
    let mut out = String::new();
    for check in checks.iter().filter(|check| check.outcome != checks::Outcome::Passed) {
        let _ = write!(out, "\n{}: {}", check.outcome.word(), printable(&check.to_string()).replace('\n', " "));
    }
    let passed = passed(checks);
    if !passed.is_empty() {
        let _ = write!(out, "\npassed: {passed}");
    }
    if out.is_empty() { out } else { format!("\n{out}") }
}
