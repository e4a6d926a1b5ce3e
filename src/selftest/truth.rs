//! The settings of the server, and the times that a perfect client would measure.

use std::time::Duration;

use crate::endpoint::provider::Registration;

/// Approximate duration of a level.
const WANTED: Duration = Duration::from_secs(4);

/// Minimum number of requests, for a 99th percentile.
const FEWEST: u32 = 100;

/// Maximum number of requests.
const MOST: u32 = 50_000;

/// The settings of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truth {
    /// The provider whose default API is spoken.
    pub provider: Registration,
    /// Time to the first token.
    pub ttft: Duration,
    /// Time from one token to the next.
    pub gap: Duration,
    /// Output tokens per answer.
    pub tokens: u32,
}

impl Truth {
    /// Time per output token after the first; an answer of one token has none.
    pub fn tpot(&self) -> Option<Duration> {
        (self.tokens > 1).then_some(self.gap)
    }

    /// Latency: `ttft + (tokens − 1) · gap`.
    pub fn latency(&self) -> Duration {
        self.ttft + self.gap.saturating_mul(self.tokens.saturating_sub(1))
    }

    /// Requests per second of a closed loop: those in flight over the latency; `None` where that is zero.
    pub fn requests_per_second(&self, in_flight: u32) -> Option<f64> {
        let latency = self.latency().as_secs_f64();
        (latency > 0.0).then(|| f64::from(in_flight) / latency)
    }

    /// Number of requests for a closed loop of the target duration: a multiple of the requests in flight.
    pub fn requests(&self, in_flight: u32) -> u32 {
        let rounds = WANTED.as_nanos().div_ceil(self.latency().as_nanos().max(1_000_000));
        let wanted = u32::try_from(rounds).unwrap_or(MOST).saturating_mul(in_flight).clamp(FEWEST, MOST);
        wanted.div_ceil(in_flight).saturating_mul(in_flight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::providers;

    fn truth(ttft: u64, gap: u64, tokens: u32) -> Truth {
        let provider = providers::by_name("openai").unwrap();
        Truth { provider, ttft: Duration::from_millis(ttft), gap: Duration::from_millis(gap), tokens }
    }

    #[test]
    fn latency_and_rate_follow_from_the_times() {
        let usual = truth(50, 5, 20);
        assert_eq!(usual.latency(), Duration::from_millis(145));
        assert!((usual.requests_per_second(64).unwrap() - 64.0 / 0.145).abs() < 1e-9);
        assert_eq!((truth(50, 5, 1).latency(), truth(50, 5, 1).tpot()), (Duration::from_millis(50), None));
        assert_eq!(truth(0, 0, 20).requests_per_second(64), None);
    }

    #[test]
    fn a_level_lasts_about_four_seconds_and_carries_a_percentile() {
        let usual = truth(50, 5, 20);
        assert_eq!([1, 8, 64, 256].map(|c| usual.requests(c)), [100, 28 * 8, 28 * 64, 28 * 256]);
        assert_eq!(truth(60_000, 0, 1).requests(64), 128);
        assert_eq!(truth(0, 0, 1).requests(256), 50_176);
        assert_eq!(usual.requests(10_000), 50_000);
        assert_eq!(truth(0, 0, 1).requests(1_000_000), 1_000_000);
    }
}
