//! The latency ECDF: the share of responses that had come after each duration, a step line per model.

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, Range, draw_horizontal, draw_vertical, is_drawable, left_margin};
use super::canvas::{Area, Canvas, Point, Stroke, TextStyle, paint};
use super::frame::Frame;
use super::legend::{Entry, Legend};
use super::number::{count, counted};
use super::rows::{MOST_ROWS, unlisted};
use super::sheet::{Heading, draw_nothing, place};
use super::text::label;
use super::theme::{HATCH, Identity, MUTED, SMALL, WHITE, identity};

/// The durations of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EcdfSeries {
    /// Name of the model.
    pub label: String,
    /// One duration per response in seconds, in any order.
    pub values: Vec<f64>,
    /// Responses that failed; they count as slower than every value.
    pub failed: u64,
}

/// Empirical distribution functions of durations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EcdfChart {
    /// What stands around it.
    pub frame: Frame,
    /// Label of the horizontal axis, with its unit.
    pub x_label: String,
    /// Logarithmic horizontal axis, which durations usually want.
    pub log_x: bool,
    /// One series per model, in the order of the models.
    pub series: Vec<EcdfSeries>,
    /// Sentences for the caption.
    pub note: String,
}

const SIZE: Point = (960.0, 560.0);
/// A little over 1, so that a curve that ends there is seen whole.
const SHARE: Range = Range { low: 0.0, high: 1.02, log: false };
/// Marked shares, how many responses each needs, and its name.
const LEVELS: [(f64, u64, &str); 3] = [(0.5, 1, "p50"), (0.9, 100, "p90"), (0.99, 1000, "p99")];
const LEVEL_COLUMN: f64 = 34.0;
const FEW_MODELS: usize = 6;
const MARKER: f64 = 4.6;

/// Draws the ECDF of each model: the number of values up to x, over all responses with the failed.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn ecdf(chart: &EcdfChart) -> Result<String, ChartError> {
    let range = Range::around(
        chart.series.iter().take(MOST_ROWS).flat_map(|series| series.values.iter().copied()),
        chart.log_x,
    );
    let size = chart.frame.scaled(SIZE);
    let heading = Heading::new(size.0, &chart.frame, &captions(chart));
    paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        let Some(range) = &range else {
            return draw_nothing(canvas, area);
        };
        let legend = legend(chart);
        let bottom = area.bottom - BOTTOM_MARGIN;
        let right = area.right - legend.width() - LEVEL_COLUMN - 12.0;
        let plot = Area { left: area.left + left_margin(&SHARE, bottom - area.top), right, bottom, ..area };
        draw_vertical(canvas, plot, &SHARE, "Share of responses")?;
        draw_horizontal(canvas, plot, range, &chart.x_label)?;
        draw_levels(canvas, plot, chart)?;
        let marks = draw_curves(canvas, plot, range, chart)?;
        for (at, look) in marks {
            canvas.marker(at, MARKER + 1.4, Identity { color: WHITE, ..look }, 1.0)?;
            canvas.marker(at, MARKER, look, 1.0)?;
        }
        legend.draw(canvas, Area { left: right + LEVEL_COLUMN + 12.0, ..area })
    })
}

fn responses(series: &EcdfSeries, log: bool) -> u64 {
    let drawn = series.values.iter().filter(|value| is_drawable(**value, log)).count() as u64;
    series.failed.saturating_add(drawn)
}

/// The values that are drawn in ascending order, and the number of responses of which they are a share.
pub(super) fn sorted(series: &EcdfSeries, log: bool) -> (Vec<f64>, u64) {
    let mut values: Vec<f64> = series.values.iter().copied().filter(|value| is_drawable(*value, log)).collect();
    values.sort_unstable_by(f64::total_cmp);
    let total = series.failed.saturating_add(values.len() as u64);
    (values, total)
}

/// A thin line and a name at the height of every level that some model has responses enough for.
fn draw_levels(canvas: &mut Canvas<'_>, plot: Area, chart: &EcdfChart) -> Result<(), ChartError> {
    let most = chart.series.iter().map(|series| responses(series, chart.log_x)).max().unwrap_or(0);
    for (share, _, name) in LEVELS.into_iter().filter(|(_, least, _)| most >= *least) {
        let y = plot.bottom - SHARE.unit(share) * plot.height();
        canvas.line((plot.left, y), (plot.right, y), Stroke { dash: Some((2.0, 3.0)), ..Stroke::solid(HATCH, 1.0) })?;
        canvas.text(name, (plot.right + 6.0, y + SMALL * 0.36), TextStyle::new(SMALL, MUTED))?;
    }
    Ok(())
}

/// Draws the lines and gives the marks that belong on top of all of them.
fn draw_curves(
    canvas: &mut Canvas<'_>,
    plot: Area,
    range: &Range,
    chart: &EcdfChart,
) -> Result<Vec<(Point, Identity)>, ChartError> {
    let models = chart.series.len().min(MOST_ROWS);
    let tolerance = (models as f64 / 32.0).clamp(0.5, 2.0);
    let thickness = if models > FEW_MODELS { 1.5 } else { 2.0 };
    let mut marks = Vec::new();
    for (index, series) in chart.series.iter().take(models).enumerate() {
        let look = identity(index);
        let (values, total) = sorted(series, chart.log_x);
        let in_plot = |point| place(plot, (range, &SHARE), point);
        let corners = corners(&values, total, in_plot, tolerance);
        canvas.path(&corners, Stroke::solid(look.color, thickness))?;
        if let (Some(end), true) = (corners.last(), series.failed > 0) {
            canvas.line(*end, (plot.right, end.1), Stroke::dashed(look.color, 1.2))?;
        }
        for (share, _, _) in LEVELS.into_iter().filter(|(_, least, _)| total >= *least) {
            marks.extend(quantile(&values, total, share).map(|value| (in_plot((value, share)), look)));
        }
    }
    Ok(marks)
}

/// The smallest value that at least this share of all responses does not exceed; none where the
/// failed begin before.
fn quantile(sorted: &[f64], total: u64, share: f64) -> Option<f64> {
    let rank = (share * total as f64 - 1e-9).ceil().max(1.0);
    sorted.get(rank as usize - 1).copied()
}

/// The corners of the step line in pixels, without those within the tolerance of the last one: so
/// many values make a smooth line of few points, and few values keep every step.
fn corners(sorted: &[f64], total: u64, in_plot: impl Fn(Point) -> Point, tolerance: f64) -> Vec<Point> {
    let Some(first) = sorted.first() else { return Vec::new() };
    let mut last = in_plot((*first, 0.0));
    let mut corners = vec![last];
    let mut before = last;
    for (index, value) in sorted.iter().enumerate() {
        let (x, y) = in_plot((*value, (index + 1) as f64 / total as f64));
        for corner in [(x, before.1), (x, y)] {
            if corner.0 - last.0 >= tolerance || last.1 - corner.1 >= tolerance {
                corners.push(corner);
                last = corner;
            }
        }
        before = (x, y);
    }
    if last != before {
        corners.push(before);
    }
    corners
}

fn legend(chart: &EcdfChart) -> Legend {
    let entry = |series: &EcdfSeries| {
        let n = format!("n = {}", count(responses(series, chart.log_x)));
        let detail = if series.failed == 0 { n } else { format!("{n}, {} failed", count(series.failed)) };
        Entry { label: label(&series.label), detail }
    };
    Legend { entries: chart.series.iter().take(MOST_ROWS).map(entry).collect(), keys: Vec::new() }
}

fn captions(chart: &EcdfChart) -> [String; 5] {
    let values = || chart.series.iter().flat_map(|series| &series.values);
    let hidden = values().filter(|value| !is_drawable(**value, chart.log_x)).count() as u64;
    let failures = if chart.series.iter().any(|series| series.failed > 0) {
        "Failed responses count as slower than every other: the curve of a model with failures ends below 1 (dashed)."
    } else {
        ""
    };
    let markers = "Markers: p50, p90 (n ≥ 100), p99 (n ≥ 1,000).";
    let reason = if chart.log_x { "not finite, or not positive on a logarithmic axis" } else { "not finite" };
    let warning =
        if hidden == 0 { String::new() } else { format!("{} left out ({reason}).", counted(hidden, "value")) };
    [chart.note.clone(), failures.into(), markers.into(), warning, unlisted(chart.series.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_is((x, share): Point) -> Point {
        (x, 100.0 * (1.0 - share))
    }

    #[test]
    fn a_curve_rises_at_its_values_and_ends_at_the_share_that_did_not_fail() {
        let line = corners(&[10.0, 20.0], 4, as_is, 0.5);
        assert_eq!(line, [(10.0, 100.0), (10.0, 75.0), (20.0, 75.0), (20.0, 50.0)]);
        assert!(corners(&[], 4, as_is, 0.5).is_empty());
    }

    #[test]
    fn a_thinned_curve_stays_within_the_tolerance() {
        let values: Vec<f64> = (0..20_000_u32).map(|step| f64::from(step).powi(2) / 1e6).collect();
        let line = corners(&values, 20_000, as_is, 0.5);
        assert!(line.len() <= 1000, "{}", line.len());
        for (index, value) in values.iter().enumerate() {
            let (x, y) = as_is((*value, (index + 1) as f64 / 20_000.0));
            let is_near = line.windows(2).any(|pair| {
                let (left, right) = (pair[0].0 - 0.51, pair[1].0 + 0.51);
                let (top, bottom) = (pair[1].1 - 0.51, pair[0].1 + 0.51);
                (left..=right).contains(&x) && (top..=bottom).contains(&y)
            });
            assert!(is_near, "{x} {y}");
        }
        assert_eq!(line.last(), Some(&as_is((values[19_999], 1.0))));
    }

    #[test]
    fn quantiles_count_the_failed_as_slowest() {
        let values: Vec<f64> = (1..=90).map(f64::from).collect();
        assert_eq!(quantile(&values, 100, 0.5), Some(50.0));
        assert_eq!(quantile(&values, 100, 0.9), Some(90.0));
        assert_eq!(quantile(&values, 101, 0.9), None);
        assert_eq!(quantile(&[3.0], 1, 0.5), Some(3.0));
        assert_eq!(quantile(&[], u64::MAX, 0.5), None);
    }
}
