//! What is left of a run: its time and its cost, by the rates so far.

use std::time::{Duration, Instant};

use super::{BatchProgress, Progress};
use crate::event::Wait;

/// The cost of a whole run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Projected {
    pub(super) cost: f64,
    /// True if a part of it is a maximum.
    pub(super) is_most: bool,
}

impl Progress {
    /// Requests per second of the whole run while it was sending.
    pub(super) fn rate(&self, now: Instant) -> Option<f64> {
        let longest = self.machines.iter().map(|batches| elapsed(batches, now)).max()?;
        rate(self.batches().map(|own| own.done).sum(), longest)
    }

    /// Remaining time of the run: that of the machine which needs longest, each model at its own rate so far, or at that of
    /// its machine before its turn. `None` before anything is known of a machine's rate, and while a server does not answer.
    pub(super) fn remaining(&self, now: Instant) -> Option<Duration> {
        if self.waits.values().any(|waiting| matches!(waiting.wait, Wait::ServerGone { .. })) {
            return None;
        }
        self.machines
            .iter()
            .map(|batches| of_machine(batches, now))
            .try_fold(Duration::ZERO, |most, time| Some(most.max(time?)))
    }

    /// The cost of the whole run: what is spent, and for what is left the mean cost of a model's responses so far, or the
    /// maximum before its turn.
    pub(super) fn projected(&self) -> Option<Projected> {
        self.currency.as_ref()?;
        let mut projected = Projected { cost: self.spent, is_most: self.is_upper_bound };
        for own in self.batches().filter(|own| own.took.is_none()) {
            let requests = own.step.requests?;
            let left = requests.saturating_sub(own.done);
            match own.cost {
                (_, 0) if left > 0 && own.step.most_cost.is_some_and(|most| most > 0.0) => {
                    projected.cost += own.step.most_cost.unwrap_or_default() * share(left, requests);
                    projected.is_most = true;
                }
                (_, 0) => {}
                (sum, count) => projected.cost += sum * share(left, count),
            }
        }
        Some(projected)
    }
}

fn of_machine(batches: &[BatchProgress], now: Instant) -> Option<Duration> {
    let done = batches.iter().map(|own| own.done).sum();
    let usual = rate(done, elapsed(batches, now));
    let open = batches.iter().filter(|own| own.took.is_none());
    let times = open.map(|own| match (own.step.time, own.step.requests) {
        (Some(time), _) => Some(time.saturating_sub(own.elapsed(now))),
        (None, requests) => {
            let left = requests?.saturating_sub(own.done);
            let rate = if own.done > 0 { own.rate(now) } else { usual };
            if left == 0 { Some(Duration::ZERO) } else { Duration::try_from_secs_f64(share(left, 1) / rate?).ok() }
        }
    });
    times.sum()
}

fn elapsed(batches: &[BatchProgress], now: Instant) -> Duration {
    batches.iter().map(|own| own.elapsed(now)).sum()
}

impl BatchProgress {
    /// Requests per second.
    pub(super) fn rate(&self, now: Instant) -> Option<f64> {
        rate(self.done, self.elapsed(now))
    }
}

fn rate(done: usize, time: Duration) -> Option<f64> {
    (done > 0 && !time.is_zero()).then(|| share(done, 1) / time.as_secs_f64())
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests are far below 2^53")]
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
