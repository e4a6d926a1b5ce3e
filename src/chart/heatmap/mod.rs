//! The heat map: a measure over rows and columns, one panel per model, all on one scale of colours.

mod cells;
mod colors;
mod hatch;
mod view;

use super::ChartError;
use super::axis::is_drawable;
use super::canvas::{Align, Area, Canvas, TextStyle, paint};
use super::number::counted;
use super::sheet::{Heading, draw_nothing};
use super::text::{label, shorten, shorten_apart, width};
use super::theme::{INK, LABEL, MUTED, SMALL, TICK};
use cells::Cells;
use colors::Colors;

pub use view::{Heatmap, HeatmapCell, HeatmapPanel};

const WIDE: f64 = 960.0;
/// From the panels to the right edge: gap, bar, its numbers, its label.
const BAR_COLUMN: f64 = 112.0;
const ROW_NAME: f64 = 190.0;
/// Longest name of a column that stands upright.
const UPRIGHT_NAME: f64 = 130.0;
/// Width of a cell that its value and its count fit into, and the most.
const CELL: f64 = 62.0;
const MOST_CELL: f64 = 110.0;
/// Least widths and most heights of cells, the best first: with value and count, with a value, with a colour alone.
const CELLS: [(f64, f64); 6] = [(CELL, 40.0), (CELL, 33.0), (44.0, 24.0), (44.0, 17.0), (22.0, 13.5), (22.0, 9.0)];
/// Ends of the least width of a panel, which the name above it needs.
const NARROWEST: (f64, f64) = (110.0, 190.0);
/// Room for the mark before the name of a panel.
const MARK: f64 = 18.0;
/// Height of a picture that is seen at once on a screen.
const SCREEN: f64 = 1400.0;
const GAP: f64 = 18.0;
const MOST_PANELS: usize = 40;
const MOST_LINES: usize = 100;

/// Draws the heat map.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn heatmap(chart: &Heatmap) -> Result<String, ChartError> {
    let chart = &Heatmap { columns: labels(&chart.columns), rows: labels(&chart.rows), ..chart.clone() };
    let panels: Vec<Vec<HeatmapCell>> =
        chart.panels.iter().take(MOST_PANELS).map(|panel| cells(chart, panel)).collect();
    let all = panels.concat();
    let colors = Colors::of(chart, &all);
    let wide = chart.frame.width(WIDE);
    let heading = Heading::new(wide, &chart.frame, &captions(chart, &colors, all.len()));
    let layout = Layout::of(chart, (wide - 36.0, chart.frame.most_height().min(SCREEN) - heading.height()));
    let needed = if all.is_empty() { 220.0 } else { layout.height() };
    let size = (wide, heading.height() + needed);
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        if all.is_empty() {
            return draw_nothing(canvas, area);
        }
        for (index, cells) in panels.iter().enumerate() {
            let plot = layout.panel(area, index);
            draw_title(canvas, plot, chart, index)?;
            Cells { columns: chart.columns.len(), rows: chart.rows.len(), cells, colors: &colors }
                .draw(canvas, plot)?;
            layout.draw_columns(canvas, plot)?;
            if index % layout.across == 0 {
                layout.draw_rows(canvas, plot)?;
            }
        }
        layout.draw_labels(canvas, area, chart)?;
        let left = layout.panel(area, layout.across - 1).right + GAP;
        let bottom = area.top + layout.height().min(360.0);
        let column = Area { left, right: area.right, top: area.top + layout.above, bottom };
        colors.draw_bar(canvas, column, &chart.value_label)
    })
}

fn labels(names: &[String]) -> Vec<String> {
    names.iter().map(|name| label(name)).collect()
}

/// The cells of a panel that can be drawn, ordered by row and column.
fn cells(chart: &Heatmap, panel: &HeatmapPanel) -> Vec<HeatmapCell> {
    let (columns, rows) = (chart.columns.len(), chart.rows.len().min(MOST_LINES));
    let fits = |cell: &&HeatmapCell| cell.x < columns && cell.y < rows && is_drawable(cell.value, false);
    let mut cells: Vec<HeatmapCell> = panel.cells.iter().filter(fits).copied().collect();
    cells.sort_by_key(|cell| (cell.y, cell.x));
    cells.dedup_by_key(|cell| (cell.y, cell.x));
    cells
}

/// Where panels and their names stand.
struct Layout {
    across: usize,
    down: usize,
    above: f64,
    /// Room for the names of the rows, with the label beside them.
    names: f64,
    panel: (f64, f64),
    /// Names that have room, each at its share of the panel.
    column_names: Vec<(f64, String)>,
    /// Height of the names of columns where these are too narrow for them, so that names stand upright.
    upright: Option<f64>,
    row_names: Vec<(f64, String)>,
    row_size: f64,
}

/// As many of the names as have room at one per `needed` pixels of `length`, evenly spaced, none wider than `widest`, or
/// than its part of the length.
fn named(names: &[String], (length, needed): (f64, f64), widest: Option<f64>, size: f64) -> Vec<(f64, String)> {
    let every = (needed * names.len() as f64 / length).ceil().max(1.0) as usize;
    let taken: Vec<&String> = names.iter().step_by(every).collect();
    let short = shorten_apart(&taken, widest.unwrap_or(length * every as f64 / names.len() as f64 - 4.0), size);
    let place = |index: usize| ((index * every) as f64 + 0.5) / names.len() as f64;
    short.into_iter().enumerate().map(|(index, name)| (place(index), name)).collect()
}

/// Least width of a panel.
fn narrowest(chart: &Heatmap) -> f64 {
    let names = chart.panels.iter().map(|panel| width(&label(&panel.label), TICK, false) + MARK);
    names.fold(NARROWEST.0, f64::max).min(NARROWEST.1)
}

/// Height of the names where columns have too little room for their values and for them.
fn upright(names: &[String], column: f64) -> Option<f64> {
    let widest = names.iter().map(|name| width(name, SMALL, false)).fold(0.0, f64::max);
    (column < CELL && widest > column - 4.0).then(|| widest.min(UPRIGHT_NAME))
}

impl Layout {
    /// The layout with the largest cells that fits into this width and height, else the one with the smallest.
    fn of(chart: &Heatmap, (wide, high): (f64, f64)) -> Self {
        // The rows of a single panel are names, of which none gives way.
        let cells = if chart.panels.len() < 2 { &CELLS[..CELLS.len() - 1] } else { &CELLS[..] };
        let (last, others) = cells.split_last().unwrap_or((&CELLS[0], &[]));
        let mut layouts = others.iter().map(|cell| Self::with_cells(chart, wide, *cell));
        layouts.find(|layout| layout.height() <= high).unwrap_or_else(|| Self::with_cells(chart, wide, *last))
    }

    fn with_cells(chart: &Heatmap, room: f64, (least, most_high): (f64, f64)) -> Self {
        let shown = chart.panels.len().clamp(1, MOST_PANELS);
        let widest = chart.rows.iter().map(|name| width(name, TICK, false)).fold(0.0, f64::max).min(ROW_NAME);
        let names = widest + 8.0 + LABEL * 1.9;
        let room = (room - names - BAR_COLUMN).max(120.0);
        let columns = chart.columns.len().max(1) as f64;
        let fitting = ((room + GAP) / ((columns * least).max(narrowest(chart)) + GAP)) as usize;
        let across = fitting.clamp(1, shown);
        let panel_width = ((room + GAP) / across as f64 - GAP).min(columns * MOST_CELL).max(20.0);
        let rows = chart.rows.len().max(1) as f64;
        let panel_height = (rows * (600.0 / rows).clamp(most_high.min(18.0), most_high)).min(2400.0);
        let above = if chart.panels.iter().all(|panel| panel.label.is_empty()) { 4.0 } else { TICK * 1.9 };
        let upright = upright(&chart.columns, panel_width / columns);
        let column_names = match upright {
            Some(_) => named(&chart.columns, (panel_width, SMALL * 1.3), Some(UPRIGHT_NAME), SMALL),
            None => named(&chart.columns, (panel_width, SMALL * 2.0), None, SMALL),
        };
        let row_size = if panel_height / rows < TICK * 1.2 { SMALL - 1.0 } else { TICK };
        let row_names = named(&chart.rows, (panel_height, row_size * 1.2), Some(ROW_NAME), row_size);
        let panel = (panel_width, panel_height);
        Self { across, down: shown.div_ceil(across), above, names, panel, column_names, upright, row_names, row_size }
    }

    /// Height of a panel with its title and the names of its columns.
    fn line(&self) -> f64 {
        self.above + self.panel.1 + self.upright.map_or(TICK * 2.0, |height| height + SMALL)
    }

    /// Room for the label of the columns, below all panels.
    fn below(&self) -> f64 {
        LABEL * 1.6
    }

    fn height(&self) -> f64 {
        self.down as f64 * self.line() + self.below()
    }

    fn panel(&self, area: Area, index: usize) -> Area {
        let (column, line) = (index % self.across, index / self.across);
        let left = area.left + self.names + column as f64 * (self.panel.0 + GAP);
        let top = area.top + line as f64 * self.line() + self.above;
        Area { left, top, right: left + self.panel.0, bottom: top + self.panel.1 }
    }

    fn draw_columns(&self, canvas: &mut Canvas<'_>, plot: Area) -> Result<(), ChartError> {
        for (place, name) in &self.column_names {
            let middle = plot.left + place * plot.width();
            match self.upright {
                Some(_) => {
                    let look = TextStyle::new(SMALL, MUTED).align(Align::End);
                    canvas.text_upwards(name, (middle + SMALL * 0.36, plot.bottom + 5.0), look)?;
                }
                None => {
                    let look = TextStyle::new(SMALL, MUTED).align(Align::Middle);
                    canvas.text(name, (middle, plot.bottom + SMALL * 1.3), look)?;
                }
            }
        }
        Ok(())
    }

    fn draw_rows(&self, canvas: &mut Canvas<'_>, plot: Area) -> Result<(), ChartError> {
        let look = TextStyle::new(self.row_size, MUTED).align(Align::End);
        for (place, name) in &self.row_names {
            canvas.text(name, (plot.left - 8.0, plot.bottom - place * plot.height() + self.row_size * 0.36), look)?;
        }
        Ok(())
    }

    /// The labels of rows and columns, once for all panels.
    fn draw_labels(&self, canvas: &mut Canvas<'_>, area: Area, chart: &Heatmap) -> Result<(), ChartError> {
        let (first, last) = (self.panel(area, 0), self.panel(area, self.across - 1));
        let look = TextStyle::new(LABEL, INK).align(Align::Middle);
        let bottom = area.top + self.down as f64 * self.line() + LABEL * 0.6;
        let label = shorten(&chart.x_label, last.right - area.left, LABEL);
        canvas.text(&label, (f64::midpoint(first.left, last.right), bottom), look)?;
        let label = shorten(&chart.y_label, first.height() + 60.0, LABEL);
        canvas.text_upwards(&label, (area.left + LABEL, first.center().1), look)
    }
}

fn draw_title(canvas: &mut Canvas<'_>, plot: Area, chart: &Heatmap, index: usize) -> Result<(), ChartError> {
    let HeatmapPanel { label: name, model, .. } = &chart.panels[index];
    if name.is_empty() {
        return Ok(());
    }
    let name = shorten(&label(name), plot.width() - MARK, TICK);
    canvas.marker((plot.left + 6.0, plot.top - 11.0), 4.5, canvas.look(*model), 1.0)?;
    canvas.text(&name, (plot.left + 17.0, plot.top - 7.0), TextStyle::new(TICK, INK))
}

fn captions(chart: &Heatmap, colors: &Colors, drawn: usize) -> [String; 4] {
    let ends = match colors.clipped {
        (false, false) => "",
        (true, false) => "Values below the colour range have its lowest colour.",
        (false, true) => "Values above the colour range have its highest colour.",
        (true, true) => "Values outside the colour range have the colour of its end.",
    };
    let given: usize = chart.panels.iter().take(MOST_PANELS).map(|panel| panel.cells.len()).sum();
    let hidden = given.saturating_sub(drawn) as u64;
    let warning = if hidden == 0 || drawn == 0 {
        String::new()
    } else {
        format!("{} without a finite value or a bin not shown.", counted(hidden, "cell"))
    };
    let panels = chart.panels.len().saturating_sub(MOST_PANELS) as u64;
    let unlisted = if panels == 0 { String::new() } else { format!("{} not shown.", counted(panels, "more model")) };
    [chart.note.clone(), ends.into(), warning, unlisted]
}
