//! Position bias: what models choose when the choices of a question are asked in rotated orders.

use std::collections::{BTreeMap, HashSet};

use super::figures::Figures;
use crate::statistics::bca::{RESAMPLES, ratio_interval};
use crate::statistics::repeats::mean;
use crate::statistics::wilson;

/// How often a place among the choices is chosen, and how often it is right.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// The place, from 0.
    pub place: usize,
    /// Answers that choose it.
    pub chosen: u64,
    /// Answers to questions whose right choice stands there.
    pub right: u64,
    /// Those that are both.
    pub hits: u64,
    /// All answers.
    pub answers: u64,
    /// 95 % bootstrap interval of `difference`, over questions.
    pub interval: Option<(f64, f64)>,
}

impl Position {
    /// Share of the answers that choose it.
    pub fn chosen_share(&self) -> f64 {
        self.chosen as f64 / self.answers as f64
    }

    /// Share of the answers for which it is right.
    pub fn right_share(&self) -> f64 {
        self.right as f64 / self.answers as f64
    }

    /// How much more often it is chosen than right.
    pub fn difference(&self) -> f64 {
        self.chosen_share() - self.right_share()
    }

    /// Share right of the answers to questions whose right choice stands there.
    pub fn score(&self) -> Option<f64> {
        (self.right > 0).then(|| self.hits as f64 / self.right as f64)
    }
}

/// What the place of a choice does to answers. Only answers from which a choice was read count.
#[derive(Debug, Clone, PartialEq)]
pub struct Positions {
    /// The places, in order.
    pub places: Vec<Position>,
    /// Questions of which at least two orders were answered.
    pub questions: u64,
    /// Share of them whose chosen option, by its content, is not the same in all orders; repeats count as their mean.
    pub changes: Option<f64>,
}

/// An answer to a rotated question, by its question.
struct Answer {
    chosen: i64,
    right: i64,
}

/// How many orders of a sample were answered in a repeat, and what was chosen in them.
type Orders = BTreeMap<(Option<u32>, Option<i64>, Option<i64>), (usize, HashSet<u32>)>;

impl Positions {
    /// What the rows show; none without an answer to a rotated question.
    pub fn of(figures: &Figures) -> Option<Self> {
        let mut answers: BTreeMap<Option<i64>, Vec<Answer>> = BTreeMap::new();
        for row in (0..figures.len()).filter(|row| figures.rotation.get(*row).is_some()) {
            let Some((chosen, right)) = figures.chosen_place.get(row).zip(figures.right_place.get(row)) else {
                continue;
            };
            answers.entry(figures.question.get(row)).or_default().push(Answer { chosen, right });
        }
        let most = answers.values().flatten().map(|answer| answer.chosen.max(answer.right)).max()?;
        let places = (0..=most).map(|place| position(place, &answers)).collect();
        let changes = changes(figures);
        Some(Self { places, questions: changes.len() as u64, changes: mean(&changes) })
    }

    /// 95 % Wilson interval of `changes`, over questions.
    pub fn changes_interval(&self) -> Option<(f64, f64)> {
        wilson(self.changes?, self.questions)
    }
}

fn position(place: i64, answers: &BTreeMap<Option<i64>, Vec<Answer>>) -> Position {
    let count = |test: &dyn Fn(&&Answer) -> bool| answers.values().flatten().filter(test).count() as u64;
    let by_question = answers.values().map(|answers| {
        let sign =
            |answer: &Answer| f64::from(u8::from(answer.chosen == place)) - f64::from(u8::from(answer.right == place));
        (answers.iter().map(sign).sum::<f64>(), answers.len() as f64)
    });
    Position {
        place: usize::try_from(place).unwrap_or_default(),
        chosen: count(&|answer| answer.chosen == place),
        right: count(&|answer| answer.right == place),
        hits: count(&|answer| answer.chosen == place && answer.right == place),
        answers: count(&|_| true),
        interval: ratio_interval(&by_question.collect::<Vec<_>>(), RESAMPLES),
    }
}

/// Of each question of which at least two orders were answered, the share of its repeats in which the choice changed.
fn changes(figures: &Figures) -> Vec<f64> {
    let mut questions: BTreeMap<Option<i64>, Orders> = BTreeMap::new();
    for row in 0..figures.len() {
        let Some((_, chosen)) = figures.rotation.get(row).zip(figures.content.get(row)) else { continue };
        let asked = (figures.dataset.get(row), figures.sample.get(row), figures.repeat.get(row));
        let orders = questions.entry(figures.question.get(row)).or_default().entry(asked).or_default();
        orders.0 += 1;
        orders.1.insert(chosen);
    }
    let share = |orders: Orders| {
        let several = orders.into_values().filter(|(count, _)| *count > 1);
        mean(&several.map(|(_, chosen)| f64::from(u8::from(chosen.len() > 1))).collect::<Vec<_>>())
    };
    questions.into_values().filter_map(share).collect()
}
