//! The load curve: throughput and latency over the offered load, two panels on one load axis.

mod captions;
mod curves;
mod knees;
mod paint;
#[cfg(test)]
mod tests;
mod view;

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, draw_horizontal_at, draw_vertical_at, left_margin};
use super::canvas::{Area, Stroke, paint};
use super::sheet::{Heading, draw_nothing};
use super::theme::AXIS;
use curves::Curves;

pub use view::{LoadCurveChart, LoadPoint, LoadSeries};

const WIDE: f64 = 960.0;
const PANEL: f64 = 225.0;
const LOWEST_PANEL: f64 = 40.0;
const HIGHEST_PANEL: f64 = 450.0;
const PANEL_GAP: f64 = 26.0;

/// Draws the load curve.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn load_curve(chart: &LoadCurveChart) -> Result<String, ChartError> {
    let curves = Curves::of(chart);
    let width = chart.frame.width(WIDE);
    let heading = Heading::new(width, &chart.frame, &curves.captions(chart));
    let legend = curves.legend(chart);
    let rest = heading.height() + PANEL_GAP + BOTTOM_MARGIN;
    let named = (heading.height() + legend.least_height() - rest) / 2.0;
    let panel = named.clamp(PANEL, HIGHEST_PANEL).min((chart.frame.most_height() - rest) / 2.0).max(LOWEST_PANEL);
    let plot_height = 2.0 * panel + PANEL_GAP + BOTTOM_MARGIN;
    let size = (width, chart.frame.height(heading.height() + if curves.axes.is_some() { plot_height } else { 220.0 }));
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        let Some(axes) = &curves.axes else {
            return draw_nothing(canvas, area);
        };
        let margin = left_margin(&axes.throughput, panel).max(left_margin(&axes.latency, panel));
        let right = area.right - legend.width() - 18.0;
        let plot = Area { left: area.left + margin, right, bottom: area.bottom - BOTTOM_MARGIN, ..area };
        let upper = Area { bottom: plot.top + panel, ..plot };
        let lower = Area { top: plot.bottom - panel, ..plot };
        draw_vertical_at(canvas, upper, &axes.throughput, (&chart.throughput_label, margin))?;
        draw_vertical_at(canvas, lower, &axes.latency, (&chart.latency_label, margin))?;
        draw_horizontal_at(canvas, plot, (&axes.load, &axes.load_ticks), &chart.load_label)?;
        canvas.line((upper.left, upper.bottom), (upper.right, upper.bottom), Stroke::solid(AXIS, 1.0))?;
        curves.draw_throughput(canvas, upper, axes)?;
        curves.draw_latency(canvas, lower, axes)?;
        legend.draw(canvas, Area { left: right + 18.0, ..area })
    })
}
