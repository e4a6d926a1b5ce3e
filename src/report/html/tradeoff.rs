//! The view of trade-offs: what a score costs, in money and in time, and which models no other beats in both.

use serde::Serialize;

use super::figure::{Figure, HEIGHT, swatch};
use super::scale::{Scale, plain};
use super::words::interval;
use crate::checks::Check;
use crate::format::{UNKNOWN, known, money, percent, seconds, significant};
use crate::id::Id;
use crate::plan::Plan;
use crate::printable::isolated;
use crate::report::axes::{cost, cost_interval, is_doubtful, latency, latency_interval, rate, rate_interval};
use crate::tables::group::{Group, Results};

/// The view.
#[derive(Debug, Serialize)]
pub(super) struct Tradeoff {
    figures: Vec<Picked>,
    rows: Vec<Row>,
    has_hollow: bool,
}

/// A picture for one axis.
#[derive(Debug, Serialize)]
struct Picked {
    id: &'static str,
    name: &'static str,
    axis: String,
    svg: String,
    frontier: String,
}

/// The figures of a model.
#[derive(Debug, Serialize)]
struct Row {
    swatch: String,
    label: String,
    score: String,
    interval: String,
    cost: String,
    latency: String,
    rate: String,
}

/// What a score is held against.
struct Axis {
    id: &'static str,
    name: &'static str,
    is_better_below: bool,
    value: fn(&Group) -> Option<f64>,
    interval: fn(&Group) -> Option<(f64, f64)>,
}

const AXES: [Axis; 3] = [
    Axis { id: "cost", name: "cost per 1,000 answers", is_better_below: true, value: cost, interval: cost_interval },
    Axis { id: "latency", name: "median latency", is_better_below: true, value: latency, interval: latency_interval },
    Axis { id: "rate", name: "tokens per second", is_better_below: false, value: rate, interval: rate_interval },
];

/// The trade-offs of a run; none with fewer than two scores.
pub(super) fn tradeoff(plan: &Plan, results: &Results, checks: &[Check]) -> Option<Tradeoff> {
    let scored: Vec<&Group> = results.groups.iter().filter(|group| group.summary.score.is_some()).collect();
    let currency = plan.currency.as_deref().unwrap_or_default();
    let points: Vec<(&Group, bool)> = scored.iter().map(|group| (*group, is_doubtful(checks, group))).collect();
    let figures: Vec<Picked> = AXES.iter().filter_map(|axis| picked(axis, &points, currency)).collect();
    if figures.is_empty() {
        return None;
    }
    let row = |group: &&Group| Row {
        swatch: swatch(group.batch.model_id.place()),
        label: group.batch.label(),
        score: known(group.summary.score, percent),
        interval: known(group.summary.score_interval, interval),
        cost: known(cost(group), |cost| money(cost, currency)),
        latency: known(group.summary.latency().median, seconds),
        rate: known(rate(group), significant),
    };
    let has_hollow = points.iter().any(|point| point.1);
    Some(Tradeoff { figures, rows: scored.iter().map(row).collect(), has_hollow })
}

fn picked(axis: &Axis, points: &[(&Group, bool)], currency: &str) -> Option<Picked> {
    let known: Vec<(&Group, bool, f64, f64)> = points
        .iter()
        .filter_map(|(group, is_hollow)| Some((*group, *is_hollow, (axis.value)(group)?, group.summary.score?)))
        .collect();
    if known.len() < 2 {
        return None;
    }
    let ends = known.iter().filter_map(|(group, ..)| (axis.interval)(group)).flat_map(|(low, high)| [low, high]);
    let scale = Scale::logarithmic(known.iter().map(|point| point.2).chain(ends));
    let best = frontier(axis, &known);
    let mut figure = Figure::new(&format!("Score against {}", axis.name), scale, Scale::shares());
    figure.line("frontier", &best.iter().map(|place| (known[*place].2, known[*place].3)).collect::<Vec<_>>());
    for (group, is_hollow, x, y) in &known {
        let index = group.batch.model_id.place();
        let class = format!("whisker s{}", index % super::figure::COLORS);
        if let Some((low, high)) = group.summary.score_interval {
            figure.segment(&class, (*x, low), (*x, high));
        }
        if let Some((low, high)) = (axis.interval)(group) {
            figure.segment(&class, (low, *y), (high, *y));
        }
        let words = format!("{}: {}, {} {}", group.batch.label(), percent(*y), plain(*x), axis.name);
        figure.point((index, *is_hollow), (*x, *y), &words);
    }
    for (group, _, x, y) in &known {
        figure.words_if_free((*x, *y), &group.batch.label());
    }
    let tick = |value: f64| match axis.id {
        "latency" => seconds(value).replace(".00", "").replace(".0 ", " "),
        _ => plain(value),
    };
    let unit = match axis.id {
        "cost" => format!("cost per 1,000 answers ({currency}), logarithmic"),
        "latency" => "median latency, logarithmic".to_owned(),
        _ => "output tokens per second, logarithmic".to_owned(),
    };
    let names: Vec<String> = best.iter().map(|place| isolated(&known[*place].0.batch.label())).collect();
    Some(Picked {
        id: axis.id,
        name: axis.name,
        axis: unit,
        svg: figure.svg(HEIGHT, tick, |value| format!("{:.0} %", value * 100.0)),
        frontier: if names.is_empty() { UNKNOWN.to_owned() } else { names.join(", ") },
    })
}

/// The places of those that no other is at least as good as in both and better in one, in the order of the axis.
fn frontier(axis: &Axis, known: &[(&Group, bool, f64, f64)]) -> Vec<usize> {
    let points: Vec<(f64, f64)> =
        known.iter().map(|point| (if axis.is_better_below { point.2 } else { -point.2 }, point.3)).collect();
    let mut best = undominated(&points);
    best.sort_by(|a, b| points[*a].0.total_cmp(&points[*b].0));
    best
}

fn undominated(points: &[(f64, f64)]) -> Vec<usize> {
    let beats = |a: &(f64, f64), b: &(f64, f64)| a.0 <= b.0 && a.1 >= b.1 && (a.0 < b.0 || a.1 > b.1);
    (0..points.len()).filter(|place| !points.iter().any(|other| beats(other, &points[*place]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_beats_in_both_is_not_on_the_frontier() {
        assert_eq!(undominated(&[(1.0, 0.5), (2.0, 0.9), (3.0, 0.8), (0.5, 0.1), (2.0, 0.9)]), [0, 1, 3, 4]);
    }
}
