//! How late tokens leave: a histogram of fixed size that many connections count into at once.

use std::array;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Buckets of one microsecond below this, in microseconds; above, [`STEPS`] to each doubling, so that none is
/// wider than a 32nd of its value.
const FINE: u64 = 64;

/// Buckets of a doubling.
const STEPS: u64 = FINE / 2;

/// Doublings beyond the fine part: up to an hour and more. What is later counts into the last bucket.
const DOUBLINGS: u64 = 26;

const BUCKETS: usize = (FINE + DOUBLINGS * STEPS) as usize;

/// How late tokens left, each as the time from when it was due to when it was handed to its connection.
pub(super) struct Lateness {
    buckets: [AtomicU64; BUCKETS],
}

impl Default for Lateness {
    fn default() -> Self {
        Self { buckets: array::from_fn(|_| AtomicU64::new(0)) }
    }
}

impl fmt::Debug for Lateness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lateness").field("p50", &self.quantile(0.5)).field("p99", &self.quantile(0.99)).finish()
    }
}

impl Lateness {
    /// Counts one token.
    pub(super) fn count(&self, late: Duration) {
        self.buckets[bucket(late)].fetch_add(1, Ordering::Relaxed);
    }

    /// The lateness that a share of all tokens does not exceed, to within a bucket: its upper end, at the
    /// rank `⌈share · n⌉`. `None` before the first token.
    pub(super) fn quantile(&self, share: f64) -> Option<Duration> {
        let counts: Vec<u64> = self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).collect();
        let rank = rank(share, counts.iter().sum())?;
        let mut below = 0;
        let reached = counts.iter().position(|count| {
            below += count;
            below >= rank
        });
        reached.map(|bucket| Duration::from_micros(upper_end(bucket as u64)))
    }

    /// Forgets all tokens.
    pub(super) fn reset(&self) {
        self.buckets.iter().for_each(|bucket| bucket.store(0, Ordering::Relaxed));
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts are far below 2^53, and a share is from 0 to 1"
)]
fn rank(share: f64, total: u64) -> Option<u64> {
    (total > 0).then(|| ((share * total as f64).ceil() as u64).clamp(1, total))
}

/// Which bucket a token counts into.
fn bucket(late: Duration) -> usize {
    let late = u64::try_from(late.as_micros()).unwrap_or(u64::MAX);
    if late < FINE {
        return late as usize;
    }
    let doubling = u64::from(late.ilog2() - FINE.ilog2());
    let step = (late >> (doubling + 1)) - STEPS;
    ((FINE + doubling * STEPS + step) as usize).min(BUCKETS - 1)
}

/// The first microsecond beyond a bucket.
fn upper_end(bucket: u64) -> u64 {
    match bucket.checked_sub(FINE) {
        None => bucket + 1,
        Some(above) => (STEPS + above % STEPS + 1) << (above / STEPS + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lateness_lies_below_the_end_of_its_bucket_and_near_it() {
        let mut last = 0;
        for micros in (0..5_000).chain((5_000..4_000_000_000).step_by(999_983)) {
            let bucket = bucket(Duration::from_micros(micros));
            let (start, end) = (bucket.checked_sub(1).map_or(0, |one| upper_end(one as u64)), upper_end(bucket as u64));
            assert!((start..end).contains(&micros), "{micros} in {start}..{end}");
            assert!(end - start <= 1 + micros / 32, "{micros} in {start}..{end}");
            assert!(bucket >= last);
            last = bucket;
        }
        assert_eq!(bucket(Duration::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_are_those_of_the_tokens() {
        let lateness = Lateness::default();
        assert_eq!(lateness.quantile(0.5), None);
        (1..=100).for_each(|late| lateness.count(Duration::from_millis(late)));
        for (share, late) in [(0.5, 50.0), (0.99, 99.0), (1.0, 100.0), (0.0, 1.0)] {
            let found = lateness.quantile(share).unwrap().as_secs_f64() * 1e3;
            assert!(late <= found && found <= late * (1.0 + 1.0 / 32.0) + 0.001, "{share}: {found}");
        }
        lateness.reset();
        assert_eq!(lateness.quantile(0.5), None);
    }
}
