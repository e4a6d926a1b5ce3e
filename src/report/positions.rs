//! Position bias for people: a line per model, and a table of the places.

use crate::format::{counted, percent};
use crate::prompt::letter;
use crate::report::tables::{Table, ends};
use crate::tables::group::Group;
use crate::tables::positions::Positions;

/// How the table is read.
pub(super) const POSITIONS_LEGEND: &str = "\
Every question was asked with its choices in several orders, and is one item in every interval. A place is chosen as often as it is \
right where the order does not matter; the interval of the difference is a 95 % bootstrap interval over questions. Answers from which \
no choice was read do not count here.";

/// A line per batch: for how many questions the chosen option changes with its place.
pub(super) fn change_lines(groups: &[Group]) -> Vec<String> {
    let line = |(group, positions): (&Group, &Positions)| {
        let (share, (low, high)) = positions.changes.zip(positions.changes_interval())?;
        let questions = counted(positions.questions, "question");
        let (label, share) = (group.batch.label(), percent(share));
        Some(format!(
            "{label}: the chosen option changes with its place for {share} of {questions} ({})",
            ends((low, high))
        ))
    };
    rotated(groups).filter_map(line).collect()
}

/// How often each place is chosen, and how often it is right; none where questions are asked in one order.
pub(super) fn per_position(groups: &[Group]) -> Option<Table<6>> {
    let lines = rotated(groups).flat_map(|(group, positions)| {
        positions.places.iter().map(|position| {
            let interval = position.interval.map_or_else(String::new, ends);
            let shares = [position.chosen_share(), position.right_share(), position.difference()].map(percent);
            let [chosen, right, difference] = shares;
            [group.batch.label(), letter(position.place), chosen, right, difference, interval]
        })
    });
    let lines: Vec<_> = lines.collect();
    let headings = ["model", "place", "chosen", "right", "difference", "95 % interval"];
    (!lines.is_empty()).then(|| Table::plain(headings, lines))
}

fn rotated(groups: &[Group]) -> impl Iterator<Item = (&Group, &Positions)> {
    groups.iter().filter_map(|group| Some((group, group.summary.positions.as_ref()?)))
}
