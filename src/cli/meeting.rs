//! `--client`: how the clients of an experiment begin its load levels at the same moment.

use std::time::Duration;

use chrono::DateTime;
use clap::Args;

use super::mock_arguments::duration;
use crate::error::Error;
use crate::plan::{Meeting, Plan, Timetable};

/// When load levels begin that several clients send together.
#[derive(Debug, Default, Args)]
pub(super) struct Together {
    /// When the first load level begins, for clients with a store each: `2026-05-04T12:00:00Z`. Clients of a shared store meet
    /// in it.
    #[arg(long, value_name = "TIME", value_parser = moment, requires = "client")]
    start_at: Option<Duration>,
    /// Time from the start of a load level to that of the next, for clients with a store each; longer than any level takes.
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "start_at")]
    every: Option<Duration>,
    /// How long to wait in a shared store for clients that do not work.
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10m")]
    patience: Option<Duration>,
}

/// A moment, since 1970.
fn moment(text: &str) -> Result<Duration, String> {
    let moment = DateTime::parse_from_rfc3339(text).ok().and_then(|moment| {
        let seconds = u64::try_from(moment.timestamp()).ok()?;
        Some(Duration::new(seconds, moment.timestamp_subsec_nanos()))
    });
    moment.ok_or_else(|| "expected a date, a time and a zone, such as `2026-05-04T12:00:00Z`".to_owned())
}

impl Together {
    /// How the clients of a plan meet; nothing if it has no load level that several send.
    ///
    /// # Errors
    /// The store does not fit, or levels have no start.
    pub(super) fn meeting(&self, plan: &Plan) -> Result<Option<Meeting>, Error> {
        let levels = plan.levels_together();
        let is_shared = plan.output.store.file().is_none();
        let wrong = |text: &str, hint: &str| Err(Error::misuse(text, hint));
        match (levels, is_shared, self.start_at) {
            (0, _, None) => Ok(None),
            (0, _, Some(_)) => wrong(
                "`--start-at` is for load levels, and this experiment only asks its questions",
                "remove `--start-at`",
            ),
            (_, true, Some(_)) => {
                wrong("clients of a shared store meet in it before each load level", "remove `--start-at`")
            }
            (_, true, None) => Ok(Some(Meeting::InStore(self.patience.unwrap_or_default()))),
            (_, false, None) => wrong(
                "clients with a store each have to know when a load level begins",
                "give all of them the same `--start-at TIME`, or share a store (`output.store.postgres`)",
            ),
            (1, false, Some(first)) => Ok(Some(Meeting::ByClock(Timetable { first, every: Duration::ZERO }))),
            (_, false, Some(first)) => match self.every {
                Some(every) => Ok(Some(Meeting::ByClock(Timetable { first, every }))),
                None => wrong(
                    &format!("{levels} load levels need a start each"),
                    "add `--every TIME`, which is longer than any of them takes with its warm-up",
                ),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_a_zone() {
        assert_eq!(moment("1970-01-02T01:00:00.5+01:00"), Ok(Duration::from_millis(86_400_500)));
        for text in ["12:00", "2026-05-04T12:00:00", "1969-01-01T00:00:00Z", ""] {
            assert!(moment(text).is_err(), "{text}");
        }
    }
}
