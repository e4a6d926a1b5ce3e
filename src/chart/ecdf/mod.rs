//! The latency ECDF: the share of responses that had come after each duration, a step line per model or level.

mod curve;
mod panels;
mod view;

use super::ChartError;
use super::axis::{Range, is_drawable};
use super::canvas::{Area, Point, Stroke, paint};
use super::legend::{Key, Legend, LegendEntry};
use super::number::counted;
use super::sheet::{Heading, draw_nothing};
use super::text::label;
use curve::{counts, look, names};
use panels::{Grid, Plot, plots};

pub(super) use panels::LEVELS;

pub(super) use curve::{line_colors, sorted};
pub use view::{EcdfChart, EcdfPanel, EcdfSeries};

const SIZE: Point = (960.0, 560.0);
const LEGEND_GAP: f64 = 12.0;

/// Draws the ECDF of each line: the number of values up to x, over all responses with the failed.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn ecdf(chart: &EcdfChart) -> Result<String, ChartError> {
    let plots = plots(chart);
    let beside = chart.beside.iter().flat_map(|panel| &panel.series);
    let series = plots.iter().flat_map(|plot| plot.series).chain(beside);
    let range = Range::around(series.flat_map(|series| series.values.iter().copied()), chart.log_x);
    let wide = chart.frame.width(SIZE.0);
    let legend = legend(chart, &plots);
    let heading = Heading::new(wide, &chart.frame, &captions(chart, &plots));
    let grid = Grid::of(&plots, wide - legend.width());
    let size = match grid.height(chart.frame.most_height() - heading.height()) {
        Some(needed) if range.is_some() => (wide, chart.frame.height(heading.height() + needed)),
        _ => chart.frame.scaled(SIZE, heading.height() + legend.least_height()),
    };
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        let Some(range) = &range else {
            return draw_nothing(canvas, area);
        };
        let right = area.right - legend.width() - LEGEND_GAP;
        grid.draw(canvas, Area { right, ..area }, (chart, range, &plots))?;
        legend.draw(canvas, Area { left: right + LEGEND_GAP, ..area })
    })
}

/// The lines by name; with one plot each with its counts, which else stand above the plots.
fn legend(chart: &EcdfChart, plots: &[Plot<'_>]) -> Legend {
    let names = names(chart);
    let shown = plots.iter().flat_map(|plot| plot.series);
    let own = |name: &str| match plots {
        [plot] => counts(plot.series.iter().filter(|series| series.label == name), chart.log_x),
        _ => String::new(),
    };
    let is_shown = |name: &&str| shown.clone().any(|series| series.label == **name);
    let shown: Vec<&str> = names.iter().copied().filter(is_shown).collect();
    if !chart.is_ordered {
        let entry = |name: &&str| LegendEntry { label: label(name), detail: own(name) };
        return Legend { entries: shown.iter().map(entry).collect(), keys: Vec::new() };
    }
    let key = |(place, name): (usize, &&str)| {
        let stroke = Stroke::solid(look(place, names.len(), true).color, 3.0);
        let parts = [label(name), own(name)];
        (parts.join("  ").trim_end().to_owned(), Key::Line(stroke))
    };
    Legend { entries: Vec::new(), keys: names.iter().enumerate().filter(|(_, name)| is_shown(name)).map(key).collect() }
}

fn captions(chart: &EcdfChart, plots: &[Plot<'_>]) -> [String; 5] {
    let all = || chart.panels.iter().flat_map(|panel| &panel.series);
    let values = || all().flat_map(|series| &series.values);
    let hidden = values().filter(|value| !is_drawable(**value, chart.log_x)).count() as u64;
    let failures = if all().any(|series| series.failed > 0) {
        "Failed responses count as slower than every other: a curve with failures ends below 1 (dashed)."
    } else {
        ""
    };
    let markers = "Markers: p50, p90 (n ≥ 100), p99 (n ≥ 1,000).";
    let reason = if chart.log_x { "not finite, or not positive on a logarithmic axis" } else { "not finite" };
    let warning =
        if hidden == 0 { String::new() } else { format!("{} left out ({reason}).", counted(hidden, "value")) };
    let unlisted = all().count() - plots.iter().map(|plot| plot.series.len()).sum::<usize>();
    let unlisted =
        if unlisted == 0 { String::new() } else { format!("{} not shown.", counted(unlisted as u64, "more line")) };
    [chart.note.clone(), failures.into(), markers.into(), warning, unlisted]
}
