//! Bootstrap intervals that are corrected for bias and skewness.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::percentile::quantile;
use super::special::{NORMAL_DEVIATE, normal, normal_quantile};

/// Resamples of a figure of a table.
pub const RESAMPLES: usize = 2_000;

/// Resamples of a comparison, which is what decisions rest on.
pub const OF_PAIRS: usize = 10_000;

/// Seed of the first block of resamples: the same items have the same interval.
const SEED: u64 = 42;

/// Resamples of a block: blocks are drawn on all cores, each from a seed of its own.
const BLOCK: usize = 100;

/// Resamples that are summed up side by side, so that no sum waits for another; a divisor of [`BLOCK`].
const ABREAST: usize = 4;

/// Most items that are resampled. More are summed up in this number of groups at random, which are resampled as items are: the
/// width of an interval differs by 2 %, and its time does not grow with the items.
const ITEMS: usize = 2_000;

/// Most groups of items that are left out in turn.
const GROUPS: usize = 200;

/// BCa interval, 95 %, of the mean of values. `None` with fewer than two values, or where one is not finite.
pub fn mean_interval(values: &[f64], resamples: usize) -> Option<(f64, f64)> {
    ratio_interval(&values.iter().map(|value| (*value, 1.0)).collect::<Vec<_>>(), resamples)
}

/// BCa interval, 95 %, of `Σ numerator / Σ denominator` over pairs that are resampled together. The upper end is infinite
/// where too many resamples have a denominator of zero. `None` with fewer than two pairs or without any denominator.
pub fn ratio_interval(pairs: &[(f64, f64)], resamples: usize) -> Option<(f64, f64)> {
    if pairs.len() > ITEMS { interval(&grouped(pairs), resamples) } else { interval(pairs, resamples) }
}

/// The sums of groups of pairs, drawn at random: neighbours, such as questions of one subject, may be alike.
fn grouped(pairs: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    for last in (1..order.len()).rev() {
        order.swap(last, number_below(&mut random, last + 1));
    }
    let mut groups = vec![(0.0, 0.0); ITEMS];
    for (place, pair) in order.into_iter().map(|place| pairs[place]).enumerate() {
        let group = &mut groups[place % ITEMS];
        *group = (group.0 + pair.0, group.1 + pair.1);
    }
    groups
}

/// A number below another. The high half of the product is even enough for numbers of items.
fn number_below(random: &mut ChaCha8Rng, count: usize) -> usize {
    ((u64::from(random.next_u32()) * count as u64) >> 32) as usize
}

fn ratio(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
    ratio_of(pairs.fold((0.0, 0.0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1)))
}

fn ratio_of((above, below): (f64, f64)) -> f64 {
    if below == 0.0 { f64::INFINITY } else { above / below }
}

/// The ratios of a block of resamples, whose items are drawn one resample after another.
fn block(pairs: &[(f64, f64)], seed: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut places = vec![[0; ABREAST]; pairs.len()];
    let mut ratios = Vec::with_capacity(BLOCK);
    while ratios.len() < BLOCK {
        for resample in 0..ABREAST {
            places.iter_mut().for_each(|places| places[resample] = number_below(&mut random, pairs.len()));
        }
        let mut sums = [(0.0, 0.0); ABREAST];
        for places in &places {
            for (sum, place) in sums.iter_mut().zip(places) {
                *sum = (sum.0 + pairs[*place].0, sum.1 + pairs[*place].1);
            }
        }
        ratios.extend(sums.map(ratio_of));
    }
    ratios
}

/// `None` with fewer than two pairs, or where their ratio is no finite number.
///
/// More than 200 pairs are left out in 200 groups, every 200th pair together, which estimates the same acceleration.
fn interval(pairs: &[(f64, f64)], resamples: usize) -> Option<(f64, f64)> {
    let value = Some(ratio(pairs.iter().copied())).filter(|value| pairs.len() >= 2 && value.is_finite())?;
    let blocks = (0..resamples.div_ceil(BLOCK)).into_par_iter();
    let blocks = blocks.map(|number| block(pairs, SEED.wrapping_add(number as u64)));
    let mut drawn = blocks.collect::<Vec<_>>().concat();
    drawn.sort_unstable_by(f64::total_cmp);
    let groups = pairs.len().min(GROUPS);
    let left_out = (0..groups).into_par_iter().map(|group| {
        let kept = pairs.iter().enumerate().filter(|(place, _)| place % groups != group);
        ratio(kept.map(|(_, pair)| *pair))
    });
    ends(&drawn, value, &left_out.collect::<Vec<_>>())
}

/// The ends of the interval: with the deviate `z₀` of the share of resamples below the value and the acceleration
/// `a = Σ(m − v)³ / 6(Σ(m − v)²)^1.5` of the values `v` that leave items out, and their mean `m`, the points
/// `Φ(z₀ + (z₀ ± z)/(1 − a(z₀ ± z)))` of the sorted resamples.
///
/// Source: B. Efron, "Better bootstrap confidence intervals", JASA 82 (1987) 171–185.
fn ends(drawn: &[f64], value: f64, left_out: &[f64]) -> Option<(f64, f64)> {
    let bias = normal_quantile(share_below(drawn, value));
    let mean = left_out.iter().sum::<f64>() / left_out.len() as f64;
    let power = |exponent| left_out.iter().map(|value| (mean - value).powi(exponent)).sum::<f64>();
    let acceleration = power(3) / (6.0 * libm::pow(power(2), 1.5));
    // Where each item adds the same, or one cannot be left out, there is nothing to correct.
    let acceleration = if acceleration.is_finite() { acceleration } else { 0.0 };
    let at = |z: f64| {
        let moved = bias + z;
        let scale = 1.0 - acceleration * moved;
        // It has no end where the denominator has gone through zero.
        let stretched = if scale > 0.0 { moved / scale } else { moved * f64::INFINITY };
        quantile(drawn, normal(bias + stretched).clamp(0.0, 1.0))
    };
    Some((at(-NORMAL_DEVIATE)?, at(NORMAL_DEVIATE)?))
}

/// The share of sorted values below one, of which those that equal it count half. It is kept from 0 and 1 by half a
/// value.
fn share_below(sorted: &[f64], value: f64) -> f64 {
    // Sums in another order differ by rounding.
    let slack = value.abs() * 1e-12;
    let below = sorted.partition_point(|other| *other < value - slack);
    let up_to = sorted.partition_point(|other| *other <= value + slack);
    let count = sorted.len() as f64;
    (0.5 * (below + up_to) as f64).clamp(0.5, count - 0.5) / count
}

/// The interval of values that are all alike, which a bootstrap cannot tell: what was not seen in `n` items may be in
/// `3/n` of all, and moves a mean of values within these bounds by so much at most.
///
/// Source: J. A. Hanley, A. Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (1983) 1743–1745.
pub fn with_unseen((low, high): (f64, f64), items: usize, bounds: (f64, f64)) -> (f64, f64) {
    // Sums in another order differ by rounding.
    let unseen = if high - low > 1e-9 { 0.0 } else { (3.0 / items as f64).min(1.0) };
    ((low - unseen).max(bounds.0), (high + unseen).min(bounds.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [f64; 20] =
        [1.2, 3.4, 0.7, 8.8, 2.1, 2.9, 15.0, 1.1, 0.4, 4.2, 6.6, 2.2, 1.9, 0.9, 5.1, 3.3, 2.7, 30.0, 1.6, 2.4];

    fn near(found: Option<(f64, f64)>, low: f64, high: f64, tolerance: f64) -> bool {
        found.is_some_and(|found| (found.0 - low).abs() < tolerance && (found.1 - high).abs() < tolerance)
    }

    #[test]
    fn ends_agree_with_scipy() {
        // The means of `VALUES` at 20 places each of 400 resamples that are drawn by multiplication. scipy: the share of resamples
        // below the mean, ties half, through norm.ppf and norm.cdf as in scipy.stats.bootstrap(method="BCa"), and
        // numpy.quantile of the resamples.
        let place = |i: u64, j: u64| (((20 * i + j).wrapping_mul(11_400_714_819_323_198_485) >> 32) % 20) as usize;
        let at = |i: u64, j: u64| VALUES[place(i, j)];
        let mut drawn: Vec<f64> = (0..400).map(|i| (0..20).map(|j| at(i, j)).sum::<f64>() / 20.0).collect();
        drawn.sort_unstable_by(f64::total_cmp);
        let sum: f64 = VALUES.iter().sum();
        let left_out: Vec<f64> = VALUES.iter().map(|value| (sum - value) / 19.0).collect();
        let found = ends(&drawn, sum / 20.0, &left_out);
        assert!(near(found, 2.755700309749434, 7.341641951369735, 1e-9), "{found:?}");
    }

    #[test]
    fn intervals_agree_with_scipy() {
        // scipy.stats.bootstrap of 400,000 resamples, method "BCa", whose draws are others.
        let found = mean_interval(&VALUES, OF_PAIRS);
        assert!(near(found, 2.855, 9.82, 0.2), "{found:?}");
        assert_eq!(found, mean_interval(&VALUES, OF_PAIRS));
    }

    #[test]
    fn the_cost_of_a_coin_is_known() {
        // Each answer costs 1 and every second one is right. The delta method gives a standard error of
        // 2 · √(0.5 · 0.5 / 400) / 0.5 = 0.1, so about 1.82 to 2.22.
        let pairs: Vec<_> = (0..400).map(|index| (1.0, f64::from(index % 2))).collect();
        let found = ratio_interval(&pairs, RESAMPLES);
        assert!(near(found, 1.82, 2.22, 0.04), "{found:?}");
    }

    #[test]
    fn many_items_in_any_order_have_the_width_that_theory_gives() {
        // The quantiles of an exponential distribution, whose mean and standard deviation are 1.
        let sorted: Vec<f64> = (0..10_000).map(|place| -libm::log(1.0 - (f64::from(place) + 0.5) / 10_000.0)).collect();
        let mut reversed = sorted.clone();
        reversed.reverse();
        for values in [&sorted, &reversed] {
            let (low, high) = mean_interval(values, RESAMPLES).unwrap();
            let width = 2.0 * NORMAL_DEVIATE / 100.0;
            assert!(((high - low) / width - 1.0).abs() < 0.06 && low < 1.0 && high > 1.0, "{low} {high}");
        }
    }

    #[test]
    fn few_right_answers_have_no_upper_end() {
        let pairs: Vec<_> = (0..40).map(|index| (1.0, f64::from(u8::from(index == 0)))).collect();
        let (low, high) = ratio_interval(&pairs, RESAMPLES).unwrap();
        assert!(low > 5.0 && high.is_infinite(), "{low} {high}");
        assert_eq!(ratio_interval(&[(1.0, 0.0), (1.0, 0.0)], RESAMPLES), None);
        assert_eq!(ratio_interval(&[(1.0, 1.0)], RESAMPLES), None);
    }

    #[test]
    fn equal_values_have_no_width() {
        assert!(near(mean_interval(&[0.1; 30], RESAMPLES), 0.1, 0.1, 1e-12));
        assert_eq!((mean_interval(&[1.0], RESAMPLES), mean_interval(&[1.0, f64::NAN], RESAMPLES)), (None, None));
        let pairs: Vec<_> = (1..50).map(|step| (f64::from(step) * 2.0, f64::from(step))).collect();
        assert!(near(ratio_interval(&pairs, RESAMPLES), 2.0, 2.0, 1e-12));
        assert!(near(Some(with_unseen((0.1, 0.1), 30, (0.0, 1.0))), 0.0, 0.2, 1e-12));
        assert_eq!(with_unseen((0.1, 0.2), 30, (0.0, 1.0)), (0.1, 0.2));
    }
}
