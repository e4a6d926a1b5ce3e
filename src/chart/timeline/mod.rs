//! The run timeline: a bar per request over the time of the run, its phases coloured.

mod captions;
mod layout;
mod legend;
mod paint;
mod phase;
mod server;
#[cfg(test)]
mod tests;
mod view;

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, draw_horizontal};
use super::canvas::{Area, paint};
use super::sheet::{Heading, draw_nothing};
use super::theme::SMALL;
use layout::{TimelineLayout, WIDE};

pub(super) use layout::axis;
pub(super) use phase::{kind_color, waiting_color};
pub(super) use view::LaneBar;
pub use view::{BarKind, ServerReading, TimelineBar, TimelineChart, TimelineGroup};

const LEGEND_LINE: f64 = 22.0;

/// Draws the timeline.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn timeline(chart: &TimelineChart) -> Result<String, ChartError> {
    let width = chart.frame.width(WIDE);
    // What its captions say follows from the room that they leave.
    let around = Heading::new(width, &chart.frame, &[]).height() + LEGEND_LINE + 8.0 + BOTTOM_MARGIN;
    let captions = chart.frame.medium.caption_lines() as f64 * SMALL * 1.4;
    let plan = TimelineLayout::of(chart, chart.frame.most_height() - around - captions);
    let heading = Heading::new(width, &chart.frame, &plan.captions(chart));
    let swatches = plan.swatches();
    let legend_height = if swatches.is_empty() { 0.0 } else { LEGEND_LINE + 8.0 };
    let plot_height = if plan.range.is_some() { legend_height + plan.height() + BOTTOM_MARGIN } else { 220.0 };
    let size = (width, chart.frame.height(heading.height() + plot_height));
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        let Some(range) = &plan.range else {
            return draw_nothing(canvas, area);
        };
        for swatch in &swatches {
            swatch.draw(canvas, area)?;
        }
        let (top, bottom) = (area.top + legend_height, area.bottom - BOTTOM_MARGIN);
        let plot = Area { left: area.left + 2.0, top, bottom, ..area };
        let since =
            if plan.is_aligned { "Seconds since its first request" } else { "Seconds since the start of the run" };
        draw_horizontal(canvas, plot, range, since)?;
        plan.draw_groups(canvas, plot)
    })
}
