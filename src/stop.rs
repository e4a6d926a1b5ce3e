//! How a run is stopped: drained while requests are in flight, else aborted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::sync::CancellationToken;

/// The two stops of a run.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Nothing new is sent; what is in flight is finished.
    pub drain: CancellationToken,
    /// The run ends at once; what is in flight is dropped.
    pub abort: CancellationToken,
    sending: Arc<AtomicBool>,
}

impl Stop {
    /// Moves one step on: what is in flight is finished first, once; where nothing is, nothing is waited for.
    pub fn step(&self) {
        if self.sending.load(Ordering::SeqCst) && !self.drain.is_cancelled() {
            self.drain.cancel();
        } else {
            self.abort.cancel();
        }
    }

    /// Requests are being sent for as long as the value lives.
    #[must_use]
    pub fn sending(&self) -> SendingGuard<'_> {
        self.sending.store(true, Ordering::SeqCst);
        SendingGuard(self)
    }
}

/// Requests are being sent.
#[derive(Debug)]
pub struct SendingGuard<'s>(&'s Stop);

impl Drop for SendingGuard<'_> {
    fn drop(&mut self) {
        self.0.sending.store(false, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(stop: &Stop) -> (bool, bool) {
        (stop.drain.is_cancelled(), stop.abort.is_cancelled())
    }

    #[test]
    fn what_is_in_flight_is_finished_once() {
        let stop = Stop::default();
        let sending = stop.sending();
        stop.step();
        assert_eq!(state(&stop), (true, false));
        drop(sending);
        stop.step();
        assert_eq!(state(&stop), (true, true));
    }

    #[test]
    fn where_nothing_is_in_flight_the_run_ends_at_once() {
        let stop = Stop::default();
        stop.step();
        assert_eq!(state(&stop), (false, true));
    }
}
