//! Ratios of latency, tokens and cost of pairs, as rows of a table with a strip each.

use serde::Serialize;

use super::figure::{strip, strip_axis};
use super::scale::{Scale, plain};
use crate::compare::{Pair, Ratio, points};
use crate::format::{interval, significant};

/// The table.
#[derive(Debug, Serialize)]
pub(super) struct Ratios {
    rows: Vec<Row>,
    axis: String,
}

/// One figure of a pair.
#[derive(Debug, Serialize)]
struct Row {
    what: &'static str,
    a: String,
    b: String,
    level: String,
    strip: String,
    ratio: String,
    interval: String,
    change: String,
    n: usize,
}

/// The ratios of some pairs, the first over the second; none where none is known.
pub(super) fn ratios<'p>(pairs: impl Iterator<Item = &'p Pair>) -> Option<Ratios> {
    let known: Vec<(&Pair, &'static str, Ratio)> = pairs
        .flat_map(|pair| {
            let ratios = [("latency", pair.latency), ("output tokens", pair.output_tokens), ("cost", pair.cost)];
            ratios.into_iter().filter_map(move |(what, ratio)| Some((pair, what, ratio?)))
        })
        .collect();
    // Never so narrow that a difference of a percent fills the picture.
    let values = known.iter().flat_map(|(_, _, ratio)| [ratio.interval.0, ratio.interval.1]).chain([0.8, 1.25]);
    let scale = Scale::logarithmic(values);
    let row = |(pair, what, ratio): &(&Pair, &'static str, Ratio)| Row {
        what,
        a: pair.a.label.clone(),
        b: pair.b.label.clone(),
        level: pair.level.map_or_else(String::new, |level| level.to_string()),
        strip: strip(None, &scale, ratio.ratio, Some(ratio.interval), Some(1.0)),
        ratio: significant(ratio.ratio),
        interval: interval(ratio.interval, significant),
        change: format!("{} %", points(ratio.ratio - 1.0)),
        n: ratio.items,
    };
    let rows: Vec<Row> = known.iter().map(row).collect();
    (!rows.is_empty()).then(|| Ratios { rows, axis: strip_axis(&scale, plain) })
}
