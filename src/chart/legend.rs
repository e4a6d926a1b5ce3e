//! The legend at the right of a plot: the models, and what its lines and marks mean.

use super::ChartError;
use super::canvas::{Area, Canvas, Stroke, TextStyle};
use super::text::{shorten, shorten_apart, width};
use super::theme::{INK, MUTED, SMALL, TICK};

const WIDEST: f64 = 210.0;
const LINE: f64 = 21.0;
const CLOSEST: f64 = 16.5;
/// An entry with its detail underneath.
const ENTRY: f64 = 39.0;
const MARKER: f64 = 4.6;
const TEXT_LEFT: f64 = 22.0;
const KEY_WIDTH: f64 = 28.0;
const KEY_TEXT_LEFT: f64 = 36.0;

/// A model; its place in the list gives its look.
pub(super) struct LegendEntry {
    pub label: String,
    pub detail: String,
}

/// What stands before the meaning of a mark.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    Line(Stroke),
    Ring,
    Hollow,
}

/// Models first, keys below them.
#[derive(Default)]
pub(super) struct Legend {
    pub entries: Vec<LegendEntry>,
    pub keys: Vec<(String, Key)>,
}

impl Legend {
    pub(super) fn width(&self) -> f64 {
        let names = self.entries.iter().map(|entry| width(&entry.label, TICK, false) + TEXT_LEFT + 2.0);
        let details = self.entries.iter().map(|entry| width(&entry.detail, SMALL, false) + TEXT_LEFT + 2.0);
        let keys = self.keys.iter().map(|(text, _)| width(text, SMALL, false) + KEY_TEXT_LEFT + 2.0);
        names.chain(details).chain(keys).fold(0.0, f64::max).min(WIDEST)
    }

    /// The least height in which every model is named.
    pub(super) fn least_height(&self) -> f64 {
        let keys = if self.keys.is_empty() { 0.0 } else { (self.keys.len() as f64 + 0.5) * LINE };
        self.entries.len() as f64 * CLOSEST + keys + 1.0
    }

    /// Details go where there is no room for all of them; models without a line are counted.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, area: Area) -> Result<(), ChartError> {
        let models = self.entries.len();
        let keys = if self.keys.is_empty() { 0.0 } else { (self.keys.len() as f64 + 0.5) * LINE };
        let room = area.height() - keys;
        let has_details = models as f64 * ENTRY < room && self.entries.iter().any(|entry| !entry.detail.is_empty());
        let line = if has_details { ENTRY } else { (room / models.max(1) as f64).clamp(CLOSEST, LINE) };
        let fitting = (room / line) as usize;
        let named = if models <= fitting { models } else { fitting.saturating_sub(1) };
        let mut y = area.top + TICK;
        let labels: Vec<&str> = self.entries.iter().map(|entry| entry.label.as_str()).collect();
        let names = shorten_apart(&labels, area.width() - TEXT_LEFT, TICK);
        for (index, (entry, name)) in self.entries.iter().zip(&names).take(named).enumerate() {
            canvas.marker((area.left + 7.0, y - TICK * 0.36), MARKER, canvas.look(index), 1.0)?;
            canvas.text(name, (area.left + TEXT_LEFT, y), TextStyle::new(TICK, INK))?;
            if has_details {
                let detail = shorten(&entry.detail, area.width() - TEXT_LEFT, SMALL);
                canvas.text(&detail, (area.left + TEXT_LEFT, y + 16.0), TextStyle::new(SMALL, MUTED))?;
            }
            y += line;
        }
        if named < models {
            let text = format!("and {} more", models - named);
            canvas.text(&text, (area.left + TEXT_LEFT, y), TextStyle::new(SMALL, MUTED))?;
            y += line;
        }
        self.draw_keys(canvas, area, y + LINE * 0.3)
    }

    fn draw_keys(&self, canvas: &mut Canvas<'_>, area: Area, mut y: f64) -> Result<(), ChartError> {
        for (text, key) in &self.keys {
            let (middle, center) = (y - SMALL * 0.36, area.left + KEY_WIDTH / 2.0);
            match key {
                Key::Line(stroke) => canvas.line((area.left, middle), (area.left + KEY_WIDTH, middle), *stroke)?,
                Key::Ring => canvas.ring((center, middle), 7.0, Stroke::solid(MUTED, 1.6))?,
                Key::Hollow => canvas.ring((center, middle), 4.0, Stroke::solid(MUTED, 1.8))?,
            }
            let text = shorten(text, area.width() - KEY_TEXT_LEFT, SMALL);
            canvas.text(&text, (area.left + KEY_TEXT_LEFT, y), TextStyle::new(SMALL, MUTED))?;
            y += LINE;
        }
        Ok(())
    }
}
