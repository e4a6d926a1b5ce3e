//! The score chart: mean score per model with its interval, and the score of guessing.

use super::ChartError;
use super::axis::Range;
use super::canvas::paint;
use super::frame::Frame;
use super::number::counted;
use super::rows::{MOST_ROWS, Mark, MarkRow, Rows, unlisted};
use super::sheet::{Heading, draw_nothing};
use super::text::label;

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
    /// What stands around it.
    pub frame: Frame,
    /// One bar per model, in the order of the models.
    pub bars: Vec<ScoreBar>,
    /// Bars of other panels, which this one has room for too.
    pub beside: Vec<ScoreBar>,
    /// Expected score of guessing: a dashed line.
    pub chance: Option<f64>,
    /// Sentences for the caption, such as what the whiskers are.
    pub note: String,
}

const FULL: Range = Range { low: 0.0, high: 1.0, log: false };
const WIDEST: f64 = 900.0;
/// Height of the plot of few models.
const LOWEST: f64 = 200.0;

/// Draws the score chart: a row per model, the value at the end of its interval.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn score(chart: &ScoreChart) -> Result<String, ChartError> {
    let rows: Vec<MarkRow> = chart.bars.iter().take(MOST_ROWS).map(row).collect();
    let beside: Vec<MarkRow> = chart.beside.iter().map(row).collect();
    let panels = [String::new()];
    let block = Rows {
        models: &rows,
        all: rows.iter().chain(&beside).collect(),
        panels: &panels,
        across: 1,
        range: FULL,
        axis_label: "Mean score",
        reference: chance(chart),
    };
    let width = chart.frame.width(WIDEST);
    let heading = Heading::new(width, &chart.frame, &captions(chart));
    let row_height = chart.frame.row_height(rows.len(), heading.height() + block.height(0.0), (21.0, 44.0));
    let least = LOWEST.min(chart.frame.most_height() - heading.height());
    let needed = block.height(row_height).max(least);
    let size = (width, chart.frame.height(heading.height() + needed));
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        if rows.is_empty() { draw_nothing(canvas, area) } else { block.draw(canvas, area) }
    })
}

fn row(bar: &ScoreBar) -> MarkRow {
    let unread = unread(bar);
    let detail = if unread.is_empty() { counts(bar) } else { format!("{}, {unread}", counts(bar)) };
    MarkRow { label: label(&bar.label), detail, marks: vec![mark(bar)] }
}

fn mark(bar: &ScoreBar) -> Mark {
    if !bar.mean.is_finite() {
        return Mark { text: "no data".into(), ..Mark::default() };
    }
    let is_interval = bar.low.is_finite() && bar.high.is_finite();
    let (low, high) = (bar.low.min(bar.high).clamp(0.0, 1.0), bar.high.max(bar.low).clamp(0.0, 1.0));
    Mark {
        value: Some(bar.mean.clamp(0.0, 1.0)),
        whisker: is_interval.then_some((low, high)),
        text: format!("{:.3}", bar.mean.clamp(-9.99, 9.99)),
        detail: String::new(),
    }
}

fn counts(bar: &ScoreBar) -> String {
    // Of a published mean nobody says of how many answers it is.
    if bar.n == 0 && bar.mean.is_finite() { String::new() } else { format!("n = {}", super::number::count(bar.n)) }
}

fn unread(bar: &ScoreBar) -> String {
    if bar.not_answers == 0 { String::new() } else { counted(bar.not_answers, "non-answer") }
}

fn chance(chart: &ScoreChart) -> Option<(f64, String)> {
    let value = chart.chance.filter(|value| (0.0..=1.0).contains(value))?;
    Some((value, format!("guessing {value:.2}")))
}

pub(super) fn captions(chart: &ScoreChart) -> [String; 3] {
    let is_outside = |bar: &&ScoreBar| bar.n > 0 && bar.mean.is_finite() && !(0.0..=1.0).contains(&bar.mean);
    let outside = chart.bars.iter().filter(is_outside).count() as u64;
    let warning =
        if outside == 0 { String::new() } else { format!("{} outside 0 to 1 clipped.", counted(outside, "score")) };
    [chart.note.clone(), warning, unlisted(chart.bars.len())]
}
