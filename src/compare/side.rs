//! A side of a comparison: the answers of one model, summed up by question.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::model_name::ModelName;
use crate::id::BatchId;

/// A subject of a dataset. Two datasets that name one alike have two.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The dataset; empty where it is not known.
    pub dataset: Arc<str>,
    /// The name.
    pub name: Arc<str>,
}

/// What is known of the answers to one question: means over its repeats.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Item {
    /// Score, between 0 and 1 as a rule; unknown where no answer could be judged.
    pub score: Option<f64>,
    /// Latency in seconds; unknown for cold and failed answers.
    pub latency: Option<f64>,
    /// Output tokens.
    pub output_tokens: Option<f64>,
    /// Cost in the currency of the run.
    pub cost: Option<f64>,
}

/// What identifies a side.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SideId {
    /// A batch of the run.
    Batch(BatchId),
    /// A model of results that were published.
    Model(ModelName),
}

impl From<BatchId> for SideId {
    fn from(batch: BatchId) -> Self {
        Self::Batch(batch)
    }
}

/// Whose answers a side has.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// What identifies it.
    pub id: SideId,
    /// Its name in tables.
    pub name: String,
    /// Its name in sentences.
    pub label: String,
}

impl Party {
    /// A model of results that were published.
    pub fn published(model: &ModelName, label: impl Into<String>) -> Self {
        Self { id: SideId::Model(model.clone()), name: model.to_string(), label: label.into() }
    }
}

/// The answers of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Whose they are.
    pub party: Party,
    /// By the identity of the question.
    pub items: BTreeMap<Arc<str>, Item>,
    /// The subject of each question that has one.
    pub subjects: HashMap<Arc<str>, Subject>,
    /// In which order questions were asked, where answers were looked at meanwhile.
    pub turns: Option<Turns>,
}

/// The order of questions whose answers were looked at while they were asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Turns {
    /// The questions.
    pub questions: Vec<Arc<str>>,
    /// How far intervals of scores are to reach to either side, where that ends the questions.
    pub aim: Option<f64>,
}

impl Side {
    /// Sums up answers by question: each figure is its mean over the answers that have it.
    pub fn new(party: Party, answers: impl IntoIterator<Item = (Arc<str>, Item)>) -> Self {
        let mut sums: BTreeMap<Arc<str>, [Mean; 4]> = BTreeMap::new();
        for (question, answer) in answers {
            let values = [answer.score, answer.latency, answer.output_tokens, answer.cost];
            for (mean, value) in sums.entry(question).or_default().iter_mut().zip(values) {
                mean.add(value);
            }
        }
        let item = |[score, latency, output_tokens, cost]: [Mean; 4]| Item {
            score: score.value(),
            latency: latency.value(),
            output_tokens: output_tokens.value(),
            cost: cost.value(),
        };
        let items = sums.into_iter().map(|(question, means)| (question, item(means))).collect();
        Self { party, items, subjects: HashMap::new(), turns: None }
    }

    /// The same with the subjects of questions.
    #[must_use]
    pub fn with_subjects(self, subjects: impl IntoIterator<Item = (Arc<str>, Subject)>) -> Self {
        Self { subjects: subjects.into_iter().filter(|(_, subject)| !subject.name.is_empty()).collect(), ..self }
    }

    /// The same without times, tokens, costs and subjects.
    #[must_use]
    pub fn with_scores_alone(mut self) -> Self {
        for item in self.items.values_mut() {
            *item = Item { score: item.score, ..Item::default() };
        }
        Self { subjects: HashMap::new(), ..self }
    }

    /// The same, looked at while questions were asked in this order.
    #[must_use]
    pub fn in_turn(self, turns: Turns) -> Self {
        Self { turns: Some(turns), ..self }
    }

    /// The differences of scores in the order of one of the sides, where there is one.
    pub fn differences_in_turn(&self, other: &Self) -> Option<(Vec<f64>, Option<f64>)> {
        let turns = self.turns.as_ref().or(other.turns.as_ref())?;
        let of = |question: &Arc<str>| Some(self.items.get(question)?.score? - other.items.get(question)?.score?);
        Some((turns.questions.iter().filter_map(of).collect(), turns.aim))
    }

    /// The values of a figure on both sides, for the questions where both have it, in the order of the questions.
    pub fn paired(&self, other: &Self, figure: fn(&Item) -> Option<f64>) -> (Vec<f64>, Vec<f64>) {
        let both = self.items.iter().filter_map(|(question, item)| {
            let theirs = other.items.get(question)?;
            Some((figure(item)?, figure(theirs)?))
        });
        both.unzip()
    }
}

/// A running mean.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f64,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.sum += value;
            self.count += 1;
        }
    }

    fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / f64::from(self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party() -> Party {
        Party::published(&"x".into(), "X")
    }

    fn answer(score: f64) -> Item {
        Item { score: Some(score), ..Item::default() }
    }

    #[test]
    fn repeats_of_a_question_are_one_observation() {
        let answers = [("a", answer(1.0)), ("a", answer(0.0)), ("b", answer(1.0)), ("b", Item::default())];
        let side = Side::new(party(), answers.map(|(question, item)| (question.into(), item)));
        let scores: Vec<_> = side.items.values().map(|item| item.score).collect();
        assert_eq!(scores, [Some(0.5), Some(1.0)]);
    }

    #[test]
    fn only_what_both_answered_is_paired() {
        let side = |names: &[(&str, f64)]| {
            Side::new(party(), names.iter().map(|(name, score)| ((*name).into(), answer(*score))))
        };
        let (a, b) = (side(&[("p", 1.0), ("q", 0.0), ("r", 1.0)]), side(&[("q", 1.0), ("r", 0.0), ("s", 1.0)]));
        assert_eq!(a.paired(&b, |item| item.score), (vec![0.0, 1.0], vec![1.0, 0.0]));
    }
}
