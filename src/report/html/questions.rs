//! The rows of a run by question: which answers belong together, and what of each question is to be seen first.

use std::collections::BTreeMap;

use crate::checksum::sha256;
use crate::id::{DatasetId, Id};
use crate::judge::Class;
use crate::plan::Plan;
use crate::tables::group::{Group, Results};

/// A question with its answers.
#[derive(Debug, Clone)]
pub(super) struct Question<'r> {
    /// Which dataset of the plan it is from.
    pub(super) dataset: DatasetId,
    /// Number of its sample.
    pub(super) sample: i64,
    /// Where one of its requests stands in the plan.
    pub(super) place: usize,
    /// Its answers, group after group.
    pub(super) rows: Vec<AnswerRow<'r>>,
    /// Why it is of interest.
    pub(super) interest: Interest,
}

/// An answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct AnswerRow<'r> {
    /// The group that it is of.
    pub(super) group: &'r Group,
    /// Its row among the figures of the group.
    pub(super) row: usize,
    /// Its number among the rows of all groups.
    pub(super) number: usize,
}

/// Why a question is of interest; the first are shown first and cut last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Interest {
    /// A request failed, or an answer states none.
    Failed,
    /// Models differ.
    Differs,
    /// All are wrong.
    Wrong,
    /// All are right.
    Right,
}

/// The questions of a run, by dataset and number.
pub(super) fn questions<'r>(plan: &Plan, results: &'r Results) -> Vec<Question<'r>> {
    // Rotations of its choices are questions of their own, because their letters differ.
    let mut found: BTreeMap<(DatasetId, i64, Option<i64>, Option<i64>), Question<'_>> = BTreeMap::new();
    let mut number = 0;
    for group in &results.groups {
        let figures = &group.figures;
        let named = plan.datasets.with_ids();
        let known: BTreeMap<u32, DatasetId> =
            named.filter_map(|(id, dataset)| Some((figures.number_of(&dataset.name)?, id))).collect();
        for row in 0..figures.len() {
            let dataset = figures.dataset.get(row).and_then(|word| known.get(&word)).copied().unwrap_or_default();
            let sample = figures.sample.get(row).unwrap_or_default();
            let place = figures.place.get(row).and_then(|place| usize::try_from(place).ok()).unwrap_or_default();
            let empty = || Question { dataset, sample, place, rows: Vec::new(), interest: Interest::Right };
            let key = (dataset, sample, figures.rotation.get(row), figures.conversation_turn.get(row));
            found.entry(key).or_insert_with(empty).rows.push(AnswerRow { group, row, number });
            number += 1;
        }
    }
    let mut questions: Vec<Question> = found.into_values().collect();
    questions.iter_mut().for_each(|question| question.interest = interest(&question.rows));
    questions
}

fn interest(rows: &[AnswerRow<'_>]) -> Interest {
    let has_failed = |AnswerRow { group, row, .. }: &AnswerRow<'_>| {
        let figures = &group.figures;
        let is_stated = |class: Class| {
            figures.number_of(class.word()).is_some_and(|number| figures.verdict.get(*row) == Some(number))
        };
        let is_judged = figures.verdict.get(*row).is_some();
        figures.fault.get(*row) == Some(true) || (is_judged && !is_stated(Class::Correct) && !is_stated(Class::Wrong))
    };
    if rows.iter().any(has_failed) {
        return Interest::Failed;
    }
    let scores: Vec<f64> = rows.iter().filter_map(|answer| answer.group.figures.score.get(answer.row)).collect();
    let (low, high) = scores
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), score| (low.min(*score), high.max(*score)));
    if high - low > 1e-9 {
        Interest::Differs
    } else if high < 1.0 - 1e-9 && high.is_finite() {
        Interest::Wrong
    } else {
        Interest::Right
    }
}

/// The numbers of questions in the order in which their texts are taken: by interest, and of one interest by lot, which
/// is the same for the same questions.
pub(super) fn in_order_of_interest(questions: &[Question<'_>], seed: u64) -> Vec<usize> {
    let lot =
        |question: &Question<'_>| sha256(format!("{seed} {} {}", question.dataset.place(), question.sample).as_bytes());
    let mut order: Vec<(Interest, String, usize)> =
        questions.iter().enumerate().map(|(place, question)| (question.interest, lot(question), place)).collect();
    order.sort();
    order.into_iter().map(|(_, _, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Status;
    use crate::tables::fixture::{Fixture, verdict};

    #[test]
    fn failures_come_first_then_what_models_differ_on() {
        let mut fixture = Fixture::new(8);
        for index in 4..8 {
            fixture.samples[index] = fixture.samples[index - 4].clone();
            fixture.places[index] = (1, 0);
        }
        fixture.responses[3].status = Status::Stalled;
        fixture.verdicts[1] = Some(verdict(Class::Wrong));
        for index in [2, 6] {
            fixture.verdicts[index] = Some(verdict(Class::Wrong));
        }
        fixture.plan.datasets.iter_mut().for_each(|dataset| dataset.name = "d".into());
        let results = fixture.results();
        let questions = questions(&fixture.plan, &results);
        let interests: Vec<Interest> = questions.iter().map(|question| question.interest).collect();
        assert_eq!(interests, [Interest::Right, Interest::Differs, Interest::Wrong, Interest::Failed]);
        let rows = questions[1].rows.iter().map(|answer| (answer.group.batch.id.place(), answer.row, answer.number));
        assert_eq!(rows.collect::<Vec<_>>(), [(0, 1, 1), (1, 1, 5)]);
        assert_eq!(in_order_of_interest(&questions, 7), [3, 1, 2, 0]);
    }
}
