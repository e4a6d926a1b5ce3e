//! The heatmap: a measure over bins of two counts, one picture per model on one colour range.

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, Range, extent, is_drawable};
use super::canvas::{Align, Area, Canvas, Point, Stroke, TextStyle, paint};
use super::colormap::{color, ink_on};
use super::number::{count, counted, measured};
use super::sheet::{Heading, draw_nothing};
use super::text::{shorten, width};
use super::theme::{AXIS, EMPTY, HATCH, INK, LABEL, MUTED, SMALL, TICK, WHITE};

/// A cell with responses in it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HeatmapCell {
    /// Index of the bin along x.
    pub x: usize,
    /// Index of the bin along y.
    pub y: usize,
    /// What the colour shows.
    pub value: f64,
    /// Responses behind the value.
    pub n: u64,
}

/// A measure over bins of two counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heatmap {
    /// Title, bold, at the left.
    pub title: String,
    /// Second line, smaller.
    pub subtitle: String,
    /// Label of the horizontal axis.
    pub x_label: String,
    /// Label of the vertical axis.
    pub y_label: String,
    /// Label of the colour bar, with its unit.
    pub value_label: String,
    /// Edges of the bins along x; see [`super::bin_edges`].
    pub x_edges: Vec<f64>,
    /// Edges of the bins along y.
    pub y_edges: Vec<f64>,
    /// The cells that hold responses.
    pub cells: Vec<HeatmapCell>,
    /// Ends of the colour range, the same for all models; see [`super::robust_range`]. Values outside
    /// take the colour of the end, which the colour bar marks.
    pub range: (f64, f64),
    /// Logarithmic colours.
    pub log_color: bool,
    /// Sentences for the caption.
    pub note: String,
}

const WIDE: f64 = 900.0;
const BAR: f64 = 16.0;
/// From the grid to the right edge: gap, bar, its numbers, its label.
const BAR_COLUMN: f64 = 128.0;
const MOST_HATCHED: usize = 200;

/// Draws the heatmap.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn heatmap(chart: &Heatmap) -> Result<String, ChartError> {
    let grid = Grid::of(chart);
    let heading = Heading::new(WIDE, &chart.title, &chart.subtitle, &captions(chart, &grid));
    let row_height = (430.0 / grid.rows.max(1) as f64).min(64.0);
    let plot_height = (grid.rows as f64 * row_height).max(200.0);
    let size = (WIDE, heading.height() + plot_height + BOTTOM_MARGIN);
    paint(size, heading.name(), |canvas| {
        let area = heading.draw(canvas, size)?;
        if grid.cells.is_empty() {
            return draw_nothing(canvas, area);
        }
        let names = bin_names(&chart.y_edges);
        let widest = names.iter().map(|name| width(name, TICK, false)).fold(0.0, f64::max).min(150.0);
        let plot = Area {
            left: area.left + widest + 8.0 + LABEL * 1.9,
            right: area.right - BAR_COLUMN,
            bottom: area.bottom - BOTTOM_MARGIN,
            ..area
        };
        grid.draw_cells(canvas, plot)?;
        draw_columns(canvas, plot, chart)?;
        draw_rows(canvas, plot, (chart, &names, widest))?;
        let column = Area { left: plot.right + 22.0, right: area.right, ..plot };
        grid.draw_color_bar(canvas, column, &chart.value_label)
    })
}

/// The cells that can be drawn, and the colour range.
struct Grid {
    columns: usize,
    rows: usize,
    cells: Vec<HeatmapCell>,
    range: Range,
}

impl Grid {
    fn of(chart: &Heatmap) -> Self {
        let columns = chart.x_edges.len().saturating_sub(1);
        let rows = chart.y_edges.len().saturating_sub(1);
        let fits = |cell: &&HeatmapCell| cell.x < columns && cell.y < rows && is_drawable(cell.value, false);
        let mut cells: Vec<HeatmapCell> = chart.cells.iter().filter(fits).copied().collect();
        cells.sort_by_key(|cell| (cell.y, cell.x));
        cells.dedup_by_key(|cell| (cell.y, cell.x));
        let (low, high) = chart.range;
        let is_given = low < high && is_drawable(low, chart.log_color) && is_drawable(high, chart.log_color);
        let range =
            if is_given { Range { low, high, log: chart.log_color } } else { fallback_range(&cells, chart.log_color) };
        Self { columns, rows, cells, range }
    }

    fn draw_cells(&self, canvas: &mut Canvas<'_>, plot: Area) -> Result<(), ChartError> {
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
        for cell in &self.cells {
            self.draw_cell(canvas, area(cell.x, cell.y), cell)?;
        }
        draw_gaps(canvas, plot, (self.columns, self.rows))
    }

    fn draw_cell(&self, canvas: &mut Canvas<'_>, area: Area, cell: &HeatmapCell) -> Result<(), ChartError> {
        let ground = color(self.share(cell.value));
        canvas.rectangle(area, ground)?;
        let (x, y) = area.center();
        let value = measured(cell.value);
        if area.height() < TICK * 1.2 || width(&value, TICK, false) > area.width() - 4.0 {
            return Ok(());
        }
        let note = format!("n = {}", count(cell.n));
        let has_note = area.height() > TICK * 2.7 && width(&note, SMALL - 1.0, false) < area.width() - 4.0;
        let rise = if has_note { TICK * 0.58 } else { 0.0 };
        let look = TextStyle::new(TICK, ink_on(ground)).align(Align::Middle);
        canvas.text(&value, (x, y + TICK * 0.36 - rise), look)?;
        if has_note {
            let look = TextStyle::new(SMALL - 1.0, ink_on(ground)).align(Align::Middle);
            canvas.text(&note, (x, y + SMALL * 0.36 + rise), look)?;
        }
        Ok(())
    }

    fn share(&self, value: f64) -> f64 {
        if self.range.log && value <= 0.0 { 0.0 } else { self.range.unit(value).clamp(0.0, 1.0) }
    }

    fn draw_color_bar(&self, canvas: &mut Canvas<'_>, column: Area, label: &str) -> Result<(), ChartError> {
        let bar = Area { right: column.left + BAR, top: column.top + 10.0, bottom: column.bottom - 48.0, ..column };
        let steps = 128;
        let stripe = bar.height() / f64::from(steps);
        for step in 0..steps {
            let bottom = bar.bottom - f64::from(step) * stripe;
            // Half a stripe of overlap, or the gaps between stripes shine through.
            let area = Area { top: (bottom - stripe * 1.5).max(bar.top), bottom, ..bar };
            canvas.rectangle(area, color((f64::from(step) + 0.5) / f64::from(steps)))?;
        }
        let widest = self.draw_bar_numbers(canvas, bar)?;
        let label = shorten(&self.range.titled(label), bar.height() + 40.0, LABEL);
        let look = TextStyle::new(LABEL, INK).align(Align::Middle);
        let x = (bar.right + 7.0 + widest + LABEL * 1.5).min(column.right);
        canvas.text_upwards(&label, (x, bar.center().1), look)?;
        let swatch = Area { top: column.bottom - 16.0, ..Area { bottom: column.bottom, ..bar } };
        canvas.rectangle(swatch, EMPTY)?;
        hatch(canvas, swatch)?;
        canvas.text("n = 0", (bar.right + 7.0, column.bottom - 4.0), TextStyle::new(SMALL, MUTED))
    }

    /// Draws the numbers beside the bar and gives the width of the widest.
    fn draw_bar_numbers(&self, canvas: &mut Canvas<'_>, bar: Area) -> Result<f64, ChartError> {
        let look = TextStyle::new(TICK, MUTED);
        let mut widest = 0.0_f64;
        let (below, above) = self.clipped();
        let ends = [(bar.bottom, self.range.low, below, "≤ ", 9.0), (bar.top, self.range.high, above, "≥ ", -9.0)];
        for (y, value, is_clipped, sign, tip) in ends {
            if is_clipped {
                let share = if tip < 0.0 { 1.0 } else { 0.0 };
                let arrow = [(bar.left, y), (bar.right, y), (bar.center().0, y + tip)];
                canvas.polygon(&arrow, color(share), 1.0)?;
            }
            let text = format!("{}{}", if is_clipped { sign } else { "" }, measured(value));
            widest = widest.max(width(&text, TICK, false));
            canvas.text(&text, (bar.right + 7.0, y + TICK * 0.36), look)?;
        }
        for tick in self.range.ticks((bar.height() / 55.0) as usize) {
            let y = bar.bottom - self.range.unit(tick.value) * bar.height();
            if tick.label.is_empty() || y < bar.top + TICK * 1.3 || y > bar.bottom - TICK * 1.3 {
                continue;
            }
            canvas.line((bar.right, y), (bar.right + 4.0, y), Stroke::solid(AXIS, 1.0))?;
            widest = widest.max(width(&tick.label, TICK, false));
            canvas.text(&tick.label, (bar.right + 7.0, y + TICK * 0.36), look)?;
        }
        Ok(widest)
    }

    fn clipped(&self) -> (bool, bool) {
        let any = |test: fn(f64, f64) -> bool, end: f64| self.cells.iter().any(|cell| test(cell.value, end));
        (any(|value, end| value < end, self.range.low), any(|value, end| value > end, self.range.high))
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

/// Grey with slanted lines: nothing was measured here.
fn hatch(canvas: &mut Canvas<'_>, area: Area) -> Result<(), ChartError> {
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

fn draw_gaps(canvas: &mut Canvas<'_>, plot: Area, (columns, rows): (usize, usize)) -> Result<(), ChartError> {
    let thickness = if columns.max(rows) > 40 { 0.3 } else { 2.0 };
    let stroke = Stroke::solid(WHITE, thickness);
    for column in 1..columns {
        let x = plot.left + plot.width() * column as f64 / columns as f64;
        canvas.path(&[(x, plot.top), (x, plot.bottom)], stroke)?;
    }
    for row in 1..rows {
        let y = plot.top + plot.height() * row as f64 / rows as f64;
        canvas.path(&[(plot.left, y), (plot.right, y)], stroke)?;
    }
    Ok(())
}

fn draw_columns(canvas: &mut Canvas<'_>, plot: Area, chart: &Heatmap) -> Result<(), ChartError> {
    let names = bin_names(&chart.x_edges);
    let look = TextStyle::new(TICK, MUTED).align(Align::Middle);
    let mut free_from = f64::NEG_INFINITY;
    for (index, name) in names.iter().enumerate() {
        let x = plot.left + plot.width() * (index as f64 + 0.5) / names.len() as f64;
        let half = width(name, TICK, false) / 2.0;
        if x - half > free_from {
            canvas.text(name, (x, plot.bottom + TICK * 1.4), look)?;
            free_from = x + half + 5.0;
        }
    }
    let label = shorten(&chart.x_label, plot.width(), LABEL);
    let look = TextStyle::new(LABEL, INK).align(Align::Middle);
    canvas.text(&label, (plot.center().0, plot.bottom + 1.8 * TICK + 1.3 * LABEL), look)
}

fn draw_rows(
    canvas: &mut Canvas<'_>,
    plot: Area,
    (chart, names, widest): (&Heatmap, &[String], f64),
) -> Result<(), ChartError> {
    let look = TextStyle::new(TICK, MUTED).align(Align::End);
    let every = (TICK * 1.2 * names.len() as f64 / plot.height()).ceil().max(1.0) as usize;
    for (index, name) in names.iter().enumerate().step_by(every) {
        let y = plot.bottom - plot.height() * (index as f64 + 0.5) / names.len() as f64;
        canvas.text(&shorten(name, widest, TICK), (plot.left - 8.0, y + TICK * 0.36), look)?;
    }
    let label = shorten(&chart.y_label, plot.height() * 1.1, LABEL);
    let look = TextStyle::new(LABEL, INK).align(Align::Middle);
    canvas.text_upwards(&label, (plot.left - widest - 8.0 - LABEL * 0.9, plot.center().1), look)
}

/// The label of each bin. Bins of counts show first and last (`60–79`), so that it is clear where an
/// edge belongs; others show their edges.
fn bin_names(edges: &[f64]) -> Vec<String> {
    let is_whole = |edge: &f64| *edge == f64::INFINITY || (edge.fract() == 0.0 && edge.abs() < 1e15);
    let whole = edges.iter().all(is_whole);
    let number = |value: f64| match (whole, value < 0.0) {
        (true, false) => count(value as u64),
        (true, true) => format!("−{}", count(-value as u64)),
        (false, _) => measured(value),
    };
    edges
        .windows(2)
        .map(|pair| {
            let (from, to) = (pair[0], pair[1]);
            if to == f64::INFINITY {
                format!("≥ {}", number(from))
            } else if whole && to - from <= 1.0 {
                number(from)
            } else {
                format!("{}–{}", number(from), number(if whole { to - 1.0 } else { to }))
            }
        })
        .collect()
}

fn captions(chart: &Heatmap, grid: &Grid) -> [String; 3] {
    let ends = match grid.clipped() {
        (false, false) => "",
        (true, false) => "Values below the colour range have its lowest colour.",
        (false, true) => "Values above the colour range have its highest colour.",
        (true, true) => "Values outside the colour range have the colour of its end.",
    };
    let hidden = (chart.cells.len() - grid.cells.len()) as u64;
    let warning = if hidden == 0 || grid.cells.is_empty() {
        String::new()
    } else {
        format!("{} without a finite value or a bin not shown.", counted(hidden, "cell"))
    };
    [chart.note.clone(), ends.into(), warning]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_of_counts_are_named_by_first_and_last() {
        assert_eq!(bin_names(&[60.0, 80.0, 2000.0]), ["60–79", "80–1,999"]);
        assert_eq!(bin_names(&[3.0, 4.0, f64::INFINITY]), ["3", "≥ 4"]);
        assert_eq!(bin_names(&[3.0, 4.0, 6.0]), ["3", "4–5"]);
        assert_eq!(bin_names(&[0.5, 1.0]), ["0.500–1.00"]);
        assert!(bin_names(&[]).is_empty());
    }
}
