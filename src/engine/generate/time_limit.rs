//! A closed loop that lasts for a time, instead of for a number of requests.

use std::time::{Duration, Instant};

/// A closed loop that lasts for a time.
#[derive(Clone, Copy)]
pub(super) struct TimeLimit {
    /// From which turn on.
    pub(super) first: usize,
    pub(super) time: Duration,
    pub(super) until: Instant,
}

impl TimeLimit {
    /// How many turns a second were given out so far, where every `step`th is this run's. No more are claimed ahead: when the
    /// time is over, another run has to send what of them lies before its own.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is finite and positive")]
    #[expect(clippy::cast_precision_loss, reason = "turns are far below 2^53")]
    pub(super) fn given_in_a_second(&self, given: usize, step: usize) -> usize {
        let left = self.until.saturating_duration_since(Instant::now());
        let spent = self.time.saturating_sub(left).as_secs_f64().max(1e-3);
        ((given - self.first) as f64 / (spent * step as f64)) as usize
    }
}
