//! Bins for the heatmap and a colour range that a few outliers cannot stretch.

use super::axis::{extent, nice_step};
use super::number::exponent;

const MOST_BINS: usize = 8;
/// Values beyond any token count, which would overflow the arithmetic.
const LARGEST: f64 = 1e15;

/// Edges of a few bins with round numbers that hold all finite values; bin `i` holds
/// `edges[i] <= value < edges[i + 1]`.
///
/// Equal widths where they suit the data, else 1-2-5 steps. Bins that would be empty are joined with
/// a neighbour, so a long tail is one wide bin.
#[must_use]
pub fn bin_edges(values: &[f64], wanted: usize) -> Vec<f64> {
    let wanted = wanted.clamp(1, MOST_BINS);
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.abs() <= LARGEST).collect();
    sorted.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
        return vec![0.0, 1.0];
    };
    let whole = sorted.iter().all(|value| value.fract() == 0.0);
    let even = even_edges(low, high, wanted, whole);
    if low < 0.0 || high / low.max(if whole { 1.0 } else { 1e-12 }) < 8.0 {
        return joined(even, &sorted, wanted);
    }
    let (crowd, gaps) = (largest_share(&even, &sorted), empty_share(&even, &sorted));
    let even = joined(even, &sorted, wanted);
    let rising = joined(rising_edges(&sorted, whole), &sorted, wanted);
    if gaps > 0.25 || largest_share(&rising, &sorted) < crowd * 0.75 { rising } else { even }
}

/// The bin that holds the value; `None` outside all of them.
#[must_use]
pub fn bin_index(edges: &[f64], value: f64) -> Option<usize> {
    edges.windows(2).position(|pair| pair[0] <= value && value < pair[1])
}

/// The range of the values without outliers: from the smallest to the largest that lies within one
/// and a half interquartile ranges of the quartiles, as the whiskers of a box plot do.
#[must_use]
pub fn robust_range(values: &[f64]) -> Option<(f64, f64)> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        return None;
    }
    let (first, third) = (quantile(&sorted, 0.25), quantile(&sorted, 0.75));
    let mut reach = (third - first) * 1.5;
    if reach <= 0.0 {
        // More than half of the values are one and the same: judge the others by the outer tenths.
        reach = quantile(&sorted, 0.9) - quantile(&sorted, 0.1);
    }
    let inside = sorted.iter().copied().filter(|value| *value >= first - reach && *value <= third + reach);
    extent(inside).or(Some((first, third)))
}

fn even_edges(low: f64, high: f64, wanted: usize, whole: bool) -> Vec<f64> {
    let least = if whole { 1.0 } else { high.abs().max(low.abs()).max(1e-12) * 1e-9 };
    let mut step = nice_step(((high - low) / wanted as f64).max(least));
    if whole && step.fract() != 0.0 {
        step = step.ceil();
    }
    for _ in 0..4 {
        let (start, end) = multiples(low, high, step);
        if end - start <= wanted as f64 || wanted == 1 {
            let bins = (end - start) as usize;
            return (0..=bins.min(64)).map(|index| (start + index as f64) * step).collect();
        }
        step = nice_step(step * 1.01);
        if whole && step.fract() != 0.0 {
            step = step.ceil();
        }
    }
    vec![low.floor(), high.floor() + 1.0]
}

/// The multiples of the step that enclose the values, in spite of rounding.
fn multiples(low: f64, high: f64, step: f64) -> (f64, f64) {
    let first = (low / step).round();
    let last = (high / step).round();
    (if first * step > low { first - 1.0 } else { first }, if last * step <= high { last + 1.0 } else { last })
}

/// 1, 2, 5, 10, 20 … round all values, which are not negative.
fn rising_edges(sorted: &[f64], whole: bool) -> Vec<f64> {
    let smallest = sorted.iter().copied().find(|value| *value > 0.0).unwrap_or(1.0);
    let largest = sorted.last().copied().unwrap_or(1.0);
    let mut edges = Vec::new();
    if sorted.first().is_some_and(|value| *value <= 0.0) {
        edges.push(0.0);
    }
    let from = if whole { exponent(smallest).max(0) } else { exponent(smallest) };
    for power in from..=exponent(largest) + 1 {
        edges.extend([1.0, 2.0, 5.0].map(|factor| factor * 10_f64.powi(power)));
    }
    let below = edges.iter().rposition(|edge| *edge <= sorted[0]).unwrap_or(0);
    let above = edges.iter().position(|edge| *edge > largest).unwrap_or(edges.len() - 1);
    edges[below..=above].to_vec()
}

/// Joins the smallest neighbours until no bin is empty and there are not too many.
fn joined(mut edges: Vec<f64>, sorted: &[f64], wanted: usize) -> Vec<f64> {
    while edges.len() > 2 {
        let counts = counts(&edges, sorted);
        let has_empty = counts.contains(&0);
        if !has_empty && counts.len() <= wanted {
            break;
        }
        let pair = |index: &usize| (counts[index - 1].min(counts[*index]), counts[index - 1] + counts[*index]);
        let Some(smallest) = (1..counts.len()).min_by_key(pair) else { break };
        edges.remove(smallest);
    }
    edges
}

fn counts(edges: &[f64], sorted: &[f64]) -> Vec<usize> {
    let below = |edge: f64| sorted.partition_point(|value| *value < edge);
    edges.windows(2).map(|pair| below(pair[1]) - below(pair[0])).collect()
}

fn largest_share(edges: &[f64], sorted: &[f64]) -> f64 {
    counts(edges, sorted).into_iter().max().unwrap_or(0) as f64 / sorted.len().max(1) as f64
}

fn empty_share(edges: &[f64], sorted: &[f64]) -> f64 {
    let counts = counts(edges, sorted);
    counts.iter().filter(|count| **count == 0).count() as f64 / counts.len().max(1) as f64
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_bins(values: &[f64], edges: &[f64], wanted: usize) {
        assert!(edges.len() >= 2 && edges.len() <= wanted.clamp(1, 8) + 1, "{edges:?}");
        assert!(edges.windows(2).all(|pair| pair[0] < pair[1]), "{edges:?}");
        for value in values.iter().filter(|value| value.abs() <= LARGEST) {
            assert!(bin_index(edges, *value).is_some(), "{value} {edges:?}");
        }
    }

    #[test]
    fn even_data_get_even_round_bins() {
        let values: Vec<f64> = (61..=198).map(f64::from).collect();
        assert_eq!(bin_edges(&values, 8), [60.0, 80.0, 100.0, 120.0, 140.0, 160.0, 180.0, 200.0]);
        assert_eq!(bin_edges(&[3.0, 4.0, 5.0], 8), [3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    fn one_value_and_none() {
        assert_eq!(bin_edges(&[], 8), [0.0, 1.0]);
        assert_eq!(bin_edges(&[f64::NAN, f64::INFINITY], 8), [0.0, 1.0]);
        assert_eq!(bin_edges(&[7.0; 9], 8), [7.0, 8.0]);
        assert_eq!(bin_edges(&[0.0], 8), [0.0, 1.0]);
    }

    #[test]
    fn a_long_tail_is_one_wide_bin() {
        let mut values: Vec<f64> = (3..=128).map(f64::from).collect();
        values.push(4000.0);
        let edges = bin_edges(&values, 8);
        assert_bins(&values, &edges, 8);
        assert!(edges.len() > 4 && edges.last() == Some(&5000.0), "{edges:?}");
    }

    #[test]
    fn no_values_break_the_bins() {
        let odd = [0.0, -5.0, 0.5, 1.0, 3.0, 1e-9, 1e9, 1e14, -1e14, 1e300, f64::NAN, 17.0, 2048.0];
        for first in odd {
            for second in odd {
                for third in odd {
                    for wanted in [0, 1, 2, 5, 8, 1000] {
                        let values = [first, second, third, first];
                        assert_bins(&values, &bin_edges(&values, wanted), wanted);
                    }
                }
            }
        }
    }

    #[test]
    fn no_bin_is_empty() {
        let values = [60.0, 61.0, 62.0, 199.0, 198.0, 130.0];
        let edges = bin_edges(&values, 8);
        assert!(!counts(&edges, &[60.0, 61.0, 62.0, 130.0, 198.0, 199.0]).contains(&0), "{edges:?}");
    }

    #[test]
    fn outliers_do_not_stretch_the_range() {
        let mut values: Vec<f64> = (0..97).map(|step| 1.0 + f64::from(step) / 100.0).collect();
        values.extend([48.0, 153.0, 263.9]);
        assert_eq!(robust_range(&values), Some((1.0, 1.96)));
        assert_eq!(robust_range(&[]), None);
        assert_eq!(robust_range(&[f64::NAN]), None);
        assert_eq!(robust_range(&[2.0]), Some((2.0, 2.0)));
        assert_eq!(robust_range(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 264.0]), Some((1.0, 1.0)));
    }
}
