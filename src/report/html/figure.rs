//! Pictures for the page: SVG whose places are shares of its width and whose texts keep their size, so that it is as
//! legible on a phone as on paper. Colours are classes of the style sheet, which has a light and a dark form of each.

use std::fmt::Write;

use super::placing::Placing;
use super::scale::{Scale, Tick};

/// Height of a picture in pixels, unless it says another.
pub(super) const HEIGHT: u32 = 300;

/// How many colours there are; after them shapes shift by one.
pub(super) const COLORS: usize = 8;

/// The marks of models, around the origin: circle, triangles, square, diamond, plus, pentagon, cross.
const MARKS: [&str; COLORS] = [
    "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0Z",
    "M0,-6L5.5,4.2L-5.5,4.2Z",
    "M-4.5,-4.5H4.5V4.5H-4.5Z",
    "M0,-6.2L6.2,0L0,6.2L-6.2,0Z",
    "M0,6L5.5,-4.2L-5.5,-4.2Z",
    "M-1.7,-5.5H1.7V-1.7H5.5V1.7H1.7V5.5H-1.7V1.7H-5.5V-1.7H-1.7Z",
    "M0,-5.8L5.5,-1.8L3.4,4.7L-3.4,4.7L-5.5,-1.8Z",
    "M-5,-2.6L-2.6,-5L0,-2.4L2.6,-5L5,-2.6L2.4,0L5,2.6L2.6,5L0,2.4L-2.6,5L-5,2.6L-2.4,0Z",
];

/// A text in HTML or SVG.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The mark of a model, as in every chart: eight colours with a shape each.
pub(super) fn mark(index: usize, is_hollow: bool) -> String {
    let (color, shape) = (index % COLORS, (index + index / COLORS) % COLORS);
    let hollow = if is_hollow { " hollow" } else { "" };
    format!(r#"<path class="mark s{color}{hollow}" d="{}"/>"#, MARKS[shape])
}

/// The mark of a model beside its name.
pub(super) fn swatch(index: usize) -> String {
    format!(
        r#"<svg class="swatch" width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true">{}</svg>"#,
        mark(index, false)
    )
}

/// A piece of a line of a picture beside its name.
pub(super) fn line_swatch(class: &str) -> String {
    format!(
        r#"<svg class="swatch" width="30" height="14" aria-hidden="true"><line class="line {class}" x1="0" x2="30" y1="7" y2="7"/></svg>"#
    )
}

/// A share as a percentage of a length.
pub(super) fn share(unit: f64) -> String {
    let text = format!("{:.2}", unit * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A picture with two axes.
pub(super) struct Figure {
    name: String,
    x: Scale,
    y: Scale,
    lines: String,
    marks: String,
    placing: Placing,
}

impl Figure {
    /// An empty picture; the name is for those who do not see it.
    pub(super) fn new(name: &str, x: Scale, y: Scale) -> Self {
        Self { name: name.to_owned(), x, y, lines: String::new(), marks: String::new(), placing: Placing::default() }
    }

    fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x.unit(x), 1.0 - self.y.unit(y))
    }

    /// A line through points.
    pub(super) fn line(&mut self, class: &str, points: &[(f64, f64)]) {
        let path = self.path(points);
        if !path.is_empty() {
            let _ = write!(self.lines, r#"<path class="line {class}" d="{path}"/>"#);
        }
    }

    /// The area between two lines over the same places.
    pub(super) fn band(&mut self, class: &str, points: &[(f64, f64, f64)]) {
        let low = points.iter().map(|(x, low, _)| (*x, *low));
        let around: Vec<(f64, f64)> = low.chain(points.iter().rev().map(|(x, _, high)| (*x, *high))).collect();
        let path = self.path(&around);
        if !path.is_empty() {
            let _ = write!(self.lines, r#"<path class="band {class}" d="{path}Z"/>"#);
        }
    }

    fn path(&self, points: &[(f64, f64)]) -> String {
        let mut path = String::new();
        for point in points.iter().filter(|point| point.0.is_finite() && point.1.is_finite()) {
            let (x, y) = self.at(*point);
            let letter = if path.is_empty() { 'M' } else { 'L' };
            let _ = write!(path, "{letter}{:.0} {:.0}", x * 10_000.0, y * 10_000.0);
        }
        path
    }

    /// A straight piece with round numbers, such as a whisker.
    pub(super) fn segment(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let ((x1, y1), (x2, y2)) = (self.at(from), self.at(to));
        self.placing.line((x1, y1), (x2, y2));
        let _ = write!(
            self.marks,
            r#"<line class="{class}" x1="{}" y1="{}" x2="{}" y2="{}"/>"#,
            share(x1),
            share(y1),
            share(x2),
            share(y2)
        );
    }

    /// The mark of a model, with words for its tip.
    pub(super) fn point(&mut self, (index, is_hollow): (usize, bool), point: (f64, f64), words: &str) {
        let (x, y) = self.at(point);
        self.placing.mark((x, y));
        let _ = write!(
            self.marks,
            r#"<svg x="{}" y="{}" overflow="visible"><title>{}</title>{}</svg>"#,
            share(x),
            share(y),
            escaped(words),
            mark(index, is_hollow)
        );
    }

    /// One of many answers.
    pub(super) fn dot(&mut self, class: &str, point: (f64, f64)) {
        let (x, y) = self.at(point);
        let _ = write!(self.marks, r#"<circle class="dot {class}" cx="{}" cy="{}" r="2.5"/>"#, share(x), share(y));
    }

    /// Words beside a point, where they touch nothing that was drawn; the tip of the mark has them anyway. On a phone there may
    /// be no room for words that a wide page has.
    pub(super) fn words_if_free(&mut self, point: (f64, f64), text: &str) {
        let Some(words) = self.placing.place(self.at(point), text, f64::from(HEIGHT)) else { return };
        let roomy = if words.is_roomy { " roomy" } else { "" };
        let _ = write!(
            self.marks,
            r#"<text class="word{roomy}" x="{}" y="{}" {}>{}</text>"#,
            share(words.at.0),
            share(words.at.1),
            words.attributes(),
            escaped(text)
        );
    }

    /// The picture, with its ticks in the words of its axes.
    pub(super) fn svg(&self, height: u32, x_tick: impl Fn(f64) -> String, y_tick: impl Fn(f64) -> String) -> String {
        let (x, y) = (self.x.ticks(), self.y.ticks());
        format!(
            concat!(
                r#"<svg class="plot" width="100%" height="{}" role="img" aria-label="{}">{}"#,
                r#"<svg class="lines" width="100%" height="100%" viewBox="0 0 10000 10000" preserveAspectRatio="none">{}</svg>{}</svg>"#
            ),
            height,
            escaped(&self.name),
            grid(&x, &y, x_tick, y_tick),
            self.lines,
            self.marks
        )
    }
}

fn grid(x: &[Tick], y: &[Tick], x_tick: impl Fn(f64) -> String, y_tick: impl Fn(f64) -> String) -> String {
    let mut out = String::new();
    for (place, value) in y {
        let at = share(1.0 - place);
        let _ = write!(out, r#"<line class="grid" x1="0" x2="100%" y1="{at}" y2="{at}"/>"#);
        let text = escaped(&y_tick(*value));
        let _ = write!(out, r#"<text class="tick" x="0" y="{at}" dx="-8" dy="0.32em" text-anchor="end">{text}</text>"#);
    }
    for (number, (place, value)) in x.iter().enumerate() {
        // Where there are many, a phone shows every other.
        let minor = if x.len() > 4 && number % 2 == 1 { " minor" } else { "" };
        let at = share(*place);
        let _ = write!(out, r#"<line class="notch" x1="{at}" x2="{at}" y1="100%" y2="100%"/>"#);
        let text = escaped(&x_tick(*value));
        let _ =
            write!(out, r#"<text class="tick{minor}" x="{at}" y="100%" dy="1.5em" text-anchor="middle">{text}</text>"#);
    }
    out.push_str(r#"<line class="axis" x1="0" x2="100%" y1="100%" y2="100%"/>"#);
    out
}

/// An interval in a line of a table: the whisker, the mark, and a rule to compare with.
pub(super) fn strip(
    index: Option<usize>,
    scale: &Scale,
    value: f64,
    interval: Option<(f64, f64)>,
    rule: Option<f64>,
) -> String {
    let mut out = String::from(r#"<svg class="strip" width="100%" height="26" aria-hidden="true">"#);
    for (place, _) in scale.ticks() {
        let _ = write!(out, r#"<line class="grid" x1="{0}" x2="{0}" y1="0" y2="100%"/>"#, share(place));
    }
    if let Some(rule) = rule {
        let _ = write!(out, r#"<line class="rule" x1="{0}" x2="{0}" y1="0" y2="100%"/>"#, share(scale.unit(rule)));
    }
    let color = index.map_or_else(|| "ink".to_owned(), |index| format!("s{}", index % COLORS));
    if let Some((low, high)) = interval {
        let (low, high) = (share(scale.unit(low)), share(scale.unit(high)));
        let _ = write!(out, r#"<line class="whisker {color}" x1="{low}" x2="{high}" y1="13" y2="13"/>"#);
        for end in [low, high] {
            let _ = write!(out, r#"<line class="whisker {color}" x1="{end}" x2="{end}" y1="9" y2="17"/>"#);
        }
    }
    let drawn = index.map_or_else(|| r#"<circle class="mark ink" r="4"/>"#.to_owned(), |index| mark(index, false));
    let _ = write!(out, r#"<svg x="{}" y="13" overflow="visible">{drawn}</svg></svg>"#, share(scale.unit(value)));
    out
}

/// The axis below such lines.
pub(super) fn strip_axis(scale: &Scale, tick: impl Fn(f64) -> String) -> String {
    let mut out = String::from(r#"<svg class="strip" width="100%" height="18" aria-hidden="true">"#);
    let ticks = scale.ticks();
    // A phone has room for few of them, among them what is compared with: no difference, or the ratio one.
    let every = ticks.len().div_ceil(4).max(1);
    let first = ticks.iter().position(|(_, value)| [0.0, 1.0].contains(value)).unwrap_or_default() % every;
    for (number, (place, value)) in ticks.into_iter().enumerate() {
        let minor = if number % every == first { "" } else { " minor" };
        let anchor = if place < 0.05 {
            "start"
        } else if place > 0.95 {
            "end"
        } else {
            "middle"
        };
        let text = escaped(&tick(value));
        let _ = write!(
            out,
            r#"<text class="tick{minor}" x="{}" y="13" text-anchor="{anchor}">{text}</text>"#,
            share(place)
        );
    }
    out.push_str("</svg>");
    out
}

/// Parts of a whole in one bar: a class of the style sheet and a count each.
pub(super) fn stacked(parts: &[(&str, u64)]) -> String {
    let all: u64 = parts.iter().map(|part| part.1).sum();
    let mut out = String::from(r#"<svg class="stack" width="100%" height="18" aria-hidden="true">"#);
    let mut done = 0;
    for (class, count) in parts.iter().filter(|part| part.1 > 0) {
        let place = |count: u64| share(count as f64 / all.max(1) as f64);
        let _ = write!(out, r#"<rect class="{class}" x="{}" width="{}" height="18"/>"#, place(done), place(*count));
        done += count;
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
        let mut figure = Figure::new("<b>\"x\"", Scale::shares(), Scale::shares());
        figure.point((9, true), (0.5, 0.5), "</title><script>");
        figure.words_if_free((0.9, 0.5), "a & b");
        let svg = figure.svg(100, |_| "<".into(), |_| "'".into());
        assert!(!svg.contains("<b>") && !svg.contains("<script>") && svg.contains("a &amp; b"), "{svg}");
        assert!(svg.contains(r#"aria-label="&lt;b&gt;&quot;x&quot;""#));
    }

    #[test]
    fn parts_fill_their_bar() {
        let bar = stacked(&[("right", 1), ("none", 0), ("wrong", 3)]);
        assert!(bar.contains(r#"class="right" x="0%" width="25%""#) && bar.contains(r#"x="25%" width="75%""#), "{bar}");
        assert!(!bar.contains("none") && !stacked(&[]).contains("rect"));
    }
}
