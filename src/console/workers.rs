//! Who works on a store, as text and as JSON.

use serde_json::{Value, json};

use super::text::{columns_within, duration};
use crate::format::{counted, known};
use crate::store::{RESULTS, STANDBY, Worker};

/// What matters more of the columns stays on a narrow terminal.
const IMPORTANCE: [u8; 9] = [9, 6, 1, 5, 4, 2, 7, 8, 3];

/// More runs than these are counted below their table.
const MANY: usize = 20;

/// A line per run. The batches are those of one experiment; what others claim of their own is only counted.
pub fn table(workers: &[Worker], (experiment, batches): (&str, &[String]), width: Option<usize>) -> String {
    let line = |worker: &Worker| {
        let requests = worker.claimed.iter().filter(|(batch, _)| *batch < STANDBY);
        let claimed = requests.map(|(_, count)| count).sum::<u64>();
        let works_on: Vec<String> =
            named(worker, experiment, batches).filter(|(_, count)| *count > 0).map(|(name, _)| name).collect();
        let heard = if worker.lives { duration(worker.heard) } else { format!("{}, ended", duration(worker.heard)) };
        [
            text(&worker.run),
            text(&worker.machine),
            worker.process.to_string(),
            text(&worker.experiment),
            text(&works_on.join(", ")),
            known(worker.since, duration),
            heard,
            claimed.to_string(),
            known(worker.stored, |count| count.to_string()),
        ]
    };
    let headings = ["run", "machine", "process", "experiment", "works on", "since", "heard", "claimed", "stored"];
    let table = columns_within(width, headings, &workers.iter().map(line).collect::<Vec<_>>(), IMPORTANCE);
    if workers.len() > MANY { format!("{table}\n{}", counts(workers)) } else { table }
}

/// How many of many runs work, and what they have claimed.
fn counts(workers: &[Worker]) -> String {
    let living = workers.iter().filter(|worker| worker.lives);
    let claimed = living.clone().flat_map(|worker| &worker.claimed).filter(|(batch, _)| *batch < STANDBY);
    let requests = counted(claimed.map(|(_, count)| count).sum::<u64>(), "request");
    let working = living.count();
    format!("{working} running with {requests} claimed, {} ended", workers.len() - working)
}

/// The same for machines; times are seconds before now.
pub fn json(workers: &[Worker], experiment: &str, batches: &[String]) -> Value {
    let one = |worker: &Worker| {
        let claimed =
            named(worker, experiment, batches).map(|(name, count)| json!({ "batch": name, "requests": count }));
        json!({
            "run": worker.run,
            "machine": worker.machine,
            "process": worker.process,
            "experiment": worker.experiment,
            "since_s": worker.since.map(|time| time.as_secs_f64()),
            "heard_s": worker.heard.as_secs_f64(),
            "lives": worker.lives,
            "claimed": claimed.collect::<Vec<Value>>(),
            "stored": worker.stored,
        })
    };
    workers.iter().map(one).collect()
}

/// What a run has claimed, by the name of the batch; a batch of another experiment, or of one that is not known, by its number.
fn named<'w>(worker: &'w Worker, experiment: &str, batches: &'w [String]) -> impl Iterator<Item = (String, u64)> + 'w {
    let is_same = worker.experiment == experiment;
    worker.claimed.iter().map(move |(number, count)| {
        let name = usize::try_from(*number).ok().and_then(|place| batches.get(place)).filter(|_| is_same);
        let other = || match *number {
            RESULTS => "results".to_owned(),
            STANDBY => "waits for results".to_owned(),
            number => format!("batch {}", u64::from(number) + 1),
        };
        (name.cloned().unwrap_or_else(other), *count)
    })
}

fn text(text: &str) -> String {
    known(Some(text).filter(|text| !text.is_empty()), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn many_runs_are_counted() {
        let worker = |number: u32| Worker {
            machine: format!("host{number}"),
            process: number,
            run: "r".into(),
            experiment: "e".into(),
            since: None,
            heard: Duration::from_secs(1),
            claimed: vec![(0, 2), (STANDBY, 1), (RESULTS, 1)],
            stored: None,
            lives: !number.is_multiple_of(7),
        };
        let shown = |count: u32| table(&(1..=count).map(worker).collect::<Vec<_>>(), ("e", &["m c=1".into()]), None);
        assert_eq!(shown(20).lines().count(), 1 + 20);
        let last = "86 running with 172 requests claimed, 14 ended";
        assert_eq!(shown(100).lines().last(), Some(last));
        assert!(shown(1).contains("m c=1, waits for results, results"), "{}", shown(1));
    }
}
