//! The Markdown summary: tables with legends, checks and pictures.

use std::fmt::Write;

use crate::checks::{Check, passed, problems};
use crate::compare::Pair;
use crate::format::counted;
use crate::gates::until::{STOPS_LEGEND, Stop, stops};
use crate::gates::{GateOutcome, recommendations};
use crate::plan::Plan;
use crate::printable::is_turning;
use crate::report::comparisons::{COMPARISONS_LEGEND, per_pair};
use crate::report::largest_load::largest_load;
use crate::report::pairs::{Listed, MOST_LISTED, PAIRS_LEGEND, has_line, pair_line};
use crate::report::positions::{POSITIONS_LEGEND, change_lines, per_position};
use crate::report::server::per_server;
use crate::report::subjects::per_subject;
use crate::report::tables::{Table, has_load_table, legend, load_legend, per_dataset, per_level, per_model};
use crate::tables::comparisons::PairwiseLine;
use crate::tables::group::{Group, Results};

/// The summary as a Markdown document.
pub fn document(
    plan: &Plan,
    (results, comparisons): (&Results, &[PairwiseLine]),
    (checks, gates): (&[Check], &[GateOutcome]),
    pictures: &[String],
) -> String {
    let groups = &results.groups;
    let mut out = format!("# {}\n\n", escape(&plan.name));
    if let Some(description) = &plan.description {
        let _ = writeln!(out, "{}\n", escape(description));
    }
    table(&mut out, &per_model(groups, plan));
    out.push_str("\nThe interval is of 95 %, over the questions: Wilson's, with repeats for the effective number of answers; for scores on a scale a bootstrap. The tail is the highest percentile that the sample size supports: p90 from 100 answers on, p95 from 200, p99 from 1000.\n");
    paragraphs(&mut out, &legend(groups));
    if let Some(note) = fault_note(groups) {
        let _ = writeln!(out, "{note}");
    }
    let stops = stops(results, plan);
    if !stops.is_empty() {
        let _ = writeln!(out, "\n{}\n\n{STOPS_LEGEND}", listed(&stops));
    }
    if has_load_table(plan) {
        out.push_str("\n## Load\n\n");
        table(&mut out, &per_level(groups, plan));
        paragraphs(&mut out, &load_legend(groups));
        largest_load(groups, plan).iter().for_each(|found| paragraphs(&mut out, &found.text));
    }
    list_servers(&mut out, groups);
    if let Some(datasets) = per_dataset(results) {
        out.push_str("\n## Datasets\n\n");
        table(&mut out, &datasets);
        out.push_str("\nIn the mean of datasets each dataset counts alike; its interval is recovered from theirs (Zou and Donner 2008).\n");
    }
    list_subjects(&mut out, results);
    list_gates(&mut out, gates);
    list_positions(&mut out, groups);
    list_comparisons(&mut out, comparisons);
    list_pairs(&mut out, &results.pairs);
    let recommended = recommendations(&plan.gating.prefer, results);
    if !recommended.is_empty() {
        out.push_str("\n## Recommendation\n");
        recommended.iter().for_each(|found| paragraphs(&mut out, &found.text));
    }
    list_checks(&mut out, checks);
    for picture in pictures {
        let _ = writeln!(out, "\n![{picture}]({picture})");
    }
    out
}

fn table<const N: usize>(out: &mut String, table: &Table<N>) {
    let _ = writeln!(out, "| {} |\n|{}", table.headings.join(" | "), " --- |".repeat(N));
    for line in &table.lines {
        let cells: Vec<String> = line.iter().map(|cell| escape(cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

/// As many lines as fit into `most` bytes, and how many do not.
pub fn fitted(text: &str, most: usize, all: &str) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let note = |left_out: usize| format!("\n{} left out to fit; {all}\n", counted(left_out, "line"));
    let room = most.saturating_sub(note(usize::MAX).len());
    let mut out = String::with_capacity(most);
    let mut lines = text.split_inclusive('\n');
    let mut left_out = 0;
    for line in lines.by_ref() {
        if out.len() + line.len() > room {
            left_out = 1;
            break;
        }
        out.push_str(line);
    }
    out.push_str(&note(left_out + lines.count()));
    out
}

/// How far models were asked, as a list.
fn listed(stops: &[Stop]) -> String {
    stops.iter().map(|stop| format!("- {}", escape(&stop.text))).collect::<Vec<_>>().join("\n")
}

fn paragraphs(out: &mut String, lines: &str) {
    for line in lines.lines() {
        let _ = writeln!(out, "\n{}", escape(line));
    }
}

/// What servers and their machines said.
fn list_servers(out: &mut String, groups: &[Group]) {
    let Some(servers) = per_server(groups) else { return };
    out.push_str("\n## Servers\n\n");
    let _ = writeln!(out, "| {} |\n|{}", servers.headings.join(" | "), " --- |".repeat(servers.headings.len()));
    for line in &servers.lines {
        let cells: Vec<String> = line.iter().map(|cell| escape(cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    let _ = writeln!(out, "\n{}", servers.legend);
}

/// The scores by subject; each subject is one of its lines, each model one of its columns.
fn list_subjects(out: &mut String, results: &Results) {
    let Some(lines) = per_subject(results) else { return };
    out.push_str("\n## Subjects\n\n");
    for (place, line) in lines.iter().enumerate() {
        let cells: Vec<String> = line.iter().map(|cell| escape(cell)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
        if place == 0 {
            let _ = writeln!(out, "|{}", " --- |".repeat(line.len()));
        }
    }
    out.push_str("\nScores with their intervals of 95 %. In the mean of subjects each subject counts alike (macro), in that of questions each question does (micro). `subject_summary.csv` has all subjects and figures.\n");
}

/// Most pairs that are listed; `pairs.csv` has all.
const MOST_PAIRS: usize = 20;

/// What the differences between models carry, and how to read it.
fn list_pairs(out: &mut String, pairs: &[Pair]) {
    let pairs: Vec<&Pair> = pairs.iter().filter(|pair| has_line(pair)).collect();
    if pairs.is_empty() {
        return;
    }
    out.push_str("\n## Differences\n\n");
    let listed = Listed::of(&pairs, MOST_LISTED);
    for pair in listed.pairs.iter().take(MOST_PAIRS) {
        let _ = writeln!(out, "- {}", escape(&pair_line(pair)));
    }
    if let Some(remark) = listed.remark(MOST_PAIRS) {
        let _ = writeln!(out, "\n{}; `pairs.csv` has all.", escape(&remark));
    }
    let _ = writeln!(out, "\n{PAIRS_LEGEND}");
}

/// How far the places of choices decide.
fn list_positions(out: &mut String, groups: &[Group]) {
    let Some(places) = per_position(groups) else { return };
    out.push_str("\n## Position bias\n\n");
    for line in change_lines(groups) {
        let _ = writeln!(out, "- {}", escape(&line));
    }
    out.push('\n');
    table(out, &places);
    let _ = writeln!(out, "\n{POSITIONS_LEGEND}");
}

/// How a judge compares every two models.
fn list_comparisons(out: &mut String, comparisons: &[PairwiseLine]) {
    let Some(pairs) = per_pair(comparisons) else { return };
    out.push_str("\n## Pairwise comparisons\n\n");
    table(out, &pairs);
    let _ = writeln!(out, "\n{COMPARISONS_LEGEND}");
}

fn list_gates(out: &mut String, gates: &[GateOutcome]) {
    if gates.is_empty() {
        return;
    }
    out.push_str("\n## Gates\n\n| gate | model | outcome | figure |\n| --- | --- | --- | --- |\n");
    for gate in gates {
        let cells = [&gate.gate, &gate.subject, gate.ruling.words(), &gate.message].map(escape);
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

fn list_checks(out: &mut String, checks: &[Check]) {
    if checks.is_empty() {
        return;
    }
    out.push_str("\n## Checks\n\n");
    for check in problems(checks) {
        let subject = if check.subject.is_empty() { String::new() } else { format!(" ({})", escape(&check.subject)) };
        let _ =
            writeln!(out, "- **{}** {}{subject}: {}", check.status.word(), escape(&check.name), prose(&check.message));
    }
    let passed = passed(checks);
    if !passed.is_empty() {
        let _ = writeln!(out, "- passed: {}", prose(&passed));
    }
}

/// Escapes one of our messages, in which backquotes mark code.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(index, part)| if index % 2 == 1 { format!("`{part}`") } else { escape(part) }).collect()
}

fn fault_note(groups: &[Group]) -> Option<String> {
    let faults: u64 = groups.iter().map(|group| group.summary.faults).sum();
    (faults > 0).then(|| {
        format!(
            "\n{} failed. Failed requests are excluded from score and latency; the next run retries them.",
            counted(faults, "request")
        )
    })
}

/// Escapes a text for Markdown and HTML.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c if is_turning(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_user_would_type_is_code() {
        assert_eq!(prose("set `load.cache_bust: true` for a*b"), "set `load.cache_bust: true` for a\\*b");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let text: String = (0..1000).map(|line| format!("- line {line}\n")).collect();
        assert_eq!(fitted(&text, 100_000, "see elsewhere"), text);
        let cut = fitted(&text, 2000, "see elsewhere");
        let kept = cut.lines().filter(|line| line.starts_with("- line")).count();
        assert!(cut.len() <= 2000 && kept > 100, "{kept}");
        assert!(cut.ends_with(&format!("\n{} lines left out to fit; see elsewhere\n", 1000 - kept)), "{cut}");
        // A line that is too long by itself is left out with the rest.
        assert_eq!(fitted(&"é".repeat(500), 200, "see elsewhere"), "\n1 line left out to fit; see elsewhere\n");
    }

    #[test]
    fn markup_is_shown_and_not_obeyed() {
        assert_eq!(escape("a|b\n<script>*x*"), "a\\|b &lt;script&gt;\\*x\\*");
        assert_eq!(escape("a\u{202e}b"), "a\\u{202e}b");
    }
}
