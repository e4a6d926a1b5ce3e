//! Checks of the load: the client, its clocks and its connections.

use super::{Found, Outcome};
use crate::report::quantity::{counted, percent, seconds};
use crate::tables::group::Group;

/// Fewest requests on connections that were there already.
const REUSED: f64 = 0.9;

/// Least share of a run in which its level is held.
const STEADY: f64 = 0.5;

pub(super) fn client(groups: &[Group]) -> Found {
    Found::each(groups, Outcome::Failed, |group| {
        let client = &group.summary.client;
        let delay = client.delay?;
        Some(client.is_limit?.then(|| {
            format!(
                "limited by the client: requests left up to {} late (dispatch delay, p99); lower the load or use a machine with more room",
                seconds(delay)
            )
        }))
    })
}

/// Answers that came while the client stood still. Nothing is said where there are none.
pub(super) fn clock(groups: &[Group]) -> Found {
    Found::each(groups, Outcome::Warned, |group| {
        let untimed = group.figures.untimed.sum().unwrap_or(0);
        (untimed > 0).then(|| {
            Some(format!(
                "this program stood still (stopped, or the machine slept) during {}, whose times are unknown and count in no figure",
                counted(untimed, "answer")
            ))
        })
    })
}

pub(super) fn steady(groups: &[Group]) -> Found {
    Found::each(groups, Outcome::Warned, |group| {
        let throughput = &group.summary.throughput;
        let share = throughput.steady_share()?;
        let problem = if throughput.steady == Some(0.0) {
            "the level was never reached, so rates are over the whole run; ask for more requests or for longer"
                .to_owned()
        } else {
            format!(
                "the level was held for {} of the run; rates are over that part; ask for more requests or for longer",
                percent(share)
            )
        };
        Some((share < STEADY).then_some(problem))
    })
}

pub(super) fn one_run(groups: &[Group]) -> Found {
    Found::each(groups, Outcome::Warned, |group| {
        let runs = group.figures.by_run(Some);
        let problem = || {
            format!("measured in {} runs, between which the server may have changed; start over to compare", runs.len())
        };
        Some((runs.len() > 1).then(problem))
    })
}

pub(super) fn connections(groups: &[Group]) -> Found {
    Found::each(groups, Outcome::Warned, |group| {
        let client = &group.summary.client;
        let known = Some(client.connections_known).filter(|known| *known > 0)?;
        let spare = client.connections_new.saturating_sub(client.connections_needed);
        let is_reused = spare as f64 <= (1.0 - REUSED) * known as f64;
        Some((!is_reused).then(|| {
            format!(
                "{} of {} opened a new connection (not in the latency, but extra work for the server); enable keep-alive",
                client.connections_new,
                counted(known, "request")
            )
        }))
    })
}

pub(super) fn throttled(groups: &[Group]) -> Found {
    Found::each(groups, Outcome::Warned, |group| {
        let count = group.summary.throttled;
        let problem = || {
            format!(
                "{} came while the client was throttled (column `throttled`), so the latency is not that of the level; lower the level",
                counted(count, "answer")
            )
        };
        Some((count > 0).then(problem))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tests::outcomes;
    use crate::tables::fixture::{Fixture, ms};

    fn warned(subject: &str) -> Vec<(Outcome, String)> {
        vec![(Outcome::Warned, subject.to_owned())]
    }

    const PASSED: &[(Outcome, String)] = &[(Outcome::Passed, String::new())];

    #[test]
    fn a_late_client_fails() {
        let mut fixture = Fixture::new(20);
        fixture.back_to_back(1);
        fixture.dispatched(3, 300, 350);
        assert_eq!(outcomes(&fixture, "client"), [(Outcome::Failed, "a".to_owned())]);
    }

    #[test]
    fn a_level_that_was_not_held_is_warned_about_in_a_sweep_only() {
        let mut sweep = Fixture::with(4, "{ concurrency: [1, 4] }");
        sweep.back_to_back(1);
        sweep.places = vec![(0, 1); 4];
        assert_eq!(outcomes(&sweep, "steady"), warned("a c=4"));
        sweep.places = vec![(0, 0); 4];
        assert_eq!(outcomes(&sweep, "steady"), PASSED);
        let mut plain = Fixture::with(4, "{ concurrency: 4 }");
        plain.back_to_back(1);
        assert_eq!(outcomes(&plain, "steady"), []);
    }

    #[test]
    fn a_level_of_two_runs_is_warned_about() {
        let mut fixture = Fixture::with(4, "{ concurrency: 2, requests: 4 }");
        assert_eq!(outcomes(&fixture, "one_run"), PASSED);
        fixture.responses[0].run = "run-0".into();
        assert_eq!(outcomes(&fixture, "one_run"), warned("a"));
    }

    #[test]
    fn the_first_connection_of_each_slot_is_free() {
        let mut fixture = Fixture::with(8, "{ concurrency: 4 }");
        fixture.back_to_back(4);
        let connect = |fixture: &mut Fixture, count: usize| {
            for response in &mut fixture.responses[..count] {
                response.dispatch.as_mut().unwrap().connect = Some(ms(0));
            }
        };
        connect(&mut fixture, 4);
        assert_eq!(outcomes(&fixture, "connections"), PASSED);
        connect(&mut fixture, 8);
        assert_eq!(outcomes(&fixture, "connections"), warned("a"));
    }

    #[test]
    fn a_spared_endpoint_is_warned_about() {
        let mut fixture = Fixture::new(2);
        fixture.responses[1].throttled = true;
        assert_eq!(outcomes(&fixture, "throttled"), warned("a"));
    }
}
