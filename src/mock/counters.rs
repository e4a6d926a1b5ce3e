//! What a server counts: connections, requests, answers, and how late their tokens left.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::lateness::Lateness;
use super::metrics::Traffic;

/// Where the counters are: `GET` shows them, `DELETE` shows them and starts them anew.
pub(super) const PATH: &str = "/mock/counters";

/// How much a server has done.
#[derive(Debug, Default)]
pub struct Counters {
    connections: AtomicU64,
    requests: AtomicU64,
    answers: AtomicU64,
    lateness: Lateness,
    /// What is told at `/metrics`, which nobody resets.
    pub(super) traffic: Arc<Traffic>,
}

impl Counters {
    /// Connections that were accepted.
    pub fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Requests of any kind.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Requests for an answer, those that were to go wrong included.
    pub fn answers(&self) -> u64 {
        self.answers.load(Ordering::Relaxed)
    }

    /// Quantile of token lateness: the delay that `share` of all tokens, from 0 to 1, did not exceed, counted from
    /// when a token was due to when it was handed to its connection. Exact to the microsecond or 3 %. `None`
    /// before the first token.
    pub fn late(&self, share: f64) -> Option<Duration> {
        self.lateness.quantile(share)
    }

    pub(super) fn connected(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn requested(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a request for an answer; its number, from 1.
    pub(super) fn answer(&self) -> u64 {
        self.answers.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn token(&self, late: Duration) {
        self.lateness.count(late);
        self.traffic.output(1);
    }

    /// Starts anew; the faults of the answers to come fall where those of the first ones did.
    pub(super) fn reset(&self) {
        [&self.connections, &self.requests, &self.answers].iter().for_each(|count| count.store(0, Ordering::Relaxed));
        self.lateness.reset();
    }

    /// The page that shows them.
    pub(super) fn page(&self) -> Json {
        let late = |share| self.late(share).map(|late| late.as_secs_f64());
        json!({
            "requests": self.requests(), "connections": self.connections(), "answers": self.answers(),
            "late_p50_s": late(0.5), "late_p99_s": late(0.99),
        })
    }
}
