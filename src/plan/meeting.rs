//! How the clients of an experiment begin a load level at the same moment.

use std::time::Duration;

use crate::id::{BatchId, Id};

/// How clients meet before a load level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// In the database that they share; one that waits this long for others that do not work gives up.
    InStore(Duration),
    /// By the clocks of their machines.
    ByClock(Timetable),
}

/// When load levels begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timetable {
    /// When the first begins, since 1970.
    pub first: Duration,
    /// Time from one to the next.
    pub every: Duration,
}

impl Timetable {
    /// When a load level begins, since 1970.
    pub fn start(self, batch: BatchId) -> Duration {
        let before = u32::try_from(batch.place()).unwrap_or(u32::MAX);
        self.first.saturating_add(self.every.saturating_mul(before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timetable_has_a_start_for_each_level() {
        let seconds = Duration::from_secs;
        let table = Timetable { first: seconds(1_000), every: seconds(90) };
        assert_eq!([0, 1, 4].map(|place| table.start(BatchId::at(place))), [1_000, 1_090, 1_360].map(seconds));
    }
}
