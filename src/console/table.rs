//! The tables at the end of a run.

use std::fmt::Write;

use super::text::{columns_within, duration, fold, printable};
use crate::checks::{Check, passed, problems};
use crate::compare::Pair;
use crate::engine::outcome::RunSummary;
use crate::format::counted;
use crate::gates::until::stops;
use crate::gates::{GateOutcome, Ruling, recommendations};
use crate::plan::Plan;
use crate::report::largest_load::largest_load;
use crate::report::pairs::{Listed, has_line, pair_line};
use crate::report::tables::{MARK, Table, has_load_table, legend, load_legend, per_dataset, per_level, per_model};
use crate::tables::group::Results;

/// The tables per model and level, the checks, the faults, and the output folder, as wide as the terminal.
pub fn render(plan: &Plan, outcome: &RunSummary, width: Option<usize>) -> String {
    let mut out = tables(plan, &outcome.results, width);
    let sentences = sentences(plan, outcome);
    out.push_str(&fold(&sentences, width, "  "));
    out
}

/// The tables with their legends.
fn tables(plan: &Plan, results: &Results, width: Option<usize>) -> String {
    let groups = &results.groups;
    let mut out = fitted(&per_model(groups, plan), width);
    for note in legend(groups).lines().filter(|note| !note.starts_with(MARK) || out.contains(MARK)).collect::<Vec<_>>()
    {
        let _ = write!(out, "\n{}", fold(note, width, "  "));
    }
    for stop in stops(results, plan) {
        let _ = write!(out, "\n{}", fold(&printable(&stop.text).replace('\n', " "), width, "  "));
    }
    if has_load_table(plan) {
        let table = fitted(&per_level(groups, plan), width);
        let _ = write!(out, "\n\n{table}\n{}", fold(&load_legend(groups), width, "  "));
    }
    if let Some(table) = per_dataset(results) {
        let _ = write!(out, "\n\n{}", fitted(&table, width));
    }
    out
}

fn fitted<const N: usize>(table: &Table<N>, width: Option<usize>) -> String {
    columns_within(width, table.headings, &table.lines, table.importance)
}

/// What follows from the tables, in lines.
fn sentences(plan: &Plan, outcome: &RunSummary) -> String {
    let groups = &outcome.results.groups;
    let mut out = String::new();
    for found in largest_load(groups, plan) {
        let _ = write!(out, "\n\n{}", printable(&found.text).replace('\n', " "));
    }
    out.push_str(&list_pairs(&outcome.results.pairs));
    for found in recommendations(&plan.gating.prefer, &outcome.results) {
        let _ = write!(out, "\n\n{}", printable(&found.text).replace('\n', " "));
    }
    for line in gate_lines(&outcome.gates) {
        let blank = if out.ends_with('\n') { "" } else { "\n" };
        let _ = write!(out, "{blank}gate {}", printable(&line).replace('\n', " "));
    }
    out.push_str(&list_checks(&outcome.checks));
    if !outcome.unfinished.faults.is_empty() {
        out.push_str("\n\nfailed requests (the next run retries them):");
        for (status, (count, example)) in &outcome.unfinished.faults {
            let _ = write!(out, "\n  {count} × {status}, for example: {}", printable(example).replace('\n', " "));
        }
    }
    if let Some(limit) = &outcome.unfinished.over_budget {
        let _ = write!(out, "\n\nstopped by the budget: {limit}");
    }
    out.push_str(&list_unfinished(outcome));
    if outcome.unfinished.unjudged > 0 {
        let requests = counted(outcome.unfinished.unjudged, "request");
        let _ = write!(out, "\n\n{requests} to judges had no answer, so the verdicts are missing; rerun the command");
    }
    let _ = write!(out, "\n\nwritten to {}", outcome.folder.display());
    out
}

/// Models and levels that pass a gate and are named one by one; more are counted.
const MOST_PASSED: usize = 3;

/// Models and levels that do not pass a gate and are named; `summary.md` has all.
const MOST_FAILED: usize = 12;

/// The gates, each with those first that fail it.
fn gate_lines(gates: &[GateOutcome]) -> Vec<String> {
    gates.chunk_by(|a, b| a.gate == b.gate).flat_map(lines_of_gate).collect()
}

fn lines_of_gate(outcomes: &[GateOutcome]) -> Vec<String> {
    let of = |ruling: Ruling| outcomes.iter().filter(move |outcome| outcome.ruling == ruling);
    let mut lines: Vec<String> = of(Ruling::Failed).chain(of(Ruling::CannotTell)).map(GateOutcome::line).collect();
    let more = lines.len().saturating_sub(MOST_FAILED);
    lines.truncate(MOST_FAILED);
    lines.extend((more > 0).then(|| format!("not passed: {more} more in summary.md")));
    let passed: Vec<String> = of(Ruling::Passed).map(GateOutcome::line).collect();
    match outcomes.first().filter(|_| passed.len() > MOST_PASSED) {
        Some(first) => lines.push(format!("passed: {} ({} of {})", first.gate, passed.len(), outcomes.len())),
        None => lines.extend(passed),
    }
    lines
}

/// Most pairs that are printed.
const MOST_PAIRS: usize = 6;

/// What the differences between models carry.
fn list_pairs(pairs: &[Pair]) -> String {
    let pairs: Vec<&Pair> = pairs.iter().filter(|pair| has_line(pair)).collect();
    let listed = Listed::of(&pairs, MOST_PAIRS);
    let lines = listed.pairs.iter().take(MOST_PAIRS).map(|pair| pair_line(pair));
    let remark = listed.remark(MOST_PAIRS).map(|remark| format!("{remark}; pairs.csv has all"));
    let lines = lines.chain(remark).map(|line| format!("\n{}", printable(&line).replace('\n', " ")));
    let out: String = lines.collect();
    if out.is_empty() { out } else { format!("\n{out}") }
}

fn not_sent(requests: usize) -> String {
    if requests == 1 { "1 request was not sent".to_owned() } else { format!("{requests} requests were not sent") }
}

/// Requests that were not sent, and how to continue.
fn list_unfinished(outcome: &RunSummary) -> String {
    let time_left = !outcome.unfinished.time_left.is_zero();
    let time = time_left.then(|| duration(outcome.unfinished.time_left));
    let left = match (outcome.unfinished.unsent, time) {
        (0, None) => return String::new(),
        (unsent, None) => not_sent(unsent),
        (0, Some(time)) => format!("{time} of load remain"),
        (unsent, Some(time)) => format!("{} and {time} of load remain", not_sent(unsent)),
    };
    let how = match (outcome.is_sending, outcome.unfinished.unsent, time_left) {
        (false, ..) => "`smallbench apply` sends what is missing",
        (true, _, true) => "rerun the command to continue",
        (true, 1, false) => "rerun the command to send it",
        (true, _, false) => "rerun the command to send them",
    };
    format!("\n\n{left}; {how}")
}

/// Findings of one check that are printed; `summary.md` has all. A sweep of many levels finds the same at each of them.
const MOST_FINDINGS: usize = 3;

/// Failed and warned checks, one finding per line, and the names of the passed checks.
fn list_checks(checks: &[Check]) -> String {
    let mut out = String::new();
    for findings in problems(checks).chunk_by(|a, b| (&a.name, a.status) == (&b.name, b.status)) {
        // One line is not spared by a line that says so.
        let shown = if findings.len() == MOST_FINDINGS + 1 { findings.len() } else { MOST_FINDINGS };
        for check in findings.iter().take(shown) {
            let _ = write!(out, "\n{}: {}", check.status.word(), printable(&check.to_string()).replace('\n', " "));
        }
        if let Some(check) = findings.get(shown) {
            let more = findings.len() - shown;
            let _ = write!(out, "\n{}: {}: {more} more in summary.md", check.status.word(), check.name);
        }
    }
    let passed = passed(checks);
    if !passed.is_empty() {
        let _ = write!(out, "\npassed: {passed}");
    }
    if out.is_empty() { out } else { format!("\n{out}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::CheckStatus;
    use crate::id::{BatchId, Id};

    #[test]
    fn what_a_check_finds_at_many_levels_is_cut_to_some_lines() {
        let found = |name: &str, count: usize| -> Vec<Check> {
            let check = |index: usize| Check {
                name: name.to_owned(),
                status: CheckStatus::Warned,
                subject: format!("a c={index}"),
                batch: None,
                message: format!("p = 0.{index}"),
            };
            (0..count).map(check).collect()
        };
        let line = |name: &str, index: usize| format!("\nwarned: {name} (a c={index}): p = 0.{index}");
        let lines = |name: &str, count: usize| -> String { (0..count).map(|index| line(name, index)).collect() };
        assert_eq!(list_checks(&found("client", 4)), format!("\n{}", lines("client", 4)));
        assert_eq!(
            list_checks(&[found("client", 9), found("guessing", 2)].concat()),
            format!("\n{}\nwarned: client: 6 more in summary.md{}", lines("client", 3), lines("guessing", 2))
        );
    }

    #[test]
    fn many_models_that_pass_a_gate_are_one_line() {
        let outcome = |subject: usize, ruling| GateOutcome {
            gate: "score >= 0.2".to_owned(),
            subject: subject.to_string(),
            batch: BatchId::at(subject),
            ruling,
            message: "m".to_owned(),
        };
        let all = |count, ruling| -> Vec<GateOutcome> { (0..count).map(|subject| outcome(subject, ruling)).collect() };
        let passed = |subject: usize| format!("passed: score >= 0.2 ({subject}): m");
        assert_eq!(gate_lines(&all(3, Ruling::Passed)), [passed(0), passed(1), passed(2)]);
        let mixed = [all(40, Ruling::Passed), vec![outcome(40, Ruling::CannotTell)], all(1, Ruling::Failed)].concat();
        assert_eq!(
            gate_lines(&mixed),
            ["failed: score >= 0.2 (0): m", "cannot tell: score >= 0.2 (40): m", "passed: score >= 0.2 (40 of 42)"]
        );
        let lines = gate_lines(&all(40, Ruling::Failed));
        assert_eq!((lines.len(), lines[12].as_str()), (13, "not passed: 28 more in summary.md"));
    }
}
