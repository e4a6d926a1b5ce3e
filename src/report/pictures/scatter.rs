//! The view of a scatter chart.

use super::frame::titled;
use super::measures::{capital, measure, time_label, token_label, tokens, with_unit};
use super::shown::Shown;
use crate::chart::{Frame, ScatterChart, ScatterLine, ScatterSeries};
use crate::format::seconds;
use crate::plan::Plan;
use crate::spec::types::{ScatterChartSpec, TimeMeasure, TokenMeasure};
use crate::statistics::theil_sen;

/// Fewest points of a line.
const LEAST_POINTS: usize = 8;

pub(in crate::report) fn scatter_view(
    plan: &Plan,
    groups: &[Shown<'_>],
    spec: &ScatterChartSpec,
    frame: Frame,
) -> Option<ScatterChart> {
    let series = groups.iter().map(|group| {
        let points: Vec<(f64, f64)> = group.column(|figures| {
            let rows = tokens(figures, spec.x).zip(measure(figures, spec.y));
            rows.filter_map(|(tokens, time)| tokens.zip(time)).collect()
        });
        let line = line(&points, spec);
        ScatterSeries { label: group.batch.label(), points, line }
    });
    let chart = ScatterChart {
        frame: titled(frame, &format!("{} by {}", capital(time_label(spec.y)), token_label(spec.x))),
        x_label: token_label(spec.x).to_owned(),
        y_label: with_unit(plan, spec.y),
        log_x: spec.log_x,
        log_y: spec.log_y,
        series: series.collect(),
        note: String::new(),
        room: Vec::new(),
    };
    chart.series.iter().any(|series| !series.points.is_empty()).then_some(chart)
}

/// The robust line through latency or time to first token over tokens; none of too few points.
fn line(points: &[(f64, f64)], spec: &ScatterChartSpec) -> Option<ScatterLine> {
    if points.len() < LEAST_POINTS || spec.y == TimeMeasure::Cost {
        return None;
    }
    let line = theil_sen(points)?;
    let is_answer = spec.x == TokenMeasure::Output && spec.y == TimeMeasure::Latency;
    let (first, each) = if is_answer { (" to the first token", " per token") } else { ("", " per token") };
    let sign = if line.slope < 0.0 { '−' } else { '+' };
    let meaning = format!("{}{first} {sign} {}{each}", seconds(line.intercept), seconds(line.slope.abs()));
    Some(ScatterLine { slope: line.slope, intercept: line.intercept, meaning })
}
