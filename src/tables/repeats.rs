//! Scores of questions that were asked several times.

use std::collections::BTreeMap;

use super::figures::Figures;
use crate::judge::Class;
use crate::statistics::repeats::{majority, mean, pass_all, pass_at};

/// The numbers of answers that pass@k and pass^k are shown for.
pub const DRAWN: [usize; 4] = [2, 4, 8, 16];

/// Scores over the repeats of each question; none where a question has too few judged answers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RepeatScores {
    /// Mean of pass@k over the questions, for each k of [`DRAWN`].
    pub pass_at: [Option<f64>; DRAWN.len()],
    /// Mean of pass^k over the questions, for each k of [`DRAWN`].
    pub pass_all: [Option<f64>; DRAWN.len()],
    /// Mean score of the answer that most repeats of a question gave; none without repeats.
    pub majority: Option<f64>,
}

/// The judged answers to one question: what was read, and its score.
type Answers<'f> = Vec<(Option<&'f str>, f64)>;

impl RepeatScores {
    /// The scores of some rows.
    pub fn of(figures: &Figures) -> Self {
        if !is_any_repeated(figures) {
            return Self::default();
        }
        let questions = questions(figures);
        if questions.iter().all(|answers| answers.len() < 2) {
            return Self::default();
        }
        let over = |score: &dyn Fn(&Answers<'_>) -> Option<f64>| {
            questions.iter().map(score).collect::<Option<Vec<f64>>>().and_then(|scores| mean(&scores))
        };
        let right = |answers: &Answers<'_>| answers.iter().filter(|(_, score)| *score >= 1.0).count();
        Self {
            pass_at: DRAWN.map(|k| over(&|answers| pass_at(answers.len(), right(answers), k))),
            pass_all: DRAWN.map(|k| over(&|answers| pass_all(answers.len(), right(answers), k))),
            majority: over(&|answers| Some(of_majority(answers))),
        }
    }
}

/// The mean score of the answers that most repeats gave; 0 if none gave any.
fn of_majority(answers: &Answers<'_>) -> f64 {
    let read: Vec<Option<&str>> = answers.iter().map(|(read, _)| *read).collect();
    let Some(majority) = majority(&read) else { return 0.0 };
    let score = |winner: &&str| answers.iter().find(|(read, _)| *read == Some(*winner)).map(|(_, score)| *score);
    mean(&majority.winners.iter().filter_map(score).collect::<Vec<_>>()).unwrap_or(0.0)
}

/// What is asked: dataset, sample, rotation and turn.
type Asked = (Option<u32>, Option<i64>, Option<i64>, Option<i64>);

fn asked(figures: &Figures, row: usize) -> Asked {
    (figures.dataset.get(row), figures.sample.get(row), figures.rotation.get(row), figures.conversation_turn.get(row))
}

/// False if no question has a second row. The repeats of a question stand side by side, so that most runs need no map
/// to know that.
fn is_any_repeated(figures: &Figures) -> bool {
    (1..figures.len()).any(|row| asked(figures, row - 1) == asked(figures, row))
}

/// The judged answers by question; each order of its choices is one.
fn questions(figures: &Figures) -> Vec<Answers<'_>> {
    let has_answer = [Class::Correct, Class::Wrong].map(|class| figures.number_of(class.word()));
    let mut questions: BTreeMap<Asked, Answers<'_>> = BTreeMap::new();
    for row in 0..figures.len() {
        let Some(score) = figures.score.get(row) else { continue };
        let verdict = figures.verdict.get(row);
        let read = figures.extracted.get(row).filter(|_| verdict.is_some() && has_answer.contains(&verdict));
        questions.entry(asked(figures, row)).or_default().push((read, score));
    }
    questions.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Verdict;
    use crate::tables::fixture::{Fixture, verdict};

    #[test]
    fn repeats_of_a_question_are_drawn_together() {
        let mut fixture = Fixture::new(4);
        fixture.samples.iter_mut().for_each(|sample| sample.index = 0);
        let read = |class, read: &str| Some(Verdict { extracted: Some(read.into()), ..verdict(class) });
        fixture.verdicts =
            vec![read(Class::Correct, "A"), read(Class::Wrong, "B"), read(Class::Wrong, "B"), read(Class::Wrong, "C")];
        let scores = fixture.summaries()[0].repeats;
        assert_eq!((scores.pass_at[0], scores.pass_at[1], scores.pass_at[2]), (Some(0.5), Some(1.0), None));
        assert_eq!((scores.pass_all[0], scores.majority), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn questions_that_were_asked_once_have_no_such_scores() {
        assert_eq!(Fixture::new(3).summaries()[0].repeats, RepeatScores::default());
    }
}
