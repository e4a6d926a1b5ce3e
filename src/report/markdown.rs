//! The Markdown summary: the table per model, with what it takes to read it.

use std::fmt::Write;

use crate::plan::Plan;
use crate::report::quantity::{money, percent, seconds, significant};
use crate::tables::summary::Summary;

/// The columns of the table per model, for people.
pub const HEADINGS: [&str; 9] =
    ["model", "score", "95 % interval", "n", "no answer", "latency p50", "p95", "tokens/s", "cost"];

/// Marks a rate that is not the server's own.
const CLIENT_MARK: &str = "*";

/// What it takes to read the table; empty if it needs no word.
pub fn legend(models: &[Summary]) -> String {
    let mut notes = Vec::new();
    let is_by_client =
        |summary: &Summary| summary.server_tokens_per_s.is_none() && summary.client_tokens_per_s.is_some();
    if models.iter().any(is_by_client) {
        notes.push(format!("{CLIENT_MARK} output tokens over the whole latency, because the server tells no times of its own; not to be compared with the others"));
    }
    if models.iter().any(|summary| summary.items < summary.samples) {
        notes.push(
            "n counts answers; the interval is over questions, because repeats of one are not independent".to_owned(),
        );
    }
    notes.join("\n")
}

/// One line of the table per model.
pub fn cells(summary: &Summary, plan: &Plan) -> [String; 9] {
    let unknown = || "–".to_owned();
    let level = if plan.levels.len() > 1 { format!(" {}", summary.level) } else { String::new() };
    let label =
        plan.models.iter().find(|model| model.name == summary.model).map_or(&summary.model, |model| &model.label);
    let by_client = summary.client_tokens_per_s.map(|rate| format!("{} {CLIENT_MARK}", significant(rate)));
    let rate = summary.server_tokens_per_s.map(significant).or(by_client);
    let money = |cost: f64| money(cost, plan.currency.as_deref().unwrap_or(""));
    [
        format!("{label}{level}"),
        summary.score.map_or_else(unknown, percent),
        summary.score_interval.map_or_else(unknown, |(low, high)| format!("{} – {}", percent(low), percent(high))),
        summary.samples.to_string(),
        summary.not_answers().to_string(),
        summary.latency_median.map_or_else(unknown, seconds),
        summary.latency_p95.map_or_else(unknown, seconds),
        rate.unwrap_or_else(unknown),
        summary.cost.map_or_else(unknown, money),
    ]
}

/// The summary as a Markdown document.
pub fn document(plan: &Plan, models: &[Summary], pictures: &[String]) -> String {
    let mut out = format!("# {}\n\n", escape(&plan.name));
    if let Some(description) = &plan.description {
        let _ = writeln!(out, "{}\n", escape(description));
    }
    let _ = writeln!(out, "| {} |\n|{}", HEADINGS.join(" | "), " --- |".repeat(HEADINGS.len()));
    for summary in models {
        let cells = cells(summary, plan).map(|cell| escape(&cell));
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out.push_str("\nThe interval is a 95 % Wilson interval over the questions. Two models whose intervals overlap widely cannot be ranked by this run.\n");
    let legend = legend(models);
    if !legend.is_empty() {
        let _ = writeln!(out, "\n{}", escape(&legend));
    }
    if let Some(chance) = plan_note(models) {
        let _ = writeln!(out, "{chance}");
    }
    for picture in pictures {
        let _ = writeln!(out, "\n![{picture}]({picture})");
    }
    out
}

fn plan_note(models: &[Summary]) -> Option<String> {
    let faults: u64 = models.iter().map(|summary| summary.faults).sum();
    (faults > 0).then(|| {
        format!(
            "\n{faults} requests failed; they count in no score and no latency, and are tried again by the next run."
        )
    })
}

/// Text that Markdown and HTML show as it is.
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
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_shown_and_not_obeyed() {
        assert_eq!(escape("a|b\n<script>*x*"), "a\\|b &lt;script&gt;\\*x\\*");
    }
}
