//! Sums over the answers to a question: its repeats and duplicates are not independent.

use super::figures::Figures;
use crate::statistics::cluster::{MeanScore, mean_score};
use crate::statistics::sequential::Sequence;

/// Two values of rows, summed up by question, in the order of the first rows, or of the turns where answers are looked at
/// in that order; rows without them are left out.
pub fn sums(figures: &Figures, values: impl Fn(usize) -> Option<(f64, f64)>) -> Vec<(f64, f64)> {
    let mut sums = figures.questions().gathered(
        values,
        |row| (figures.turn.get(row), (0.0, 0.0)),
        |(first, sum), row, values| {
            *first = figures.turn.get(row).min(*first);
            *sum = (sum.0 + values.0, sum.1 + values.1);
        },
    );
    sums.sort_by_key(|(turn, _)| *turn);
    sums.into_iter().map(|(_, sum)| sum).collect()
}

/// The mean of the scores with its interval. Where choices are rotated, each question counts the same, because some have
/// more rotations than others.
pub fn score(figures: &Figures) -> Option<MeanScore> {
    let is_right_or_wrong = figures.score.iter().flatten().all(|score| score == 0.0 || score == 1.0);
    let mut sums = sums(figures, |row| Some((figures.score.get(row)?, 1.0)));
    if figures.is_sequential() {
        return at_every_look(&sums, figures.aim.get(0));
    }
    if figures.is_rotated() {
        sums.iter_mut().for_each(|(score, answers)| (*score, *answers) = (*score / *answers, 1.0));
    }
    mean_score(&sums, is_right_or_wrong)
}

/// The mean score of each question.
pub fn scores(figures: &Figures) -> Vec<f64> {
    sums(figures, |row| Some((figures.score.get(row)?, 1.0))).into_iter().map(|(sum, answers)| sum / answers).collect()
}

/// The share of the answers that count in the score of which a condition holds, with its interval.
pub fn share(figures: &Figures, holds: impl Fn(usize) -> bool) -> Option<MeanScore> {
    let value = |row| figures.score.get(row).map(|_| (f64::from(u8::from(holds(row))), 1.0));
    let sums = sums(figures, value);
    if figures.is_sequential() { at_every_look(&sums, None) } else { mean_score(&sums, true) }
}

/// The mean over answers with an interval that holds at every look: the confidence sequence of the means of questions.
pub fn at_every_look(questions: &[(f64, f64)], aim: Option<f64>) -> Option<MeanScore> {
    let (sum, answers) = questions.iter().fold((0.0, 0.0), |sums, question| (sums.0 + question.0, sums.1 + question.1));
    let mean = Some(sum / answers).filter(|_| answers > 0.0)?;
    let interval = Sequence::of(questions.iter().map(|(sum, answers)| (sum / answers, 0.5)), aim).interval();
    Some(MeanScore { mean, interval, effective: None })
}

/// The expected score of guessing, and a p value of the score against it that holds at every look; none where a question
/// has no choices.
pub fn guessing(figures: &Figures) -> Option<(f64, f64)> {
    let choices = |row| figures.choices.get(row).filter(|choices| *choices > 0);
    if (0..figures.len()).any(|row| figures.score.get(row).is_some() && choices(row).is_none()) {
        return None;
    }
    let scores = sums(figures, |row| Some((figures.score.get(row)?, 1.0)));
    let guesses = sums(figures, |row| figures.score.get(row).and(Some((1.0 / choices(row)? as f64, 1.0))));
    let mean = |(sum, answers): &(f64, f64)| sum / answers;
    let expected =
        Some(guesses.iter().map(mean).sum::<f64>() / guesses.len() as f64).filter(|_| !guesses.is_empty())?;
    let held = scores.iter().map(mean).zip(guesses.iter().map(mean));
    Some((expected, Sequence::of(held, figures.aim.get(0)).p_above()))
}
