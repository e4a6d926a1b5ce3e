//! The mean of differences by item: bootstrap interval and randomization test.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::percentile::quantile;

/// Seed of the first block of resamples: the same differences have the same interval.
const SEED: u64 = 42;

/// Resamples of a block: blocks are drawn on all cores, each from a seed of its own.
const BLOCK: usize = 100;

/// Most resamples.
const MOST: usize = 10_000;

/// Fewest resamples.
const LEAST: usize = 1_000;

/// Draws that a comparison may take, between the two.
const DRAWS: usize = 50_000_000;

/// What is known of a mean of differences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanDifference {
    /// The mean.
    pub mean: f64,
    /// Its 95 % percentile bootstrap interval.
    pub interval: (f64, f64),
    /// Two-sided p value of a mean of zero: how often differences whose signs are drawn at random have a mean that is
    /// at least as far from zero, the observed one counted in.
    pub p: f64,
    /// Mean square of the differences.
    pub mean_square: f64,
}

/// The mean of differences by item. `None` with fewer than two.
///
/// Sources: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), section 13.3, for the interval;
/// E. J. G. Pitman, "Significance tests which may be applied to samples from any populations" (1937), for the test;
/// B. Phipson, G. K. Smyth (2010) for counting the observed one in.
pub fn mean_difference(differences: &[f64]) -> Option<MeanDifference> {
    let n = differences.len() as f64;
    if differences.len() < 2 {
        return None;
    }
    let sum: f64 = differences.iter().sum();
    let count = (DRAWS / differences.len()).clamp(LEAST, MOST).next_multiple_of(BLOCK);
    let mut means = drawn(count, SEED, |random| resampled(differences, random) / n);
    means.sort_unstable_by(f64::total_cmp);
    // Sums in another order differ by rounding; what is as far as that is at least as far.
    let far = sum.abs() * (1.0 - 1e-12);
    let as_far = drawn(count, !SEED, |random| signed(differences, random)).into_iter().filter(|sum| sum.abs() >= far);
    let p = (as_far.count() + 1) as f64 / (count + 1) as f64;
    let mean_square = differences.iter().map(|difference| difference * difference).sum::<f64>() / n;
    let interval = (quantile(&means, 0.025)?, quantile(&means, 0.975)?);
    Some(MeanDifference { mean: sum / n, interval, p, mean_square })
}

/// Draws `count` values in blocks, on all cores; the number of cores changes no value.
fn drawn(count: usize, seed: u64, draw: impl Fn(&mut ChaCha8Rng) -> f64 + Sync) -> Vec<f64> {
    let blocks = (0..count / BLOCK).into_par_iter().map(|block| {
        let mut random = ChaCha8Rng::seed_from_u64(seed.wrapping_add(block as u64));
        (0..BLOCK).map(|_| draw(&mut random)).collect::<Vec<f64>>()
    });
    blocks.collect::<Vec<_>>().concat()
}

/// The sum of as many differences, drawn with replacement.
fn resampled(differences: &[f64], random: &mut ChaCha8Rng) -> f64 {
    let length = differences.len() as u64;
    // The high half of the product is below the number of differences, and even enough for so few.
    let at = |draw: u32| ((u64::from(draw) * length) >> 32) as usize;
    (0..differences.len()).map(|_| differences[at(random.next_u32())]).sum()
}

/// The sum of the differences with signs drawn at random.
fn signed(differences: &[f64], random: &mut ChaCha8Rng) -> f64 {
    let blocks = differences.chunks(64).map(|chunk| {
        let signs = random.next_u64();
        let sum = |(place, difference): (usize, &f64)| if signs >> place & 1 == 1 { *difference } else { -difference };
        chunk.iter().enumerate().map(sum).sum::<f64>()
    });
    blocks.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_and_tests_agree_with_theory() {
        // 400 differences of +1 and −1, 230 of them up: mean 0.15, standard error 0.0495, z = 3.03, p about 0.003.
        let differences: Vec<f64> = (0..400).map(|index| if index < 230 { 1.0 } else { -1.0 }).collect();
        let found = mean_difference(&differences).unwrap();
        assert!((found.mean - 0.15).abs() < 1e-12 && (found.mean_square - 1.0).abs() < 1e-12);
        assert!((found.interval.0 - 0.053).abs() < 0.006 && (found.interval.1 - 0.247).abs() < 0.006, "{found:?}");
        // scipy.stats.binomtest(170, 400).pvalue == 0.00314
        assert!((found.p - 0.00314).abs() < 0.0015, "{found:?}");
        assert_eq!(Some(found), mean_difference(&differences));
    }

    #[test]
    fn no_difference_is_never_found_to_be_one() {
        let found = mean_difference(&[0.0; 20]).unwrap();
        assert_eq!((found.interval, found.p), ((0.0, 0.0), 1.0));
        assert_eq!(mean_difference(&[1.0]), None);
    }

    #[test]
    fn under_the_null_false_alarms_stay_at_their_level() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut alarms = 0;
        for _ in 0..400 {
            let scores: Vec<f64> = (0..30).map(|_| f64::from(random.next_u32() % 5) / 4.0 - 0.5).collect();
            alarms += u32::from(mean_difference(&scores).unwrap().p < 0.05);
        }
        // 20 are expected; 34 or more have a probability of 0.2 %.
        assert!(alarms < 34, "{alarms}");
    }
}
