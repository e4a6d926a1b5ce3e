//! Paints the groups of a run.

use super::layout::{Band, TimelineLayout, WORDS};
use super::phase::Phase;
use crate::chart::ChartError;
use crate::chart::canvas::{Align, Area, Canvas, TextStyle};
use crate::chart::lanes::Piece;
use crate::chart::text::{shorten, width};
use crate::chart::theme::{INK, MUTED, SMALL, TICK};

/// A short request keeps a minimum width.
const NARROWEST: f64 = 1.0;

impl TimelineLayout {
    pub(super) fn draw_groups(&self, canvas: &mut Canvas<'_>, plot: Area) -> Result<(), ChartError> {
        let mut top = plot.top;
        for band in &self.bands {
            let bottom = top + band.height(self.row_height);
            band.draw(canvas, Area { top, bottom, ..plot }, self.row_height)?;
            top = bottom;
        }
        Ok(())
    }
}

impl Band {
    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, row_height: f64) -> Result<(), ChartError> {
        let baseline = area.top + TICK * 1.1;
        let detail = self.detail();
        let room = area.width() - width(&detail, SMALL, false) - 20.0;
        let name = shorten(&self.label, room / 1.16, TICK);
        canvas.text_on_white(&name, (area.left, baseline), TextStyle::new(TICK, INK).bold())?;
        let look = TextStyle::new(SMALL, MUTED).align(Align::End);
        canvas.text_on_white(&detail, (area.right, baseline), look)?;
        let gap = (row_height * 0.14).min(1.0);
        for (index, row) in self.rows.iter().enumerate() {
            let top = area.top + WORDS + index as f64 * row_height;
            let strip = Area { top, bottom: top + row_height - gap, ..area };
            // Faults come last, so that no neighbour covers a short one.
            for piece in row.iter().filter(|piece| !piece.paint.is_fault()) {
                draw_piece(canvas, strip, piece)?;
            }
            for piece in row.iter().filter(|piece| piece.paint.is_fault()) {
                draw_piece(canvas, strip, piece)?;
            }
        }
        if let Some(server) = &self.server {
            server.draw(canvas, Area { top: area.top + WORDS + self.rows.len() as f64 * row_height, ..area })?;
        }
        Ok(())
    }
}

/// The end of a request keeps a hair's breadth from the next one.
fn draw_piece(canvas: &mut Canvas<'_>, strip: Area, piece: &Piece<Phase>) -> Result<(), ChartError> {
    let left = strip.left + piece.from * strip.width();
    let top = if piece.paint == Phase::FaultWithin { strip.center().1 } else { strip.top };
    let mut wide = (piece.to - piece.from) * strip.width();
    if wide > 3.0 && matches!(piece.paint, Phase::Generating(_)) {
        wide -= 0.6;
    }
    canvas.rectangle(Area { left, top, right: left + wide.max(NARROWEST), ..strip }, piece.paint.color())
}
