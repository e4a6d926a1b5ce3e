//! The view of money: what was paid for what, and the prices that a reader may change.

use serde::Serialize;

use super::figure::{stacked, swatch};
use crate::format::{interval, known, money, significant};
use crate::id::Id;
use crate::plan::{Plan, Price};
use crate::tables::group::{Group, Results};

/// The view.
#[derive(Debug, Serialize)]
pub(super) struct Money {
    currency: String,
    rows: Vec<Row>,
    total: String,
    /// Whether tokens of the cache and reasoning are known of any model.
    has_kinds: bool,
    has_costs: bool,
    /// Whether a model reasoned.
    has_reasoning: bool,
    judging: Vec<JudgeRow>,
    /// What answers and judging cost together.
    with_judging: Option<String>,
}

/// What a model cost that judged answers to a dataset.
#[derive(Debug, Serialize)]
struct JudgeRow {
    model: String,
    dataset: String,
    verdicts: u64,
    cost: String,
    per_verdict: String,
}

/// What a model cost.
#[derive(Debug, Serialize)]
struct Row {
    group: usize,
    swatch: String,
    label: String,
    cost: String,
    kinds: Vec<String>,
    bar: String,
    reasoning: String,
    per_answer: String,
    per_correct: String,
    interval: String,
    per_million: String,
    prices: Vec<String>,
}

/// The prices of a model, for the script.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Prices {
    /// Per million: uncached, cached and written prompt, output; then those of longer prompts.
    rates: [f64; 4],
    tiers: Vec<(u64, [f64; 4])>,
}

/// The prices of a group, for the script; none without prices of tokens.
pub(super) fn prices(group: &Group) -> Option<Prices> {
    group.batch.model.price_to_ask().map(of_price)
}

fn of_price(price: &Price) -> Prices {
    let rates = |rates: &crate::plan::Rates| [rates.input, rates.cached_input, rates.cache_write, rates.output];
    let tiers = price.tiers.iter().flatten().map(|tier| (tier.above, rates(&tier.rates)));
    Prices { rates: rates(&price.rates), tiers: tiers.collect() }
}

/// The costs of a run and of what judged its answers; none where neither prices nor tokens are known.
pub(super) fn costs(plan: &Plan, results: &Results, judging: &[(String, &Results)]) -> Option<Money> {
    let has_costs = results.summaries().any(|summary| summary.spending.cost.is_some());
    let has_tokens =
        results.summaries().any(|summary| summary.output_tokens.is_some() && summary.prompt_tokens.is_some());
    let of_judges: Vec<JudgeRow> =
        judging.iter().flat_map(|(dataset, said)| said.groups.iter().map(|group| judge_row(dataset, group))).collect();
    if !has_costs && !has_tokens && of_judges.is_empty() {
        return None;
    }
    let currency = plan.currency.clone().unwrap_or_else(|| "USD".to_owned());
    let judged = judging.iter().flat_map(|(_, said)| said.summaries().map(|summary| summary.spending.cost));
    let judged: Option<f64> = judged.sum();
    let costs: Option<Vec<f64>> = results.summaries().map(|summary| summary.spending.cost).collect();
    Some(Money {
        rows: results.groups.iter().enumerate().map(|(place, group)| row(place, group)).collect(),
        with_judging: costs
            .as_ref()
            .zip(judged)
            .map(|(costs, judged)| money(costs.iter().sum::<f64>() + judged, &currency)),
        judging: of_judges,
        total: known(costs, |costs| money(costs.iter().sum(), &currency)),
        has_kinds: results.summaries().any(|summary| summary.spending.by_kind.is_some()),
        has_costs,
        has_reasoning: results
            .groups
            .iter()
            .any(|group| group.figures.reasoning_tokens.iter().flatten().any(|tokens| tokens > 0)),
        currency,
    })
}

fn row(place: usize, group: &Group) -> Row {
    let summary = &group.summary;
    let spending = &summary.spending;
    let kinds = spending.by_kind.unwrap_or_default();
    // Millionths of the whole, so that the bar takes counts.
    let sum: f64 = kinds.iter().sum();
    let part = |cost: f64| if sum > 0.0 { (cost / sum * 1e6).round() as u64 } else { 0 };
    let bar = [("k0", part(kinds[0])), ("k1", part(kinds[1])), ("k2", part(kinds[2])), ("k3", part(kinds[3]))];
    let figures = &group.figures;
    let reasoning: i64 = figures.reasoning_tokens.iter().flatten().sum();
    let output: i64 = figures.counted_tokens.iter().flatten().sum();
    let reasoned = (reasoning > 0 && output > 0).then(|| reasoning as f64 / output as f64);
    let per_answer = spending.cost.filter(|_| summary.answers > 0).map(|cost| cost / summary.answers as f64);
    let prices = prices(group);
    Row {
        group: place,
        swatch: swatch(group.batch.model_id.place()),
        label: group.batch.label(),
        cost: known(spending.cost, significant),
        kinds: spending.by_kind.map(|kinds| kinds.map(significant).to_vec()).unwrap_or_default(),
        bar: if sum > 0.0 { stacked(&bar) } else { String::new() },
        reasoning: known(reasoned, |share| format!("{:.0} % of the output", share * 100.0)),
        per_answer: known(per_answer.map(thousand), significant),
        per_correct: known(spending.per_correct.map(thousand), significant),
        interval: known(spending.per_correct_interval, |ends| interval(ends, |end| significant(thousand(end)))),
        per_million: known(spending.per_million_tokens, significant),
        prices: prices.map(|prices| prices.rates.map(|rate| rate.to_string()).to_vec()).unwrap_or_default(),
    }
}

fn judge_row(dataset: &str, group: &Group) -> JudgeRow {
    let summary = &group.summary;
    let cost = summary.spending.cost;
    let per_verdict = cost.filter(|_| summary.answers > 0).map(|cost| cost / summary.answers as f64);
    JudgeRow {
        model: group.batch.label(),
        dataset: dataset.to_owned(),
        verdicts: summary.answers,
        cost: known(cost, significant),
        per_verdict: known(per_verdict.map(thousand), significant),
    }
}

/// What a thousand of them cost: a single answer costs too little to read.
fn thousand(cost: f64) -> f64 {
    cost * 1000.0
}
