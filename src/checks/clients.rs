//! The check of load levels that several clients sent together.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::check::CheckStatus;
use super::found::{Finding, Found};
use crate::clients::{ClientPart, named};
use crate::format::{percent, seconds};
use crate::plan::Plan;
use crate::tables::group::Group;

/// A client that begins as much later than the others still sends the same load, nearly.
const LATE: Duration = Duration::from_millis(100);

/// Share of the steady window by which the clients' clocks may be apart.
const APART: f64 = 0.01;

/// What spoils a level that was divided among clients: one is missing, did not begin with the others or did not come to its
/// end, or nobody compared their clocks. Left out where no level was divided.
pub(super) fn clients(plan: &Plan, groups: &[Group]) -> Found {
    let mut found = Found::default();
    for group in groups {
        let runs: BTreeSet<_> = group.figures.runs().into_iter().collect();
        let parts = group.figures.clocks().parts();
        let parts: Vec<&ClientPart> = parts.into_iter().filter(|part| runs.contains(&*part.run)).collect();
        if parts.is_empty() {
            continue;
        }
        found.is_made = true;
        let mut add = |status, message| found.problems.push(Finding::of_batch(status, &group.batch, message));
        if let Some(client) = plan.shard.filter(|_| plan.divides_levels()) {
            add(CheckStatus::Warned, one_of_several(&client.to_string(), &parts));
            continue;
        }
        let spoilt = spoilt(&parts, runs.len());
        if !spoilt.is_empty() {
            add(
                CheckStatus::Failed,
                format!("{}; measure the level again with all clients (`--fresh`)", spoilt.join("; ")),
            );
        }
        if let Some(doubt) = doubt(&parts, group.summary.throughput.steady) {
            add(CheckStatus::Warned, doubt);
        }
    }
    found
}

/// What is said of the part of one client.
fn one_of_several(client: &str, parts: &[&ClientPart]) -> String {
    let late = parts.iter().map(|part| part.lateness()).max().filter(|late| *late > LATE);
    let late = late.map(|late| format!(", which began {} late", seconds(late.as_secs_f64()))).unwrap_or_default();
    format!("these are figures of client {client} alone{late}; those of the level need the rows of all clients")
}

/// What makes a level another than the one that was to be measured.
fn spoilt(parts: &[&ClientPart], runs: usize) -> Vec<String> {
    let mut spoilt = Vec::new();
    let counts: BTreeSet<u32> = parts.iter().map(|part| part.clients).collect();
    let most = counts.last().copied().unwrap_or(0);
    if counts.len() > 1 {
        let counts: Vec<String> = counts.iter().map(u32::to_string).collect();
        spoilt.push(format!("it was divided among {} clients", counts.join(" and among ")));
    }
    if runs > parts.len() {
        spoilt.push("a part was sent by a run that is none of its clients".to_owned());
    }
    let mut runs_of: BTreeMap<u32, usize> = BTreeMap::new();
    parts.iter().for_each(|part| *runs_of.entry(part.client).or_default() += 1);
    let missing: Vec<u32> = (1..=most).filter(|client| !runs_of.contains_key(client)).collect();
    if !missing.is_empty() {
        spoilt.push(format!("{} of {most} sent nothing", named(&missing)));
    }
    let several: Vec<u32> = runs_of.iter().filter(|(_, runs)| **runs > 1).map(|(client, _)| *client).collect();
    if !several.is_empty() {
        let parts = if several.len() == 1 { "its part" } else { "their parts" };
        spoilt.push(format!("{} of {most} sent {parts} in several runs", named(&several)));
    }
    let first = parts.iter().map(|part| part.start_ns).min().unwrap_or(0);
    for part in parts {
        let late = part.begun_after(first);
        if late > LATE {
            spoilt.push(format!(
                "client {} of {most} began {} after the start",
                part.client,
                seconds(late.as_secs_f64())
            ));
        }
    }
    let open: Vec<u32> = parts.iter().filter(|part| !part.ended).map(|part| part.client).collect();
    if !open.is_empty() {
        spoilt.push(format!("{} of {most} did not come to the end", named(&open)));
    }
    spoilt
}

/// What is not known of the clocks.
fn doubt(parts: &[&ClientPart], steady: Option<f64>) -> Option<String> {
    let machines: BTreeSet<&str> = parts.iter().map(|part| part.machine.as_str()).collect();
    if machines.len() == 1 && machines.first().is_some_and(|machine| !machine.is_empty()) {
        return None;
    }
    if parts.iter().any(|part| part.offset.is_none()) {
        return Some(
            "the clocks of the clients' machines could not be compared, so the level holds only if they agree; a shared store \
             compares them, and so does a server whose replies have the header `Date`"
                .to_owned(),
        );
    }
    let uncertain = parts.iter().filter_map(|part| part.offset).map(|offset| offset.uncertainty_s).fold(0.0, f64::max);
    let steady = steady.filter(|steady| *steady > 0.0 && uncertain > APART * steady)?;
    Some(format!(
        "the clients' clocks are known to {} only, which is {} of the steady window; measure for longer",
        seconds(uncertain),
        percent(uncertain / steady)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::tests::part;

    fn spoilt_by(change: impl FnOnce(&mut Vec<ClientPart>)) -> String {
        let mut parts: Vec<ClientPart> =
            (1..=3).map(|client| part(&format!("r{client}"), (client, 3), 9_000, 10_000)).collect();
        change(&mut parts);
        spoilt(&parts.iter().collect::<Vec<_>>(), parts.len()).join("; ")
    }

    #[test]
    fn all_together_spoil_nothing() {
        assert_eq!(spoilt_by(|_| ()), "");
        assert_eq!(spoilt_by(|parts| parts[1].begun_ns += 90_000_000), "", "it may be a little late");
    }

    #[test]
    fn what_spoils_a_level_is_named() {
        assert_eq!(spoilt_by(|parts| drop(parts.remove(1))), "client 2 of 3 sent nothing");
        assert_eq!(spoilt_by(|parts| parts.truncate(1)), "clients 2 and 3 of 3 sent nothing");
        assert_eq!(spoilt_by(|parts| parts[2].begun_ns += 4_200_000_000), "client 3 of 3 began 4.20 s after the start");
        assert_eq!(spoilt_by(|parts| parts[0].ended = false), "client 1 of 3 did not come to the end");
        let resumed = ClientPart { start_ns: 70_000_000_000, ..part("r4", (2, 3), 60_000, 70_000) };
        let found = spoilt_by(|parts| parts.push(resumed));
        assert_eq!(found, "client 2 of 3 sent its part in several runs; client 2 of 3 began 60.0 s after the start");
        assert!(spoilt_by(|parts| parts[0].clients = 2).starts_with("it was divided among 2 and among 3 clients"));
    }

    #[test]
    fn clocks_that_nobody_compared_are_a_doubt_on_several_machines() {
        let of = |machine: &str, compared: bool| {
            let known = part("r", (1, 2), 0, 0);
            ClientPart { machine: machine.into(), offset: known.offset.filter(|_| compared), ..known }
        };
        let doubt = |parts: [ClientPart; 2], steady| doubt(&parts.iter().collect::<Vec<_>>(), steady);
        assert_eq!(doubt([of("a", false), of("a", false)], Some(5.0)), None, "one machine has one clock");
        assert!(
            doubt([of("a", false), of("b", false)], Some(5.0))
                .unwrap()
                .starts_with("the clocks of the clients' machines could not")
        );
        assert!(doubt([of("", false), of("", false)], Some(5.0)).is_some());
        assert_eq!(doubt([of("a", true), of("b", true)], Some(5.0)), None);
        assert!(doubt([of("a", true), of("b", true)], Some(0.005)).unwrap().contains("2.0 %"));
    }
}
