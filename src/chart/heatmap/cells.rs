//! The cells of a panel, each with its value and the number of responses behind it.

use super::colors::Colors;
use super::hatch::hatch;
use super::view::HeatmapCell;
use crate::chart::ChartError;
use crate::chart::canvas::{Align, Area, Canvas, Stroke, TextStyle};
use crate::chart::colormap::{color, ink_on};
use crate::chart::number::count;
use crate::chart::text::width;
use crate::chart::theme::{EMPTY, SMALL, TICK, WHITE};

const MOST_HATCHED: usize = 200;

/// A panel's cells, ordered by row and column.
pub(super) struct Cells<'a> {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) cells: &'a [HeatmapCell],
    pub(super) colors: &'a Colors,
}

impl Cells<'_> {
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, plot: Area) -> Result<(), ChartError> {
        let (wide, tall) = (plot.width() / self.columns as f64, plot.height() / self.rows as f64);
        let area = |x: usize, y: usize| {
            let (left, bottom) = (plot.left + x as f64 * wide, plot.bottom - y as f64 * tall);
            Area { left, top: bottom - tall, right: left + wide, bottom }
        };
        canvas.rectangle(plot, EMPTY)?;
        if self.columns * self.rows <= MOST_HATCHED {
            let is_filled = |x, y| self.cells.binary_search_by_key(&(y, x), |cell| (cell.y, cell.x)).is_ok();
            for (x, y) in (0..self.rows).flat_map(|y| (0..self.columns).map(move |x| (x, y))) {
                if !is_filled(x, y) {
                    hatch(canvas, area(x, y))?;
                }
            }
        }
        for cell in self.cells {
            self.draw_cell(canvas, area(cell.x, cell.y), cell)?;
        }
        self.draw_gaps(canvas, plot)
    }

    fn draw_cell(&self, canvas: &mut Canvas<'_>, area: Area, cell: &HeatmapCell) -> Result<(), ChartError> {
        let ground = color(self.colors.share(cell.value));
        canvas.rectangle(area, ground)?;
        let (x, y) = area.center();
        let value = self.colors.text(cell.value);
        if area.height() < TICK * 1.2 || width(&value, TICK, false) > area.width() - 4.0 {
            return Ok(());
        }
        let note = format!("n = {}", count(cell.n));
        let has_note = area.height() > TICK * 2.5 && width(&note, SMALL - 1.0, false) < area.width() - 4.0;
        let rise = if has_note { TICK * 0.58 } else { 0.0 };
        let look = TextStyle::new(TICK, ink_on(ground)).align(Align::Middle);
        canvas.text(&value, (x, y + TICK * 0.36 - rise), look)?;
        if has_note {
            let look = TextStyle::new(SMALL - 1.0, ink_on(ground)).align(Align::Middle);
            canvas.text(&note, (x, y + SMALL * 0.36 + rise), look)?;
        }
        Ok(())
    }

    fn draw_gaps(&self, canvas: &mut Canvas<'_>, plot: Area) -> Result<(), ChartError> {
        let thickness = if self.columns.max(self.rows) > 40 { 0.3 } else { 2.0 };
        let stroke = Stroke::solid(WHITE, thickness);
        for column in 1..self.columns {
            let x = plot.left + plot.width() * column as f64 / self.columns as f64;
            canvas.path(&[(x, plot.top), (x, plot.bottom)], stroke)?;
        }
        for row in 1..self.rows {
            let y = plot.top + plot.height() * row as f64 / self.rows as f64;
            canvas.path(&[(plot.left, y), (plot.right, y)], stroke)?;
        }
        Ok(())
    }
}
