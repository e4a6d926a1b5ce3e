//! A drawing surface in logical pixels over plotters' SVG backend.
//!
//! plotters draws on whole pixels. The surface is ten times finer than the picture's logical size
//! and the SVG's `viewBox` scales it back, so that points and curves keep their exact positions.

use plotters::prelude::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle as PlottersText,
};

use super::ChartError;
use super::frame::Medium;
use super::text::{clean, drawn, width};
use super::theme::{FAMILY, Look, ModelStyle, Shape, WHITE, look_of};

const FINER: f64 = 10.0;

/// plotters writes a font size divided by this, and a top-anchored text this many em lower.
const SVG_SIZE_DIVISOR: f64 = 1.24;
const TOP_TO_BASELINE: f64 = 0.76;

const LONGEST_DASHED: f64 = 20_000.0;

pub(super) type Point = (f64, f64);

/// A rectangle in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    pub(super) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(super) fn center(&self) -> Point {
        (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }
}

/// How a line looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stroke {
    pub color: RGBColor,
    pub width: f64,
    pub opacity: f64,
    pub dash: Option<(f64, f64)>,
}

impl Stroke {
    pub(super) fn solid(color: RGBColor, width: f64) -> Self {
        Self { color, width, opacity: 1.0, dash: None }
    }

    pub(super) fn dashed(color: RGBColor, width: f64) -> Self {
        Self { dash: Some((6.0, 4.0)), ..Self::solid(color, width) }
    }

    pub(super) fn faded(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }

    fn style(self) -> ShapeStyle {
        ShapeStyle { color: self.color.mix(self.opacity), filled: false, stroke_width: fine(self.width).unsigned_abs() }
    }
}

/// Which end of a text stands at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextStyle {
    pub size: f64,
    pub color: RGBColor,
    pub bold: bool,
    pub align: Align,
}

impl TextStyle {
    pub(super) fn new(size: f64, color: RGBColor) -> Self {
        Self { size, color, bold: false, align: Align::Start }
    }

    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }
}

/// The surface; positions of text are those of its baseline.
pub(super) struct Canvas<'a> {
    backend: SVGBackend<'a>,
    looks: &'a [Look],
}

/// What a picture as a whole is: its name for screen readers, where it will be seen, and whose the places of its lists are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sign<'s> {
    pub name: &'s str,
    pub medium: Medium,
    pub looks: &'s [Look],
}

/// Draws on a white sheet of this size and gives the SVG text.
pub(super) fn paint(
    (width, height): Point,
    Sign { name, medium, looks }: Sign<'_>,
    draw: impl FnOnce(&mut Canvas<'_>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let (width, height) = (width.round(), height.round());
    let fine = ((width * FINER) as u32, (height * FINER) as u32);
    let mut svg = String::new();
    {
        let mut canvas = Canvas { backend: SVGBackend::with_string(&mut svg, fine), looks };
        canvas.rectangle(Area { left: 0.0, top: 0.0, right: width, bottom: height }, WHITE)?;
        draw(&mut canvas)?;
        canvas.backend.present().map_err(drawing)?;
    }
    let header_end = svg.find('>').map_or(0, |end| end + 1);
    let (scale, unit) = (medium.scale(), medium.unit());
    let (shown_width, shown_height) = (width * scale, height * scale);
    let header = format!(
        "<svg width=\"{shown_width:.0}{unit}\" height=\"{shown_height:.0}{unit}\" viewBox=\"0 0 {} {}\" \
         xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{}\">",
        fine.0,
        fine.1,
        escape(&clean(name)),
    );
    svg.replace_range(..header_end, &header);
    Ok(svg)
}

/// The logical size of a painted picture.
pub(super) fn size_of(svg: &str) -> Point {
    let sides = svg.split_once("viewBox=\"0 0 ").and_then(|(_, rest)| rest.split_once('"'));
    let mut sides = sides.map_or("", |(sides, _)| sides).split(' ').filter_map(|side| side.parse::<f64>().ok());
    let mut next = || sides.next().unwrap_or_default() / FINER;
    (next(), next())
}

/// Adds a painted picture to another, with its upper left corner at this place.
pub(super) fn embed(svg: &mut String, (left, top): Point, inner: &str) {
    let (width, height) = size_of(inner);
    let contents = inner.split_once('>').map_or("", |(_, contents)| contents);
    let end = svg.rfind("</svg>").unwrap_or(svg.len());
    let [left, top, width, height] = [left, top, width, height].map(fine);
    let header = format!(
        "<svg x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">"
    );
    svg.insert_str(end, &format!("{header}{contents}"));
}

impl Canvas<'_> {
    /// The look of a place of a list of models.
    pub(super) fn look(&self, index: usize) -> ModelStyle {
        look_of(self.looks, index)
    }

    pub(super) fn line(&mut self, from: Point, to: Point, stroke: Stroke) -> Result<(), ChartError> {
        let (from, to) = crisp(from, to);
        self.path(&[from, to], stroke)
    }

    pub(super) fn path(&mut self, points: &[Point], stroke: Stroke) -> Result<(), ChartError> {
        let style = stroke.style();
        let pieces = match stroke.dash {
            Some(dash) => dashes(points, dash),
            None => vec![points.to_vec()],
        };
        for piece in pieces {
            self.backend.draw_path(piece.into_iter().map(coordinate), &style).map_err(drawing)?;
        }
        Ok(())
    }

    pub(super) fn rectangle(&mut self, area: Area, color: RGBColor) -> Result<(), ChartError> {
        let corners = (coordinate((area.left, area.top)), coordinate((area.right, area.bottom)));
        self.backend.draw_rect(corners.0, corners.1, &color, true).map_err(drawing)
    }

    pub(super) fn polygon(&mut self, points: &[Point], color: RGBColor, opacity: f64) -> Result<(), ChartError> {
        let style = color.mix(opacity);
        self.backend.fill_polygon(points.iter().copied().map(coordinate), &style).map_err(drawing)
    }

    pub(super) fn marker(
        &mut self,
        center: Point,
        radius: f64,
        look: ModelStyle,
        opacity: f64,
    ) -> Result<(), ChartError> {
        if look.shape == Shape::Circle {
            let style = look.color.mix(opacity);
            let radius = fine(radius).unsigned_abs();
            return self.backend.draw_circle(coordinate(center), radius, &style, true).map_err(drawing);
        }
        let corners = outline(look.shape, center, radius);
        self.polygon(&corners, look.color, opacity)
    }

    /// A circle without filling.
    pub(super) fn ring(&mut self, center: Point, radius: f64, stroke: Stroke) -> Result<(), ChartError> {
        let style = stroke.style();
        let radius = fine(radius).unsigned_abs();
        self.backend.draw_circle(coordinate(center), radius, &style, false).map_err(drawing)
    }

    pub(super) fn text(&mut self, text: &str, at: Point, look: TextStyle) -> Result<(), ChartError> {
        let top = (at.0, at.1 - TOP_TO_BASELINE * look.size);
        self.turned_text(text, top, look, FontTransform::None)
    }

    /// Text on a white ground of its own, for places that a line may cross.
    pub(super) fn text_on_white(&mut self, text: &str, at: Point, look: TextStyle) -> Result<(), ChartError> {
        let wide = width(text, look.size, look.bold);
        let left = match look.align {
            Align::Start => at.0,
            Align::Middle => at.0 - wide / 2.0,
            Align::End => at.0 - wide,
        };
        let (top, bottom) = (at.1 - look.size * 0.85, at.1 + look.size * 0.12);
        self.rectangle(Area { left: left - 2.0, top, right: left + wide + 2.0, bottom }, WHITE)?;
        self.text(text, at, look)
    }

    /// Text that reads upwards, as on a vertical axis; `at` is on its baseline.
    pub(super) fn text_upwards(&mut self, text: &str, at: Point, look: TextStyle) -> Result<(), ChartError> {
        let top = (at.0 - TOP_TO_BASELINE * look.size, at.1);
        self.turned_text(text, top, look, FontTransform::Rotate270)
    }

    fn turned_text(&mut self, text: &str, at: Point, look: TextStyle, turn: FontTransform) -> Result<(), ChartError> {
        let text = drawn(text);
        if text.is_empty() {
            return Ok(());
        }
        let weight = if look.bold { FontStyle::Bold } else { FontStyle::Normal };
        let size = look.size * FINER * SVG_SIZE_DIVISOR;
        let horizontal = match look.align {
            Align::Start => HPos::Left,
            Align::Middle => HPos::Center,
            Align::End => HPos::Right,
        };
        let style = PlottersText::from(FontDesc::new(FontFamily::Name(FAMILY), size, weight))
            .color(&look.color)
            .transform(turn)
            .pos(Pos::new(horizontal, VPos::Top));
        self.backend.draw_text(&text, &style, coordinate(at)).map_err(drawing)
    }
}

/// Lines along an axis keep to the middle of a pixel, so that one pixel of ink is one pixel.
fn crisp(from: Point, to: Point) -> (Point, Point) {
    let middle = |value: f64| value.floor() + 0.5;
    if (from.0 - to.0).abs() < 1e-9 {
        ((middle(from.0), from.1), (middle(to.0), to.1))
    } else if (from.1 - to.1).abs() < 1e-9 {
        ((from.0, middle(from.1)), (to.0, middle(to.1)))
    } else {
        (from, to)
    }
}

/// plotters knows no dashes, so the line is cut into them here.
fn dashes(points: &[Point], (on, off): (f64, f64)) -> Vec<Vec<Point>> {
    let whole: f64 = points.windows(2).map(|pair| libm::hypot(pair[1].0 - pair[0].0, pair[1].1 - pair[0].1)).sum();
    // A line far outside the picture would be split without end.
    if whole.is_nan() || whole > LONGEST_DASHED {
        return Vec::new();
    }
    let mut pieces = Vec::new();
    let mut piece: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut is_on, mut left) = (true, on);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = libm::hypot(to.0 - from.0, to.1 - from.1);
        while length > left {
            let part = left / length;
            from = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            length -= left;
            if is_on {
                piece.push(from);
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![from];
            }
            is_on = !is_on;
            left = if is_on { on } else { off };
        }
        left -= length;
        if is_on {
            piece.push(to);
        }
    }
    if is_on && piece.len() > 1 {
        pieces.push(piece);
    }
    pieces
}

/// The corners of a marker. Radii differ per shape so that all shapes weigh the same to the eye.
fn outline(shape: Shape, (x, y): Point, radius: f64) -> Vec<Point> {
    let regular = |corners: u32, turn: f64, grown: f64| -> Vec<Point> {
        (0..corners)
            .map(|corner| {
                let angle = (turn + 360.0 * f64::from(corner) / f64::from(corners)).to_radians();
                (x + radius * grown * libm::cos(angle), y + radius * grown * libm::sin(angle))
            })
            .collect()
    };
    match shape {
        Shape::Circle => regular(24, 0.0, 1.0),
        Shape::Square => regular(4, 45.0, 1.25),
        Shape::Diamond => regular(4, 0.0, 1.3),
        Shape::TriangleUp => regular(3, -90.0, 1.45),
        Shape::TriangleDown => regular(3, 90.0, 1.45),
        Shape::Pentagon => regular(5, -90.0, 1.2),
        Shape::Plus => beams((x, y), radius, 0.0),
        Shape::Cross => beams((x, y), radius, 45.0),
    }
}

/// Two crossed beams, as one polygon.
fn beams((x, y): Point, radius: f64, turn: f64) -> Vec<Point> {
    let (long, short) = (radius * 1.35, radius * 0.42);
    let (sine, cosine) = libm::sincos(turn.to_radians());
    let arm = [(long, -short), (long, short), (short, short)];
    (0..4)
        .flat_map(|quarter| arm.map(|corner| (0..quarter).fold(corner, |(across, down), _| (-down, across))))
        .map(|(across, down)| (x + across * cosine - down * sine, y + across * sine + down * cosine))
        .collect()
}

fn fine(value: f64) -> i32 {
    (value * FINER).round() as i32
}

fn coordinate((x, y): Point) -> (i32, i32) {
    (fine(x), fine(y))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn drawing(fault: impl std::fmt::Display) -> ChartError {
    ChartError::Draw(fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_cover_their_share_of_a_bent_line() {
        let pieces = dashes(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], (6.0, 4.0));
        assert_eq!(pieces, [vec![(0.0, 0.0), (6.0, 0.0)], vec![(10.0, 0.0), (10.0, 6.0)]]);
        assert!(dashes(&[], (6.0, 4.0)).is_empty());
        assert!(dashes(&[(1.0, 1.0)], (6.0, 4.0)).is_empty());
    }

    #[test]
    fn the_picture_has_its_logical_size_and_an_escaped_name() {
        let sign = Sign { name: "a<b> & \"c\"\n\u{1}", medium: Medium::Screen, looks: &[] };
        let svg = paint((300.0, 200.0), sign, |_| Ok(())).unwrap();
        assert!(svg.starts_with("<svg width=\"300\" height=\"200\" viewBox=\"0 0 3000 2000\""));
        assert!(svg.contains("aria-label=\"a&lt;b&gt; &amp; &quot;c&quot;\""));
        assert!(svg.trim_end().ends_with("</svg>"));
    }
}
