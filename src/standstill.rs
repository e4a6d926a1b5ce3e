//! Standstills: spans of time in which this process did not run, because it was stopped or the machine slept.
//!
//! A time stamp that is taken after one is no time of the server. A thread of its own looks at the clocks every
//! tenth of a second; a look that comes late shows that nothing here ran. A suspended machine stops the monotonic clock
//! on some systems, so the clock that keeps running is compared with it where there is one.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::host::time_since_boot;

/// Time between two looks.
const TICK: Duration = Duration::from_millis(100);

/// A look that comes later than this, beyond its tick, is taken for a standstill. On a machine that is only busy, threads
/// wait for a hundredth of it.
const LATE: Duration = Duration::from_millis(500);

/// Looks for standstills as long as it, or a clone of it, lives.
#[derive(Debug, Clone)]
pub struct Standstills(Arc<Watch>);

#[derive(Debug)]
struct Watch {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    seen: Mutex<Seen>,
    ended: Condvar,
}

#[derive(Debug)]
struct Seen {
    last: Look,
    spans: Vec<(Instant, Instant)>,
    is_watched: bool,
}

/// What both clocks showed.
#[derive(Debug, Clone, Copy)]
struct Look {
    at: Instant,
    /// How long the machine has been up, its sleep included; unknown on some systems.
    uptime: Option<Duration>,
}

impl Standstills {
    /// Starts to look. Where no thread can be had, nothing is found.
    pub fn watch() -> Self {
        let seen = Seen { last: Look::now(), spans: Vec::new(), is_watched: true };
        let shared = Arc::new(Shared { seen: Mutex::new(seen), ended: Condvar::new() });
        let watched = Arc::clone(&shared);
        let started = thread::Builder::new().name("standstills".into()).spawn(move || watched.run());
        if started.is_err() {
            shared.seen().is_watched = false;
        }
        Self(Arc::new(Watch { shared }))
    }

    /// True if the process stood still at some time between two moments, of which the later is about now.
    pub fn overlap(&self, from: Instant, to: Instant) -> bool {
        // The latest ones are at the end, and there are few.
        self.seen().is_some_and(|seen| seen.spans.iter().rev().any(|(start, end)| *start < to && *end > from))
    }

    /// How long the process stood still from a moment until now, on the clock that limits are kept by.
    pub fn lost_since(&self, from: Instant) -> Duration {
        let Some(seen) = self.seen() else { return Duration::ZERO };
        let own = |(start, end): &(Instant, Instant)| end.saturating_duration_since(from.max(*start));
        seen.spans.iter().rev().take_while(|(_, end)| *end > from).map(own).sum()
    }

    /// What was seen until now, if anybody looks.
    fn seen(&self) -> Option<MutexGuard<'_, Seen>> {
        let mut seen = self.0.shared.seen();
        // The thread that looks may wake up after the one that asks.
        if seen.is_watched && seen.last.at.elapsed() > TICK + LATE {
            seen.look(Look::now());
        }
        seen.is_watched.then_some(seen)
    }
}

impl Shared {
    fn run(&self) {
        let mut seen = self.seen();
        while seen.is_watched {
            seen = self.ended.wait_timeout(seen, TICK).unwrap_or_else(PoisonError::into_inner).0;
            seen.look(Look::now());
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn look(&mut self, now: Look) {
        if now.stood_still_since(self.last) {
            self.spans.push((self.last.at, now.at));
        }
        self.last = now;
    }
}

impl Look {
    fn now() -> Self {
        Self { at: Instant::now(), uptime: time_since_boot() }
    }

    fn stood_still_since(self, before: Self) -> bool {
        let passed = self.at.saturating_duration_since(before.at);
        let really = self.uptime.zip(before.uptime).and_then(|(now, before)| now.checked_sub(before));
        passed.max(really.unwrap_or_default()) > TICK + LATE
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.seen().is_watched = false;
        self.shared.ended.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn look(start: Instant, at: Duration, uptime: Option<Duration>) -> Look {
        Look { at: start + at, uptime }
    }

    #[test]
    fn a_late_look_is_a_standstill_on_either_clock() {
        let start = Instant::now();
        let before = look(start, Duration::ZERO, Some(SECOND));
        let cases = [
            (TICK, Some(SECOND + TICK), false),
            (TICK + LATE / 2, Some(SECOND + TICK + LATE / 2), false),
            (3 * SECOND, Some(4 * SECOND), true),
            (3 * SECOND, None, true),
            // The machine slept, and the monotonic clock with it.
            (TICK, Some(9 * SECOND), true),
            // A clock that goes back says nothing.
            (TICK, Some(Duration::ZERO), false),
        ];
        for (at, uptime, expected) in cases {
            assert_eq!(look(start, at, uptime).stood_still_since(before), expected, "{at:?} {uptime:?}");
        }
    }

    #[test]
    fn what_was_in_flight_over_a_standstill_overlaps_it() {
        let start = Instant::now();
        let mut seen = Seen { last: look(start, SECOND, None), spans: Vec::new(), is_watched: true };
        seen.look(look(start, 5 * SECOND, None));
        seen.look(look(start, 5 * SECOND + TICK, None));
        // Its next look lies ahead, so that nothing of this test is taken for another standstill.
        seen.last = look(start, 3600 * SECOND, None);
        let shared = Arc::new(Shared { seen: Mutex::new(seen), ended: Condvar::new() });
        let standstills = Standstills(Arc::new(Watch { shared }));
        let overlap =
            |from: f64, to: f64| standstills.overlap(start + SECOND.mul_f64(from), start + SECOND.mul_f64(to));
        assert!(overlap(0.5, 1.5) && overlap(2.0, 3.0) && overlap(4.5, 6.0) && overlap(0.0, 9.0));
        assert!(!overlap(0.0, 0.9) && !overlap(5.05, 6.0));
        let lost = |from: f64| standstills.lost_since(start + SECOND.mul_f64(from));
        assert_eq!((lost(0.5), lost(2.0), lost(5.05)), (4 * SECOND, 3 * SECOND, Duration::ZERO));
    }

    #[test]
    fn the_thread_ends_with_the_last_clone() {
        let standstills = Standstills::watch();
        let shared = Arc::downgrade(&standstills.0.shared);
        drop(standstills.clone());
        assert!(shared.upgrade().is_some());
        drop(standstills);
        while shared.strong_count() > 0 {
            thread::yield_now();
        }
    }
}
