//! The history chart: the score of each model from run to run, with its interval.

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, Range, Tick, draw_horizontal_at, draw_vertical, left_margin};
use super::canvas::{Area, Canvas, Point, Stroke, paint};
use super::frame::Frame;
use super::legend::{Legend, LegendEntry};
use super::number::counted;
use super::rows::{MOST_ROWS, unlisted};
use super::sheet::{Heading, draw_nothing, place};
use super::text::label;
use super::theme::{MUTED, ModelStyle, WHITE};

/// A score with the ends of its interval.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HistoryPoint {
    /// Mean score, 0 to 1.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The scores of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HistorySeries {
    /// Name of the model.
    pub label: String,
    /// One per run; none where the model was not measured.
    pub points: Vec<Option<HistoryPoint>>,
}

/// Scores from run to run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HistoryChart {
    /// What stands around it.
    pub frame: Frame,
    /// When each run was, the oldest first.
    pub runs: Vec<String>,
    /// Runs on other data than the run before, so that their scores do not continue those before.
    pub renewed: Vec<usize>,
    /// One series per model.
    pub series: Vec<HistorySeries>,
    /// Sentences for the caption.
    pub note: String,
}

const SIZE: Point = (960.0, 560.0);
const FULL: Range = Range { low: 0.0, high: 1.0, log: false };
const MARKER: f64 = 4.6;
/// Part of the distance between two runs over which the models of a run are spread, so that whiskers stand apart: for each of them, at
/// least and at most.
const SPREAD: (f64, f64, f64) = (0.08, 0.3, 0.7);

/// What the lines between runs say.
const RENEWED: &str = "Dashed: the data changed, so that scores on its two sides are of other questions.";

/// Draws the chart: a marker with whiskers per run and model, joined by lines. Runs stand at equal distances.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn history(chart: &HistoryChart) -> Result<String, ChartError> {
    let renewed = if chart.renewed.is_empty() { "" } else { RENEWED };
    let captions = [chart.note.clone(), renewed.to_owned(), unlisted(chart.series.len())];
    let width = chart.frame.width(SIZE.0);
    let heading = Heading::new(width, &chart.frame, &captions);
    let shown = &chart.series[..chart.series.len().min(MOST_ROWS)];
    let legend = legend(shown);
    let size = chart.frame.scaled(SIZE, heading.height() + legend.least_height());
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        if shown.iter().all(|series| points(series).next().is_none()) {
            return draw_nothing(canvas, area);
        }
        let right = area.right - legend.width() - 16.0;
        let bottom = area.bottom - BOTTOM_MARGIN;
        let plot = Area { left: area.left + left_margin(&FULL, bottom - area.top), right, bottom, ..area };
        let runs = Range { low: -0.5, high: chart.runs.len().max(1) as f64 - 0.5, log: false };
        draw_vertical(canvas, plot, &FULL, "Mean score")?;
        let ticks = chart.runs.iter().enumerate().map(|(run, when)| Tick { value: run as f64, label: label(when) });
        draw_horizontal_at(canvas, plot, (&runs, &ticks.collect::<Vec<_>>()), "Run")?;
        for run in &chart.renewed {
            let x = plot.left + runs.unit(*run as f64 - 0.5) * plot.width();
            canvas.line((x, plot.top), (x, plot.bottom), Stroke::dashed(MUTED, 1.2))?;
        }
        let spread = (SPREAD.0 * shown.len() as f64).clamp(SPREAD.1, SPREAD.2);
        for (index, series) in shown.iter().enumerate() {
            let aside = spread * ((index as f64 + 0.5) / shown.len() as f64 - 0.5);
            let at = |run: usize, value: f64| place(plot, (&runs, &FULL), (run as f64 + aside, value));
            draw_series(canvas, (index, series, &chart.renewed), &at)?;
        }
        legend.draw(canvas, Area { left: right + 16.0, ..area })
    })
}

/// The points that have a place in the plot, by run.
fn points(series: &HistorySeries) -> impl Iterator<Item = (usize, HistoryPoint)> {
    let runs = series.points.iter().enumerate();
    runs.filter_map(|(run, point)| point.filter(|point| (0.0..=1.0).contains(&point.value)).map(|point| (run, point)))
}

fn draw_series(
    canvas: &mut Canvas<'_>,
    (index, series, renewed): (usize, &HistorySeries, &[usize]),
    at: &impl Fn(usize, f64) -> Point,
) -> Result<(), ChartError> {
    let look = canvas.look(index);
    // Scores on other data do not continue the line.
    let stretch = |run: usize| renewed.iter().filter(|start| **start <= run).count();
    let known: Vec<(usize, HistoryPoint)> = points(series).collect();
    for part in known.chunk_by(|a, b| stretch(a.0) == stretch(b.0)) {
        let line: Vec<Point> = part.iter().map(|(run, point)| at(*run, point.value)).collect();
        canvas.path(&line, Stroke::solid(look.color, 1.2).faded(0.6))?;
    }
    for (run, point) in points(series) {
        if (0.0..=1.0).contains(&point.low) && (0.0..=1.0).contains(&point.high) {
            canvas.line(at(run, point.low), at(run, point.high), Stroke::solid(look.color, 1.6))?;
        }
        canvas.marker(at(run, point.value), MARKER + 1.2, ModelStyle { color: WHITE, ..look }, 1.0)?;
        canvas.marker(at(run, point.value), MARKER, look, 1.0)?;
    }
    Ok(())
}

fn legend(shown: &[HistorySeries]) -> Legend {
    let entry = |series: &HistorySeries| LegendEntry {
        label: label(&series.label),
        detail: counted(points(series).count() as u64, "run"),
    };
    Legend { entries: shown.iter().map(entry).collect(), keys: Vec::new() }
}
