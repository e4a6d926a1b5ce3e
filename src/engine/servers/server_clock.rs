//! The clock of a server, by the header `Date` of its replies: it shows whole seconds, and is known better by asking when one begins.
//!
//! Clients of one level that have no store in common have at least its server in common. A clock that is late by the same for
//! all of them is as good as a right one.

use std::time::{Duration, Instant};

use crate::endpoint::client::Client;

const SECOND: i64 = 1_000_000_000;

/// Most questions. Each halves what is not known, a second at first, until it is no longer than the way there and back.
const MOST: usize = 12;

/// What need not be known better, in nanoseconds.
const ENOUGH: i64 = 1_000_000;

/// A clock beside the time since the start of a run: how far it is ahead, in nanoseconds, at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    least: i64,
    most: i64,
}

impl Bounds {
    /// Of a clock that showed this second at some moment between these two.
    fn of(second: i64, asked: i64, answered: i64) -> Self {
        let shown = second.saturating_mul(SECOND);
        Self { least: shown.saturating_sub(answered), most: shown.saturating_add(SECOND).saturating_sub(asked) }
    }

    /// Both at once. A clock that contradicts itself is known as well as it agrees with itself.
    fn and(self, other: Self) -> Self {
        let (least, most) = (self.least.max(other.least), self.most.min(other.most));
        Self { least: least.min(most), most: most.max(least) }
    }

    fn middle(self) -> i64 {
        self.least + self.width() / 2
    }

    fn width(self) -> i64 {
        self.most.saturating_sub(self.least)
    }

    /// The next moment from `now` on at which a second begins, if the clock is as far ahead as the middle.
    fn next_tick(self, now: i64) -> i64 {
        now + (-(now + self.middle())).rem_euclid(SECOND)
    }
}

/// What the clock of a server showed when a run started.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine) struct ServerClock(Bounds);

impl ServerClock {
    /// Of all that it may have shown what is nearest to this, in nanoseconds since 1970, and how far off that may be. The
    /// clock of the machine, if the server's does not contradict it: it may well be the better one.
    pub(in crate::engine) fn nearest_to(self, run_started_ns: i64) -> (i64, Duration) {
        let Self(Bounds { least, most }) = self;
        let nearest = run_started_ns.clamp(least, most);
        let farthest = (nearest - least).max(most - nearest);
        (nearest, Duration::from_nanos(farthest.unsigned_abs()))
    }

    /// Asks a server until its clock is known well enough or may show `end_ns`; nothing if its replies have no `Date`.
    pub(in crate::engine) async fn of(client: &Client, run_started: Instant, end_ns: i64) -> Option<Self> {
        let since_start = |at: Instant| nanoseconds(at.saturating_duration_since(run_started));
        let mut known: Option<Bounds> = None;
        // Half of the way there and back.
        let mut half = 0;
        for _ in 0..MOST {
            if let Some(bounds) = known {
                let at = bounds.next_tick(since_start(Instant::now()) + half) - half;
                if bounds.width() <= (4 * half).max(ENOUGH) || at.saturating_add(bounds.most) > end_ns {
                    break;
                }
                let wait = at.saturating_sub(since_start(Instant::now()));
                tokio::time::sleep(Duration::from_nanos(u64::try_from(wait).unwrap_or(0))).await;
            }
            let Ok(Some(told)) = client.told_time().await else { break };
            let (asked, answered) = (since_start(told.asked), since_start(told.answered));
            let told = Bounds::of(told.second, asked, answered);
            (half, known) = ((answered - asked) / 2, Some(known.map_or(told, |known| known.and(told))));
        }
        known.map(Self)
    }
}

/// A duration as clocks are compared.
pub(in crate::engine) fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks a clock that is `ahead`, with the way there and back, as often as is given.
    fn asked(ahead: impl Fn(i64) -> i64, way: i64, times: usize) -> Bounds {
        let ask = |at: i64| Bounds::of((at + way / 2 + ahead(at)).div_euclid(SECOND), at, at + way);
        let mut now = 123_456_789;
        let mut bounds = ask(now);
        for _ in 1..times {
            now = bounds.next_tick(now + way / 2) - way / 2;
            bounds = bounds.and(ask(now));
        }
        bounds
    }

    #[test]
    fn each_question_halves_what_is_not_known() {
        let (ahead, way) = (1_700_000_000 * SECOND + 314_159_265, 400_000);
        for (times, width) in [(1, SECOND), (5, SECOND / 16), (12, 2_000_000)] {
            let found = asked(|_| ahead, way, times);
            assert!(found.least <= ahead && ahead <= found.most, "{found:?}");
            assert!(found.width() <= width + way * 2, "{times}: {found:?}");
        }
    }

    #[test]
    fn a_clock_that_is_behind_the_start_of_the_run_is_known_as_well() {
        let found = asked(|_| -5 * SECOND - 250_000_000, 100_000, 12);
        assert!((found.middle() + 5 * SECOND + 250_000_000).abs() < 1_000_000, "{found:?}");
    }

    #[test]
    fn a_clock_that_jumps_is_known_as_well_as_it_agrees_with_itself() {
        let jumps = |at: i64| 9 * SECOND + if at > 4 * SECOND { 30_000_000 } else { 0 };
        let found = asked(jumps, 400_000, 12);
        assert!(found.least <= found.most && found.width() <= 40_000_000, "{found:?}");
    }

    #[test]
    fn the_clock_of_the_machine_is_moved_as_far_as_the_server_contradicts_it() {
        let clock = ServerClock(Bounds { least: 100, most: 120 });
        let nanos = Duration::from_nanos;
        assert_eq!(clock.nearest_to(105), (105, nanos(15)));
        assert_eq!([0, 900].map(|own| clock.nearest_to(own)), [(100, nanos(20)), (120, nanos(20))]);
    }

    #[test]
    fn two_views_of_a_clock_that_cannot_both_be_right_are_as_far_apart_as_they_are() {
        let (one, other) = (Bounds { least: 0, most: 10 }, Bounds { least: 40, most: 50 });
        assert_eq!((one.and(other), other.and(one)), (Bounds { least: 10, most: 40 }, Bounds { least: 10, most: 40 }));
    }
}
