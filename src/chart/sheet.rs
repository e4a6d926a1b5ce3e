//! The frame of every plot: title, subtitle, caption, legend, and the text "no data".

use super::ChartError;
use super::axis::Range;
use super::canvas::{Align, Area, Canvas, Point, Stroke, TextStyle};
use super::text::wrap;
use super::theme::{AXIS, INK, MUTED, SMALL, SUBTITLE, TITLE};

const MARGIN: f64 = 18.0;

/// The texts above and below a plot, already broken into lines.
pub(super) struct Heading {
    name: String,
    title: Vec<String>,
    subtitle: Vec<String>,
    caption: Vec<String>,
}

impl Heading {
    /// `captions` are sentences; empty ones are left out.
    pub(super) fn new(width: f64, title: &str, subtitle: &str, captions: &[String]) -> Self {
        let widest = width - 2.0 * MARGIN;
        let sentences: Vec<&str> = captions.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        Self {
            name: title.to_owned(),
            // Bold text is about a sixth wider than the regular text that wrapping measures.
            title: wrap(title, widest / 1.16, TITLE, 2),
            subtitle: wrap(subtitle, widest, SUBTITLE, 3),
            caption: wrap(&sentences.join(" "), widest, SMALL, 6),
        }
    }

    /// The title as given, for screen readers.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Height that the texts take above and below the plot.
    pub(super) fn height(&self) -> f64 {
        self.above() + self.below()
    }

    /// Draws the texts and gives the area that is left for the plot.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, (width, height): Point) -> Result<Area, ChartError> {
        let mut y = MARGIN * 0.8;
        for line in &self.title {
            y += TITLE * 1.25;
            canvas.text(line, (MARGIN, y - TITLE * 0.25), TextStyle::new(TITLE, INK).bold())?;
        }
        for line in &self.subtitle {
            y += SUBTITLE * 1.4;
            canvas.text(line, (MARGIN, y - SUBTITLE * 0.25), TextStyle::new(SUBTITLE, MUTED))?;
        }
        let area = Area { left: MARGIN, top: self.above(), right: width - MARGIN, bottom: height - self.below() };
        let mut y = height - MARGIN * 0.8 - self.caption.len() as f64 * SMALL * 1.4;
        for line in &self.caption {
            y += SMALL * 1.4;
            canvas.text(line, (MARGIN, y - SMALL * 0.25), TextStyle::new(SMALL, MUTED))?;
        }
        Ok(area)
    }

    fn above(&self) -> f64 {
        let title = self.title.len() as f64 * TITLE * 1.25;
        let subtitle = self.subtitle.len() as f64 * SUBTITLE * 1.4;
        MARGIN * 0.8 + title + subtitle + 14.0
    }

    fn below(&self) -> f64 {
        let caption = self.caption.len() as f64 * SMALL * 1.4;
        MARGIN * 0.8 + if caption > 0.0 { caption + 8.0 } else { 0.0 }
    }
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
