//! Stacked bars: the parts of a whole, as shares of it or in its unit, a bar per model.

use plotters::style::RGBColor;

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, Range, draw_horizontal, is_drawable};
use super::canvas::{Align, Area, Canvas, Stroke, TextStyle, paint};
use super::colormap::ink_on;
use super::frame::Frame;
use super::number::{count, measured};
use super::rows::{MOST_ROWS, unlisted};
use super::sheet::{Heading, draw_nothing};
use super::text::{label, shorten, shorten_apart, width};
use super::theme::{BLUE, GREEN, GREY, INK, MUTED, OLIVE, ORANGE, PINK, SKY, SMALL, TICK, VERMILION, WHITE};

/// The parts of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StackedBar {
    /// Name of the model.
    pub label: String,
    /// One per class: how many, or how much. What is not known or below zero is left out.
    pub parts: Vec<f64>,
}

/// Parts of a whole per model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StackedChart {
    /// What stands around it.
    pub frame: Frame,
    /// Label of the axis, with its unit.
    pub value_label: String,
    /// True if parts are counts that are shown as shares of their sum; else bars are as long as their sum.
    pub is_share: bool,
    /// Names of the classes, from the left.
    pub classes: Vec<String>,
    /// One bar per model, in the order of the models.
    pub bars: Vec<StackedBar>,
    /// Lengths that the axis has room for too.
    pub room: Vec<f64>,
    /// Sentences for the caption.
    pub note: String,
}

impl StackedChart {
    /// The colour of each class.
    pub(super) fn colors(&self) -> impl Iterator<Item = RGBColor> {
        (0..self.classes.len()).map(|class| self.color(class))
    }

    fn color(&self, class: usize) -> RGBColor {
        (if self.is_share { COLORS } else { NEUTRAL })[class % COLORS.len()]
    }
}

const WIDE: f64 = 900.0;
const SHARES: Range = Range { low: 0.0, high: 1.0, log: false };
const LEGEND_LINE: f64 = 22.0;
const SWATCH: f64 = 12.0;
const NAME: f64 = 220.0;
/// Room for the length of a whole bar.
const WHOLE: f64 = 62.0;

/// Green for the first class, which is what is wanted, vermilion for the second, and quiet colours for the others.
const COLORS: [RGBColor; 10] = [GREEN, VERMILION, LIGHT, SKY, PINK, BLUE, ORANGE, OLIVE, GREY, RGBColor(40, 40, 40)];

/// Colours of parts of which none is good or bad.
const NEUTRAL: [RGBColor; 10] = [SKY, BLUE, LIGHT, OLIVE, ORANGE, PINK, GREEN, GREY, VERMILION, RGBColor(40, 40, 40)];

const LIGHT: RGBColor = RGBColor(190, 190, 190);

/// Draws the chart.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn stacked(chart: &StackedChart) -> Result<String, ChartError> {
    let shown = &chart.bars[..chart.bars.len().min(MOST_ROWS)];
    let wide = chart.frame.width(WIDE);
    let heading = Heading::new(wide, &chart.frame, &captions(chart));
    let legend = legend(chart, wide - 36.0);
    let legend_height = legend.last().map_or(0.0, |(_, (_, line), _)| (line + 1.0) * LEGEND_LINE + 4.0);
    let rest = heading.height() + legend_height + BOTTOM_MARGIN;
    let row = chart.frame.row_height(shown.len(), rest, (21.0, 44.0));
    let has_data = shown.iter().any(|bar| whole(bar) > 0.0);
    let range = range(chart, shown);
    let needed = if has_data { legend_height + shown.len() as f64 * row + BOTTOM_MARGIN } else { 200.0 };
    let size = (wide, chart.frame.height(heading.height() + needed));
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        if !has_data {
            return draw_nothing(canvas, area);
        }
        for (class, (x, line), name) in &legend {
            let y = area.top + line * LEGEND_LINE;
            let swatch = Area { left: area.left + x, top: y, right: area.left + x + SWATCH, bottom: y + SWATCH };
            canvas.rectangle(swatch, chart.color(*class))?;
            canvas.text(name, (swatch.right + 6.0, y + SWATCH - 1.5), TextStyle::new(SMALL, INK))?;
        }
        let area = Area { top: area.top + legend_height, bottom: area.bottom - BOTTOM_MARGIN, ..area };
        let left = draw_names(canvas, area, shown)?;
        let plot = Area { left, right: area.right - if chart.is_share { 8.0 } else { WHOLE }, ..area };
        draw_horizontal(canvas, plot, &range, &chart.value_label)?;
        draw_bars(canvas, plot, (chart, &range))?;
        canvas.line((plot.left, plot.top), (plot.left, plot.bottom), Stroke::solid(MUTED, 1.0))
    })
}

/// The sentences below the chart.
pub(super) fn captions(chart: &StackedChart) -> [String; 2] {
    [chart.note.clone(), unlisted(chart.bars.len())]
}

/// The classes, each with its place: pixels from the left, and the line.
fn legend(chart: &StackedChart, room: f64) -> Vec<(usize, (f64, f64), String)> {
    let (mut x, mut line) = (0.0, 0.0);
    let entry = |(index, name): (usize, &String)| {
        let name = shorten(&label(name), 200.0, SMALL);
        let wide = SWATCH + 6.0 + width(&name, SMALL, false) + 18.0;
        if x > 0.0 && x + wide > room {
            (x, line) = (0.0, line + 1.0);
        }
        let at = (x, line);
        x += wide;
        (index, at, name)
    };
    chart.classes.iter().take(COLORS.len()).enumerate().map(entry).collect()
}

/// Draws the names and gives where the bars begin.
fn draw_names(canvas: &mut Canvas<'_>, area: Area, bars: &[StackedBar]) -> Result<f64, ChartError> {
    let names: Vec<String> = bars.iter().map(|bar| label(&bar.label)).collect();
    let names = shorten_apart(&names, NAME, TICK);
    let row = area.height() / bars.len() as f64;
    for (index, name) in names.iter().enumerate() {
        let middle = area.top + (index as f64 + 0.5) * row;
        canvas.marker((area.left + 6.0, middle), 4.5, canvas.look(index), 1.0)?;
        canvas.text(name, (area.left + 18.0, middle + TICK * 0.36), TextStyle::new(TICK, INK))?;
    }
    Ok(area.left + 18.0 + names.iter().map(|name| width(name, TICK, false)).fold(0.0, f64::max) + 14.0)
}

/// The parts of a bar that can be drawn, by their class.
fn parts(bar: &StackedBar) -> impl Iterator<Item = (usize, f64)> {
    let known = bar.parts.iter().copied().take(COLORS.len()).enumerate();
    known.filter(|(_, part)| is_drawable(*part, false) && *part > 0.0)
}

/// The length of a bar.
pub(super) fn whole(bar: &StackedBar) -> f64 {
    parts(bar).map(|(_, part)| part).sum()
}

fn range(chart: &StackedChart, bars: &[StackedBar]) -> Range {
    if chart.is_share { SHARES } else { Range::from_zero(bars.iter().map(whole).chain(chart.room.iter().copied())) }
}

fn draw_bars(canvas: &mut Canvas<'_>, plot: Area, (chart, range): (&StackedChart, &Range)) -> Result<(), ChartError> {
    let bars = &chart.bars[..chart.bars.len().min(MOST_ROWS)];
    let row = plot.height() / bars.len() as f64;
    let thick = (row * 0.66).min(28.0);
    for (index, bar) in bars.iter().enumerate() {
        let middle = plot.top + (index as f64 + 0.5) * row;
        let all = whole(bar);
        let mut done = 0.0;
        for (class, part) in parts(bar) {
            let place = |sum: f64| plot.left + plot.width() * range.unit(if chart.is_share { sum / all } else { sum });
            let (left, right) = (place(done), place(done + part));
            done += part;
            let color = chart.color(class);
            canvas.rectangle(Area { left, top: middle - thick / 2.0, right, bottom: middle + thick / 2.0 }, color)?;
            canvas.line((right, middle - thick / 2.0), (right, middle + thick / 2.0), Stroke::solid(WHITE, 1.0))?;
            let text = if chart.is_share { count(part as u64) } else { measured(part) };
            if width(&text, SMALL, false) + 6.0 < right - left && thick > SMALL {
                let look = TextStyle::new(SMALL, ink_on(color)).align(Align::Middle);
                canvas.text(&text, (f64::midpoint(left, right), middle + SMALL * 0.36), look)?;
            }
        }
        if !chart.is_share {
            let end = plot.left + plot.width() * range.unit(all) + 6.0;
            let text = if all > 0.0 { measured(all) } else { "–".into() };
            canvas.text(&text, (end, middle + TICK * 0.36), TextStyle::new(TICK, INK))?;
        }
    }
    Ok(())
}
