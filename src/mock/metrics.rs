//! What a server says of itself at `/metrics`, in vLLM's words and with true counts.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where it says so.
pub(super) const PATH: &str = "/metrics";

/// What is going on, and what has been.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    running: AtomicU64,
    waiting: AtomicU64,
    prompt_tokens: AtomicU64,
    output_tokens: AtomicU64,
}

/// A request that counts as long as this is kept.
#[derive(Debug)]
pub(super) struct Counted {
    traffic: Arc<Traffic>,
    gauge: fn(&Traffic) -> &AtomicU64,
}

impl Counted {
    fn new(traffic: &Arc<Traffic>, gauge: fn(&Traffic) -> &AtomicU64) -> Self {
        gauge(traffic).fetch_add(1, Ordering::Relaxed);
        Self { traffic: Arc::clone(traffic), gauge }
    }

    /// A request that is worked on.
    pub(super) fn running(traffic: &Arc<Traffic>) -> Self {
        Self::new(traffic, |traffic| &traffic.running)
    }

    /// A request that waits for a slot.
    pub(super) fn waiting(traffic: &Arc<Traffic>) -> Self {
        Self::new(traffic, |traffic| &traffic.waiting)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.gauge)(&self.traffic).fetch_sub(1, Ordering::Relaxed);
    }
}

impl Traffic {
    /// Counts the tokens of a prompt.
    pub(super) fn prompt(&self, tokens: u32) {
        self.prompt_tokens.fetch_add(tokens.into(), Ordering::Relaxed);
    }

    /// Counts tokens that left.
    pub(super) fn output(&self, tokens: usize) {
        self.output_tokens.fetch_add(tokens as u64, Ordering::Relaxed);
    }

    /// The page, for a server with `slots`. It has no cache of prompts, so that nothing is found there.
    pub(super) fn page(&self, slots: Option<usize>) -> String {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
        let (running, prompt) = (count(&self.running), count(&self.prompt_tokens));
        let used = slots.map_or(0.0, |slots| running / slots.max(1) as f64);
        let lines = [
            ("num_requests_running", "gauge", running),
            ("num_requests_waiting", "gauge", count(&self.waiting)),
            ("kv_cache_usage_perc", "gauge", used),
            ("prefix_cache_queries_total", "counter", prompt),
            ("prefix_cache_hits_total", "counter", 0.0),
            ("prompt_tokens_total", "counter", prompt),
            ("generation_tokens_total", "counter", count(&self.output_tokens)),
        ];
        let mut page = String::new();
        for (name, kind, value) in lines {
            let _ = writeln!(page, "# TYPE vllm:{name} {kind}\nvllm:{name}{{engine=\"0\"}} {value:?}");
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_counts_as_long_as_it_is_there() {
        let traffic = Arc::new(Traffic::default());
        let (one, _two) = (Counted::running(&traffic), Counted::running(&traffic));
        traffic.output(3);
        let line = "vllm:num_requests_running{engine=\"0\"} 2.0\n";
        assert!(traffic.page(Some(4)).contains(line));
        assert!(traffic.page(Some(4)).contains("vllm:kv_cache_usage_perc{engine=\"0\"} 0.5\n"));
        drop(one);
        assert!(!traffic.page(None).contains(line));
        assert!(traffic.page(None).contains("vllm:generation_tokens_total{engine=\"0\"} 3.0\n"));
    }
}
