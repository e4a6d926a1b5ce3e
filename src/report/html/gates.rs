//! The gates of the first view: a table per gate, the worst gate first, with the groups that do not hold it.

use serde::Serialize;

use super::figure::swatch;
use crate::gates::{GateOutcome, Ruling};
use crate::id::Id;
use crate::tables::group::Group;

/// Groups that are listed before the others are folded.
const MOST_LINES: usize = 12;

/// The outcomes of a gate.
#[derive(Debug, Serialize)]
pub(super) struct GateView {
    gate: String,
    /// The class of its worst outcome.
    status: &'static str,
    /// How many groups have each outcome, the worst first, with its class.
    counts: Vec<(&'static str, String)>,
    /// The groups that do not pass, the worst first.
    lines: Vec<Line>,
    /// Those that have no room among the lines, and those that pass.
    folded: Vec<Fold>,
}

/// A group.
#[derive(Debug, Serialize)]
struct Line {
    status: &'static str,
    outcome: &'static str,
    swatch: String,
    label: String,
    message: String,
}

/// Groups below a heading that opens.
#[derive(Debug, Serialize)]
struct Fold {
    heading: String,
    lines: Vec<Line>,
}

/// The outcomes from the worst, each with its class.
const WORST_FIRST: [(Ruling, &str); 3] =
    [(Ruling::Failed, "failed"), (Ruling::CannotTell, "warned"), (Ruling::Passed, "passed")];

fn place(ruling: Ruling) -> usize {
    WORST_FIRST.iter().position(|(known, _)| *known == ruling).unwrap_or_default()
}

/// The gates of a run with the groups that they were held against.
pub(super) fn gates(outcomes: &[GateOutcome], groups: &[Group]) -> Vec<GateView> {
    let mut gates: Vec<(usize, GateView)> = outcomes
        .chunk_by(|a, b| a.gate == b.gate)
        .map(|own| (own.iter().map(|outcome| place(outcome.ruling)).min().unwrap_or_default(), gate(own, groups)))
        .collect();
    gates.sort_by_key(|(worst, _)| *worst);
    gates.into_iter().map(|(_, view)| view).collect()
}

fn gate(outcomes: &[GateOutcome], groups: &[Group]) -> GateView {
    let of = |ruling: Ruling| outcomes.iter().filter(move |outcome| outcome.ruling == ruling);
    let count = |(ruling, class): (Ruling, &'static str)| match of(ruling).count() {
        0 => None,
        count => Some((class, format!("{count} {}", ruling.words()))),
    };
    let counts: Vec<(&str, String)> = WORST_FIRST.into_iter().filter_map(count).collect();
    let mut lines: Vec<Line> =
        [Ruling::Failed, Ruling::CannotTell].into_iter().flat_map(of).map(|outcome| line(outcome, groups)).collect();
    let more = lines.split_off(lines.len().min(MOST_LINES));
    let passed: Vec<Line> = of(Ruling::Passed).map(|outcome| line(outcome, groups)).collect();
    let folds = [
        Fold { heading: format!("{} more not passed", more.len()), lines: more },
        Fold { heading: format!("{} passed", passed.len()), lines: passed },
    ];
    GateView {
        gate: outcomes.first().map(|outcome| outcome.gate.clone()).unwrap_or_default(),
        status: counts.first().map_or("passed", |(class, _)| *class),
        counts,
        lines,
        folded: folds.into_iter().filter(|fold| !fold.lines.is_empty()).collect(),
    }
}

fn line(outcome: &GateOutcome, groups: &[Group]) -> Line {
    let group = groups.iter().find(|group| group.batch.id == outcome.batch);
    Line {
        status: WORST_FIRST[place(outcome.ruling)].1,
        outcome: outcome.ruling.words(),
        swatch: group.map(|group| swatch(group.batch.model_id.place())).unwrap_or_default(),
        label: group.map_or_else(|| outcome.subject.clone(), |group| group.batch.label()),
        message: outcome.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{BatchId, Id};

    #[test]
    fn the_worst_gate_and_the_worst_groups_come_first() {
        let outcome = |gate: &str, subject: usize, ruling| GateOutcome {
            gate: gate.to_owned(),
            subject: subject.to_string(),
            batch: BatchId::at(subject),
            ruling,
            message: String::new(),
        };
        let passed = (0..40).map(|subject| outcome("score >= 0.2", subject, Ruling::Passed));
        let mixed = (0..40).map(|subject| {
            let ruling = [Ruling::Passed, Ruling::CannotTell, Ruling::Failed, Ruling::CannotTell][subject % 4];
            outcome("p95_latency <= 1s", subject, ruling)
        });
        let views = gates(&passed.chain(mixed).collect::<Vec<_>>(), &[]);
        let names: Vec<(&str, &str)> = views.iter().map(|view| (&*view.gate, view.status)).collect();
        assert_eq!(names, [("p95_latency <= 1s", "failed"), ("score >= 0.2", "passed")]);
        let counts: Vec<&str> = views[0].counts.iter().map(|(_, text)| &**text).collect();
        assert_eq!(counts, ["10 failed", "20 cannot tell", "10 passed"]);
        assert_eq!((views[0].lines.len(), &*views[0].lines[0].label, &*views[0].lines[10].label), (12, "2", "1"));
        let folds: Vec<(&str, usize)> = views[0].folded.iter().map(|fold| (&*fold.heading, fold.lines.len())).collect();
        assert_eq!(folds, [("18 more not passed", 18), ("10 passed", 10)]);
        assert_eq!((views[1].lines.len(), &*views[1].folded[0].heading), (0, "40 passed"));
    }
}
