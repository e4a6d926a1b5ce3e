//! The durations chart: one row per model, one panel per duration, all on one scale.

use std::ops::Range;

use super::ChartError;
use super::axis::{self, extent, is_drawable};
use super::canvas::{Area, paint};
use super::frame::Frame;
use super::number::{count, counted, measured};
use super::rows::{MOST_ROWS, Mark, MarkRow, Rows, unlisted};
use super::sheet::{Heading, draw_nothing};
use super::text::label;

/// The durations of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DurationBars {
    /// Name of the model.
    pub label: String,
    /// The average of each series, in seconds; none where unknown.
    pub values: Vec<Option<f64>>,
    /// The ends of each whisker, such as quartiles.
    pub spread: Vec<Option<(f64, f64)>>,
    /// Responses behind each value.
    pub n: Vec<u64>,
}

/// Durations per model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DurationsChart {
    /// What stands around it.
    pub frame: Frame,
    /// Names of the durations; each is a panel.
    pub series: Vec<String>,
    /// One group per model, in the order of the models.
    pub groups: Vec<DurationBars>,
    /// True if the values are shares of 1, so that the axis ends there.
    pub is_share: bool,
    /// Label of the value axis, with its unit.
    pub value_label: String,
    /// Groups of other panels, which this one has room for too.
    pub beside: Vec<DurationBars>,
    /// Sentences for the caption, such as what the bars and whiskers are.
    pub note: String,
}

impl DurationsChart {
    /// Keeps these durations alone; what it has room for stays.
    pub(super) fn keep(&mut self, range: &Range<usize>) {
        let of = |group: &DurationBars, range: &Range<usize>| {
            let end = range.end.min(group.values.len());
            let kept = range.start.min(end)..end;
            let spread = kept.clone().map(|series| group.spread.get(series).copied().flatten()).collect();
            let n = kept.clone().filter_map(|series| group.n.get(series).copied()).collect();
            DurationBars { label: group.label.clone(), values: group.values[kept].to_vec(), spread, n }
        };
        self.series = self.series[range.clone()].to_vec();
        self.groups = self.groups.iter().map(|group| of(group, range)).collect();
        let each = range.len().max(1);
        let parts = |group: &DurationBars| {
            let firsts = (0..group.values.len()).step_by(each);
            firsts.map(|first| of(group, &(first..first + each))).collect::<Vec<_>>()
        };
        self.beside = self.beside.iter().flat_map(parts).collect();
    }
}

const WIDE: f64 = 1000.0;
/// Width of a panel with the names of the models at its left.
const PANEL: f64 = 250.0;
/// Values further apart than this are shown on a logarithmic scale.
const LOG_FROM: f64 = 150.0;

/// Draws the durations chart; the scale is logarithmic where the values demand it.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn durations(chart: &DurationsChart) -> Result<String, ChartError> {
    let range = range(chart);
    let width = chart.frame.width(WIDE);
    let most = ((width / PANEL) as usize).clamp(1, 4);
    // Lines of about as many panels each; in other pictures too, so that one length is one value in all.
    let panels = chart.beside.iter().map(|group| group.values.len()).fold(chart.series.len(), usize::max);
    let across = panels.div_ceil(panels.div_ceil(most).max(1)).max(1);
    let series: Vec<String> = chart.series.iter().map(|name| label(name)).collect();
    let blocks: Vec<(Vec<MarkRow>, &[String])> = series
        .chunks(across)
        .enumerate()
        .map(|(line, panels)| (rows(chart, &chart.groups, (line * across, panels.len()), range.log), panels))
        .collect();
    let beside = rows(chart, &chart.beside, (0, chart.series.len()), range.log);
    let all: Vec<&MarkRow> = blocks.iter().flat_map(|(rows, _)| rows).chain(&beside).collect();
    let blocks: Vec<Rows<'_>> = blocks
        .iter()
        .map(|(rows, panels)| Rows {
            models: rows,
            all: all.clone(),
            panels,
            across,
            range,
            axis_label: &chart.value_label,
            reference: None,
        })
        .collect();
    let heading = Heading::new(width, &chart.frame, &captions(chart));
    // Rows are as high as those of a picture with more lines, or names would take another width.
    let lines = panels.div_ceil(across).max(1);
    let rest = heading.height() + blocks.first().map_or(0.0, |block| block.height(0.0)) * lines as f64;
    let rows = chart.groups.len().min(MOST_ROWS) * lines;
    let row_height = chart.frame.row_height(rows, rest, (20.0, 46.0));
    let block_height = blocks.first().map_or(0.0, |block| block.height(row_height));
    let has_data = chart.groups.iter().any(|group| group.values.iter().flatten().any(|value| value.is_finite()));
    let plot_height = if has_data { block_height * blocks.len() as f64 } else { 220.0 };
    let size = (width, chart.frame.height(heading.height() + plot_height));
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        if !has_data {
            return draw_nothing(canvas, area);
        }
        for (line, block) in blocks.iter().enumerate() {
            let top = area.top + line as f64 * block_height;
            block.draw(canvas, Area { top, bottom: top + block_height, ..area })?;
        }
        Ok(())
    })
}

/// The values from end to end, with those of other panels.
pub(super) fn range(chart: &DurationsChart) -> axis::Range {
    if chart.is_share {
        return axis::Range { low: 0.0, high: 1.0, log: false };
    }
    let groups = || chart.groups.iter().chain(&chart.beside);
    let values = || groups().flat_map(|group| group.values.iter().copied().flatten());
    let ends = || groups().flat_map(|group| group.spread.iter().copied().flatten());
    let all = || values().chain(ends().flat_map(|(low, high)| [low, high]));
    let positive = values().filter(|value| is_drawable(*value, true));
    let is_wide = extent(positive).is_some_and(|(low, high)| high / low > LOG_FROM);
    let log = if is_wide { axis::Range::around(all(), true) } else { None };
    log.unwrap_or_else(|| axis::Range::from_zero(all()))
}

fn rows(chart: &DurationsChart, groups: &[DurationBars], (first, many): (usize, usize), log: bool) -> Vec<MarkRow> {
    let is_same = chart.groups.iter().chain(&chart.beside).all(is_of_one_count);
    let each = if chart.series.len() > 1 { " each" } else { "" };
    let row = |group: &DurationBars| MarkRow {
        label: label(&group.label),
        detail: if is_same { format!("{}{each}", n(group, 0)) } else { String::new() },
        marks: (first..first + many)
            .map(|series| Mark {
                detail: if is_same { String::new() } else { n(group, series) },
                ..mark(group, series, log)
            })
            .collect(),
    };
    groups.iter().take(MOST_ROWS).map(row).collect()
}

/// True if all values of a model are of as many responses, so that they are written once.
fn is_of_one_count(group: &DurationBars) -> bool {
    group.n.iter().all(|n| Some(n) == group.n.first())
}

fn n(group: &DurationBars, series: usize) -> String {
    group.n.get(series).map_or_else(String::new, |n| format!("n = {}", count(*n)))
}

fn mark(group: &DurationBars, series: usize, log: bool) -> Mark {
    let fits = |value: f64| is_drawable(value, log) && value >= 0.0;
    let value = group.values.get(series).copied().flatten().filter(|value| value.is_finite());
    let whisker = group.spread.get(series).copied().flatten();
    Mark {
        value: value.filter(|value| fits(*value)),
        whisker: whisker.filter(|(low, high)| fits(*low) && fits(*high)),
        text: value.map_or_else(|| "–".into(), measured),
        detail: String::new(),
    }
}

/// The sentences below the chart.
pub(super) fn captions(chart: &DurationsChart) -> [String; 3] {
    let log = range(chart).log;
    let values = || chart.groups.iter().flat_map(|group| group.values.iter().flatten());
    let hidden = values().filter(|value| !is_drawable(**value, log) || **value < 0.0).count() as u64;
    let warning = if hidden == 0 {
        String::new()
    } else {
        format!("{} cannot be drawn on this scale.", counted(hidden, "value"))
    };
    [chart.note.clone(), warning, unlisted(chart.groups.len())]
}
