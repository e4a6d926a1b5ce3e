//! The load curve: throughput and latency over the offered load, two panels on one load axis.

use plotters::style::RGBColor;

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, Range, Tick, draw_horizontal_at, draw_vertical_at, extent, is_drawable, left_margin};
use super::canvas::{Area, Canvas, Point, Stroke, TextStyle, paint};
use super::legend::{Entry, Key, Legend};
use super::number::{counted, setting};
use super::rows::{MOST_ROWS, unlisted};
use super::sheet::{Heading, draw_nothing, place};
use super::text::{label, width};
use super::theme::{AXIS, Identity, MUTED, SMALL, WHITE, darkened, identity};

/// The figures at one load.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LoadPoint {
    /// The load, such as requests in flight or arrivals per second.
    pub load: f64,
    /// Work done per second; none where unknown.
    pub throughput: Option<f64>,
    /// Median latency; none where unknown.
    pub latency: Option<f64>,
    /// The ends of its interval.
    pub latency_interval: Option<(f64, f64)>,
    /// A high percentile of the latency; none where unknown.
    pub tail: Option<f64>,
    /// True if the client, not the server, may have limited these figures.
    pub client_limited: bool,
}

/// The curve of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LoadSeries {
    /// Name of the model.
    pub label: String,
    /// One point per load, in ascending order.
    pub points: Vec<LoadPoint>,
    /// Index of the point beyond which latency grows faster than throughput.
    pub knee: Option<usize>,
}

/// Throughput and latency over load.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LoadCurveChart {
    /// Title, bold, at the left.
    pub title: String,
    /// Second line, smaller.
    pub subtitle: String,
    /// Label of the load axis, such as "requests in flight".
    pub load_label: String,
    /// Label of the throughput axis, with its unit.
    pub throughput_label: String,
    /// Label of the latency axis, with its unit.
    pub latency_label: String,
    /// Name of the tail, such as "p95".
    pub tail_label: String,
    /// One curve per model, in the order of the models.
    pub series: Vec<LoadSeries>,
    /// Sentences for the caption.
    pub note: String,
}

const WIDE: f64 = 960.0;
const PANEL: f64 = 225.0;
const PANEL_GAP: f64 = 26.0;
/// Loads further apart than this are shown on a logarithmic scale, and so are latencies.
const LOG_LOADS_FROM: f64 = 8.0;
const LOG_LATENCIES_FROM: f64 = 30.0;
const MOST_LOAD_TICKS: usize = 30;
/// More points than this, over all models, are thinned.
const MOST_POINTS: usize = 1500;
const FEW_MODELS: usize = 6;
const MARKER: f64 = 4.4;
const TAIL_MARKER: f64 = 2.8;
const RING: f64 = 9.0;
const KNEE: &str = "knee";
const WORD_DESCENT: f64 = 3.0;
const STEPS: u32 = 12;

/// Draws the load curve.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn load_curve(chart: &LoadCurveChart) -> Result<String, ChartError> {
    let curves = Curves::of(chart);
    let heading = Heading::new(WIDE, &chart.title, &chart.subtitle, &curves.captions(chart));
    let plot_height = 2.0 * PANEL + PANEL_GAP + BOTTOM_MARGIN;
    let size = (WIDE, heading.height() + if curves.axes.is_some() { plot_height } else { 220.0 });
    paint(size, heading.name(), |canvas| {
        let area = heading.draw(canvas, size)?;
        let Some(axes) = &curves.axes else {
            return draw_nothing(canvas, area);
        };
        let legend = curves.legend(chart);
        let margin = left_margin(&axes.throughput, PANEL).max(left_margin(&axes.latency, PANEL));
        let right = area.right - legend.width() - 18.0;
        let plot = Area { left: area.left + margin, right, bottom: area.bottom - BOTTOM_MARGIN, ..area };
        let upper = Area { bottom: plot.top + PANEL, ..plot };
        let lower = Area { top: plot.bottom - PANEL, ..plot };
        draw_vertical_at(canvas, upper, &axes.throughput, (&chart.throughput_label, margin))?;
        draw_vertical_at(canvas, lower, &axes.latency, (&chart.latency_label, margin))?;
        draw_horizontal_at(canvas, plot, (&axes.load, &axes.load_ticks), &chart.load_label)?;
        canvas.line((upper.left, upper.bottom), (upper.right, upper.bottom), Stroke::solid(AXIS, 1.0))?;
        curves.draw_throughput(canvas, upper, axes)?;
        curves.draw_latency(canvas, lower, axes)?;
        legend.draw(canvas, Area { left: right + 18.0, ..area })
    })
}

struct Axes {
    load: Range,
    load_ticks: Vec<Tick>,
    throughput: Range,
    latency: Range,
}

impl Axes {
    fn of(curves: &[Curve], (log_load, log_latency): (bool, bool)) -> Option<Self> {
        let points = || curves.iter().flat_map(|curve| &curve.points);
        let has_values = points().any(|point| point.throughput.or(point.latency).or(point.tail).is_some());
        let loads = || points().map(|point| point.load);
        let load = if has_values { Range::around(loads(), log_load)? } else { return None };
        let latencies = || points().flat_map(latencies);
        let latency = if log_latency { Range::around(latencies(), true) } else { None };
        Some(Self {
            load,
            load_ticks: load_ticks(loads().collect(), &load),
            throughput: with_headroom(points().filter_map(|point| point.throughput)),
            latency: latency.unwrap_or_else(|| with_headroom(latencies())),
        })
    }
}

/// From zero, with room for a ring round the highest point.
fn with_headroom(values: impl Iterator<Item = f64>) -> Range {
    let range = Range::from_zero(values);
    Range { high: range.high * 1.05, ..range }
}

/// A tick at each load that was measured, or round numbers where these are too many.
fn load_ticks(mut loads: Vec<f64>, range: &Range) -> Vec<Tick> {
    loads.sort_by(f64::total_cmp);
    loads.dedup();
    if loads.len() > MOST_LOAD_TICKS {
        return range.ticks(8);
    }
    loads.into_iter().map(|value| Tick { value, label: setting(value) }).collect()
}

/// All latencies of a point: median, interval and tail.
fn latencies(point: &LoadPoint) -> impl Iterator<Item = f64> + use<> {
    let (low, high) = point.latency_interval.unzip();
    [point.latency, low, high, point.tail].into_iter().flatten()
}

/// One model's points as they are drawn, ordered by load.
struct Curve {
    points: Vec<LoadPoint>,
    knee: Option<LoadPoint>,
}

struct Curves {
    curves: Vec<Curve>,
    axes: Option<Axes>,
    /// Points and values that have no place on the axes.
    hidden: u64,
    /// Points left out because they are too many.
    thinned: usize,
}

impl Curves {
    fn of(chart: &LoadCurveChart) -> Self {
        let points = || chart.series.iter().take(MOST_ROWS).flat_map(|series| &series.points);
        let is_wide = |values: &mut dyn Iterator<Item = f64>, least: f64| {
            extent(values.filter(|value| is_drawable(*value, true))).is_some_and(|(low, high)| high / low > least)
        };
        let log_load = is_wide(&mut points().map(|point| point.load), LOG_LOADS_FROM);
        let log_latency = is_wide(&mut points().flat_map(latencies), LOG_LATENCIES_FROM);
        let mut hidden = 0;
        let mut thinned = 0;
        let most = (MOST_POINTS / chart.series.len().clamp(1, MOST_ROWS)).max(2);
        let mut curve = |series: &LoadSeries| {
            let knee = series.knee.and_then(|knee| series.points.get(knee)).copied();
            let mut shown = |point: &LoadPoint| drawable(*point, (log_load, log_latency), &mut hidden);
            let mut points: Vec<LoadPoint> = series.points.iter().filter_map(&mut shown).collect();
            points.sort_by(|one, other| one.load.total_cmp(&other.load));
            let count = points.len();
            if count > most {
                points = (0..most).map(|index| points[index * (count - 1) / (most - 1)]).collect();
                thinned += count - most;
            }
            let knee = knee.and_then(|knee| drawable(knee, (log_load, log_latency), &mut 0));
            Curve { points, knee: knee.filter(|knee| knee.throughput.is_some()) }
        };
        let curves: Vec<Curve> = chart.series.iter().take(MOST_ROWS).map(&mut curve).collect();
        let axes = Axes::of(&curves, (log_load, log_latency));
        Self { curves, axes, hidden, thinned }
    }

    fn thickness(&self) -> f64 {
        if self.curves.len() > FEW_MODELS { 1.4 } else { 2.0 }
    }

    fn draw_throughput(&self, canvas: &mut Canvas<'_>, panel: Area, axes: &Axes) -> Result<(), ChartError> {
        let at = |point: &LoadPoint, value: f64| place(panel, (&axes.load, &axes.throughput), (point.load, value));
        for (index, curve) in self.curves.iter().enumerate() {
            let stroke = Stroke::solid(identity(index).color, self.thickness());
            draw_line(canvas, &curve.points, |point| Some(at(point, point.throughput?)), stroke)?;
        }
        for (index, curve) in self.curves.iter().enumerate() {
            for point in &curve.points {
                if let Some(value) = point.throughput {
                    draw_marker(canvas, at(point, value), identity(index), (MARKER, point.client_limited))?;
                }
            }
        }
        let knee = |(index, curve): (usize, &Curve)| {
            let point = curve.knee?;
            Some((at(&point, point.throughput?), identity(index)))
        };
        let knees: Vec<(Point, Identity)> = self.curves.iter().enumerate().filter_map(knee).collect();
        let lines: Vec<Point> = if knees.is_empty() { Vec::new() } else { self.along_throughput(at) };
        draw_knees(canvas, panel, &knees, &lines)
    }

    /// Points along all throughput lines, dense enough to detect collisions with a label.
    fn along_throughput(&self, at: impl Fn(&LoadPoint, f64) -> Point) -> Vec<Point> {
        let steps = |pair: &[LoadPoint]| {
            let ends = pair[0].throughput.zip(pair[1].throughput);
            let ends = ends.map(|(first, second)| (at(&pair[0], first), at(&pair[1], second)));
            ends.into_iter().flat_map(|(from, to)| {
                (0..=STEPS).map(move |step| {
                    let part = f64::from(step) / f64::from(STEPS);
                    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
                })
            })
        };
        self.curves.iter().flat_map(|curve| curve.points.windows(2).flat_map(steps)).collect()
    }

    fn draw_latency(&self, canvas: &mut Canvas<'_>, panel: Area, axes: &Axes) -> Result<(), ChartError> {
        let at = |point: &LoadPoint, value: f64| place(panel, (&axes.load, &axes.latency), (point.load, value));
        for (index, curve) in self.curves.iter().enumerate() {
            let color = identity(index).color;
            let (dashed, solid) = (tail_stroke(color, self.thickness()), Stroke::solid(color, self.thickness()));
            draw_line(canvas, &curve.points, |point| Some(at(point, point.tail?)), dashed)?;
            draw_line(canvas, &curve.points, |point| Some(at(point, point.latency?)), solid)?;
        }
        for (index, curve) in self.curves.iter().enumerate() {
            let look = identity(index);
            for point in &curve.points {
                if let Some((low, high)) = point.latency_interval {
                    draw_whisker(canvas, (at(point, low), at(point, high)), Stroke::solid(darkened(look.color), 1.2))?;
                }
                if let Some(tail) = point.tail {
                    draw_marker(canvas, at(point, tail), look, (TAIL_MARKER, point.client_limited))?;
                }
                if let Some(latency) = point.latency {
                    draw_marker(canvas, at(point, latency), look, (MARKER, point.client_limited))?;
                }
            }
        }
        Ok(())
    }

    fn any(&self, test: impl Fn(&LoadPoint) -> bool) -> bool {
        self.curves.iter().flat_map(|curve| &curve.points).any(test)
    }

    fn legend(&self, chart: &LoadCurveChart) -> Legend {
        let entry = |series: &LoadSeries| Entry { label: label(&series.label), detail: String::new() };
        let mut keys = vec![("median latency".into(), Key::Line(Stroke::solid(MUTED, 2.0)))];
        if self.any(|point| point.tail.is_some()) {
            keys.push((format!("{} latency", label(&chart.tail_label)), Key::Line(tail_stroke(MUTED, 2.0))));
        }
        if self.curves.iter().any(|curve| curve.knee.is_some()) {
            keys.push((KNEE.into(), Key::Ring));
        }
        if self.any(|point| point.client_limited) {
            keys.push(("limited by the client".into(), Key::Hollow));
        }
        Legend { entries: chart.series.iter().take(MOST_ROWS).map(entry).collect(), keys }
    }

    fn captions(&self, chart: &LoadCurveChart) -> Vec<String> {
        let mut sentences = vec![chart.note.clone()];
        if self.curves.iter().any(|curve| curve.knee.is_some()) {
            sentences.push(
                "Knee: where throughput over latency is greatest; beyond it, latency grows faster than throughput."
                    .into(),
            );
        }
        if self.any(|point| point.client_limited) {
            sentences.push("Hollow points: the client may have been the bottleneck.".into());
        }
        if self.axes.as_ref().is_some_and(|axes| axes.latency.log) {
            sentences.push("Latency on a logarithmic scale.".into());
        }
        if self.thinned > 0 {
            sentences.push(format!(
                "{} left out at even distances, for lack of space.",
                counted(self.thinned as u64, "point")
            ));
        }
        if self.hidden > 0 {
            let text = counted(self.hidden, "value");
            sentences.push(format!("{text} cannot be drawn on these axes."));
        }
        sentences.push(unlisted(chart.series.len()));
        sentences
    }
}

/// The point without values that have no place on the axes, which are counted.
fn drawable(point: LoadPoint, (log_load, log_latency): (bool, bool), hidden: &mut u64) -> Option<LoadPoint> {
    if !is_drawable(point.load, log_load) {
        *hidden += 1;
        return None;
    }
    let mut keep = |value: Option<f64>, log: bool| {
        let kept = value.filter(|value| is_drawable(*value, log) && *value >= 0.0);
        *hidden += u64::from(kept.is_none() && value.is_some());
        kept
    };
    let (low, high) = point.latency_interval.unzip();
    let ends = keep(low, log_latency).zip(keep(high, log_latency));
    Some(LoadPoint {
        throughput: keep(point.throughput, false),
        latency: keep(point.latency, log_latency),
        latency_interval: ends,
        tail: keep(point.tail, log_latency),
        ..point
    })
}

/// The line of the tail, beside a median of this thickness.
fn tail_stroke(color: RGBColor, thickness: f64) -> Stroke {
    Stroke { dash: Some((5.0, 3.5)), ..Stroke::solid(color, thickness * 0.65) }
}

/// The line through the points, broken where one has no value.
fn draw_line(
    canvas: &mut Canvas<'_>,
    points: &[LoadPoint],
    at: impl Fn(&LoadPoint) -> Option<Point>,
    stroke: Stroke,
) -> Result<(), ChartError> {
    let places: Vec<Option<Point>> = points.iter().map(at).collect();
    for stretch in places.split(Option::is_none) {
        let line: Vec<Point> = stretch.iter().copied().flatten().collect();
        if line.len() > 1 {
            canvas.path(&line, stroke)?;
        }
    }
    Ok(())
}

/// A marker, hollow where the client was the limit.
fn draw_marker(
    canvas: &mut Canvas<'_>,
    at: Point,
    look: Identity,
    (radius, is_hollow): (f64, bool),
) -> Result<(), ChartError> {
    canvas.marker(at, radius, look, 1.0)?;
    if is_hollow { canvas.marker(at, radius * 0.58, Identity { color: WHITE, ..look }, 1.0) } else { Ok(()) }
}

fn draw_whisker(canvas: &mut Canvas<'_>, (low, high): (Point, Point), stroke: Stroke) -> Result<(), ChartError> {
    canvas.line(low, high, stroke)?;
    for end in [low, high] {
        canvas.line((end.0 - 4.0, end.1), (end.0 + 4.0, end.1), stroke)?;
    }
    Ok(())
}

/// A ring round each knee. Among few models the word stands beside it, where no other word does and
/// the lines are least in its way; among many, only the legend names it.
fn draw_knees(
    canvas: &mut Canvas<'_>,
    panel: Area,
    knees: &[(Point, Identity)],
    lines: &[Point],
) -> Result<(), ChartError> {
    let wide = width(KNEE, SMALL, false);
    let mut taken: Vec<Area> = Vec::new();
    for (center, look) in knees {
        let color = darkened(look.color);
        canvas.ring(*center, RING, Stroke::solid(color, 1.7))?;
        if knees.len() > FEW_MODELS {
            continue;
        }
        let free = knee_words(*center, wide)
            .into_iter()
            .filter(|area| is_inside(area, &panel) && !taken.iter().any(|other| overlap(area, other)))
            .min_by_key(|area| lines.iter().filter(|point| holds(area, **point)).count());
        if let Some(area) = free {
            canvas.text(KNEE, (area.left, area.bottom - WORD_DESCENT), TextStyle::new(SMALL, color))?;
            taken.push(area);
        }
    }
    Ok(())
}

/// Where the word may stand, the best place first.
fn knee_words((x, y): Point, wide: f64) -> [Area; 6] {
    let (left, right) = (x - RING * 0.8 - wide, x + RING * 0.8);
    let (above, below) = (y - RING - 4.0, y + RING + SMALL);
    let (beside, far_above) = (y + SMALL * 0.36, above - SMALL);
    [(left, above), (right, below), (x - wide / 2.0, far_above), (right, above), (left, below), (right + 4.0, beside)]
        .map(|(left, baseline)| Area {
            left,
            top: baseline - SMALL,
            right: left + wide,
            bottom: baseline + WORD_DESCENT,
        })
}

fn is_inside(area: &Area, panel: &Area) -> bool {
    area.left > panel.left && area.right < panel.right && area.top > panel.top - 8.0 && area.bottom < panel.bottom
}

fn holds(area: &Area, (x, y): Point) -> bool {
    (area.left..area.right).contains(&x) && (area.top..area.bottom).contains(&y)
}

fn overlap(one: &Area, other: &Area) -> bool {
    one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(load: f64, throughput: f64) -> LoadPoint {
        LoadPoint { load, throughput: Some(throughput), ..LoadPoint::default() }
    }

    fn chart(points: Vec<LoadPoint>, knee: Option<usize>) -> LoadCurveChart {
        let series = vec![LoadSeries { label: "m".into(), points, knee }];
        LoadCurveChart { series, ..LoadCurveChart::default() }
    }

    #[test]
    fn the_ticks_stand_at_the_measured_loads() {
        let curves = Curves::of(&chart([1.0, 2.0, 4.0, 8.0, 16.0].map(|load| point(load, load)).into(), None));
        let axes = curves.axes.unwrap();
        assert!(axes.load.log);
        let labels: Vec<&str> = axes.load_ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["1", "2", "4", "8", "16"]);
        assert!(!Curves::of(&chart(vec![point(1.0, 1.0), point(8.0, 1.0)], None)).axes.unwrap().load.log);
    }

    #[test]
    fn the_knee_stays_with_its_point_when_loads_come_unordered() {
        let curves = Curves::of(&chart(vec![point(8.0, 3.0), point(1.0, 1.0), point(4.0, 2.9)], Some(2)));
        let loads: Vec<f64> = curves.curves[0].points.iter().map(|point| point.load).collect();
        assert_eq!(loads, [1.0, 4.0, 8.0]);
        assert_eq!(curves.curves[0].knee.map(|point| point.load), Some(4.0));
    }

    #[test]
    fn values_without_a_place_are_counted_and_their_points_kept() {
        let odd = LoadPoint { latency: Some(f64::NAN), latency_interval: Some((0.1, -1.0)), ..point(2.0, 5.0) };
        let chart = chart(vec![odd, point(f64::INFINITY, 1.0), point(1.0, -1.0)], Some(7));
        let curves = Curves::of(&chart);
        assert_eq!((curves.hidden, curves.curves[0].points.len()), (4, 2));
        assert!(load_curve(&chart).unwrap().contains("4 values cannot be drawn on these axes."));
    }

    #[test]
    fn very_many_points_are_thinned_with_both_ends_kept() {
        let curves = Curves::of(&chart((1..=9000_u32).map(|load| point(f64::from(load), 1.0)).collect(), None));
        let points = &curves.curves[0].points;
        assert_eq!((points.len(), curves.thinned), (MOST_POINTS, 9000 - MOST_POINTS));
        assert_eq!((points[0].load, points[MOST_POINTS - 1].load), (1.0, 9000.0));
    }
}
