//! The view of a scatter chart.

use super::frame::titled;
use super::measures::{capital, measure, time_label, token_label, tokens, with_unit};
use super::shown::Shown;
use crate::chart::{Frame, ScatterChart, ScatterSeries};
use crate::plan::Plan;
use crate::spec::types::ScatterChartSpec;

pub(in crate::report) fn scatter_view(
    plan: &Plan,
    groups: &[Shown<'_>],
    spec: &ScatterChartSpec,
    frame: Frame,
) -> Option<ScatterChart> {
    let series = groups.iter().map(|group| {
        let points = group.column(|figures| {
            let rows = tokens(figures, spec.x).zip(measure(figures, spec.y));
            rows.filter_map(|(tokens, time)| tokens.zip(time)).collect()
        });
        ScatterSeries { label: group.batch.label(), points }
    });
    let chart = ScatterChart {
        frame: titled(frame, &format!("{} by {}", capital(time_label(spec.y)), token_label(spec.x))),
        x_label: token_label(spec.x).to_owned(),
        y_label: with_unit(plan, spec.y),
        log_x: spec.log_x,
        log_y: spec.log_y,
        series: series.collect(),
        note: String::new(),
    };
    chart.series.iter().any(|series| !series.points.is_empty()).then_some(chart)
}
