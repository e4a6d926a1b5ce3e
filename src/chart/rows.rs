//! Rows of bars: one row per model, one panel per measure, all panels on one scale.

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, LABEL_DROP, Range, draw_horizontal};
use super::canvas::{Align, Area, Canvas, Stroke, TextStyle};
use super::number::counted;
use super::text::{shorten, shorten_apart, width};
use super::theme::{INK, LABEL, MUTED, SMALL, TICK};

/// One model: what stands at its left and its mark in each panel.
pub(super) struct MarkRow {
    pub label: String,
    pub detail: String,
    pub marks: Vec<Mark>,
}

/// A value as a bar, or as a dot on a logarithmic scale, which has no zero for a bar to stand on.
#[derive(Debug, Clone, Default)]
pub(super) struct Mark {
    pub value: Option<f64>,
    pub whisker: Option<(f64, f64)>,
    pub text: String,
    /// Behind the text, smaller, such as a count of its own.
    pub detail: String,
}

impl Mark {
    /// Room for its texts.
    fn room(&self) -> f64 {
        let detail = if self.detail.is_empty() { 0.0 } else { width(&self.detail, SMALL, false) + TEXT_GAP };
        width(&self.text, TICK, false) + detail
    }
}

/// A block of rows.
pub(super) struct Rows<'a> {
    pub models: &'a [MarkRow],
    /// Every row of the picture, so that all its blocks have scales of one width at one place.
    pub all: Vec<&'a MarkRow>,
    pub panels: &'a [String],
    /// Panels that have room side by side; fewer leave the rest empty.
    pub across: usize,
    pub range: Range,
    pub axis_label: &'a str,
    pub reference: Option<(f64, String)>,
}

/// More rows than this would make a picture that nobody reads and few painters paint.
pub(super) const MOST_ROWS: usize = 100;

/// A sentence on the models that have no row.
pub(super) fn unlisted(models: usize) -> String {
    let hidden = models.saturating_sub(MOST_ROWS) as u64;
    if hidden == 0 { String::new() } else { format!("{} not shown.", counted(hidden, "more model")) }
}

const LABEL_WIDEST: f64 = 250.0;
const DETAIL_WIDEST: f64 = 190.0;
/// More than two halves of a tick's label.
const PANEL_GAP: f64 = 36.0;
const PANEL_TITLE: f64 = 24.0;
const TEXT_GAP: f64 = 6.0;
const DOT: f64 = 5.0;

impl Rows<'_> {
    /// Height of one block, given the height of a row.
    pub(super) fn height(&self, row_height: f64) -> f64 {
        self.above() + self.models.len() as f64 * row_height + BOTTOM_MARGIN
    }

    /// Room above the panels, for their titles and the word of the reference.
    fn above(&self) -> f64 {
        let is_empty = self.reference.is_none() && self.panels.iter().all(String::is_empty);
        if is_empty { 0.0 } else { PANEL_TITLE }
    }

    /// Draws the block; rows tall enough carry their detail under the label, others beside it.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, area: Area) -> Result<(), ChartError> {
        let row_height = (area.height() - self.above() - BOTTOM_MARGIN) / self.models.len().max(1) as f64;
        let plot = Area { top: area.top + self.above(), bottom: area.bottom - BOTTOM_MARGIN, ..area };
        let stub = self.draw_stubs(canvas, plot, row_height)?;
        let count = self.across.max(1) as f64;
        let wide = (area.right - stub - (count - 1.0) * PANEL_GAP) / count;
        let scale_width = self.scale_width(wide);
        for (index, title) in self.panels.iter().enumerate() {
            let left = stub + index as f64 * (wide + PANEL_GAP);
            let panel = Area { left, right: left + scale_width, ..plot };
            let look = TextStyle::new(TICK, INK).bold();
            canvas.text(&shorten(title, wide / 1.16, TICK), (left, plot.top - 9.0), look)?;
            self.draw_panel(canvas, panel, index)?;
        }
        let shown = self.panels.len().max(1) as f64;
        let end = stub + (shown - 1.0) * (wide + PANEL_GAP) + scale_width;
        let middle = f64::midpoint(stub, end);
        let look = TextStyle::new(LABEL, INK).align(Align::Middle);
        let label = shorten(&self.range.titled(self.axis_label), area.right - stub, LABEL);
        canvas.text(&label, (middle, plot.bottom + LABEL_DROP), look)
    }

    /// How wide the scale may be so that every value finds room at the end of its bar.
    fn scale_width(&self, wide: f64) -> f64 {
        let marks = self.all.iter().flat_map(|row| &row.marks);
        let room = marks.map(|mark| {
            let ends = [mark.value, mark.whisker.map(|(_, high)| high)];
            let end = ends.into_iter().flatten().map(|value| self.range.unit(value)).fold(0.0, f64::max);
            (wide - TEXT_GAP - 4.0 - mark.room()) / end.clamp(0.05, 1.0)
        });
        room.fold(wide, f64::min).max(wide * 0.3)
    }

    fn draw_stubs(&self, canvas: &mut Canvas<'_>, plot: Area, row_height: f64) -> Result<f64, ChartError> {
        let is_stacked = row_height >= 36.0;
        let label_width = self.widest(|row| &row.label, TICK, LABEL_WIDEST);
        let detail_width = self.widest(|row| &row.detail, SMALL, DETAIL_WIDEST);
        let text_left = plot.left + 18.0;
        let detail_left = if is_stacked { text_left } else { text_left + label_width + 12.0 };
        let labels: Vec<&str> = self.models.iter().map(|row| row.label.as_str()).collect();
        let labels = shorten_apart(&labels, LABEL_WIDEST, TICK);
        for (index, (row, label)) in self.models.iter().zip(&labels).enumerate() {
            let middle = plot.top + (index as f64 + 0.5) * row_height;
            let rise = if is_stacked && !row.detail.is_empty() { SMALL * 0.7 } else { 0.0 };
            canvas.marker((plot.left + 6.0, middle - rise), 4.5, canvas.look(index), 1.0)?;
            let baseline = middle + TICK * 0.36 - rise;
            canvas.text(label, (text_left, baseline), TextStyle::new(TICK, INK))?;
            let detail = shorten(&row.detail, DETAIL_WIDEST, SMALL);
            let baseline = middle + SMALL * 0.36 + rise;
            canvas.text(&detail, (detail_left, baseline), TextStyle::new(SMALL, MUTED))?;
        }
        let wide = if is_stacked { label_width.max(detail_width) } else { label_width + 12.0 + detail_width };
        Ok(text_left + wide + 14.0)
    }

    fn widest(&self, text: impl Fn(&MarkRow) -> &String, size: f64, most: f64) -> f64 {
        self.all.iter().map(|row| width(text(row), size, false)).fold(0.0, f64::max).min(most)
    }

    fn draw_panel(&self, canvas: &mut Canvas<'_>, panel: Area, measure: usize) -> Result<(), ChartError> {
        draw_horizontal(canvas, panel, &self.range, "")?;
        let row_height = panel.height() / self.models.len().max(1) as f64;
        let thick = (row_height * 0.62).min(26.0);
        let marks = self.models.iter().enumerate().filter_map(|(index, row)| {
            let middle = panel.top + (index as f64 + 0.5) * row_height;
            Some((index, middle, row.marks.get(measure)?))
        });
        for (index, middle, mark) in marks.clone() {
            self.draw_mark(canvas, panel, (middle, thick), (index, mark))?;
        }
        if let Some((value, label)) = &self.reference {
            let x = panel.left + self.range.unit(*value) * panel.width();
            canvas.line((x, panel.top - 4.0), (x, panel.bottom), Stroke::dashed(INK, 1.3))?;
            let half = width(label, SMALL, false) / 2.0;
            let look = TextStyle::new(SMALL, INK).align(Align::Middle);
            canvas.text(label, (x.max(panel.left + half), panel.top - 9.0), look)?;
        }
        for (_, middle, mark) in marks {
            self.draw_value(canvas, panel, (middle, thick), mark)?;
        }
        canvas.line((panel.left, panel.top), (panel.left, panel.bottom), Stroke::solid(MUTED, 1.0))
    }

    fn draw_mark(
        &self,
        canvas: &mut Canvas<'_>,
        panel: Area,
        (middle, thick): (f64, f64),
        (index, mark): (usize, &Mark),
    ) -> Result<(), ChartError> {
        let value = mark.value.map(|value| self.place(panel, value));
        if let (Some(right), false) = (value, self.range.log) {
            let bar = Area { left: panel.left, top: middle - thick / 2.0, right, bottom: middle + thick / 2.0 };
            canvas.rectangle(bar, canvas.look(index).color)?;
        }
        if let Some((low, high)) = mark.whisker {
            let (low, high) = (self.place(panel, low), self.place(panel, high));
            let (cap, stroke) = ((thick * 0.25).min(5.0), Stroke::solid(INK, 1.3));
            canvas.line((low, middle), (high, middle), stroke)?;
            canvas.line((low, middle - cap), (low, middle + cap), stroke)?;
            canvas.line((high, middle - cap), (high, middle + cap), stroke)?;
        }
        if let (Some(x), true) = (value, self.range.log) {
            canvas.marker((x, middle), DOT, canvas.look(index), 1.0)?;
        }
        Ok(())
    }

    fn draw_value(
        &self,
        canvas: &mut Canvas<'_>,
        panel: Area,
        (middle, thick): (f64, f64),
        mark: &Mark,
    ) -> Result<(), ChartError> {
        let dot = if self.range.log { DOT } else { 0.0 };
        let value = mark.value.map_or(panel.left, |value| self.place(panel, value) + dot);
        let whisker = mark.whisker.map_or(panel.left, |(_, high)| self.place(panel, high));
        let size = TICK.min(thick * 1.6);
        let look = TextStyle::new(size, if mark.value.is_some() { INK } else { MUTED });
        let at = (value.max(whisker) + TEXT_GAP, middle + size * 0.36);
        canvas.text_on_white(&mark.text, at, look)?;
        if mark.detail.is_empty() {
            return Ok(());
        }
        let at = (at.0 + width(&mark.text, size, false) + TEXT_GAP, at.1);
        canvas.text_on_white(&mark.detail, at, TextStyle::new(SMALL.min(size), MUTED))
    }

    fn place(&self, panel: Area, value: f64) -> f64 {
        panel.left + self.range.unit(value).clamp(0.0, 1.0) * panel.width()
    }
}
