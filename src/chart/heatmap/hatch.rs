//! The look of a cell without responses.

use crate::chart::ChartError;
use crate::chart::canvas::{Area, Canvas, Point, Stroke};
use crate::chart::theme::HATCH;

/// Grey with slanted lines: nothing was measured here.
pub(super) fn hatch(canvas: &mut Canvas<'_>, area: Area) -> Result<(), ChartError> {
    let stroke = Stroke::solid(HATCH, 0.8);
    let mut offset = 6.0;
    while offset < area.width() + area.height() {
        let from: Point = if offset <= area.height() {
            (area.left, area.top + offset)
        } else {
            (area.left + offset - area.height(), area.bottom)
        };
        let to: Point = if offset <= area.width() {
            (area.left + offset, area.top)
        } else {
            (area.right, area.top + offset - area.width())
        };
        canvas.path(&[from, to], stroke)?;
        offset += 9.0;
    }
    Ok(())
}
