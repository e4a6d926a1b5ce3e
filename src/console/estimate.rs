//! What a run would do, as `plan` shows it.

use std::fmt::Write;

use super::text::columns;
use crate::engine::missing::CellState;
use crate::plan::Plan;
use crate::report::quantity::money;
use crate::work::Work;

/// Bytes of English text per token, roughly: good enough for an estimate, and named as one.
const BYTES_PER_TOKEN: usize = 4;

/// The cells, what is missing of them and why, and what sending it would take.
pub fn render(plan: &Plan, work: &Work, states: &[CellState]) -> String {
    let lines: Vec<[String; 6]> = states.iter().map(|state| line(plan, work, state)).collect();
    let mut out = columns(["cell", "level", "requests", "kept", "to send", "why"], &lines);
    let total: usize = states.iter().map(CellState::to_send).sum();
    let requests: usize = states.iter().map(|state| state.requests).sum();
    let _ = write!(out, "\n\n{requests} requests: {} kept, {total} to send", requests - total);
    if total > 0 {
        out.push_str(&estimate(plan, states));
    }
    out
}

fn line(plan: &Plan, work: &Work, state: &CellState) -> [String; 6] {
    let cell = format!("{} × {}", plan.models[state.model].name, work.datasets[state.dataset].name);
    [
        cell,
        plan.levels[state.level].to_string(),
        state.requests.to_string(),
        state.kept.to_string(),
        state.to_send().to_string(),
        state.reasons(),
    ]
}

fn estimate(plan: &Plan, states: &[CellState]) -> String {
    let count = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
    let prompts: usize = states.iter().map(|state| state.missing_bytes / BYTES_PER_TOKEN).sum();
    let limit = plan.generation.max_tokens.map(u64::from);
    let mut out = format!("\nabout {prompts} prompt tokens and what each model's chat template adds");
    match limit {
        Some(limit) => {
            let outputs: u64 = states.iter().map(|state| limit * count(state.to_send())).sum();
            let _ = write!(out, ", at most {outputs} output tokens");
        }
        None => out.push_str(", output tokens without a limit"),
    }
    let price = |state: &CellState| plan.models[state.model].price;
    let low = |state: &CellState| Some(price(state)?.estimate(count(state.missing_bytes / BYTES_PER_TOKEN), 0));
    let low: Option<f64> = states.iter().map(low).sum();
    // The most is what the budget reserves, so that both say the same.
    let high: f64 = states.iter().map(|state| state.most_cost).sum();
    if let (Some(currency), Some(low)) = (&plan.currency, low) {
        let _ = write!(out, "\nestimated cost {} to at most {}", money(low, currency), money(high, currency));
    }
    out
}
