//! The page of a PDF: shapes and texts of a drawing as drawing commands.

use std::collections::BTreeSet;

use pdf_writer::{Content, Name, Str};
use resvg::tiny_skia::{Path, PathSegment, Point, Transform};
use resvg::usvg::{Color, Group, Node, Paint, Text, TextAnchor, Tree};

use super::fonts::Fonts;

/// Points of a PDF per pixel of SVG: 72 against 96 to the inch.
pub(super) const POINTS: f32 = 0.75;

/// What was drawn.
pub(super) struct PageContent {
    /// The drawing commands.
    pub(super) content: Vec<u8>,
    /// Opacities that occur, in percent.
    opacities: BTreeSet<u8>,
}

impl PageContent {
    pub(super) fn draw(tree: &Tree, fonts: &Fonts) -> Self {
        let height = tree.size().height() * POINTS;
        // A page of PDF has its origin at the bottom.
        let upright = Transform::from_row(POINTS, 0.0, 0.0, -POINTS, 0.0, height);
        let mut pen = Pen { content: Content::new(), upright, opacity: 100, opacities: BTreeSet::from([100]), fonts };
        pen.group(tree.root(), 1.0);
        Self { content: pen.content.finish().into_vec(), opacities: pen.opacities }
    }

    /// The states of the page by name, each with its opacity.
    pub(super) fn alphas(&self) -> impl Iterator<Item = (String, f32)> {
        self.opacities.iter().map(|percent| (state(*percent), f32::from(*percent) / 100.0))
    }
}

fn state(percent: u8) -> String {
    format!("O{percent}")
}

struct Pen<'f> {
    content: Content,
    upright: Transform,
    opacity: u8,
    opacities: BTreeSet<u8>,
    fonts: &'f Fonts,
}

impl Pen<'_> {
    /// Draws a group. Shapes of one do not overlap in the drawings of this module, so each takes the group's opacity.
    fn group(&mut self, group: &Group, opacity: f32) {
        let opacity = opacity * group.opacity().get();
        for node in group.children() {
            match node {
                Node::Group(group) => self.group(group, opacity),
                Node::Path(path) => {
                    let place = self.upright.pre_concat(path.abs_transform());
                    let Some(shape) = path.data().clone().transform(place) else { continue };
                    if let Some((fill, color)) = path.fill().and_then(|fill| Some((fill, solid(fill.paint())?))) {
                        self.see_through(opacity * fill.opacity().get());
                        self.content.set_fill_rgb(share(color.red), share(color.green), share(color.blue));
                        self.trace(&shape);
                        self.content.fill_nonzero();
                    }
                    if let Some((stroke, color)) = path.stroke().and_then(|line| Some((line, solid(line.paint())?))) {
                        self.see_through(opacity * stroke.opacity().get());
                        self.content.set_stroke_rgb(share(color.red), share(color.green), share(color.blue));
                        self.content.set_line_width(rounded(stroke.width().get() * place.get_scale().0));
                        self.trace(&shape);
                        self.content.stroke();
                    }
                }
                Node::Text(text) if self.fonts.is_plain(text) => self.text(text, opacity),
                Node::Text(text) => self.group(text.flattened(), opacity),
                Node::Image(_) => {}
            }
        }
    }

    fn see_through(&mut self, opacity: f32) {
        let percent = (opacity * 100.0).round().clamp(0.0, 100.0) as u8;
        if percent != self.opacity {
            self.content.set_parameters(Name(state(percent).as_bytes()));
            self.opacities.insert(percent);
            self.opacity = percent;
        }
    }

    fn trace(&mut self, path: &Path) {
        let mut last = Point::zero();
        for segment in path.segments() {
            match segment {
                PathSegment::MoveTo(to) => drop(self.content.move_to(rounded(to.x), rounded(to.y))),
                PathSegment::LineTo(to) => drop(self.content.line_to(rounded(to.x), rounded(to.y))),
                PathSegment::QuadTo(by, to) => {
                    let part = |from: f32, by: f32| from + (by - from) * (2.0 / 3.0);
                    let towards = |from: Point| Point::from_xy(part(from.x, by.x), part(from.y, by.y));
                    self.curve(towards(last), towards(to), to);
                }
                PathSegment::CubicTo(first, second, to) => self.curve(first, second, to),
                PathSegment::Close => drop(self.content.close_path()),
            }
            last = match segment {
                PathSegment::MoveTo(to)
                | PathSegment::LineTo(to)
                | PathSegment::QuadTo(_, to)
                | PathSegment::CubicTo(_, _, to) => to,
                PathSegment::Close => last,
            };
        }
    }

    fn curve(&mut self, first: Point, second: Point, to: Point) {
        let [a, b, c] = [first, second, to].map(|point| (rounded(point.x), rounded(point.y)));
        self.content.cubic_to(a.0, a.1, b.0, b.1, c.0, c.1);
    }

    /// Draws a text as one run of letters from its anchor on.
    fn text(&mut self, text: &Text, opacity: f32) {
        let font = self.fonts.of_text(text);
        for chunk in text.chunks() {
            let Some(span) = chunk.spans().first() else { continue };
            let Some((fill, color)) = span.fill().and_then(|fill| Some((fill, solid(fill.paint())?))) else { continue };
            let size = span.font_size().get();
            let wide = font.width(chunk.text(), size);
            let before = match chunk.anchor() {
                TextAnchor::Start => 0.0,
                TextAnchor::Middle => wide / 2.0,
                TextAnchor::End => wide,
            };
            let down = text.dy().first().copied().unwrap_or_default();
            let (x, y) = (chunk.x().unwrap_or_default() - before, chunk.y().unwrap_or_default() + down);
            // Letters stand upright again on the page that was turned over.
            let at = self.upright.pre_concat(text.abs_transform()).pre_translate(x, y).pre_scale(1.0, -1.0);
            self.see_through(opacity * fill.opacity().get());
            self.content.set_fill_rgb(share(color.red), share(color.green), share(color.blue));
            self.content.begin_text().set_font(Name(font.name()), size);
            self.content.set_text_matrix([at.sx, at.ky, at.kx, at.sy, rounded(at.tx), rounded(at.ty)]);
            self.content.show(Str(&font.encoded(chunk.text()))).end_text();
        }
    }
}

fn solid(paint: &Paint) -> Option<Color> {
    match paint {
        Paint::Color(color) => Some(*color),
        _ => None,
    }
}

fn share(channel: u8) -> f32 {
    f32::from(channel) / 255.0
}

/// A hundredth of a point is finer than any printer.
fn rounded(length: f32) -> f32 {
    (length * 100.0).round() / 100.0
}
