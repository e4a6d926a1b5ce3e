//! The scatter chart: one point per response, with the trend of each model.

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, Range, draw_horizontal, draw_vertical, extent, is_drawable, left_margin};
use super::canvas::{Area, Canvas, Point, Stroke, paint};
use super::frame::Frame;
use super::legend::{Key, Legend, LegendEntry};
use super::number::{count, counted};
use super::sheet::{Heading, draw_nothing, place};
use super::text::{label, shorten};
use super::theme::{MUTED, SMALL, WHITE, darkened};
use super::trend::{Bunch, bunch, clip, least_squares, median_line};

/// A straight line in the units of the axes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScatterLine {
    /// How much `y` rises for one of `x`.
    pub slope: f64,
    /// `y` at zero.
    pub intercept: f64,
    /// What the two mean.
    pub meaning: String,
}

/// The points of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScatterSeries {
    /// Name of the model.
    pub label: String,
    /// One point per response.
    pub points: Vec<(f64, f64)>,
    /// A robust line through them, which is drawn instead of the running median.
    pub line: Option<ScatterLine>,
}

/// One point per response.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScatterChart {
    /// What stands around it.
    pub frame: Frame,
    /// Label of the horizontal axis, with its unit.
    pub x_label: String,
    /// Label of the vertical axis, with its unit.
    pub y_label: String,
    /// Logarithmic horizontal axis.
    pub log_x: bool,
    /// Logarithmic vertical axis.
    pub log_y: bool,
    /// One series per model, in the order of the models.
    pub series: Vec<ScatterSeries>,
    /// Points that the axes have room for too.
    pub room: Vec<(f64, f64)>,
    /// Sentences for the caption.
    pub note: String,
}

const SIZE: Point = (960.0, 600.0);
const FEW_MODELS: usize = 6;
const MARKER: f64 = 3.4;
/// More points than this are drawn in bunches, of which there are at most `MOST_BUNCHES`.
const MOST_POINTS: usize = 5000;
const MOST_BUNCHES: usize = 4000;
/// The radius of a bunch, the opacity of one that stands for one point and for the most, and the steps between them.
const BUNCH: f64 = 2.4;
const WEAKEST: f64 = 0.22;
const STRONGEST: f64 = 0.9;
const STRENGTHS: f64 = 8.0;

/// Draws the scatter chart.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn scatter(chart: &ScatterChart) -> Result<String, ChartError> {
    let cloud = Cloud::of(chart);
    let bunches = cloud.as_ref().map(Cloud::bunches).unwrap_or_default();
    let width = chart.frame.width(SIZE.0);
    let heading = Heading::new(width, &chart.frame, &sentences(chart, cloud.as_ref(), &bunches));
    let legend = cloud.as_ref().map(|cloud| legend(chart, cloud)).unwrap_or_default();
    let size = chart.frame.scaled(SIZE, heading.height() + legend.least_height());
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        let Some(cloud) = &cloud else {
            return draw_nothing(canvas, area);
        };
        let bottom = area.bottom - BOTTOM_MARGIN;
        let plot = Area {
            left: area.left + left_margin(&cloud.y, bottom - area.top),
            right: area.right - legend.width() - 16.0,
            bottom,
            ..area
        };
        draw_vertical(canvas, plot, &cloud.y, &chart.y_label)?;
        draw_horizontal(canvas, plot, &cloud.x, &chart.x_label)?;
        if cloud.is_dense(&bunches) {
            draw_bunches(canvas, plot, &bunches)?;
        } else {
            draw_points(canvas, plot, &bunches)?;
        }
        for index in 0..cloud.series.len() {
            draw_trend(canvas, plot, cloud, index)?;
        }
        legend.draw(canvas, Area { left: plot.right + 16.0, ..area })
    })
}

/// The drawable points, 0 to 1 along each axis.
struct Cloud<'c> {
    x: Range,
    y: Range,
    series: Vec<Drawable<'c>>,
}

/// A series with those of its points that can be drawn.
struct Drawable<'c> {
    of: &'c ScatterSeries,
    points: Vec<Point>,
}

impl<'c> Cloud<'c> {
    fn of(chart: &'c ScatterChart) -> Option<Self> {
        let shown = |point: &&Point| is_drawable(point.0, chart.log_x) && is_drawable(point.1, chart.log_y);
        let own = || chart.series.iter().flat_map(|series| series.points.iter()).filter(shown);
        own().next()?;
        let all = || own().chain(chart.room.iter().filter(shown));
        let x = Range::around(all().map(|point| point.0), chart.log_x)?;
        let y = Range::around(all().map(|point| point.1), chart.log_y)?;
        let units = |series: &'c ScatterSeries| Drawable {
            of: series,
            points: series.points.iter().filter(shown).map(|point| (x.unit(point.0), y.unit(point.1))).collect(),
        };
        Some(Self { x, y, series: chart.series.iter().map(units).collect() })
    }

    /// The line over the range of the points, as far as it is in the plot; a curve on a logarithmic axis.
    fn along(&self, line: &ScatterLine, points: &[Point]) -> Vec<Point> {
        let ends = extent(points.iter().map(|point| point.0));
        let (low, high) = ends.unwrap_or((0.0, 0.0));
        let at = |step: u32| {
            let x = low + (high - low) * f64::from(step) / f64::from(STEPS);
            let y = line.intercept + line.slope * self.x.value(x);
            (x, if is_drawable(y, self.y.log) { self.y.unit(y) } else { f64::NAN })
        };
        (0..=STEPS).map(at).filter(|point| (0.0..=1.0).contains(&point.1)).collect()
    }

    fn count(&self) -> usize {
        self.series.iter().map(|series| series.points.len()).sum()
    }

    /// True if markers stand for several points.
    fn is_dense(&self, bunches: &[Vec<Bunch>]) -> bool {
        bunches.iter().map(Vec::len).sum::<usize>() < self.count()
    }

    /// Every point for itself, or the finest bunches that are few enough.
    fn bunches(&self) -> Vec<Vec<Bunch>> {
        let alone =
            |series: &Drawable<'_>| series.points.iter().map(|point| Bunch { center: *point, count: 1 }).collect();
        let mut bunches: Vec<Vec<Bunch>> = self.series.iter().map(alone).collect();
        let mut limit = MOST_POINTS;
        let mut square = 1.0 / 250.0;
        while bunches.iter().map(Vec::len).sum::<usize>() > limit && square < 1.0 {
            bunches = self.series.iter().map(|series| bunch(&series.points, square)).collect();
            limit = MOST_BUNCHES;
            square *= 1.25;
        }
        bunches
    }
}

/// Markers of single points.
fn draw_points(canvas: &mut Canvas<'_>, plot: Area, points: &[Vec<Bunch>]) -> Result<(), ChartError> {
    let total: usize = points.iter().map(Vec::len).sum();
    let (radius, opacity) = match total {
        0..=150 => (MARKER, 0.8),
        151..=1000 => (MARKER, 0.55),
        1001..=2500 => (MARKER, 0.4),
        _ => (MARKER * 0.8, 0.4),
    };
    in_turn(points, |index, point| canvas.marker(in_plot(plot, point.center), radius, canvas.look(index), opacity))
}

/// Markers that stand for several points: small, so that they hardly cover one another, and stronger for more, so that
/// the picture shows where most points are. The strengths are few and logarithmic.
fn draw_bunches(canvas: &mut Canvas<'_>, plot: Area, bunches: &[Vec<Bunch>]) -> Result<(), ChartError> {
    let most = bunches.iter().flatten().map(|bunch| bunch.count).max().unwrap_or(1);
    let steps = libm::log2(most as f64).max(1.0);
    in_turn(bunches, |index, bunch| {
        let share = (libm::log2(bunch.count as f64) / steps * STRENGTHS).round() / STRENGTHS;
        let opacity = WEAKEST + (STRONGEST - WEAKEST) * share;
        canvas.marker(in_plot(plot, bunch.center), BUNCH, canvas.look(index), opacity)
    })
}

/// Series take turns, so that the last one does not hide the others.
fn in_turn(
    bunches: &[Vec<Bunch>],
    mut draw: impl FnMut(usize, &Bunch) -> Result<(), ChartError>,
) -> Result<(), ChartError> {
    let longest = bunches.iter().map(Vec::len).max().unwrap_or(0);
    for turn in 0..longest {
        for (index, series) in bunches.iter().enumerate() {
            let Some(bunch) = series.get(turn * series.len() / longest) else { continue };
            // A short series takes part only when it advances to its next point.
            if turn > 0 && (turn - 1) * series.len() / longest == turn * series.len() / longest {
                continue;
            }
            draw(index, bunch)?;
        }
    }
    Ok(())
}

/// Both trends of one model. Among very many markers the first needs a white edge to be seen.
fn draw_trend(canvas: &mut Canvas<'_>, plot: Area, cloud: &Cloud<'_>, index: usize) -> Result<(), ChartError> {
    let series = &cloud.series[index];
    let color = darkened(canvas.look(index).color);
    let weight = if cloud.series.len() > FEW_MODELS { 0.75 } else { 1.0 };
    let first = first_trend(cloud, series);
    let first: Vec<Point> = first.into_iter().map(|point| in_plot(plot, point)).collect();
    if first.len() > 1 {
        if cloud.count() > MOST_POINTS / 2 {
            canvas.path(&first, Stroke::solid(WHITE, 4.6).faded(0.85))?;
        }
        canvas.path(&first, Stroke::solid(color, 2.0 * weight))?;
    }
    let second =
        least_squares(&series.points).filter(|_| has_second_trend(cloud)).and_then(|line| clip(line, 0.0, 1.0));
    if let Some((from, to)) = second {
        canvas.path(&[in_plot(plot, from), in_plot(plot, to)], Stroke::dashed(color, 1.5 * weight))?;
    }
    Ok(())
}

fn in_plot(plot: Area, point: Point) -> Point {
    let unit = Range { low: 0.0, high: 1.0, log: false };
    place(plot, (&unit, &unit), point)
}

const MEDIANS: &str = "running median";
const ROBUST: &str = "straight line";
const POWER_LAW: &str = "power law";
const FIT: &str = "least-squares fit";
/// Pieces of a line that is a curve on a logarithmic axis.
const STEPS: u32 = 80;

/// The names of the two trends.
pub(super) fn trend_names(chart: &ScatterChart) -> (&'static str, &'static str) {
    let has_line = chart.series.iter().any(|series| series.line.is_some());
    (if has_line { ROBUST } else { MEDIANS }, if chart.log_x && chart.log_y { POWER_LAW } else { FIT })
}

/// False of many models, where two lines of each would hide one another.
fn has_second_trend(cloud: &Cloud<'_>) -> bool {
    cloud.series.len() <= FEW_MODELS
}

/// The trends of a model in the units of the axes.
pub(super) struct Trend<'c> {
    pub(super) label: &'c str,
    /// The straight line, or the running median.
    pub(super) first: Vec<Point>,
    /// The power law, or the least-squares fit.
    pub(super) second: Vec<Point>,
}

/// The trends that the picture shows.
pub(super) fn trends(chart: &ScatterChart) -> Vec<Trend<'_>> {
    let Some(cloud) = Cloud::of(chart) else { return Vec::new() };
    let in_units = |points: Vec<Point>| -> Vec<Point> {
        points.into_iter().map(|(x, y)| (cloud.x.value(x), cloud.y.value(y))).collect()
    };
    let trend = |series: &Drawable<'_>| {
        let fit =
            least_squares(&series.points).filter(|_| has_second_trend(&cloud)).and_then(|line| clip(line, 0.0, 1.0));
        let second = fit.map(|(from, to)| vec![from, to]).unwrap_or_default();
        (first_trend(&cloud, series), second)
    };
    let found = cloud.series.iter().map(|series| (series.of, trend(series)));
    let shown = found.filter(|(_, (first, second))| first.len() > 1 || !second.is_empty());
    let named = shown.map(|(series, (first, second))| Trend {
        label: &series.label,
        first: in_units(first),
        second: in_units(second),
    });
    named.collect()
}

fn first_trend(cloud: &Cloud<'_>, series: &Drawable<'_>) -> Vec<Point> {
    let points = &series.points;
    series.of.line.as_ref().map_or_else(|| median_line(points), |line| cloud.along(line, points))
}

fn legend(chart: &ScatterChart, cloud: &Cloud<'_>) -> Legend {
    let entry = |series: &Drawable<'_>| LegendEntry {
        label: label(&series.of.label),
        detail: format!("n = {}", count(series.points.len() as u64)),
    };
    let has_trend = cloud.series.iter().any(|series| least_squares(&series.points).is_some());
    let (first, second) = trend_names(chart);
    let keys = [(first, Stroke::solid(MUTED, 2.2)), (second, Stroke::dashed(MUTED, 1.6))];
    let keys = keys.into_iter().map(|(text, stroke)| (text.to_owned(), Key::Line(stroke)));
    let shown = if has_trend { 1 + usize::from(has_second_trend(cloud)) } else { 0 };
    Legend { entries: cloud.series.iter().map(entry).collect(), keys: keys.take(shown).collect() }
}

/// What the lines mean, of few models.
fn lines(chart: &ScatterChart) -> Option<String> {
    let line = |series: &ScatterSeries| {
        let line = series.line.as_ref()?;
        Some(format!("{}: {}", shorten(&label(&series.label), 210.0, SMALL), line.meaning))
    };
    let lines: Vec<String> = chart.series.iter().filter_map(line).collect();
    (1..=FEW_MODELS).contains(&lines.len()).then(|| format!("{}.", lines.join("; ")))
}

/// The sentences below the chart.
pub(super) fn captions(chart: &ScatterChart) -> Vec<String> {
    let cloud = Cloud::of(chart);
    let bunches = cloud.as_ref().map(Cloud::bunches).unwrap_or_default();
    sentences(chart, cloud.as_ref(), &bunches)
}

fn sentences(chart: &ScatterChart, cloud: Option<&Cloud<'_>>, bunches: &[Vec<Bunch>]) -> Vec<String> {
    let given: usize = chart.series.iter().map(|series| series.points.len()).sum();
    let shown = cloud.map_or(0, Cloud::count);
    let mut sentences = vec![chart.note.clone()];
    if cloud.is_some_and(|cloud| cloud.series.iter().any(|series| least_squares(&series.points).is_some())) {
        let first = match trend_names(chart).0 {
            ROBUST => "Straight line: Theil and Sen's, which outliers do not bend.",
            _ => "Running median: medians of up to 8 groups of equal size along x.",
        };
        let second = match trend_names(chart).1 {
            POWER_LAW => "Power law: least squares on both logarithmic axes.",
            _ => "Fit: least squares in the axes' own scale.",
        };
        let second = if cloud.is_some_and(has_second_trend) { format!(" {second}") } else { String::new() };
        sentences.push(format!("{first}{second}"));
    }
    sentences.extend(lines(chart));
    if cloud.is_some_and(|cloud| cloud.is_dense(bunches)) {
        let markers: usize = bunches.iter().map(Vec::len).sum();
        sentences.push(format!(
            "{} drawn as {}: near neighbours of one model share a marker, stronger for more; trends use every point.",
            counted(shown as u64, "point"),
            counted(markers as u64, "marker"),
        ));
    }
    if shown < given {
        let reason =
            if chart.log_x || chart.log_y { "not finite, or not positive on a logarithmic axis" } else { "not finite" };
        sentences.push(format!("{} not shown ({reason}).", counted((given - shown) as u64, "point")));
    }
    sentences
}
