//! The frame of every plot: title, subtitle, caption, legend, and the text "no data".

use super::ChartError;
use super::axis::Range;
use super::canvas::{Align, Area, Canvas, Point, Sign, Stroke, TextStyle};
use super::frame::{Frame, Medium};
use super::text::{clean, shorten, width, wrap};
use super::theme::{AXIS, INK, Look, MUTED, SMALL, SUBTITLE, TITLE};
use crate::printable::isolated;

const MARGIN: f64 = 18.0;
const FOOTER: f64 = SMALL - 1.0;
const PANEL_TITLE: f64 = SUBTITLE;
const DOT: &str = " · ";
/// Share of a footer that its first part may take, so that others have room.
const FIRST_PART: f64 = 0.45;

/// The texts above and below a plot, already broken into lines.
pub(super) struct Heading {
    name: String,
    medium: Medium,
    looks: Vec<Look>,
    title_size: f64,
    title: Vec<String>,
    subtitle: Vec<String>,
    caption: Vec<String>,
    footer: String,
}

impl Heading {
    /// `captions` are sentences; empty ones are left out.
    pub(super) fn new(width: f64, frame: &Frame, captions: &[String]) -> Self {
        let widest = width - 2.0 * MARGIN;
        let title_size = if frame.panel.is_some() { PANEL_TITLE } else { TITLE };
        let captions = frame.panel.as_deref().unwrap_or(captions);
        let sentences: Vec<&str> = captions.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        Self {
            name: frame.title.clone(),
            medium: frame.medium,
            looks: frame.looks.clone(),
            // Bold text is about a sixth wider than the regular text that wrapping measures.
            title_size,
            title: wrap(&frame.title, widest / 1.16, title_size, 2),
            subtitle: wrap(&frame.subtitle, widest, SUBTITLE, 3),
            caption: wrap(&sentences.join(" "), widest, SMALL, frame.medium.caption_lines()),
            footer: in_one_line(&frame.footer, widest),
        }
    }

    /// What the picture as a whole is; its name is the title as given.
    pub(super) fn sign(&self) -> Sign<'_> {
        Sign { name: &self.name, medium: self.medium, looks: &self.looks }
    }

    /// Height that the texts take above and below the plot.
    pub(super) fn height(&self) -> f64 {
        self.above() + self.below()
    }

    /// Draws the texts and gives the area that is left for the plot.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, (width, height): Point) -> Result<Area, ChartError> {
        let mut y = MARGIN * 0.8;
        for line in &self.title {
            y += self.title_size * 1.25;
            canvas.text(line, (MARGIN, y - self.title_size * 0.25), TextStyle::new(self.title_size, INK).bold())?;
        }
        for line in &self.subtitle {
            y += SUBTITLE * 1.4;
            canvas.text(line, (MARGIN, y - SUBTITLE * 0.25), TextStyle::new(SUBTITLE, MUTED))?;
        }
        let area = Area { left: MARGIN, top: self.above(), right: width - MARGIN, bottom: height - self.below() };
        let footer = (MARGIN, height - MARGIN * 0.8 - FOOTER * 0.25);
        canvas.text(&self.footer, footer, TextStyle::new(FOOTER, MUTED))?;
        let mut y = height - MARGIN * 0.8 - self.footer_height() - self.caption.len() as f64 * SMALL * 1.4;
        for line in &self.caption {
            y += SMALL * 1.4;
            canvas.text(line, (MARGIN, y - SMALL * 0.25), TextStyle::new(SMALL, MUTED))?;
        }
        Ok(area)
    }

    fn above(&self) -> f64 {
        let title = self.title.len() as f64 * self.title_size * 1.25;
        let subtitle = self.subtitle.len() as f64 * SUBTITLE * 1.4;
        MARGIN * 0.8 + title + subtitle + 14.0
    }

    fn below(&self) -> f64 {
        let caption = self.caption.len() as f64 * SMALL * 1.4;
        let texts = caption + self.footer_height();
        MARGIN * 0.8 + if texts > 0.0 { texts + 8.0 } else { 0.0 }
    }

    fn footer_height(&self) -> f64 {
        if self.footer.is_empty() { 0.0 } else { FOOTER * 1.6 }
    }
}

/// As many of the parts as have room in a line, the first ones first; an ellipsis stands for the others.
fn in_one_line(parts: &[String], widest: f64) -> String {
    let parts: Vec<String> = parts.iter().map(|part| clean(part)).filter(|part| !part.is_empty()).collect();
    let Some(first) = parts.first() else { return String::new() };
    let mut line = isolated(&shorten(first, widest * FIRST_PART, FOOTER));
    for (place, part) in parts.iter().enumerate().skip(1) {
        let longer = format!("{line}{DOT}{}", isolated(part));
        let rest = if place + 1 < parts.len() { format!("{DOT}…") } else { String::new() };
        if width(&format!("{longer}{rest}"), FOOTER, false) > widest {
            return format!("{line}{DOT}…");
        }
        line = longer;
    }
    line
}

/// A frame with the words "no data", for a chart that has none.
pub(super) fn draw_nothing(canvas: &mut Canvas<'_>, area: Area) -> Result<(), ChartError> {
    let corners = [
        (area.left, area.top),
        (area.right, area.top),
        (area.right, area.bottom),
        (area.left, area.bottom),
        (area.left, area.top),
    ];
    canvas.path(&corners, Stroke::solid(AXIS, 1.0))?;
    let look = TextStyle::new(TITLE, MUTED).align(Align::Middle);
    canvas.text("no data", (area.center().0, area.center().1 + TITLE * 0.36), look)
}

/// The point of the plot at these values.
pub(super) fn place(area: Area, (x_range, y_range): (&Range, &Range), (x, y): Point) -> Point {
    (area.left + x_range.unit(x) * area.width(), area.bottom - y_range.unit(y) * area.height())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_footer_is_one_line_that_fits() {
        let parts = |name: &str| {
            let models = (0..40).map(|model| format!("model-{model} 0123abcd"));
            [name.to_owned(), "n = 300".into(), String::new(), "2 faults".into()].into_iter().chain(models).collect()
        };
        let short: Vec<String> = parts("mmlu");
        assert!(in_one_line(&short, 900.0).starts_with("mmlu · n = 300 · 2 faults · model-0 0123abcd · "));
        assert_eq!(in_one_line(&short[..4], 900.0), "mmlu · n = 300 · 2 faults");
        for name in ["mmlu", "x\n", &"long ".repeat(200)] {
            for widest in [324.0, 560.0, 900.0] {
                let line = in_one_line(&parts(name), widest);
                assert!(
                    width(&line, FOOTER, false) <= widest && line.contains("n = 300") && line.ends_with('…'),
                    "{line}"
                );
            }
        }
        assert_eq!(in_one_line(&[], 900.0), "");
    }
}
