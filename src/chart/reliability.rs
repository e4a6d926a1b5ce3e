//! The reliability diagram: how often answers of a confidence are right, with how many there are below.

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, Range, draw_horizontal, draw_vertical, left_margin};
use super::canvas::{Area, Canvas, Point, Stroke, paint};
use super::frame::Frame;
use super::legend::{Legend, LegendEntry};
use super::number::count;
use super::rows::{MOST_ROWS, unlisted};
use super::sheet::{Heading, draw_nothing, place};
use super::text::label;
use super::theme::{MUTED, ModelStyle, WHITE};

/// Answers of about one confidence.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ReliabilityPoint {
    /// Mean confidence.
    pub confidence: f64,
    /// Share that is right.
    pub accuracy: f64,
    /// How many answers.
    pub count: u64,
    /// The ends of the interval of the share.
    pub interval: Option<(f64, f64)>,
}

/// The bins of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReliabilitySeries {
    /// Name of the model.
    pub label: String,
    /// Its bins with answers, by confidence.
    pub points: Vec<ReliabilityPoint>,
    /// Expected calibration error.
    pub error: f64,
}

/// A reliability diagram.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReliabilityChart {
    /// What stands around it.
    pub frame: Frame,
    /// Number of bins between 0 and 1.
    pub bins: usize,
    /// One series per model, in the order of the models.
    pub series: Vec<ReliabilitySeries>,
    /// Sentences for the caption.
    pub note: String,
}

const SIZE: Point = (960.0, 720.0);
const UNIT: Range = Range { low: 0.0, high: 1.0, log: false };
/// Height of the bars of counts, the most of the picture that they take, and the gap above them.
const COUNTS: f64 = 120.0;
const COUNTS_SHARE: f64 = 0.3;
const GAP: f64 = 30.0;
/// Bins with fewer answers say next to nothing: they are faded, and no line leads to them.
const FEW: u64 = 5;
const FADED: f64 = 0.4;
/// A marker of few answers is smaller.
const SMALLEST: f64 = 2.4;
const LARGEST: f64 = 6.4;

/// Draws the diagram: a point per bin and model over the diagonal, and a bar per bin and model with its answers.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn reliability(chart: &ReliabilityChart) -> Result<String, ChartError> {
    let width = chart.frame.width(SIZE.0);
    let heading = Heading::new(width, &chart.frame, &captions(chart));
    let legend = legend(chart);
    let size = chart.frame.scaled(SIZE, heading.height() + legend.least_height());
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        if most_answers(chart) == 0 {
            return draw_nothing(canvas, area);
        }
        let right = area.right - legend.width() - 16.0;
        let base = area.bottom - BOTTOM_MARGIN;
        let high = COUNTS.min((base - area.top) * COUNTS_SHARE);
        let bottom = base - high - GAP;
        let margin = left_margin(&UNIT, bottom - area.top).max(left_margin(&counts_range(chart), high));
        let left = area.left + margin;
        let plot = Area { left, right, bottom, ..area };
        draw_vertical(canvas, plot, &UNIT, "Share of right answers")?;
        canvas.line((left, bottom), (right, plot.top), Stroke::dashed(MUTED, 1.2))?;
        draw_points(canvas, plot, chart)?;
        let counts = Area { top: base - high, bottom: base, ..plot };
        draw_vertical(canvas, counts, &counts_range(chart), "Answers")?;
        draw_horizontal(canvas, counts, &UNIT, "Confidence: probability of the chosen letter")?;
        draw_counts(canvas, counts, chart)?;
        legend.draw(canvas, Area { left: right + 16.0, ..area })
    })
}

/// The sentences below the diagram.
pub(super) fn captions(chart: &ReliabilityChart) -> [String; 4] {
    let how = "Markers: share of right answers over their mean confidence, per bin, with its 95 % interval over questions; on the \
               dashed line the share is what the confidence says. ECE: expected calibration error.";
    let has_few = shown(chart).iter().flat_map(points).any(is_small);
    let few = if has_few { format!("Faded: fewer than {FEW} answers.") } else { String::new() };
    [how.to_owned(), few, chart.note.clone(), unlisted(chart.series.len())]
}

fn shown(chart: &ReliabilityChart) -> &[ReliabilitySeries] {
    &chart.series[..chart.series.len().min(MOST_ROWS)]
}

/// The points that have a place in the plot.
fn points(series: &ReliabilitySeries) -> impl Iterator<Item = &ReliabilityPoint> {
    let is_share = |value: f64| (0.0..=1.0).contains(&value);
    series.points.iter().filter(move |point| is_share(point.confidence) && is_share(point.accuracy))
}

/// From zero to the most answers of a bin.
fn counts_range(chart: &ReliabilityChart) -> Range {
    Range::from_zero([most_answers(chart) as f64].into_iter())
}

fn most_answers(chart: &ReliabilityChart) -> u64 {
    shown(chart).iter().flat_map(points).map(|point| point.count).max().unwrap_or(0)
}

fn draw_points(canvas: &mut Canvas<'_>, plot: Area, chart: &ReliabilityChart) -> Result<(), ChartError> {
    let most = most_answers(chart) as f64;
    let at = |point: &ReliabilityPoint| place(plot, (&UNIT, &UNIT), (point.confidence, point.accuracy));
    for (index, series) in shown(chart).iter().enumerate() {
        let line: Vec<Point> = points(series).filter(|point| !is_small(point)).map(at).collect();
        canvas.path(&line, Stroke::solid(canvas.look(index).color, 1.4))?;
    }
    for (index, series) in shown(chart).iter().enumerate() {
        for (point, (low, high)) in points(series).filter_map(|point| Some((point, point.interval?))) {
            let end = |share: f64| at(&ReliabilityPoint { accuracy: share.clamp(0.0, 1.0), ..*point });
            let stroke = Stroke::solid(canvas.look(index).color, 1.2).faded(strength(point));
            canvas.line(end(low), end(high), stroke)?;
        }
    }
    for (index, series) in shown(chart).iter().enumerate() {
        for point in points(series) {
            let radius = SMALLEST + (LARGEST - SMALLEST) * (point.count as f64 / most).sqrt();
            let look = canvas.look(index);
            canvas.marker(at(point), radius + 1.2, ModelStyle { color: WHITE, ..look }, 1.0)?;
            canvas.marker(at(point), radius, look, strength(point))?;
        }
    }
    Ok(())
}

fn is_small(point: &ReliabilityPoint) -> bool {
    point.count < FEW
}

fn strength(point: &ReliabilityPoint) -> f64 {
    if is_small(point) { FADED } else { 1.0 }
}

/// Bars of one bin stand side by side.
fn draw_counts(canvas: &mut Canvas<'_>, area: Area, chart: &ReliabilityChart) -> Result<(), ChartError> {
    let range = counts_range(chart);
    let bins = chart.bins.max(1) as f64;
    let models = shown(chart).len() as f64;
    let width = area.width() / bins;
    for (index, series) in shown(chart).iter().enumerate() {
        for point in points(series) {
            let bin = (point.confidence * bins).ceil().clamp(1.0, bins) - 1.0;
            let left = area.left + width * (bin + 0.1 + 0.8 * index as f64 / models);
            let top = area.bottom - area.height() * range.unit(point.count as f64);
            let right = left + width * 0.8 / models;
            let bar = Area { left, right, top: top.min(area.bottom - 1.0), bottom: area.bottom };
            canvas.rectangle(bar, canvas.look(index).color)?;
        }
    }
    Ok(())
}

fn legend(chart: &ReliabilityChart) -> Legend {
    let entry = |series: &ReliabilitySeries| {
        let answers: u64 = points(series).map(|point| point.count).sum();
        let n = format!("n = {}", count(answers));
        let detail = if answers == 0 { n } else { format!("{n}, ECE {:.3}", series.error) };
        LegendEntry { label: label(&series.label), detail }
    };
    Legend { entries: shown(chart).iter().map(entry).collect(), keys: Vec::new() }
}
