//! The question of an answer, told from others of its dataset.

use crate::compare::source::Answer;

/// What tells the question of an answer from others of its dataset.
pub fn question(answer: &Answer) -> String {
    let hash = answer.question_hash.as_ref().or(answer.hash.as_ref());
    hash.cloned().unwrap_or_else(|| format!("{}\n{}", answer.question, answer.target))
}
