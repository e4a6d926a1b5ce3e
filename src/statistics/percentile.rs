//! Percentiles of raw values, their intervals, and when they are not to be had.

use super::binomial::ranks;

/// The percentiles that tables show, with their names.
pub const PERCENTILES: [(f64, &str); 4] = [(0.5, "p50"), (0.9, "p90"), (0.95, "p95"), (0.99, "p99")];

/// Fewest values beyond a percentile on its shorter side.
const BEYOND: f64 = 10.0;

/// A percentile with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    /// The percentile, linearly interpolated.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// True if `n` values support the percentile of `share`: `n ≥ 10 / (1 − share)`, so that ten of them are
/// expected beyond it. p50 needs 20, p90 100, p95 200, p99 1000.
pub fn carries(n: usize, share: f64) -> bool {
    n as f64 * (1.0 - share) >= BEYOND - 1e-6
}

/// The smallest number of values that supports the percentile of `share`.
pub fn fewest(share: f64) -> usize {
    (BEYOND / (1.0 - share)).round() as usize
}

/// The quantile of sorted values at `share · (n − 1)`, linearly interpolated; none without values.
///
/// Source: R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50
/// (1996), definition 7, which is numpy's default.
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    interpolated(sorted.len(), share, |at| sorted[at])
}

/// The quantile of `count` values that are known by their place in the order.
pub fn interpolated(count: usize, share: f64, mut value: impl FnMut(usize) -> f64) -> Option<f64> {
    let position = share * count.checked_sub(1)? as f64;
    let below = value(position.floor() as usize);
    if position.fract() == 0.0 {
        return Some(below);
    }
    let above = value(position.ceil() as usize);
    // Two infinities have no difference.
    Some(if below == above { below } else { below + (above - below) * position.fract() })
}

/// Bounds of a quantile, each of which leaves out at most 2.5 %; `None` on a side that the values do not bound.
pub type Bounds = (Option<f64>, Option<f64>);

/// The bounds of the quantile of sorted values: the order statistics of [`ranks`]. One bound may be there without the
/// other: five values bound their 95th percentile from below and never from above.
pub fn bounds(sorted: &[f64], share: f64) -> Bounds {
    let (low, high) = ranks(sorted.len() as u64, share);
    let at = |rank: Option<u64>| sorted.get(usize::try_from(rank?).ok()?.checked_sub(1)?).copied();
    (at(low), at(high))
}

/// The percentile of sorted values with its 95 % order-statistic interval (see [`bounds`]); none where there
/// are too few values to carry it.
pub fn percentile(sorted: &[f64], share: f64) -> Option<Percentile> {
    let value = quantile(sorted, share).filter(|_| carries(sorted.len(), share))?;
    let (low, high) = bounds(sorted, share);
    Some(Percentile { value, low: low?, high: high? })
}

/// The fewest values that bound the quantile of `share` from above: with them, all lie below it with a probability
/// `shareⁿ` of at most 2.5 %. p50 needs 6, p90 36, p95 72, p99 368.
pub fn fewest_bounded(share: f64) -> u64 {
    let mut count = 1;
    while ranks(count, share).1.is_none() {
        count += 1;
    }
    count
}

/// The percentile where each failure counts as slower than every value: infinite once failures reach it.
/// None where values and failures together are too few to carry it.
pub fn adjusted(sorted: &[f64], failures: usize, share: f64) -> Option<f64> {
    let count = sorted.len() + failures;
    let value = |at: usize| sorted.get(at).copied().unwrap_or(f64::INFINITY);
    interpolated(count, share, value).filter(|_| carries(count, share))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up_to(n: u32) -> Vec<f64> {
        (1..=n).map(f64::from).collect()
    }

    #[test]
    fn quantiles_interpolate_as_numpy_does() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        for (share, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 3.0), (0.9, 6.8), (1.0, 8.0)] {
            assert!((quantile(&sorted, share).unwrap() - expected).abs() < 1e-12, "{share}");
        }
        assert_eq!((quantile(&[], 0.5), quantile(&[7.0], 0.99)), (None, Some(7.0)));
    }

    #[test]
    fn a_percentile_is_refused_where_too_few_values_carry_it() {
        for ((share, name), least) in PERCENTILES.into_iter().zip([20, 100, 200, 1000]) {
            assert!(carries(least, share) && !carries(least - 1, share), "{name}");
            assert!(percentile(&up_to(1000)[..least], share).is_some(), "{name}");
            assert_eq!(percentile(&up_to(1000)[..least - 1], share), None, "{name}");
        }
    }

    #[test]
    fn an_interval_ends_at_order_statistics() {
        assert_eq!(percentile(&up_to(100), 0.5), Some(Percentile { value: 50.5, low: 40.0, high: 61.0 }));
        let p90 = percentile(&up_to(100), 0.9).unwrap();
        assert!((p90.value - 90.1).abs() < 1e-9 && (p90.low, p90.high) == (84.0, 96.0), "{p90:?}");
    }

    #[test]
    fn few_values_bound_a_percentile_on_one_side() {
        assert_eq!(bounds(&up_to(3), 0.95), (Some(2.0), None));
        assert_eq!(bounds(&up_to(5), 0.95), (Some(4.0), None));
        assert_eq!(bounds(&up_to(20), 0.95), (Some(17.0), None));
        assert_eq!(bounds(&up_to(100), 0.95), (Some(90.0), Some(100.0)));
        assert_eq!(bounds(&[], 0.95), (None, None));
        // 0.025 = shareⁿ at n = ln 0.025 / ln share: 5.3, 35.01, 71.9 and 367.04.
        assert_eq!([0.5, 0.9, 0.95, 0.99].map(fewest_bounded), [6, 36, 72, 368]);
        let is_bounded = |count: usize| bounds(&up_to(1000)[..count], 0.95).1.is_some();
        assert!(!is_bounded(71) && is_bounded(72));
    }

    #[test]
    fn failures_move_the_tail_up_to_infinity() {
        assert_eq!(adjusted(&up_to(100), 0, 0.5), Some(50.5));
        assert_eq!(adjusted(&up_to(90), 11, 0.9), Some(f64::INFINITY));
        assert_eq!(adjusted(&up_to(91), 10, 0.9), Some(91.0));
        assert_eq!(adjusted(&[], 100, 0.9), Some(f64::INFINITY));
        assert_eq!(adjusted(&up_to(80), 19, 0.9), None);
    }
}
