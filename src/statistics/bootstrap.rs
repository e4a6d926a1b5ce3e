//! The bootstrap interval of a ratio of sums.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::percentile::quantile;

/// Seed of the resamples: the same pairs have the same interval.
const SEED: u64 = 42;

/// Most resamples.
const MOST: usize = 1000;

/// Fewest resamples.
const LEAST: usize = 250;

/// Draws that an interval may take, between the two.
const DRAWS: usize = 2_000_000;

/// 95 % percentile bootstrap interval of `Σ numerator / Σ denominator` over pairs that are resampled
/// together. The upper end is infinite where too many resamples have a denominator of zero. `None` with
/// fewer than two pairs or without any denominator.
///
/// Source: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), section 13.3.
pub fn ratio_interval(pairs: &[(f64, f64)]) -> Option<(f64, f64)> {
    if pairs.len() < 2 || pairs.iter().all(|pair| pair.1 == 0.0) {
        return None;
    }
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let count = (DRAWS / pairs.len()).clamp(LEAST, MOST);
    let mut ratios: Vec<f64> = (0..count).map(|_| resampled(pairs, &mut random)).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    Some((quantile(&ratios, 0.025)?, quantile(&ratios, 0.975)?))
}

fn resampled(pairs: &[(f64, f64)], random: &mut ChaCha8Rng) -> f64 {
    let mut sums = (0.0, 0.0);
    for _ in pairs {
        // The high half of the product is below the number of pairs, and even enough for so few.
        let at = (u64::from(random.next_u32()) * pairs.len() as u64) >> 32;
        let pair = pairs[at as usize];
        sums = (sums.0 + pair.0, sums.1 + pair.1);
    }
    if sums.1 == 0.0 { f64::INFINITY } else { sums.0 / sums.1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_ratio_has_no_width() {
        let pairs: Vec<_> = (1..50).map(|step| (f64::from(step) * 2.0, f64::from(step))).collect();
        let (low, high) = ratio_interval(&pairs).unwrap();
        assert!((low - 2.0).abs() < 1e-12 && (high - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_cost_of_a_coin_is_known() {
        // Each answer costs 1 and every second one is right. The delta method gives a standard error of
        // 2 · √(0.5 · 0.5 / 400) / 0.5 = 0.1, so about 1.82 to 2.22.
        let pairs: Vec<_> = (0..400).map(|index| (1.0, f64::from(index % 2))).collect();
        let (low, high) = ratio_interval(&pairs).unwrap();
        assert!((low - 1.82).abs() < 0.04 && (high - 2.22).abs() < 0.04, "{low} {high}");
        assert_eq!(ratio_interval(&pairs), Some((low, high)));
    }

    #[test]
    fn few_right_answers_have_no_upper_end() {
        let pairs: Vec<_> = (0..40).map(|index| (1.0, f64::from(u8::from(index == 0)))).collect();
        let (low, high) = ratio_interval(&pairs).unwrap();
        assert!(low > 5.0 && high.is_infinite(), "{low} {high}");
        assert_eq!(ratio_interval(&[(1.0, 0.0), (1.0, 0.0)]), None);
        assert_eq!(ratio_interval(&[(1.0, 1.0)]), None);
    }
}
