//! The output of `plan`: cells, missing requests, estimated tokens and cost.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Duration;

use chrono::DateTime;

use super::text::{columns, columns_within, duration, fold, is_within, printable};
use crate::endpoint::provider::OutputLimit;
use crate::engine::consult::estimate::JudgeState;
use crate::engine::generate::batch_api::OpenBatch;
use crate::engine::generate::missing::CellState;
use crate::format::{counted, money};
use crate::id::BatchId;
use crate::plan::Plan;
use crate::request::USUAL_BYTES_PER_TOKEN;

/// The table of cells with the reasons for missing requests, and the estimate; below it a line for each judge that asks models.
pub fn render(plan: &Plan, (states, judges): (&[CellState], &[JudgeState]), width: Option<usize>) -> String {
    let below = fold(&totals(plan, states, judges), width, "  ");
    let lines: Vec<[String; 6]> = states.iter().map(line).collect();
    format!("{}\n\n{below}", cells(&lines, width))
}

/// The cells. The reasons are sentences: where they have no room beside the figures, they stand below them.
fn cells(lines: &[[String; 6]], width: Option<usize>) -> String {
    let whole = columns(["cell", "level", "requests", "kept", "to send", "why"], lines);
    if is_within(&whole, width) {
        return whole;
    }
    let figures: Vec<[String; 5]> = lines
        .iter()
        .map(|[cell, level, requests, kept, to_send, _]| [cell, level, requests, kept, to_send].map(Clone::clone))
        .collect();
    let table = columns_within(width, ["cell", "level", "requests", "kept", "to send"], &figures, [9, 4, 5, 6, 8]);
    let mut reasons: Vec<(&String, Vec<String>)> = Vec::new();
    for [cell, level, .., why] in lines.iter().filter(|line| !line[5].is_empty()) {
        let named = format!("{cell} {level}");
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, cells)) => cells.push(named),
            None => reasons.push((why, vec![named])),
        }
    }
    let reason = |(why, cells): &(&String, Vec<String>)| {
        let of = if cells.len() == lines.len() { "all".to_owned() } else { cells.join(", ") };
        fold(&printable(&format!("{of}: {why}")), width, "  ")
    };
    std::iter::once(table).chain(reasons.iter().map(reason)).collect::<Vec<_>>().join("\n")
}

/// What is to be sent in all, and what it may cost.
fn totals(plan: &Plan, states: &[CellState], judges: &[JudgeState]) -> String {
    let total: usize = states.iter().map(CellState::to_send).sum();
    let requests: usize = states.iter().map(|state| state.requests).sum();
    let (kept, waiting) = states.iter().fold((0, 0), |sum, state| (sum.0 + state.kept, sum.1 + state.at_provider));
    let mut out = format!("{}: {kept} kept, {total} to send", counted(requests, "request"));
    if waiting > 0 {
        let _ = write!(out, ", {waiting} at the provider");
    }
    let time_limits = time_limits(states);
    if !time_limits.is_empty() {
        out.push_str(&without_an_estimate(&time_limits));
    } else if total > 0 {
        out.push_str(&estimate(plan, states));
    }
    judges.iter().for_each(|judge| out.push_str(&judging(plan, judge)));
    out
}

/// A line for each batch that is at a provider, and what can be done about them.
pub fn at_providers(batches: &[OpenBatch]) -> Vec<String> {
    let line = |batch: &OpenBatch| {
        let id = batch.id.as_deref().unwrap_or("without a known id");
        let since =
            DateTime::from_timestamp(batch.submitted, 0).map(|time| time.format("%Y-%m-%d %H:%M UTC").to_string());
        format!(
            "batch {id} at endpoint `{}`: {} to {}, submitted {}, {}",
            batch.endpoint,
            counted(batch.requests, "request"),
            batch.model,
            since.unwrap_or_default(),
            batch.state
        )
    };
    let help = "`apply` collects what is at the provider; `apply --cancel` cancels it";
    let help = (!batches.is_empty()).then(|| help.to_owned());
    batches.iter().map(line).chain(help).collect()
}

/// What a judge costs. Answers that are still to come may be equal, and are then judged once.
fn judging(plan: &Plan, judge: &JudgeState) -> String {
    let JudgeState { name, dataset, models, requests, kept, .. } = judge;
    let to_send = requests - kept;
    let bound = if judge.open > 0 { "at most " } else { "" };
    let requests = counted(*requests, "request");
    let mut line = format!(
        "\njudge `{name}` of {dataset} by {}: {bound}{requests}: {kept} kept, {bound}{to_send} to send",
        models.join(", ")
    );
    if to_send == 0 {
        return line;
    }
    let (low, high) = judge.prompt_tokens;
    let prompts = if low == high { low.to_string() } else { format!("{low} to {high}") };
    let _ = write!(line, "; about {prompts} prompt tokens, at most {} output tokens", judge.output_tokens);
    if let (Some(currency), Some((low, high))) = (&plan.currency, judge.cost) {
        let _ = write!(line, "; estimated cost {} to at most {}", money(low, currency), money(high, currency));
    }
    line
}

fn line(state: &CellState) -> [String; 6] {
    let cell = format!("{} × {}", state.batch.model.name, state.dataset);
    let to_send = match (state.to_send(), state.continues.map(duration)) {
        (count, None) => count.to_string(),
        (0, Some(time)) => format!("for {time}"),
        (count, Some(time)) => format!("{count}, then for {time}"),
    };
    [cell, state.batch.level.to_string(), state.requests.to_string(), state.kept.to_string(), to_send, state.reasons()]
}

/// The remaining time of each timed level.
fn time_limits(states: &[CellState]) -> Vec<Duration> {
    let levels: BTreeMap<BatchId, Duration> =
        states.iter().filter_map(|state| Some((state.batch.id, state.continues?))).collect();
    levels.into_values().collect()
}

/// The number of requests of a timed level depends on the server.
fn without_an_estimate(time_limits: &[Duration]) -> String {
    let time = duration(time_limits.iter().sum());
    let levels = match time_limits.len() {
        1 => format!("1 timed level, {time}"),
        count => format!("{count} timed levels, {time} in all"),
    };
    format!(
        "; {levels}\nthe number of requests depends on the server's speed, so there is no estimate; `budget` limits it"
    )
}

fn estimate(plan: &Plan, states: &[CellState]) -> String {
    let count = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
    let prompts: usize = states.iter().map(|state| state.missing_bytes / USUAL_BYTES_PER_TOKEN).sum();
    let limit = |state: &CellState| u64::from(plan.output_limit(&state.batch.model));
    let outputs: u64 = states.iter().map(|state| limit(state) * count(state.to_send())).sum();
    let mut out = format!("\nabout {prompts} prompt tokens, plus each model's chat template");
    let _ = write!(out, ", at most {outputs} output tokens{}", default_limits(plan, states));
    let price = |state: &CellState| state.batch.model.price_to_ask().copied();
    let low = |state: &CellState| Some(price(state)?.estimate(count(state.missing_bytes / USUAL_BYTES_PER_TOKEN), 0));
    let low: Option<f64> = states.iter().map(low).sum();
    // The upper bound is what the budget reserves.
    let high: f64 = states.iter().map(|state| state.most_cost).sum();
    if let (Some(currency), Some(low)) = (&plan.currency, low) {
        let _ = write!(out, "\nestimated cost {} to at most {}", money(low, currency), money(high, currency));
    }
    out
}

/// What limits the output where the spec does not; nothing where it does.
fn default_limits(plan: &Plan, states: &[CellState]) -> String {
    let has_limit = |state: &CellState| {
        let mut parameters = state.batch.model.all_parameters();
        parameters.all(|parameters| parameters.max_tokens.is_some())
    };
    if states.iter().all(has_limit) {
        return String::new();
    }
    let to_send = states.iter().filter(|state| state.to_send() > 0);
    let limits: BTreeSet<OutputLimit> =
        to_send.map(|state| plan.endpoint_of(&state.batch.model).provider.default_output_limit()).collect();
    let limits = limits.into_iter().map(|limit| match limit {
        OutputLimit::Sent(tokens) => format!("a limit of {tokens} is sent"),
        OutputLimit::Assumed(tokens) => format!("{tokens} per answer are assumed"),
    });
    format!(" (no `generation.max_tokens`: {})", limits.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    #[test]
    fn reasons_without_room_stand_below_the_figures() {
        let line = |cell: &str, why: &str| [cell, "c=1", "80", "0", "80", why].map(str::to_owned);
        let same = [line("alpha × d", "80 changed: generation"), line("beta × d", "80 changed: generation")];
        assert_eq!(cells(&same, None).lines().count(), 3);
        assert_eq!(cells(&same, Some(70)), cells(&same, None));
        let narrow = cells(&same, Some(42));
        assert!(
            narrow.ends_with("all: 80 changed: generation") && narrow.lines().all(|line| line.width() <= 42),
            "{narrow}"
        );
        let mixed = [same[0].clone(), line("beta × d", ""), line("gamma × d", "80 not asked yet")];
        let narrow = cells(&mixed, Some(42));
        assert!(narrow.ends_with("alpha × d c=1: 80 changed: generation\ngamma × d c=1: 80 not asked yet"), "{narrow}");
    }
}
