//! The mean of differences by item: a randomization test.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

/// Seed of the first block of resamples: the same differences have the same p value.
const SEED: u64 = !42;

/// Draws of a block: blocks are drawn on all cores, each from a seed of its own.
const BLOCK: usize = 100;

/// Most draws of signs.
const MOST: usize = 10_000;

/// Fewest draws of signs.
const LEAST: usize = 1_000;

/// Signs that a test may draw, between the two.
const DRAWS: usize = 50_000_000;

/// Two-sided p value of a mean of zero: how often differences whose signs are drawn at random have a mean that is at least
/// as far from zero, the observed one counted in. `None` with fewer than two differences.
///
/// Sources: E. J. G. Pitman, "Significance tests which may be applied to samples from any populations" (1937);
/// B. Phipson, G. K. Smyth, "Permutation p-values should never be zero", Statistical Applications in Genetics and Molecular
/// Biology 9 (2010), for counting the observed one in.
pub fn randomization_p(differences: &[f64]) -> Option<f64> {
    if differences.len() < 2 {
        return None;
    }
    let sum: f64 = differences.iter().sum();
    let count = (DRAWS / differences.len()).clamp(LEAST, MOST).next_multiple_of(BLOCK);
    // Sums in another order differ by rounding; what is as far as that is at least as far.
    let far = sum.abs() * (1.0 - 1e-12);
    let as_far = drawn(count, |random| signed(differences, random)).into_iter().filter(|sum| sum.abs() >= far);
    Some((as_far.count() + 1) as f64 / (count + 1) as f64)
}

/// Draws `count` values in blocks, on all cores; the number of cores changes no value.
fn drawn(count: usize, draw: impl Fn(&mut ChaCha8Rng) -> f64 + Sync) -> Vec<f64> {
    let blocks = (0..count / BLOCK).into_par_iter().map(|block| {
        let mut random = ChaCha8Rng::seed_from_u64(SEED.wrapping_add(block as u64));
        (0..BLOCK).map(|_| draw(&mut random)).collect::<Vec<f64>>()
    });
    blocks.collect::<Vec<_>>().concat()
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
    fn tests_agree_with_theory() {
        // 400 differences of +1 and −1, 230 of them up; scipy.stats.binomtest(170, 400).pvalue == 0.00314
        let differences: Vec<f64> = (0..400).map(|index| if index < 230 { 1.0 } else { -1.0 }).collect();
        let found = randomization_p(&differences).unwrap();
        assert!((found - 0.00314).abs() < 0.0015, "{found:?}");
        assert_eq!(Some(found), randomization_p(&differences));
        assert_eq!((randomization_p(&[0.0; 20]), randomization_p(&[1.0])), (Some(1.0), None));
    }

    #[test]
    fn under_the_null_false_alarms_stay_at_their_level() {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut alarms = 0;
        for _ in 0..400 {
            let scores: Vec<f64> = (0..30).map(|_| f64::from(random.next_u32() % 5) / 4.0 - 0.5).collect();
            alarms += u32::from(randomization_p(&scores).unwrap() < 0.05);
        }
        // 20 are expected; 34 or more have a probability of 0.2 %.
        assert!(alarms < 34, "{alarms}");
    }
}
