//! The arrivals of an open loop: one schedule per level, drawn from a seed before anything is sent.
//!
//! An arrival is never dropped, moved or waited for, and latency counts from it, so that a server which
//! falls behind shows it in the latency instead of in the load.

use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::level::{Arrivals, Rate};
use crate::plan::Extent;
use crate::spec::scalar::HumanDuration;

/// Most arrivals of one level; a spec that wants more is refused before.
const MOST: usize = 2_000_000;

/// When each request of a level is due, since the level's start. `dataset` is how many there are if the
/// spec says nothing.
///
/// Poisson arrivals have gaps of `−ln(1 − u) / rate` with u uniform in 0 to 1, constant ones of `1 / rate`.
/// The same seed gives the same pattern at every rate, only faster.
pub fn arrivals(rate: Rate, kind: Arrivals, extent: Extent, dataset: usize, seed: u64) -> Vec<Duration> {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut random = ChaCha8Rng::from_seed(key);
    let mut clock = 0.0;
    let mut next = move |turn: usize| {
        match kind {
            Arrivals::Constant => clock = as_number(turn) / rate.per_second(),
            Arrivals::Poisson => clock += exponential(&mut random) / rate.per_second(),
        }
        Duration::try_from_secs_f64(clock).unwrap_or(HumanDuration::LONGEST).min(HumanDuration::LONGEST)
    };
    match extent {
        Extent::Dataset => (0..dataset).map(next).collect(),
        Extent::Requests(count) => (0..count).map(next).collect(),
        Extent::Duration(limit) => (0..MOST).map(&mut next).take_while(|at| *at < limit).collect(),
    }
}

/// A draw from the exponential distribution with mean 1.
fn exponential(random: &mut ChaCha8Rng) -> f64 {
    // 53 bits make every representable number in 0 to 1 that is a multiple of 2⁻⁵³.
    let uniform = as_fraction(random.next_u64() >> 11);
    -libm::log(1.0 - uniform)
}

#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
fn as_fraction(bits: u64) -> f64 {
    bits as f64 / (1_u64 << 53) as f64
}

#[expect(clippy::cast_precision_loss, reason = "turns are far below 2^53")]
fn as_number(turn: usize) -> f64 {
    turn as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: f64) -> Rate {
        Rate::new(per_second).unwrap()
    }

    #[test]
    fn constant_arrivals_do_not_drift() {
        let at = arrivals(rate(3.0), Arrivals::Constant, Extent::Requests(1_000_000), 0, 1);
        assert_eq!((at[0], at[3], at[999_999]), (Duration::ZERO, Duration::from_secs(1), Duration::from_secs(333_333)));
    }

    #[test]
    fn poisson_arrivals_have_exponential_gaps() {
        let at = arrivals(rate(100.0), Arrivals::Poisson, Extent::Requests(100_000), 0, 7);
        let gaps: Vec<f64> = at.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64() * 100.0).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / gaps.len() as f64;
        // An exponential distribution has mean and standard deviation 1, and a share e⁻¹ above 1.
        let above = gaps.iter().filter(|gap| **gap > 1.0).count() as f64 / gaps.len() as f64;
        assert!((mean - 1.0).abs() < 0.02 && (variance - 1.0).abs() < 0.04 && (above - 0.3679).abs() < 0.01);
    }

    #[test]
    fn a_seed_gives_one_pattern_at_every_rate() {
        let slow = arrivals(rate(1.0), Arrivals::Poisson, Extent::Requests(50), 0, 7);
        let fast = arrivals(rate(4.0), Arrivals::Poisson, Extent::Requests(50), 0, 7);
        assert!(
            slow.iter().zip(&fast).all(|(slow, fast)| (slow.as_secs_f64() - 4.0 * fast.as_secs_f64()).abs() < 1e-6)
        );
        assert_ne!(slow, arrivals(rate(1.0), Arrivals::Poisson, Extent::Requests(50), 0, 8));
    }

    #[test]
    fn the_extent_bounds_the_arrivals() {
        let limit = Duration::from_secs(10);
        let at = arrivals(rate(2.0), Arrivals::Constant, Extent::Duration(limit), 5, 1);
        assert_eq!(at.len(), 20);
        assert_eq!(arrivals(rate(2.0), Arrivals::Constant, Extent::Dataset, 5, 1).len(), 5);
        assert!(arrivals(rate(2.0), Arrivals::Poisson, Extent::Duration(limit), 5, 1).iter().all(|at| *at < limit));
    }
}
