//! The choices of a sample: equal ones, and the order in which they are asked.

use super::select::shuffle_of_row;
use crate::sample::{Answer, Sample};

/// A sample whose equal choices are equally right, and whose choices are in the order that is asked.
pub(super) fn prepared(mut sample: Sample, seed: Option<u64>) -> Sample {
    let is_right = |sample: &Sample, at: usize| sample.golds().any(|gold| *gold == Answer::Choice(at));
    let right: Vec<&str> =
        (0..sample.choices.len()).filter(|at| is_right(&sample, *at)).map(|at| sample.choices[at].trim()).collect();
    let equal: Vec<Answer> = (0..sample.choices.len())
        .filter(|at| !is_right(&sample, *at) && right.contains(&sample.choices[*at].trim()))
        .map(Answer::Choice)
        .collect();
    if !equal.is_empty() {
        sample.also = sample.also.iter().cloned().chain(equal).collect();
    }
    if let Some(seed) = seed {
        let mut order: Vec<usize> = (0..sample.choices.len()).collect();
        shuffle_of_row(&mut order, seed, sample.index);
        sample.choices = order.iter().map(|from| std::mem::take(&mut sample.choices[*from])).collect();
        let moved = |gold: Answer| match gold {
            Answer::Choice(from) => Answer::Choice(order.iter().position(|at| *at == from).unwrap_or(from)),
            text @ Answer::Text(_) => text,
        };
        sample.answer = sample.answer.map(moved);
        sample.also = sample.also.into_iter().map(moved).collect();
    }
    sample
}
