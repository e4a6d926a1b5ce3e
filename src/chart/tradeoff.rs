//! The trade-off: the score of each model against what it takes, with intervals along both axes and the frontier.

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, Range, draw_horizontal, draw_vertical, extent, is_drawable, left_margin};
use super::canvas::{Area, Canvas, Point, Stroke, paint};
use super::frame::Frame;
use super::legend::{Key, Legend, LegendEntry};
use super::number::{counted, measured_alike};
use super::rows::{MOST_ROWS, unlisted};
use super::sheet::{Heading, draw_nothing, place};
use super::text::label;
use super::theme::{MUTED, ModelStyle, WHITE};

/// One model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TradeoffPoint {
    /// Name of the model.
    pub label: String,
    /// What it takes.
    pub x: f64,
    /// The ends of its interval.
    pub x_interval: Option<(f64, f64)>,
    /// Mean score, 0 to 1.
    pub y: f64,
    /// The ends of its interval.
    pub y_interval: Option<(f64, f64)>,
    /// True if a check of the model failed.
    pub is_doubtful: bool,
}

/// Score against cost, latency or speed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TradeoffChart {
    /// What stands around it.
    pub frame: Frame,
    /// Label of the horizontal axis, with its unit.
    pub x_label: String,
    /// True if more of it is better, as of speed.
    pub is_better_above: bool,
    /// One point per model, in the order of the models; those without a value have a NaN.
    pub points: Vec<TradeoffPoint>,
    /// Places along the horizontal axis that it has room for too.
    pub room: Vec<f64>,
    /// Sentences for the caption.
    pub note: String,
}

const SIZE: Point = (960.0, 520.0);
/// From the plot to the legend: half of the last number of the axis stands in it.
const LEGEND_GAP: f64 = 30.0;
const FULL: Range = Range { low: 0.0, high: 1.0, log: false };
const MARKER: f64 = 5.4;
/// Values further apart than this are shown on a logarithmic scale.
const LOG_FROM: f64 = 8.0;
const FRONTIER: &str = "frontier";

/// Draws the chart.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn tradeoff(chart: &TradeoffChart) -> Result<String, ChartError> {
    let shown = &chart.points[..chart.points.len().min(MOST_ROWS)];
    let range = range(chart, shown);
    let width = chart.frame.width(SIZE.0);
    let heading = Heading::new(width, &chart.frame, &captions(chart));
    let legend = legend(chart, shown);
    let size = chart.frame.scaled(SIZE, heading.height() + legend.least_height());
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        let Some(range) = &range else {
            return draw_nothing(canvas, area);
        };
        let bottom = area.bottom - BOTTOM_MARGIN;
        let right = area.right - legend.width() - LEGEND_GAP;
        let plot = Area { left: area.left + left_margin(&FULL, bottom - area.top), right, bottom, ..area };
        draw_vertical(canvas, plot, &FULL, "Mean score")?;
        draw_horizontal(canvas, plot, range, &chart.x_label)?;
        let at = |x: f64, y: f64| place(plot, (range, &FULL), (x, y));
        let best: Vec<Point> = frontier(shown, chart.is_better_above)
            .into_iter()
            .map(|index| at(shown[index].x, shown[index].y))
            .collect();
        canvas.path(&best, Stroke::dashed(MUTED, 1.4))?;
        for (index, point) in shown.iter().enumerate().filter(|(_, point)| is_known(point)) {
            draw_point(canvas, point, (index, range), &at)?;
        }
        legend.draw(canvas, Area { left: right + LEGEND_GAP, ..area })
    })
}

fn is_known(point: &TradeoffPoint) -> bool {
    is_drawable(point.x, true) && (0.0..=1.0).contains(&point.y)
}

fn range(chart: &TradeoffChart, points: &[TradeoffPoint]) -> Option<Range> {
    let known = || points.iter().filter(|point| is_known(point));
    known().next()?;
    let room = || chart.room.iter().copied().filter(|x| is_drawable(*x, true));
    let (low, high) = extent(known().map(|point| point.x).chain(room()))?;
    Range::around(known().flat_map(along).chain(room()), high / low > LOG_FROM)
}

/// The place of a point along the horizontal axis, with the ends of its interval.
pub(super) fn along(point: &TradeoffPoint) -> impl Iterator<Item = f64> + use<> {
    let (low, high) = point.x_interval.unzip();
    [Some(point.x), low, high].into_iter().flatten()
}

/// The models that no other is at least as good as in both and better in one, in the order of the axis.
pub(super) fn frontier(points: &[TradeoffPoint], is_better_above: bool) -> Vec<usize> {
    let turned = |point: &TradeoffPoint| if is_better_above { -point.x } else { point.x };
    let known: Vec<usize> = (0..points.len()).filter(|index| is_known(&points[*index])).collect();
    let beats = |one: &TradeoffPoint, other: &TradeoffPoint| {
        turned(one) <= turned(other) && one.y >= other.y && (turned(one) < turned(other) || one.y > other.y)
    };
    let is_best = |index: &usize| !known.iter().any(|other| beats(&points[*other], &points[*index]));
    let mut best: Vec<usize> = known.iter().copied().filter(is_best).collect();
    best.sort_by(|one, other| points[*one].x.total_cmp(&points[*other].x));
    best
}

fn draw_point(
    canvas: &mut Canvas<'_>,
    point: &TradeoffPoint,
    (index, range): (usize, &Range),
    at: &impl Fn(f64, f64) -> Point,
) -> Result<(), ChartError> {
    let look = canvas.look(index);
    let stroke = Stroke::solid(look.color, 1.5);
    if let Some((low, high)) = point.x_interval.filter(|(low, high)| is_drawable(*low, range.log) && low <= high) {
        canvas.line(at(low, point.y), at(high, point.y), stroke)?;
    }
    if let Some((low, high)) = point.y_interval {
        canvas.line(at(point.x, low.clamp(0.0, 1.0)), at(point.x, high.clamp(0.0, 1.0)), stroke)?;
    }
    let center = at(point.x, point.y);
    canvas.marker(center, MARKER, look, 1.0)?;
    if point.is_doubtful {
        canvas.marker(center, MARKER * 0.6, ModelStyle { color: WHITE, ..look }, 1.0)
    } else {
        Ok(())
    }
}

fn legend(chart: &TradeoffChart, shown: &[TradeoffPoint]) -> Legend {
    let at = measured_alike(&shown.iter().map(|point| point.x).collect::<Vec<_>>());
    let entry = |(point, x): (&TradeoffPoint, String)| LegendEntry {
        label: label(&point.label),
        detail: if is_known(point) {
            format!("{:.3} at {x}{}", point.y, unit(&chart.x_label))
        } else {
            "no data".into()
        },
    };
    let mut keys = Vec::new();
    if frontier(shown, chart.is_better_above).len() > 1 {
        keys.push((FRONTIER.to_owned(), Key::Line(Stroke::dashed(MUTED, 1.4))));
    }
    if shown.iter().any(|point| point.is_doubtful) {
        keys.push(("a check failed".to_owned(), Key::Hollow));
    }
    Legend { entries: shown.iter().zip(at).map(entry).collect(), keys }
}

/// The unit of an axis behind a number: what its label has in brackets at its end.
fn unit(label: &str) -> String {
    let unit = label.strip_suffix(')').and_then(|label| Some(label.rsplit_once(" (")?.1));
    unit.map_or_else(String::new, |unit| format!(" {unit}"))
}

/// The sentences below the chart.
pub(super) fn captions(chart: &TradeoffChart) -> [String; 4] {
    let shown = &chart.points[..chart.points.len().min(MOST_ROWS)];
    let range = range(chart, shown);
    let missing = if range.is_some() { shown.iter().filter(|point| !is_known(point)).count() as u64 } else { 0 };
    let warning =
        if missing == 0 { String::new() } else { format!("{} without both values.", counted(missing, "model")) };
    let best = "Frontier: no other model is at least as good in both and better in one.".to_owned();
    let best = if frontier(shown, chart.is_better_above).len() > 1 { best } else { String::new() };
    [chart.note.clone(), best, warning, unlisted(chart.points.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_beats_in_both_is_not_on_the_frontier() {
        let points: Vec<TradeoffPoint> = [(1.0, 0.5), (2.0, 0.9), (3.0, 0.8), (0.5, 0.1), (f64::NAN, 1.0)]
            .map(|(x, y)| TradeoffPoint { x, y, ..TradeoffPoint::default() })
            .into();
        assert_eq!(frontier(&points, false), [3, 0, 1]);
        assert_eq!(frontier(&points, true), [1, 2]);
    }

    #[test]
    fn the_unit_of_the_axis_stands_behind_its_numbers() {
        let point = TradeoffPoint { label: "m".into(), x: 0.25, y: 0.5, ..TradeoffPoint::default() };
        let drawn = |label: &str| {
            let chart =
                TradeoffChart { points: vec![point.clone()], x_label: label.into(), ..TradeoffChart::default() };
            tradeoff(&chart).unwrap()
        };
        assert!(drawn("median latency (s)").contains("\n0.500 at 0.250 s\n"));
        assert!(drawn("output tokens per second").contains("\n0.500 at 0.250\n"));
    }

    #[test]
    fn a_doubtful_model_is_hollow_and_said_so() {
        let point =
            |is_doubtful| TradeoffPoint { label: "m".into(), x: 1.0, y: 0.5, is_doubtful, ..TradeoffPoint::default() };
        let drawn = |is_doubtful| {
            tradeoff(&TradeoffChart { points: vec![point(is_doubtful)], ..TradeoffChart::default() }).unwrap()
        };
        assert!(drawn(true).contains("a check failed") && !drawn(false).contains("a check failed"));
    }
}
