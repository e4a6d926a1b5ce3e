//! The view of a heat map: prompt by output tokens, a panel per model.

use std::collections::BTreeMap;

use super::datasets::ModelPanel;
use super::frame::titled;
use super::measures::{measure, time_label, token_label, tokens, with_unit};
use super::shown::Shown;
use crate::chart::{Frame, Heatmap, HeatmapCell, HeatmapPanel, bin_edges, bin_index, bin_names, resolved_range};
use crate::plan::Plan;
use crate::spec::types::{HeatmapChartSpec, TimeMeasure, TokenMeasure};
use crate::statistics::quantile;
use crate::tables::figures::as_count;

/// Largest number of bins along an axis, and how many answers of a model a cell should have on average.
const MOST_BINS: usize = 5;
const PER_CELL: usize = 6;

/// Ratio of largest to smallest value from which colours are logarithmic.
const LOG_FROM: f64 = 20.0;

/// Prompt tokens, output tokens, and the measure.
type Answer = (f64, f64, f64);

/// A panel with its answers.
struct Measured<'p> {
    panel: &'p ModelPanel<'p>,
    answers: Vec<Answer>,
}

/// A median with the half width of its notch: medians whose notches do not overlap differ (McGill, Tukey and Larsen
/// 1978).
type Median = (f64, f64);

/// The heat map of a measure; none where no answer has it, or where all costs are equal.
pub(super) fn heatmap_view(
    plan: &Plan,
    panels: &[ModelPanel<'_>],
    spec: &HeatmapChartSpec,
    frame: Frame,
) -> Option<Heatmap> {
    let of_panel = |panel| Measured { panel, answers: answers(&panel.shown, spec.color) };
    let measured: Vec<Measured<'_>> = panels.iter().map(of_panel).collect();
    let all: Vec<Answer> = measured.iter().flat_map(|measured| measured.answers.iter().copied()).collect();
    let first = all.first()?;
    if spec.color == TimeMeasure::Cost && all.iter().all(|answer| answer.2 == first.2) {
        return None;
    }
    let most = measured.iter().map(|measured| measured.answers.len()).max()?;
    let bins = (2..=MOST_BINS).rev().find(|bins| bins * bins * PER_CELL <= most).unwrap_or(2);
    let edges = |value: fn(&Answer) -> f64| bin_edges(&all.iter().map(value).collect::<Vec<_>>(), bins);
    let (x_edges, y_edges) = (edges(|answer| answer.0), edges(|answer| answer.1));
    let found = measured.iter().map(|of| (of.panel, medians(&of.answers, (&x_edges, &y_edges))));
    let found: Vec<(&ModelPanel<'_>, Vec<(HeatmapCell, Median)>)> = found.collect();
    let medians: Vec<Median> = found.iter().flat_map(|(_, cells)| cells).map(|(_, median)| *median).collect();
    let range = resolved_range(&medians).unwrap_or((0.0, 1.0));
    let panels = found.into_iter().map(|(panel, cells)| HeatmapPanel {
        label: panel.label.clone(),
        model: panel.model,
        cells: cells.into_iter().map(|(cell, _)| cell).collect(),
    });
    Some(Heatmap {
        frame: titled(frame, &format!("Median {} by prompt and output tokens", time_label(spec.color))),
        x_label: token_label(TokenMeasure::Prompt).to_owned(),
        y_label: token_label(TokenMeasure::Output).to_owned(),
        value_label: with_unit(plan, spec.color),
        columns: bin_names(&x_edges),
        rows: bin_names(&y_edges),
        panels: panels.collect(),
        range,
        log_color: range.0 > 0.0 && range.1 / range.0 >= LOG_FROM,
        is_share: false,
        note: "Bins hold about as many answers each. The colours span at least a tenth of their middle, and at least \
               what the medians resolve."
            .into(),
    })
}

fn answers(group: &Shown<'_>, color: TimeMeasure) -> Vec<Answer> {
    group.column(|figures| {
        let prompts = tokens(figures, TokenMeasure::Prompt);
        let rows = prompts.zip(tokens(figures, TokenMeasure::Output)).zip(measure(figures, color));
        rows.filter_map(|((prompt, output), value)| Some((prompt?, output?, value?))).collect()
    })
}

/// The cells with answers, each with its median.
fn medians(answers: &[Answer], (x_edges, y_edges): (&[f64], &[f64])) -> Vec<(HeatmapCell, Median)> {
    let mut cells = BTreeMap::<(usize, usize), Vec<f64>>::new();
    for (x, y, value) in answers {
        if let (Some(x), Some(y)) = (bin_index(x_edges, *x), bin_index(y_edges, *y)) {
            cells.entry((x, y)).or_default().push(*value);
        }
    }
    let cell = |((x, y), mut values): ((usize, usize), Vec<f64>)| {
        values.sort_by(f64::total_cmp);
        let value = quantile(&values, 0.5)?;
        let n = as_count(values.len());
        Some((HeatmapCell { x, y, value, n }, (value, notch(&values)?)))
    };
    cells.into_iter().filter_map(cell).collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn notch(sorted: &[f64]) -> Option<f64> {
    Some(1.57 * (quantile(sorted, 0.75)? - quantile(sorted, 0.25)?) / (sorted.len() as f64).sqrt())
}
