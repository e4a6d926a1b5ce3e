//! The plots of distributions: at most six lines in each, all on one axis.

use std::ops;

use super::curve::{corners, counts, look, names, quantile, responses, sorted};
use super::view::{EcdfChart, EcdfPanel, EcdfSeries};
use crate::chart::ChartError;
use crate::chart::axis::{BOTTOM_MARGIN, Range, draw_horizontal, draw_vertical, left_margin};
use crate::chart::canvas::{Align, Area, Canvas, Point, Stroke, TextStyle};
use crate::chart::sheet::place;
use crate::chart::text::{label, shorten, width};
use crate::chart::theme::{HATCH, INK, MUTED, ModelStyle, SMALL, TICK, WHITE};

/// More lines than this in a plot cannot be told apart.
const MOST_LINES: usize = 6;
const MOST_PLOTS: usize = 24;
/// A little over 1, so that a curve that ends there is seen whole.
const SHARE: Range = Range { low: 0.0, high: 1.02, log: false };
/// Marked shares, how many responses each needs, and its name.
pub(in crate::chart) const LEVELS: [(f64, u64, &str); 3] = [(0.5, 1, "p50"), (0.9, 100, "p90"), (0.99, 1000, "p99")];
const LEVEL_COLUMN: f64 = 34.0;
const MARKER: f64 = 4.6;
/// Least width, usual and least height of one of several plots, and the height of its title.
const NARROWEST: f64 = 300.0;
const HIGH: f64 = 190.0;
const LOWEST: f64 = 90.0;
const TITLE: f64 = 24.0;
const ROW_GAP: f64 = 12.0;

/// A panel, or a part of one that has too many lines.
pub(super) struct Plot<'c> {
    title: &'c str,
    pub(super) series: &'c [EcdfSeries],
}

/// The plots of a chart.
pub(super) fn plots(chart: &EcdfChart) -> Vec<Plot<'_>> {
    chart.panels.iter().flat_map(of_panel).take(MOST_PLOTS).collect()
}

impl EcdfChart {
    /// Number of its plots.
    pub(in crate::chart) fn plots(&self) -> usize {
        self.panels.iter().flat_map(of_panel).count()
    }

    /// Keeps these plots.
    pub(in crate::chart) fn keep(&mut self, range: &ops::Range<usize>) {
        let plots = self.panels.iter().flat_map(of_panel).skip(range.start).take(range.len());
        let panel = |plot: Plot<'_>| EcdfPanel { label: plot.title.to_owned(), series: plot.series.to_vec() };
        self.panels = plots.map(panel).collect();
    }
}

fn of_panel(panel: &EcdfPanel) -> impl Iterator<Item = Plot<'_>> {
    let plots = panel.series.len().div_ceil(MOST_LINES).max(1);
    // Plots of about as many lines each.
    panel.series.chunks(panel.series.len().div_ceil(plots).max(1)).map(|series| Plot { title: &panel.label, series })
}

/// Where the plots stand.
pub(super) struct Grid {
    across: usize,
    down: usize,
}

impl Grid {
    pub(super) fn of(plots: &[Plot<'_>], room: f64) -> Self {
        let count = plots.len().max(1);
        let fitting = ((room / NARROWEST) as usize).clamp(1, count);
        let down = count.div_ceil(fitting);
        // Lines of about as many plots each.
        Self { across: count.div_ceil(down), down }
    }

    /// What several plots need, of this room if they can do with it; one takes what there is.
    pub(super) fn height(&self, room: f64) -> Option<f64> {
        let rows = self.down as f64;
        let around = rows * (TITLE + ROW_GAP) + (rows + 0.4) * BOTTOM_MARGIN;
        let high = ((room - around) / rows).clamp(LOWEST, HIGH);
        (self.across * self.down > 1).then_some(rows * high + around)
    }

    pub(super) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        area: Area,
        (chart, range, plots): (&EcdfChart, &Range, &[Plot<'_>]),
    ) -> Result<(), ChartError> {
        let (wide, high) = (area.width() / self.across as f64, area.height() / self.down as f64);
        let is_single = plots.len() == 1;
        for (index, plot) in plots.iter().enumerate() {
            let (column, line) = (index % self.across, index / self.across);
            let (left, top) = (area.left + column as f64 * wide, area.top + line as f64 * high);
            let above = if is_single { 0.0 } else { TITLE };
            let bottom = top + high - BOTTOM_MARGIN - if is_single { 0.0 } else { ROW_GAP };
            let margin = left_margin(&SHARE, bottom - top);
            let plotted = Area { left: left + margin, right: left + wide - LEVEL_COLUMN, top: top + above, bottom };
            // A label stands where no plot is beside or below.
            let y_label = if column == 0 { "Share of responses" } else { "" };
            let x_label = if index + self.across >= plots.len() { chart.x_label.as_str() } else { "" };
            draw_vertical(canvas, plotted, &SHARE, y_label)?;
            draw_horizontal(canvas, plotted, range, x_label)?;
            if !is_single {
                plot.draw_title(canvas, plotted, chart.log_x)?;
            }
            plot.draw(canvas, plotted, (chart, range))?;
        }
        Ok(())
    }
}

impl Plot<'_> {
    /// The name, and at the right how many responses there are.
    fn draw_title(&self, canvas: &mut Canvas<'_>, area: Area, log: bool) -> Result<(), ChartError> {
        let counts = counts(self.series.iter(), log);
        let wide = width(&counts, SMALL, false);
        let look = TextStyle::new(SMALL, MUTED).align(Align::End);
        canvas.text(&counts, (area.right, area.top - 8.0), look)?;
        let name = if self.title.is_empty() { String::new() } else { label(self.title) };
        // Bold text is about a sixth wider than what is measured.
        let name = shorten(&name, (area.width() - wide - 12.0) / 1.16, TICK);
        canvas.text(&name, (area.left, area.top - 8.0), TextStyle::new(TICK, INK).bold())
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, of: (&EcdfChart, &Range)) -> Result<(), ChartError> {
        self.draw_levels(canvas, area, of.0.log_x)?;
        let marks = self.draw_curves(canvas, area, of)?;
        let marker = if area.width() < 2.0 * NARROWEST { MARKER * 0.8 } else { MARKER };
        for (at, look) in marks {
            canvas.marker(at, marker + 1.4, ModelStyle { color: WHITE, ..look }, 1.0)?;
            canvas.marker(at, marker, look, 1.0)?;
        }
        Ok(())
    }

    /// A thin line and a name at the height of every level that some line has responses enough for.
    fn draw_levels(&self, canvas: &mut Canvas<'_>, area: Area, log: bool) -> Result<(), ChartError> {
        let most = self.series.iter().map(|series| responses(series, log)).max().unwrap_or(0);
        let mut free = f64::INFINITY;
        for (share, _, name) in LEVELS.into_iter().filter(|(_, least, _)| most >= *least) {
            let y = area.bottom - SHARE.unit(share) * area.height();
            let stroke = Stroke { dash: Some((2.0, 3.0)), ..Stroke::solid(HATCH, 1.0) };
            canvas.line((area.left, y), (area.right, y), stroke)?;
            // In a low plot p99 has no room above p90.
            let text = y.min(free - SMALL);
            canvas.text(name, (area.right + 6.0, text + SMALL * 0.36), TextStyle::new(SMALL, MUTED))?;
            free = text;
        }
        Ok(())
    }

    /// Draws the lines and gives the marks that belong on top of all of them.
    fn draw_curves(
        &self,
        canvas: &mut Canvas<'_>,
        area: Area,
        (chart, range): (&EcdfChart, &Range),
    ) -> Result<Vec<(Point, ModelStyle)>, ChartError> {
        let names = names(chart);
        // The more lines, the coarser, so that the picture stays small.
        let lines: usize = chart.panels.iter().map(|panel| panel.series.len()).sum();
        let tolerance = (lines as f64 / 32.0).clamp(0.5, 2.0);
        let mut marks = Vec::new();
        for series in self.series {
            let own = names.iter().position(|name| *name == series.label).unwrap_or_default();
            let look = look(own, names.len(), chart.is_ordered);
            let (values, total) = sorted(series, chart.log_x);
            let in_plot = |point| place(area, (range, &SHARE), point);
            let corners = corners(&values, total, in_plot, tolerance);
            canvas.path(&corners, Stroke::solid(look.color, 2.0))?;
            if let (Some(end), true) = (corners.last(), series.failed > 0) {
                canvas.line(*end, (area.right, end.1), Stroke::dashed(look.color, 1.2))?;
            }
            for (share, _, _) in LEVELS.into_iter().filter(|(_, least, _)| total >= *least) {
                marks.extend(quantile(&values, total, share).map(|value| (in_plot((value, share)), look)));
            }
        }
        Ok(marks)
    }
}
