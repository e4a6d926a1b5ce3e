//! The colours of a heat map: the range that all panels share, and the bar that explains it.

use super::hatch::hatch;
use super::view::{Heatmap, HeatmapCell};
use crate::chart::ChartError;
use crate::chart::axis::{Range, extent, is_drawable};
use crate::chart::canvas::{Align, Area, Canvas, Stroke, TextStyle};
use crate::chart::colormap::color;
use crate::chart::number::measured;
use crate::chart::text::{shorten, width};
use crate::chart::theme::{AXIS, EMPTY, INK, LABEL, MUTED, SMALL, TICK};

const BAR: f64 = 16.0;

/// Colours of values.
pub(super) struct Colors {
    range: Range,
    is_share: bool,
    /// True if a value is below the range, and if one is above it.
    pub(super) clipped: (bool, bool),
}

impl Colors {
    pub(super) fn of(chart: &Heatmap, cells: &[HeatmapCell]) -> Self {
        let (low, high) = chart.range;
        let is_given = low < high && is_drawable(low, chart.log_color) && is_drawable(high, chart.log_color);
        let range =
            if is_given { Range { low, high, log: chart.log_color } } else { fallback_range(cells, chart.log_color) };
        let clipped =
            (cells.iter().any(|cell| cell.value < range.low), cells.iter().any(|cell| cell.value > range.high));
        Self { range, is_share: chart.is_share, clipped }
    }

    /// Place of a value in the range, 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        if self.range.log && value <= 0.0 { 0.0 } else { self.range.unit(value).clamp(0.0, 1.0) }
    }

    /// A value as it is written.
    pub(super) fn text(&self, value: f64) -> String {
        if self.is_share && value.abs() <= 1.0 { format!("{:.0} %", value * 100.0) } else { measured(value) }
    }

    pub(super) fn draw_bar(&self, canvas: &mut Canvas<'_>, column: Area, label: &str) -> Result<(), ChartError> {
        let bar = Area { right: column.left + BAR, top: column.top + 10.0, bottom: column.bottom - 48.0, ..column };
        let steps = 128;
        let stripe = bar.height() / f64::from(steps);
        for step in 0..steps {
            let bottom = bar.bottom - f64::from(step) * stripe;
            // Half a stripe of overlap, or the gaps between stripes shine through.
            let area = Area { top: (bottom - stripe * 1.5).max(bar.top), bottom, ..bar };
            canvas.rectangle(area, color((f64::from(step) + 0.5) / f64::from(steps)))?;
        }
        let widest = self.draw_numbers(canvas, bar)?;
        let label = shorten(&self.range.titled(label), bar.height() + 40.0, LABEL);
        let look = TextStyle::new(LABEL, INK).align(Align::Middle);
        let x = (bar.right + 7.0 + widest + LABEL * 1.5).min(column.right);
        canvas.text_upwards(&label, (x, bar.center().1), look)?;
        let swatch = Area { top: column.bottom - 16.0, bottom: column.bottom, ..bar };
        canvas.rectangle(swatch, EMPTY)?;
        hatch(canvas, swatch)?;
        canvas.text("n = 0", (bar.right + 7.0, column.bottom - 4.0), TextStyle::new(SMALL, MUTED))
    }

    /// Draws the numbers beside the bar and gives the width of the widest.
    fn draw_numbers(&self, canvas: &mut Canvas<'_>, bar: Area) -> Result<f64, ChartError> {
        let look = TextStyle::new(TICK, MUTED);
        let mut widest = 0.0_f64;
        let (below, above) = self.clipped;
        let ends = [(bar.bottom, self.range.low, below, "≤ ", 9.0), (bar.top, self.range.high, above, "≥ ", -9.0)];
        for (y, value, is_clipped, sign, tip) in ends {
            if is_clipped {
                let share = if tip < 0.0 { 1.0 } else { 0.0 };
                let arrow = [(bar.left, y), (bar.right, y), (bar.center().0, y + tip)];
                canvas.polygon(&arrow, color(share), 1.0)?;
            }
            let text = format!("{}{}", if is_clipped { sign } else { "" }, self.text(value));
            widest = widest.max(width(&text, TICK, false));
            canvas.text(&text, (bar.right + 7.0, y + TICK * 0.36), look)?;
        }
        for tick in self.range.ticks((bar.height() / 55.0) as usize) {
            let y = bar.bottom - self.range.unit(tick.value) * bar.height();
            if tick.label.is_empty() || y < bar.top + TICK * 1.3 || y > bar.bottom - TICK * 1.3 {
                continue;
            }
            let text = if self.is_share { self.text(tick.value) } else { tick.label };
            canvas.line((bar.right, y), (bar.right + 4.0, y), Stroke::solid(AXIS, 1.0))?;
            widest = widest.max(width(&text, TICK, false));
            canvas.text(&text, (bar.right + 7.0, y + TICK * 0.36), look)?;
        }
        Ok(widest)
    }
}

fn fallback_range(cells: &[HeatmapCell], log: bool) -> Range {
    let values = cells.iter().map(|cell| cell.value).filter(|value| is_drawable(*value, log));
    let (low, high) = extent(values).unwrap_or((1.0, 1.0));
    if low < high && high - low > high.abs() * 1e-9 {
        return Range { low, high, log };
    }
    let (low, high) = if log { (low / 2.0, high * 2.0) } else { (low - 0.5 * low.abs(), high + 0.5 * high.abs()) };
    if low < high { Range { low, high, log } } else { Range { low: -1.0, high: 1.0, log: false } }
}
