//! Paints the two panels and the legend of a load curve.

use plotters::style::RGBColor;

use super::curves::{Axes, Curve, Curves};
use super::knees::{FEW_MODELS, KNEE, draw_knees};
use super::view::{LoadCurveChart, LoadPoint, LoadSeries};
use crate::chart::ChartError;
use crate::chart::canvas::{Area, Canvas, Point, Stroke};
use crate::chart::legend::{Key, Legend, LegendEntry};
use crate::chart::rows::MOST_ROWS;
use crate::chart::sheet::place;
use crate::chart::text::label;
use crate::chart::theme::{INK, MUTED, ModelStyle, WHITE, darkened};

const MARKER: f64 = 4.4;
const TAIL_MARKER: f64 = 2.8;

impl Curves {
    fn thickness(&self) -> f64 {
        if self.curves.len() > FEW_MODELS { 1.4 } else { 2.0 }
    }

    pub(super) fn draw_throughput(&self, canvas: &mut Canvas<'_>, panel: Area, axes: &Axes) -> Result<(), ChartError> {
        let at = |point: &LoadPoint, value: f64| place(panel, (&axes.load, &axes.throughput), (point.load, value));
        for (index, curve) in self.curves.iter().enumerate() {
            let stroke = Stroke::solid(canvas.look(index).color, self.thickness());
            draw_line(canvas, &curve.points, |point| Some(at(point, point.throughput?)), stroke)?;
            let good = good_stroke(canvas.look(index).color, self.thickness());
            draw_line(canvas, &curve.points, |point| Some(at(point, point.goodput?)), good)?;
        }
        for (index, curve) in self.curves.iter().enumerate() {
            for point in &curve.points {
                if let Some(value) = point.goodput {
                    draw_marker(canvas, at(point, value), canvas.look(index), (TAIL_MARKER, point.client_limited))?;
                }
                if let Some(value) = point.throughput {
                    draw_marker(canvas, at(point, value), canvas.look(index), (MARKER, point.client_limited))?;
                }
            }
        }
        let knee = |(index, curve): (usize, &Curve)| {
            let point = curve.knee?;
            Some((at(&point, point.throughput?), canvas.look(index)))
        };
        let knees: Vec<(Point, ModelStyle)> = self.curves.iter().enumerate().filter_map(knee).collect();
        let lines: Vec<Point> = if knees.is_empty() { Vec::new() } else { self.along_throughput(at) };
        draw_knees(canvas, panel, &knees, &lines)
    }

    pub(super) fn draw_latency(&self, canvas: &mut Canvas<'_>, panel: Area, axes: &Axes) -> Result<(), ChartError> {
        let at = |point: &LoadPoint, value: f64| place(panel, (&axes.load, &axes.latency), (point.load, value));
        if let Some(limit) = self.limit {
            let y = panel.bottom - axes.latency.unit(limit) * panel.height();
            canvas.line((panel.left, y), (panel.right, y), Stroke::dashed(INK, 1.3))?;
        }
        for (index, curve) in self.curves.iter().enumerate() {
            let color = canvas.look(index).color;
            let (dashed, solid) = (tail_stroke(color, self.thickness()), Stroke::solid(color, self.thickness()));
            draw_line(canvas, &curve.points, |point| Some(at(point, point.tail?)), dashed)?;
            draw_line(canvas, &curve.points, |point| Some(at(point, point.latency?)), solid)?;
        }
        for (index, curve) in self.curves.iter().enumerate() {
            let look = canvas.look(index);
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

    pub(super) fn legend(&self, chart: &LoadCurveChart) -> Legend {
        let entry = |series: &LoadSeries| LegendEntry { label: label(&series.label), detail: String::new() };
        let mut keys = vec![("median latency".into(), Key::Line(Stroke::solid(MUTED, 2.0)))];
        if self.any(|point| point.tail.is_some()) {
            keys.push((format!("{} latency", label(&chart.tail_label)), Key::Line(tail_stroke(MUTED, 2.0))));
        }
        if self.any(|point| point.goodput.is_some()) {
            keys.push(("goodput".into(), Key::Line(good_stroke(MUTED, 2.0))));
        }
        if self.limit.is_some() {
            keys.push(("limit of latency".into(), Key::Line(Stroke::dashed(INK, 1.3))));
        }
        if self.curves.iter().any(|curve| curve.knee.is_some()) {
            keys.push((KNEE.into(), Key::Ring));
        }
        if self.any(|point| point.client_limited) {
            keys.push(("limited by the client".into(), Key::Hollow));
        }
        Legend { entries: chart.series.iter().take(MOST_ROWS).map(entry).collect(), keys }
    }
}

/// The line of the tail, beside a median of this thickness.
fn tail_stroke(color: RGBColor, thickness: f64) -> Stroke {
    Stroke { dash: Some((5.0, 3.5)), ..Stroke::solid(color, thickness * 0.65) }
}

/// The line of the goodput, below a throughput of this thickness.
fn good_stroke(color: RGBColor, thickness: f64) -> Stroke {
    Stroke { dash: Some((2.0, 3.0)), ..Stroke::solid(color, thickness * 0.8) }
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
    look: ModelStyle,
    (radius, is_hollow): (f64, bool),
) -> Result<(), ChartError> {
    canvas.marker(at, radius, look, 1.0)?;
    if is_hollow { canvas.marker(at, radius * 0.58, ModelStyle { color: WHITE, ..look }, 1.0) } else { Ok(()) }
}

fn draw_whisker(canvas: &mut Canvas<'_>, (low, high): (Point, Point), stroke: Stroke) -> Result<(), ChartError> {
    canvas.line(low, high, stroke)?;
    for end in [low, high] {
        canvas.line((end.0 - 4.0, end.1), (end.0 + 4.0, end.1), stroke)?;
    }
    Ok(())
}
