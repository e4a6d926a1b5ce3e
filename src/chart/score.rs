//! The score chart: mean score per model with its interval, and the score of guessing.

use super::ChartError;
use super::axis::{Range, draw_vertical, left_margin};
use super::canvas::{Align, Area, Canvas, Point, Stroke, TextStyle, paint};
use super::number::counted;
use super::rows::{MOST_ROWS, Mark, Row, Rows, unlisted};
use super::sheet::{Heading, draw_nothing};
use super::text::{label, shorten, width};
use super::theme::{AXIS, INK, LABEL, MUTED, SMALL, TICK, identity};

/// One model's score.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScoreBar {
    /// Name of the model.
    pub label: String,
    /// Mean score, 0 to 1; NaN without one.
    pub mean: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Scored responses.
    pub n: u64,
    /// Number of responses without an answer.
    pub not_answers: u64,
}

/// Mean score per model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScoreChart {
    /// Title, bold, at the left.
    pub title: String,
    /// Second line, smaller.
    pub subtitle: String,
    /// One bar per model, in the order of the models.
    pub bars: Vec<ScoreBar>,
    /// Expected score of guessing: a dashed line.
    pub chance: Option<f64>,
    /// Sentences for the caption, such as what the whiskers are.
    pub note: String,
}

const FULL: Range = Range { low: 0.0, high: 1.0, log: false };
const WIDEST: f64 = 900.0;
const STANDING_MOST: usize = 6;
const STANDING_SLOT: f64 = 160.0;
const STANDING_HEIGHT: f64 = 330.0;
/// Room over the highest possible whisker for the value, and under the bars for label and count.
const HEADROOM: f64 = 26.0;
const FOOT: f64 = 62.0;

/// Draws the score chart: standing bars for a few models with short names, else rows.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn score(chart: &ScoreChart) -> Result<String, ChartError> {
    let labels = chart.bars.iter().map(|bar| width(&label(&bar.label), TICK, false));
    let are_short = labels.fold(0.0, f64::max) < STANDING_SLOT - 30.0;
    if are_short && (1..=STANDING_MOST).contains(&chart.bars.len()) { standing(chart) } else { lying(chart) }
}

fn standing(chart: &ScoreChart) -> Result<String, ChartError> {
    let wide = (chart.bars.len() as f64 * STANDING_SLOT + 190.0).clamp(600.0, 1000.0);
    let heading = Heading::new(wide, &chart.title, &chart.subtitle, &captions(chart));
    let size = (wide, heading.height() + HEADROOM + STANDING_HEIGHT + FOOT);
    paint(size, heading.name(), |canvas| {
        let area = heading.draw(canvas, size)?;
        let chance = chance(chart);
        let right = chance.as_ref().map_or(0.0, |(_, text)| width(text, SMALL, false) + 10.0);
        let plot = Area {
            left: area.left + left_margin(&FULL, STANDING_HEIGHT),
            top: area.top + HEADROOM,
            right: area.right - right,
            bottom: area.bottom - FOOT,
        };
        draw_vertical(canvas, plot, &FULL, "Mean score")?;
        let slot = plot.width() / chart.bars.len() as f64;
        let center = |index: usize| plot.left + (index as f64 + 0.5) * slot;
        for (index, bar) in chart.bars.iter().enumerate() {
            draw_bar(canvas, plot, (center(index), slot), (index, bar))?;
        }
        if let Some((value, text)) = chance {
            let y = plot.bottom - FULL.unit(value) * plot.height();
            canvas.line((plot.left, y), (plot.right, y), Stroke::dashed(INK, 1.3))?;
            canvas.text(&text, (plot.right + 7.0, y + SMALL * 0.36), TextStyle::new(SMALL, INK))?;
        }
        for (index, bar) in chart.bars.iter().enumerate() {
            draw_words(canvas, plot, (center(index), slot), (index, bar))?;
        }
        canvas.line((plot.left, plot.bottom), (plot.right, plot.bottom), Stroke::solid(AXIS, 1.0))
    })
}

fn place(plot: Area, value: f64) -> f64 {
    plot.bottom - FULL.unit(value) * plot.height()
}

fn draw_bar(
    canvas: &mut Canvas<'_>,
    plot: Area,
    (center, slot): Point,
    (index, bar): (usize, &ScoreBar),
) -> Result<(), ChartError> {
    let mark = mark(bar);
    let half = (slot * 0.26).min(44.0);
    if let Some(value) = mark.value {
        let body = Area { left: center - half, top: place(plot, value), right: center + half, bottom: plot.bottom };
        canvas.rectangle(body, identity(index).color)?;
    }
    if let Some((low, high)) = mark.whisker {
        let (low, high, stroke) = (place(plot, low), place(plot, high), Stroke::solid(INK, 1.5));
        canvas.line((center, low), (center, high), stroke)?;
        for end in [low, high] {
            canvas.line((center - 7.0, end), (center + 7.0, end), stroke)?;
        }
    }
    Ok(())
}

/// The value over the bar; name and counts under it.
fn draw_words(
    canvas: &mut Canvas<'_>,
    plot: Area,
    (center, slot): Point,
    (index, bar): (usize, &ScoreBar),
) -> Result<(), ChartError> {
    let mark = mark(bar);
    let ends = [mark.value, mark.whisker.map(|(_, high)| high)];
    let top = place(plot, ends.into_iter().flatten().fold(0.0, f64::max));
    let value = TextStyle::new(LABEL, INK).bold().align(Align::Middle);
    let missing = TextStyle::new(SMALL, MUTED).align(Align::Middle);
    let look = if mark.value.is_some() { value } else { missing };
    canvas.text_on_white(&mark.text, (center, top - 7.0), look)?;
    let name = shorten(&label(&bar.label), slot - 26.0, TICK);
    let name_width = width(&name, TICK, false);
    let baseline = plot.bottom + 21.0;
    canvas.marker((center - name_width / 2.0 - 4.0, baseline - TICK * 0.36), 4.5, identity(index), 1.0)?;
    canvas.text(&name, (center + 5.0, baseline), TextStyle::new(TICK, INK).align(Align::Middle))?;
    for (line, text) in [counts(bar), unread(bar)].iter().enumerate() {
        let text = shorten(text, slot - 6.0, SMALL);
        canvas.text(&text, (center, baseline + 17.0 * (line as f64 + 1.0)), missing)?;
    }
    Ok(())
}

fn lying(chart: &ScoreChart) -> Result<String, ChartError> {
    let rows: Vec<Row> = chart.bars.iter().take(MOST_ROWS).map(row).collect();
    let panels = [if chance(chart).is_some() { String::new() } else { "Mean score".to_owned() }];
    let block =
        Rows { models: &rows, panels: &panels, range: FULL, axis_label: "Mean score", reference: chance(chart) };
    let heading = Heading::new(WIDEST, &chart.title, &chart.subtitle, &captions(chart));
    let row_height = (420.0 / rows.len().max(1) as f64).clamp(21.0, 44.0);
    let size = (WIDEST, heading.height() + block.height(row_height).max(200.0));
    paint(size, heading.name(), |canvas| {
        let area = heading.draw(canvas, size)?;
        if rows.is_empty() { draw_nothing(canvas, area) } else { block.draw(canvas, area) }
    })
}

fn row(bar: &ScoreBar) -> Row {
    let unread = unread(bar);
    let detail = if unread.is_empty() { counts(bar) } else { format!("{}, {unread}", counts(bar)) };
    Row { label: label(&bar.label), detail, marks: vec![mark(bar)] }
}

fn mark(bar: &ScoreBar) -> Mark {
    if bar.n == 0 || !bar.mean.is_finite() {
        return Mark { text: "no data".into(), ..Mark::default() };
    }
    let is_interval = bar.low.is_finite() && bar.high.is_finite();
    let (low, high) = (bar.low.min(bar.high).clamp(0.0, 1.0), bar.high.max(bar.low).clamp(0.0, 1.0));
    Mark {
        value: Some(bar.mean.clamp(0.0, 1.0)),
        whisker: is_interval.then_some((low, high)),
        text: format!("{:.2}", bar.mean.clamp(-9.99, 9.99)),
    }
}

fn counts(bar: &ScoreBar) -> String {
    format!("n = {}", super::number::count(bar.n))
}

fn unread(bar: &ScoreBar) -> String {
    if bar.not_answers == 0 { String::new() } else { counted(bar.not_answers, "non-answer") }
}

fn chance(chart: &ScoreChart) -> Option<(f64, String)> {
    let value = chart.chance.filter(|value| (0.0..=1.0).contains(value))?;
    Some((value, format!("guessing {value:.2}")))
}

fn captions(chart: &ScoreChart) -> [String; 3] {
    let is_outside = |bar: &&ScoreBar| bar.n > 0 && bar.mean.is_finite() && !(0.0..=1.0).contains(&bar.mean);
    let outside = chart.bars.iter().filter(is_outside).count() as u64;
    let warning =
        if outside == 0 { String::new() } else { format!("{} outside 0 to 1 clipped.", counted(outside, "score")) };
    [chart.note.clone(), warning, unlisted(chart.bars.len())]
}
