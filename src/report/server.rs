//! The table of what servers and their machines said, batch by batch.

use serde::Serialize;

use crate::format::{UNKNOWN, known, percent, significant};
use crate::tables::group::Group;
use crate::telemetry::Word;

/// The table: only columns in which something is known.
#[derive(Debug, Serialize)]
pub struct ServerTable {
    /// The headings.
    pub headings: Vec<&'static str>,
    /// The lines, in the order of the batches.
    pub lines: Vec<Vec<String>>,
    /// How to read it.
    pub legend: String,
}

/// How to read it.
const LEGEND: &str = "What servers said of themselves, read each second while requests were sent: the most requests \
                      that ran and that waited in the server's queue, the mean use of its KV cache, the share of prompt tokens that it \
                      found in its cache, and output tokens as the server counted them and as its responses report them. The file \
                      server_metrics.parquet has each reading.";

/// The same of energy.
const ENERGY: &str = " Energy is that of the parts of the whole machine that have counters, idle power included.";

fn legend(groups: &[Group]) -> String {
    let is_measured = groups.iter().any(|group| group.summary.energy.joules.is_some());
    format!("{LEGEND}{}", if is_measured { ENERGY } else { "" })
}

/// A column.
type Column = (&'static str, fn(&Group) -> String);

const COLUMNS: [Column; 10] = [
    ("model", |group| group.batch.label()),
    ("running, most", |group| known(group.observed.most(Word::Running), |most| format!("{most:.0}"))),
    ("waiting, most", |group| known(group.observed.most(Word::Waiting), |most| format!("{most:.0}"))),
    ("KV cache, mean", |group| known(group.observed.mean(Word::KvCacheUsed), percent)),
    ("prefix hits", |group| known(group.observed.prefix_hit_rate(), percent)),
    ("tokens by server", |group| known(group.counted_tokens(), |(counted, _)| format!("{counted:.0}"))),
    ("tokens by responses", |group| known(group.counted_tokens(), |(_, reported)| format!("{reported:.0}"))),
    ("energy", |group| {
        let energy = &group.summary.energy;
        let of = energy.of.as_deref().unwrap_or_default();
        known(energy.joules, |joules| format!("{} J ({of})", significant(joules)))
    }),
    ("per output token", |group| joules(group.summary.energy.per_output_token)),
    ("per right answer", |group| joules(group.summary.energy.per_correct)),
];

fn joules(joules: Option<f64>) -> String {
    known(joules, |joules| format!("{} J", significant(joules)))
}

/// The table; none where nothing was said.
pub fn per_server(groups: &[Group]) -> Option<ServerTable> {
    let lines: Vec<[String; COLUMNS.len()]> = groups.iter().map(|group| COLUMNS.map(|(_, cell)| cell(group))).collect();
    let is_known = |place: &usize| lines.iter().any(|line| line[*place] != UNKNOWN);
    let shown: Vec<usize> = (0..COLUMNS.len()).filter(is_known).collect();
    (shown.len() > 1).then(|| ServerTable {
        headings: shown.iter().map(|place| COLUMNS[*place].0).collect(),
        lines: lines.iter().map(|line| shown.iter().map(|place| line[*place].clone()).collect()).collect(),
        legend: legend(groups),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::Fixture;
    use crate::telemetry::{Observed, Reading, Stretch};

    #[test]
    fn only_what_is_known_has_a_column() {
        let mut fixture = Fixture::new(10);
        fixture.back_to_back(1);
        assert!(per_server(&fixture.groups()).is_none());
        let reading = |step: u32| Reading {
            at_s: f64::from(step),
            words: [(Word::Waiting, f64::from(step))].into(),
            energy_j: Some(50.0 * f64::from(step)),
        };
        let stretch = Stretch {
            run: fixture.responses[0].run.clone(),
            energy_of: Some("packages".into()),
            readings: (0..4).map(reading).collect(),
            ..Stretch::default()
        };
        let mut results = fixture.results();
        let observed = Observed::new(true, true, vec![stretch]);
        results.observe(|_| Ok::<_, ()>(observed.clone())).unwrap();
        let table = per_server(&results.groups).unwrap();
        assert_eq!(table.headings, ["model", "waiting, most", "energy", "per output token", "per right answer"]);
        assert_eq!(table.lines, [["a", "2", "150 J (packages)", "0.750 J", "15.0 J"]]);
    }
}
