//! The table at the end of a run.

use std::fmt::Write;

use super::text::columns;
use crate::engine::apply::Outcome;
use crate::plan::Plan;
use crate::report::markdown::{HEADINGS, cells, legend};

/// The table per model, the faults, and where everything was written.
pub fn render(plan: &Plan, outcome: &Outcome) -> String {
    let lines: Vec<_> = outcome.models.iter().map(|summary| cells(summary, plan)).collect();
    let mut out = columns(HEADINGS, &lines);
    let legend = legend(&outcome.models);
    if !legend.is_empty() {
        let _ = write!(out, "\n{legend}");
    }
    if !outcome.faults.is_empty() {
        out.push_str("\n\nfailed requests, tried again by the next run:");
        for (status, (count, example)) in &outcome.faults {
            let _ =
                write!(out, "\n  {count} × {status}, such as: {}", super::text::printable(example).replace('\n', " "));
        }
    }
    let throttled: u64 = outcome.models.iter().map(|summary| summary.throttled).sum();
    if throttled > 0 {
        let _ = write!(
            out,
            "\n\n{throttled} answers came while their endpoint was being spared (column `throttled`): their latency is not that of the level"
        );
    }
    if let Some(limit) = &outcome.over_budget {
        let _ = write!(out, "\n\nstopped by the budget, {limit}");
    }
    if outcome.unsent > 0 {
        let _ = write!(out, "\n\n{} requests were not sent; run the same command again to send them", outcome.unsent);
    }
    let _ = write!(out, "\n\nwritten to {}", outcome.folder.display());
    out
}
