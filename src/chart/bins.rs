//! Bins for the heat map, and a colour range that neither outliers nor noise set.

use super::axis::extent;
use super::number::{count, measured};

/// Values beyond any token count, which would overflow the arithmetic.
const LARGEST: f64 = 1e15;

/// Least width of a colour range, as a share of its middle.
const LEAST_WIDTH: f64 = 0.1;

/// Edges of at most `wanted` bins with about as many of the values each, so that few are empty; bin `i` holds
/// `edges[i] <= value < edges[i + 1]`. Equal values stay in one bin.
#[must_use]
pub fn bin_edges(values: &[f64], wanted: usize) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.abs() <= LARGEST).collect();
    sorted.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
        return vec![0.0, 1.0];
    };
    let wanted = wanted.max(1);
    let mut edges = vec![low.floor()];
    for bin in 1..wanted {
        let edge = sorted[sorted.len() * bin / wanted].ceil();
        if edges.last().is_some_and(|last| edge > *last) && edge <= high {
            edges.push(edge);
        }
    }
    edges.push(high.floor() + 1.0);
    edges
}

/// The bin that holds the value; `None` outside all of them.
#[must_use]
pub fn bin_index(edges: &[f64], value: f64) -> Option<usize> {
    let above = edges.partition_point(|edge| *edge <= value);
    (above > 0 && above < edges.len()).then(|| above - 1)
}

/// The name of each bin of whole numbers: the first and the last that it holds (`60–79`).
#[must_use]
pub fn bin_names(edges: &[f64]) -> Vec<String> {
    let number = |value: f64| {
        if value >= 0.0 && value.fract() == 0.0 && value < LARGEST { count(value as u64) } else { measured(value) }
    };
    let name = |pair: &[f64]| {
        let (from, to) = (pair[0], pair[1] - 1.0);
        if to > from { format!("{}–{}", number(from), number(to)) } else { number(from) }
    };
    edges.windows(2).map(name).collect()
}

/// A colour range for medians, each with the half width of what it resolves: from the smallest to the largest that
/// lies within one and a half interquartile ranges of the quartiles, as the whiskers of a box plot do, but never
/// narrower than the medians resolve, nor than a tenth of its middle. None without a finite value.
#[must_use]
pub fn resolved_range(medians: &[(f64, f64)]) -> Option<(f64, f64)> {
    let sorted = |values: &mut dyn Iterator<Item = f64>| {
        let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let (low, high) = robust_range(&sorted(&mut medians.iter().map(|median| median.0)))?;
    let halves = sorted(&mut medians.iter().map(|median| median.1));
    let noise = if halves.is_empty() { 0.0 } else { 2.0 * quantile(&halves, 0.5) };
    let middle = f64::midpoint(low, high);
    let least = noise.max(LEAST_WIDTH * middle.abs());
    if high - low >= least {
        return Some((low, high));
    }
    let bottom = middle - least / 2.0;
    let bottom = if low >= 0.0 { bottom.max(0.0) } else { bottom };
    Some((bottom, bottom + least))
}

fn robust_range(sorted: &[f64]) -> Option<(f64, f64)> {
    if sorted.is_empty() {
        return None;
    }
    let (first, third) = (quantile(sorted, 0.25), quantile(sorted, 0.75));
    let mut reach = (third - first) * 1.5;
    if reach <= 0.0 {
        // More than half of the values are one and the same: judge the others by the outer tenths.
        reach = quantile(sorted, 0.9) - quantile(sorted, 0.1);
    }
    let inside = sorted.iter().copied().filter(|value| *value >= first - reach && *value <= third + reach);
    extent(inside).or(Some((first, third)))
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_about_as_many_values_each() {
        let values: Vec<f64> = (61..=160).map(f64::from).collect();
        assert_eq!(bin_edges(&values, 4), [61.0, 86.0, 111.0, 136.0, 161.0]);
        let mut skewed: Vec<f64> = (0..60).map(|step| 10.0 + f64::from(step % 6)).collect();
        skewed.extend([700.0, 4000.0]);
        let edges = bin_edges(&skewed, 4);
        let counts: Vec<usize> = (0..edges.len() - 1)
            .map(|bin| skewed.iter().filter(|value| bin_index(&edges, **value) == Some(bin)).count())
            .collect();
        assert_eq!(counts.iter().sum::<usize>(), 62);
        assert!(counts.iter().all(|count| *count >= 10), "{edges:?} {counts:?}");
    }

    #[test]
    fn one_value_and_none_make_one_bin() {
        assert_eq!(bin_edges(&[], 4), [0.0, 1.0]);
        assert_eq!(bin_edges(&[f64::NAN, f64::INFINITY], 4), [0.0, 1.0]);
        assert_eq!(bin_edges(&[7.0; 9], 4), [7.0, 8.0]);
    }

    #[test]
    fn no_values_break_the_bins() {
        let odd = [0.0, -5.0, 0.5, 1.0, 3.0, 1e-9, 1e9, 1e14, -1e14, 1e300, f64::NAN, 17.0, 2048.0];
        for first in odd {
            for second in odd {
                for wanted in [0, 1, 2, 5, 1000] {
                    let edges = bin_edges(&[first, second, first], wanted);
                    assert!(edges.len() >= 2 && edges.windows(2).all(|pair| pair[0] < pair[1]), "{edges:?}");
                    for value in [first, second].into_iter().filter(|value| value.abs() <= LARGEST) {
                        assert!(bin_index(&edges, value).is_some(), "{value} {edges:?}");
                    }
                    assert_eq!(bin_names(&edges).len(), edges.len() - 1);
                }
            }
        }
    }

    #[test]
    fn bins_are_named_by_first_and_last() {
        assert_eq!(bin_names(&[60.0, 80.0, 2000.0]), ["60–79", "80–1,999"]);
        assert_eq!(bin_names(&[3.0, 4.0, 6.0]), ["3", "4–5"]);
        assert!(bin_names(&[]).is_empty());
    }

    #[test]
    fn outliers_do_not_stretch_the_range() {
        let exact = |values: &[f64]| resolved_range(&values.iter().map(|value| (*value, 0.0)).collect::<Vec<_>>());
        let mut values: Vec<f64> = (0..97).map(|step| 1.0 + f64::from(step) / 100.0).collect();
        values.extend([48.0, 153.0, 263.9]);
        assert_eq!(exact(&values), Some((1.0, 1.96)));
        assert_eq!(exact(&[]), None);
        assert_eq!(exact(&[f64::NAN]), None);
        assert_eq!(exact(&[2.0]), Some((1.9, 2.1)));
    }

    #[test]
    fn differences_that_the_data_do_not_resolve_do_not_fill_the_range() {
        let (low, high) = resolved_range(&[(0.04365, 1e-5), (0.0437, 1e-5), (0.04373, 1e-5)]).unwrap();
        assert!((high - low) / 0.0437 > 0.099 && low < 0.042 && high > 0.0455, "{low} {high}");
        let (low, high) = resolved_range(&[(1.0, 0.6), (1.2, 0.6), (1.4, 0.6)]).unwrap();
        assert!((high - low - 1.2).abs() < 1e-9 && low > 0.0, "{low} {high}");
        assert_eq!(resolved_range(&[(0.0, 0.0), (0.0, 0.0)]), Some((0.0, 0.0)));
    }
}
