//! The tables at the end of a run.

use std::fmt::Write;

use super::text::{columns, duration, printable};
use crate::checks::{Check, CheckStatus, passed};
use crate::compare::Pair;
use crate::engine::apply::RunSummary;
use crate::format::counted;
use crate::gates::recommendations;
use crate::gates::until::stops;
use crate::plan::Plan;
use crate::report::largest_load::largest_load;
use crate::report::pairs::{has_line, pair_line};
use crate::report::tables::{has_load_table, legend, load_legend, per_dataset, per_level, per_model};

/// The tables per model and level, the checks, the faults, and the output folder.
pub fn render(plan: &Plan, outcome: &RunSummary) -> String {
    let groups = &outcome.results.groups;
    let table = per_model(groups, plan);
    let mut out = columns(table.headings, &table.lines);
    let legend = legend(groups);
    if !legend.is_empty() {
        let _ = write!(out, "\n{legend}");
    }
    for stop in stops(&outcome.results, plan) {
        let _ = write!(out, "\n{}", printable(&stop.text).replace('\n', " "));
    }
    if has_load_table(plan) {
        let table = per_level(groups, plan);
        let _ = write!(out, "\n\n{}\n{}", columns(table.headings, &table.lines), load_legend(groups));
    }
    for found in largest_load(groups, plan) {
        let _ = write!(out, "\n\n{}", printable(&found.text).replace('\n', " "));
    }
    if let Some(table) = per_dataset(&outcome.results) {
        let _ = write!(out, "\n\n{}", columns(table.headings, &table.lines));
    }
    out.push_str(&list_pairs(&outcome.results.pairs));
    for found in recommendations(&plan.gating.prefer, &outcome.results) {
        let _ = write!(out, "\n\n{}", printable(&found.text).replace('\n', " "));
    }
    for gate in &outcome.gates {
        let blank = if out.ends_with('\n') { "" } else { "\n" };
        let _ = write!(out, "{blank}gate {}", printable(&gate.line()).replace('\n', " "));
    }
    out.push_str(&list_checks(&outcome.checks));
    if !outcome.faults.is_empty() {
        out.push_str("\n\nfailed requests (the next run retries them):");
        for (status, (count, example)) in &outcome.faults {
            let _ = write!(out, "\n  {count} × {status}, for example: {}", printable(example).replace('\n', " "));
        }
    }
    if let Some(limit) = &outcome.over_budget {
        let _ = write!(out, "\n\nstopped by the budget: {limit}");
    }
    out.push_str(&list_unfinished(outcome));
    if outcome.unjudged > 0 {
        let requests = counted(outcome.unjudged, "request");
        let _ = write!(out, "\n\n{requests} to judges had no answer, so the verdicts are missing; rerun the command");
    }
    let _ = write!(out, "\n\nwritten to {}", outcome.folder.display());
    out
}

/// Most pairs that are printed.
const MOST_PAIRS: usize = 6;

/// What the differences between models carry.
fn list_pairs(pairs: &[Pair]) -> String {
    let pairs: Vec<&Pair> = pairs.iter().filter(|pair| has_line(pair)).collect();
    let lines =
        pairs.iter().take(MOST_PAIRS).map(|pair| format!("\n{}", printable(&pair_line(pair)).replace('\n', " ")));
    let mut out: String = lines.collect();
    if let Some(more) = pairs.len().checked_sub(MOST_PAIRS).filter(|more| *more > 0) {
        let _ = write!(out, "\nand {} in pairs.csv", counted(more, "more pair"));
    }
    if out.is_empty() { out } else { format!("\n{out}") }
}

/// Requests that were not sent, and how to continue.
fn list_unfinished(outcome: &RunSummary) -> String {
    let time = (!outcome.time_left.is_zero()).then(|| duration(outcome.time_left));
    match (outcome.unsent, time) {
        (0, None) => String::new(),
        (1, None) => "\n\n1 request was not sent; rerun the command to send it".to_owned(),
        (unsent, None) => format!("\n\n{unsent} requests were not sent; rerun the command to send them"),
        (0, Some(time)) => format!("\n\n{time} of load remain; rerun the command to continue"),
        (unsent, Some(time)) => {
            format!("\n\n{unsent} requests were not sent and {time} of load remain; rerun the command to continue")
        }
    }
}

/// Failed and warned checks, one per line, and the names of the passed checks.
fn list_checks(checks: &[Check]) -> String {
    let mut out = String::new();
    for check in checks.iter().filter(|check| check.status != CheckStatus::Passed) {
        let _ = write!(out, "\n{}: {}", check.status.word(), printable(&check.to_string()).replace('\n', " "));
    }
    let passed = passed(checks);
    if !passed.is_empty() {
        let _ = write!(out, "\npassed: {passed}");
    }
    if out.is_empty() { out } else { format!("\n{out}") }
}
