//! Checks of the load: the client, its clocks and its connections.

use super::check::CheckStatus;
use super::found::Found;
use crate::clients::named;
use crate::format::{counted, percent, seconds};
use crate::plan::Plan;
use crate::tables::group::Group;

/// Minimum share of requests on reused connections.
const REUSED: f64 = 0.9;

/// Minimum share of a run in the steady window.
const STEADY: f64 = 0.5;

pub(super) fn client(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Failed, |group| {
        let client = &group.summary.client;
        let delay = client.delay?;
        let who = match client.limited.as_slice() {
            [] => "the client is the bottleneck: its".to_owned(),
            [one] => format!("client {one} is the bottleneck: its"),
            several => format!("{} are the bottleneck: the largest", named(several)),
        };
        Some(client.is_limit?.then(|| {
            format!("{who} dispatch delay is {} (p99); lower the load or use a faster machine", seconds(delay))
        }))
    })
}

/// Answers received while the client was suspended. Left out if there are none.
pub(super) fn clock(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let untimed = group.figures.untimed.sum().unwrap_or(0);
        (untimed > 0).then(|| {
            Some(format!(
                "this process was suspended during {}; their times are unknown and excluded from all figures",
                counted(untimed, "answer")
            ))
        })
    })
}

/// How much longer than the server an answer may take on the client's clock before it is an outlier.
const SLACK: f64 = 5.0;

/// Answers that took the client far longer than the server: the time went into the client, the network or a queue, and
/// a mean of latencies is not that of the model. Left out where the server tells no times.
pub(super) fn outliers(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let times = group.figures.latency.iter().zip(group.figures.server_total.iter());
        let known: Vec<(f64, f64)> = times.filter_map(|(latency, server)| Some((latency?, server?))).collect();
        let far = known.iter().filter(|(latency, server)| *latency > server * SLACK && latency - server > SLACK);
        let mut far: Vec<&(f64, f64)> = far.collect();
        far.sort_by(|a, b| b.0.total_cmp(&a.0));
        let shown = |(latency, server): &&(f64, f64)| format!("{} for {}", seconds(*latency), seconds(*server));
        let problem = || {
            format!(
                "{} took far longer than the server says ({}); the time went into the client, the network or a queue, so \
                 read medians, not means",
                counted(far.len(), "answer"),
                far.iter().take(3).map(shown).collect::<Vec<_>>().join(", ")
            )
        };
        (!known.is_empty()).then(|| (!far.is_empty()).then(problem))
    })
}

pub(super) fn steady(plan: &Plan, groups: &[Group]) -> Found {
    if !plan.is_load_test() {
        return Found::default();
    }
    Found::each(groups, CheckStatus::Warned, |group| {
        let throughput = &group.summary.throughput;
        let share = throughput.steady_share()?;
        let problem = if throughput.steady == Some(0.0) {
            "the load level was never reached, so rates are over the whole run; raise `load.requests` or `load.duration`"
                .to_owned()
        } else {
            format!(
                "the load level was held for {} of the run, and rates are over that part; raise `load.requests` or `load.duration`",
                percent(share)
            )
        };
        Some((share < STEADY).then_some(problem))
    })
}

pub(super) fn one_run(plan: &Plan, groups: &[Group]) -> Found {
    if !plan.is_load_test() {
        return Found::default();
    }
    Found::each(groups, CheckStatus::Warned, |group| {
        let runs = group.figures.by_clock(Some, |_, _| ());
        let problem = || {
            format!(
                "measured in {} runs, between which the server may have changed; measure again in one run to compare",
                runs.len()
            )
        };
        Some((runs.len() > 1).then(problem))
    })
}

pub(super) fn connections(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let client = &group.summary.client;
        let known = Some(client.connections_known).filter(|known| *known > 0)?;
        let spare = client.connections_new.saturating_sub(client.connections_needed);
        let is_reused = spare as f64 <= (1.0 - REUSED) * known as f64;
        Some((!is_reused).then(|| {
            format!(
                "{} of {} opened a new connection (not in the latency, but extra work for the server); enable keep-alive, if the server has it for streams",
                client.connections_new,
                counted(known, "request")
            )
        }))
    })
}

pub(super) fn throttled(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let count = group.summary.throttled;
        let problem = || {
            format!(
                "{} sent while the client was throttled (column `throttled`), so the level was not held; lower the load",
                if count == 1 { "1 request was".to_owned() } else { format!("{count} requests were") }
            )
        };
        Some((count > 0).then(problem))
    })
}

/// Answers that were cold although another of their run had been warm before.
pub(super) fn reload(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let figures = &group.figures;
        let row = |row: usize| Some((figures.sent.get(row)?, figures.cold.get(row)?, figures.server_load.get(row)));
        let (mut count, mut longest) = (0, 0.0_f64);
        for (_, rows) in figures.by_run(row) {
            let warm = rows.iter().filter(|(_, cold, _)| !cold).map(|(sent, ..)| *sent).fold(f64::INFINITY, f64::min);
            for (_, _, load) in rows.iter().filter(|(sent, cold, _)| *cold && *sent > warm) {
                count += 1;
                longest = longest.max(load.unwrap_or(0.0));
            }
        }
        let problem = format!(
            "the server loaded the model again for {} ({longest:.1} s at most), which counted in no latency; keep the model in memory (`keep_alive`)",
            counted(count, "answer")
        );
        (count > 0).then_some(Some(problem))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::fixture::statuses;
    use crate::tables::fixture::{Fixture, ms};

    fn warned(subject: &str) -> Vec<(CheckStatus, String)> {
        vec![(CheckStatus::Warned, subject.to_owned())]
    }

    const PASSED: &[(CheckStatus, String)] = &[(CheckStatus::Passed, String::new())];

    #[test]
    fn answers_that_took_the_client_longer_than_the_server_are_named() {
        let mut fixture = Fixture::new(4);
        for response in &mut fixture.responses {
            response.server.total = Some(ms(90));
        }
        assert_eq!(statuses(&fixture, "outliers"), []);
        fixture.responses[2].stamps.last_token = Some(ms(48_000));
        fixture.responses[2].server.total = Some(ms(2_800));
        assert_eq!(statuses(&fixture, "outliers"), [(CheckStatus::Warned, "a".to_owned())]);
    }

    #[test]
    fn a_late_client_fails() {
        let mut fixture = Fixture::new(20);
        fixture.back_to_back(1);
        fixture.dispatched(3, 300, 350);
        assert_eq!(statuses(&fixture, "client"), [(CheckStatus::Failed, "a".to_owned())]);
    }

    #[test]
    fn a_level_that_was_not_held_is_warned_about_in_a_sweep_only() {
        let mut sweep = Fixture::with(4, "{ concurrency: [1, 4] }");
        sweep.back_to_back(1);
        sweep.places = vec![(0, 1); 4];
        assert_eq!(statuses(&sweep, "steady"), warned("a c=4"));
        sweep.places = vec![(0, 0); 4];
        assert_eq!(statuses(&sweep, "steady"), PASSED);
        let mut plain = Fixture::with(4, "{ concurrency: 4 }");
        plain.back_to_back(1);
        assert_eq!(statuses(&plain, "steady"), []);
    }

    #[test]
    fn a_level_of_two_runs_is_warned_about() {
        let mut fixture = Fixture::with(4, "{ concurrency: 2, requests: 4 }");
        assert_eq!(statuses(&fixture, "one_run"), PASSED);
        fixture.responses[0].run = "run-0".into();
        assert_eq!(statuses(&fixture, "one_run"), warned("a"));
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
        assert_eq!(statuses(&fixture, "connections"), PASSED);
        connect(&mut fixture, 8);
        assert_eq!(statuses(&fixture, "connections"), warned("a"));
    }

    #[test]
    fn a_spared_endpoint_is_warned_about() {
        let mut fixture = Fixture::new(2);
        fixture.responses[1].throttled = true;
        assert_eq!(statuses(&fixture, "throttled"), warned("a"));
    }

    #[test]
    fn a_model_that_is_loaded_again_is_named() {
        let mut fixture = Fixture::new(4);
        fixture.back_to_back(1);
        fixture.responses[0].cold = true;
        assert_eq!(statuses(&fixture, "reload"), [], "the first one is cold in its own right");
        fixture.responses[2].cold = true;
        fixture.responses[2].server.load = Some(ms(4000));
        assert_eq!(statuses(&fixture, "reload"), warned("a"));
    }
}
