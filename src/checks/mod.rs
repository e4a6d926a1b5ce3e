//! Checks: named tests of the validity of a run's figures.
//!
//! [`CHECKS`] declares each: what it asks, what to do about what it finds, and the function that looks.
//!
//! Checks of scores and verdicts are left out where nobody judges. A check changes neither the exit code nor a figure.
//! A check without data is left out, such as `answer_format` where no form was asked for, and so are those that are
//! declared with `if_found` where they find nothing.

mod answers;
mod batch_api;
mod check;
mod clients;
mod declarations;
mod ends;
#[cfg(test)]
mod fixture;
mod found;
mod ground;
mod judges;
mod lengths;
mod letters;
mod load;
mod positions;
mod prompts;
mod server;
mod setting;
mod sites;
mod surplus;
mod verdicts;

pub use check::{Check, CheckStatus, passed, problems};
pub use declarations::CHECKS;
pub use ground::Ground;
pub use surplus::Surplus;

/// Runs all checks, in the order of [`CHECKS`]; within a check by model and level.
pub fn checks(ground: Ground<'_>) -> Vec<Check> {
    CHECKS.iter().flat_map(|check| (check.find)(ground).into_checks(check.name)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::fixture::of;
    use super::*;
    use crate::tables::fixture::Fixture;

    #[test]
    fn a_name_is_that_of_one_check() {
        let names: BTreeSet<&str> = CHECKS.iter().map(|check| check.name).collect();
        assert_eq!(names.len(), CHECKS.len());
    }

    #[test]
    fn a_plain_run_passes_what_can_be_checked() {
        let mut fixture = Fixture::new(20);
        fixture.back_to_back(1);
        let found = of(&fixture, &[]);
        assert!(found.iter().all(|check| check.status == CheckStatus::Passed), "{found:?}");
        let names: Vec<&str> = found.iter().map(|check| &*check.name).collect();
        let expected = ["client", "capped", "unread", "faults", "tokens_source", "connections", "throttled"];
        assert_eq!(names, expected);
    }

    #[test]
    fn of_what_was_recorded_without_a_clock_nothing_is_said_about_clocks() {
        let names: Vec<String> = of(&Fixture::new(3), &[]).into_iter().map(|check| check.name).collect();
        assert_eq!(names, ["capped", "unread", "faults", "tokens_source", "throttled"]);
    }
}
