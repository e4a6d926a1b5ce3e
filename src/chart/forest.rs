//! The forest plot: the difference of each pair with its interval, around the line of no difference.

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, Range, draw_horizontal, extent, is_drawable};
use super::canvas::{Align, Area, Canvas, Stroke, TextStyle, paint};
use super::frame::Frame;
use super::number::counted;
use super::sheet::{Heading, draw_nothing};
use super::text::{label, shorten, shorten_apart, width};
use super::theme::{INK, MUTED, ModelStyle, SMALL, Shape, TICK};
use crate::format::signed;
use crate::printable::isolated;

/// One difference.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ForestRow {
    /// What is compared: the second is taken from the first.
    pub sides: [String; 2],
    /// How it came about, such as the number of questions.
    pub detail: String,
    /// The difference.
    pub value: f64,
    /// The ends of its interval.
    pub interval: (f64, f64),
    /// True if it can be told from none.
    pub is_distinct: bool,
    /// True if it stands in the chart's data alone, because there are too many for a picture.
    pub is_aside: bool,
}

impl ForestRow {
    /// Both sides, as in "A − B".
    pub(super) fn name(&self) -> String {
        self.sides.join(MINUS)
    }
}

/// Differences of pairs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ForestChart {
    /// What stands around it.
    pub frame: Frame,
    /// Label of the axis, with its unit.
    pub value_label: String,
    /// The rows, from above.
    pub rows: Vec<ForestRow>,
    /// Values that the axis has room for too.
    pub room: Vec<f64>,
    /// Sentences for the caption.
    pub note: String,
}

impl ForestChart {
    /// The rows of the picture.
    pub(super) fn drawn(&self) -> impl Iterator<Item = &ForestRow> {
        self.rows.iter().filter(|row| !row.is_aside)
    }
}

const MINUS: &str = " − ";
const WIDE: f64 = 900.0;
const MOST_ROWS: usize = 60;
/// Usual and least height of a row, which has two lines of text.
const ROW: f64 = 38.0;
const LOWEST: f64 = 31.0;
const MARKER: f64 = 5.0;
const VALUE: f64 = 66.0;

/// Draws the chart: a filled marker for a difference that can be told from none, a grey one for others.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn forest(chart: &ForestChart) -> Result<String, ChartError> {
    let known: Vec<&ForestRow> = chart.drawn().filter(|row| is_known(row)).collect();
    let shown = &known[..known.len().min(MOST_ROWS)];
    let width = chart.frame.width(WIDE);
    let heading = Heading::new(width, &chart.frame, &captions(chart));
    let row = chart.frame.row_height(shown.len(), heading.height() + BOTTOM_MARGIN, (LOWEST, ROW));
    let needed = if shown.is_empty() { 200.0 } else { shown.len() as f64 * row + BOTTOM_MARGIN };
    let size = (width, chart.frame.height(heading.height() + needed));
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        if shown.is_empty() {
            return draw_nothing(canvas, area);
        }
        let bottom = area.bottom - BOTTOM_MARGIN;
        let left = draw_names(canvas, Area { bottom, ..area }, shown)?;
        let plot = Area { left, right: area.right - VALUE, bottom, ..area };
        let range = range(shown, &chart.room);
        draw_horizontal(canvas, plot, &range, &chart.value_label)?;
        let zero = plot.left + range.unit(0.0) * plot.width();
        canvas.line((zero, plot.top), (zero, plot.bottom), Stroke::solid(INK, 1.2))?;
        draw_rows(canvas, plot, (shown, &range))
    })
}

/// The values of a row.
pub(super) fn ends(row: &ForestRow) -> [f64; 3] {
    [row.value, row.interval.0, row.interval.1]
}

fn is_known(row: &ForestRow) -> bool {
    ends(row).iter().all(|end| is_drawable(*end, false))
}

/// From the least to the greatest end, with zero in it.
fn range(rows: &[&ForestRow], room: &[f64]) -> Range {
    let ends = rows.iter().flat_map(|row| ends(row)).chain(room.iter().copied()).chain([0.0]);
    let (low, high) = extent(ends).unwrap_or((-1.0, 1.0));
    let air = if high > low { (high - low) * 0.06 } else { 1.0 };
    Range { low: low - air, high: high + air, log: false }
}

/// Draws the names and gives where the plot begins.
fn draw_names(canvas: &mut Canvas<'_>, area: Area, rows: &[&ForestRow]) -> Result<f64, ChartError> {
    let most = area.width() * 0.42;
    let names = names(rows, most);
    let details: Vec<String> = rows.iter().map(|row| shorten(&row.detail, most, SMALL)).collect();
    let row_height = area.height() / rows.len() as f64;
    for (index, (name, detail)) in names.iter().zip(&details).enumerate() {
        let middle = area.top + (index as f64 + 0.5) * row_height;
        let rise = if detail.is_empty() { 0.0 } else { SMALL * 0.7 };
        canvas.text(name, (area.left, middle + TICK * 0.36 - rise), TextStyle::new(TICK, INK))?;
        canvas.text(detail, (area.left, middle + SMALL * 0.36 + rise), TextStyle::new(SMALL, MUTED))?;
    }
    let names = names.iter().map(|name| width(name, TICK, false));
    let details = details.iter().map(|detail| width(detail, SMALL, false));
    Ok(area.left + names.chain(details).fold(0.0, f64::max).min(most) + 14.0)
}

/// The names of the rows. Where one is too long, each side has half of the room.
fn names(rows: &[&ForestRow], most: f64) -> Vec<String> {
    let sides: Vec<String> = rows.iter().flat_map(|row| &row.sides).map(|side| label(side)).collect();
    let side = |name: &String| isolated(name);
    let joined = |sides: &[String]| -> Vec<String> {
        sides.chunks(2).map(|pair| pair.iter().map(side).collect::<Vec<_>>().join(MINUS)).collect()
    };
    let whole = joined(&sides);
    if whole.iter().all(|name| width(name, TICK, false) <= most) {
        return whole;
    }
    joined(&shorten_apart(&sides, (most - width(MINUS, TICK, false)) / 2.0, TICK))
}

fn draw_rows(canvas: &mut Canvas<'_>, plot: Area, (rows, range): (&[&ForestRow], &Range)) -> Result<(), ChartError> {
    let row_height = plot.height() / rows.len() as f64;
    let place = |value: f64| plot.left + range.unit(value) * plot.width();
    for (index, row) in rows.iter().enumerate() {
        let middle = plot.top + (index as f64 + 0.5) * row_height;
        let color = if row.is_distinct { INK } else { MUTED };
        let (low, high) = (place(row.interval.0), place(row.interval.1));
        canvas.line((low, middle), (high, middle), Stroke::solid(color, if row.is_distinct { 2.0 } else { 1.2 }))?;
        for end in [low, high] {
            canvas.line((end, middle - 4.0), (end, middle + 4.0), Stroke::solid(color, 1.2))?;
        }
        canvas.marker((place(row.value), middle), MARKER, ModelStyle { color, shape: Shape::Square }, 1.0)?;
        let text = signed(row.value.clamp(-1e6, 1e6));
        let look = TextStyle { bold: row.is_distinct, ..TextStyle::new(TICK, color).align(Align::End) };
        canvas.text(&text, (plot.right + VALUE - 4.0, middle + TICK * 0.36), look)?;
    }
    Ok(())
}

/// The sentences below the chart.
pub(super) fn captions(chart: &ForestChart) -> [String; 3] {
    let known = chart.drawn().filter(|row| is_known(row)).count();
    let say =
        |count: u64, what: &str| if count == 0 { String::new() } else { format!("{} {what}.", counted(count, "pair")) };
    let hidden = (chart.drawn().count() - known) as u64;
    [
        chart.note.clone(),
        say(hidden, "without a finite difference left out"),
        say(known.saturating_sub(MOST_ROWS) as u64, "not shown"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_of_a_long_name_keeps_what_tells_it_apart() {
        let model = |index: usize| format!("organisation/a-long-name-of-model-{index:02}-instruct-q4_K_M-gguf");
        let rows: Vec<ForestRow> =
            (1..9).map(|other| ForestRow { sides: [model(0), model(other)], ..ForestRow::default() }).collect();
        let rows: Vec<&ForestRow> = rows.iter().collect();
        for (place, name) in names(&rows, 360.0).iter().enumerate() {
            let (a, b) = name.split_once(MINUS).unwrap();
            assert!(a.contains("00") && b.contains(&format!("{:02}", place + 1)), "{name}");
            assert!(width(name, TICK, false) <= 361.0, "{name}");
        }
        let short = ForestRow { sides: ["a".into(), "b".into()], ..ForestRow::default() };
        assert_eq!(names(&[&short], 360.0), ["a − b"]);
    }

    #[test]
    fn no_difference_has_no_sign() {
        let row =
            ForestRow { sides: ["a".into(), "b".into()], value: -0.04, interval: (-1.0, 1.0), ..ForestRow::default() };
        let svg = forest(&ForestChart { rows: vec![row], ..ForestChart::default() }).unwrap();
        assert!(svg.contains("\n0.0\n") && !svg.contains("−0.0"), "{svg}");
    }
}
