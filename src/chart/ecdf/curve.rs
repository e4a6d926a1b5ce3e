//! One curve: its steps, its percentiles, and how it looks.

use plotters::style::RGBColor;

use super::view::{EcdfChart, EcdfSeries};
use crate::chart::axis::is_drawable;
use crate::chart::canvas::Point;
use crate::chart::colormap::color;
use crate::chart::number::count;
use crate::chart::theme::{ModelStyle, Shape, identity};

/// Share of the colour map at which the lowest level stands: what is lighter fades on white.
const LIGHTEST: f64 = 0.3;

/// The values that are drawn in ascending order, and the number of responses of which they are a share.
pub(in crate::chart) fn sorted(series: &EcdfSeries, log: bool) -> (Vec<f64>, u64) {
    let mut values: Vec<f64> = series.values.iter().copied().filter(|value| is_drawable(*value, log)).collect();
    values.sort_unstable_by(f64::total_cmp);
    let total = series.failed.saturating_add(values.len() as u64);
    (values, total)
}

/// How many responses a line is made of.
pub(super) fn responses(series: &EcdfSeries, log: bool) -> u64 {
    let drawn = series.values.iter().filter(|value| is_drawable(**value, log)).count() as u64;
    series.failed.saturating_add(drawn)
}

/// `n = 120, 3 failed`.
pub(super) fn counts<'s>(series: impl Iterator<Item = &'s EcdfSeries> + Clone, log: bool) -> String {
    let n = series.clone().map(|series| responses(series, log)).fold(0, u64::saturating_add);
    let failed = series.map(|series| series.failed).fold(0, u64::saturating_add);
    let n = format!("n = {}", count(n));
    if failed == 0 { n } else { format!("{n}, {} failed", count(failed)) }
}

/// The names of all lines, each once.
pub(super) fn names(chart: &EcdfChart) -> Vec<&str> {
    let mut known = std::collections::HashSet::new();
    let panels = chart.beside.iter().chain(&chart.panels);
    let all = panels.flat_map(|panel| &panel.series).map(|series| series.label.as_str());
    all.filter(|label| known.insert(*label)).collect()
}

/// The names of all lines with their colours.
pub(in crate::chart) fn line_colors(chart: &EcdfChart) -> impl Iterator<Item = (&str, RGBColor)> {
    let names = names(chart);
    let count = names.len();
    let colored = move |(place, name)| (name, look(place, count, chart.is_ordered).color);
    names.into_iter().enumerate().map(colored)
}

/// The look of the line at this place among `names` names.
pub(super) fn look(place: usize, names: usize, is_ordered: bool) -> ModelStyle {
    if !is_ordered {
        return identity(place);
    }
    let share = if names > 1 { place as f64 / (names - 1) as f64 } else { 1.0 };
    ModelStyle { color: color(LIGHTEST + (1.0 - LIGHTEST) * share), shape: Shape::Circle }
}

/// The smallest value that at least this share of all responses does not exceed; none where the
/// failed begin before.
pub(super) fn quantile(sorted: &[f64], total: u64, share: f64) -> Option<f64> {
    let rank = (share * total as f64 - 1e-9).ceil().max(1.0);
    sorted.get(rank as usize - 1).copied()
}

/// The corners of the step line in pixels, without those within the tolerance of the last one: so
/// many values make a smooth line of few points, and few values keep every step.
pub(super) fn corners(sorted: &[f64], total: u64, in_plot: impl Fn(Point) -> Point, tolerance: f64) -> Vec<Point> {
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
