//! Sums over the answers to a question: its repeats and duplicates are not independent.

use ahash::AHashMap;

use super::figures::Figures;
use crate::statistics::cluster::{MeanScore, mean_score};

/// Two values of rows, summed up by question, in the order of the first rows; rows without them are left out.
pub fn sums(figures: &Figures, values: impl Fn(usize) -> Option<(f64, f64)>) -> Vec<(f64, f64)> {
    let mut places: AHashMap<Option<u32>, usize> = AHashMap::new();
    let mut sums: Vec<(f64, f64)> = Vec::new();
    for (row, question) in figures.question.iter().enumerate() {
        let Some(values) = values(row) else { continue };
        let place = *places.entry(question).or_insert_with(|| {
            sums.push((0.0, 0.0));
            sums.len() - 1
        });
        sums[place] = (sums[place].0 + values.0, sums[place].1 + values.1);
    }
    sums
}

/// The mean of the scores with its interval. Where choices are rotated, each question counts the same, because some have
/// more rotations than others.
pub fn score(figures: &Figures) -> Option<MeanScore> {
    let is_right_or_wrong = figures.score.iter().flatten().all(|score| score == 0.0 || score == 1.0);
    let mut sums = sums(figures, |row| Some((figures.score.get(row)?, 1.0)));
    if figures.is_rotated() {
        sums.iter_mut().for_each(|(score, answers)| (*score, *answers) = (*score / *answers, 1.0));
    }
    mean_score(&sums, is_right_or_wrong)
}

/// The share of the answers that count in the score of which a condition holds, with its interval.
pub fn share(figures: &Figures, holds: impl Fn(usize) -> bool) -> Option<MeanScore> {
    let value = |row| figures.score.get(row).map(|_| (f64::from(u8::from(holds(row))), 1.0));
    mean_score(&sums(figures, value), true)
}
