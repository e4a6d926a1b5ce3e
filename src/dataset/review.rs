//! What is odd about the questions of a dataset, told before anything is sent.

use std::hash::{Hash, Hasher};

use ahash::{AHashSet, AHasher};
use rayon::prelude::*;

use super::FileProvenance;
use super::place::samples_named;
use crate::format::counted;
use crate::sample::{Answer, Sample};

/// Number of questions below which one letter for all of them is no surprise.
const FEW: usize = 4;

/// Questions that are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reviewed<'r> {
    pub samples: &'r [Sample],
    /// The files in which they stand.
    pub files: &'r [FileProvenance],
}

impl Reviewed<'_> {
    /// Warnings about the questions and examples.
    pub(super) fn warnings(&self, examples: &[Sample]) -> Vec<String> {
        let found = [one_letter(self.samples), self.equal_choices(), overlap(self.samples, examples)];
        found.into_iter().flatten().collect()
    }

    fn equal_choices(&self) -> Option<String> {
        let has_equal = |sample: &Sample| {
            let mut texts: Vec<&str> = sample.choices.iter().map(|choice| choice.trim()).collect();
            texts.sort_unstable();
            texts.windows(2).any(|pair| pair[0] == pair[1])
        };
        let rows: Vec<&Sample> = self.samples.par_iter().filter(|sample| has_equal(sample)).collect();
        (!rows.is_empty()).then(|| {
            format!(
                "{} with equal choices ({}); where one is right, so is the other",
                counted(rows.len(), "question"),
                samples_named(rows.iter().copied(), self.files)
            )
        })
    }
}

/// A model that always says A would be right.
fn one_letter(samples: &[Sample]) -> Option<String> {
    let choice = |sample: &Sample| match sample.answer {
        Some(Answer::Choice(choice)) if sample.also.is_empty() && sample.choices.len() > 1 => Some(choice),
        _ => None,
    };
    let first = choice(samples.first()?)?;
    let is_one = samples.len() >= FEW && samples.iter().all(|sample| choice(sample) == Some(first));
    is_one.then(|| {
        format!(
            "every answer is {}; a model that always names it would be right; shuffle the choices with \
             `shuffle_choices: 1`",
            u8::try_from(first).map_or('?', |first| char::from(b'A'.saturating_add(first)))
        )
    })
}

/// Examples that are also asked.
fn overlap(samples: &[Sample], examples: &[Sample]) -> Option<String> {
    let shown: AHashSet<u64> = examples.iter().map(print).collect();
    let shared = samples.iter().filter(|_| !shown.is_empty()).filter(|sample| shown.contains(&print(sample))).count();
    let verb = if shared == 1 { "is" } else { "are" };
    let questions = counted(samples.len(), "question");
    (shared > 0).then(|| format!("{shared} of {questions} {verb} also among the examples"))
}

/// What a question is recognized by.
pub(super) fn print(sample: &Sample) -> u64 {
    let mut hasher = AHasher::default();
    for image in &sample.images {
        image.to_string().hash(&mut hasher);
    }
    // Shuffled choices are the same question.
    let mut choices: Vec<&String> = sample.choices.iter().collect();
    choices.sort_unstable();
    let turns = sample.dialogue.iter().flat_map(|dialogue| &dialogue.said).map(|said| &said.text);
    (&sample.question, &sample.passage, &sample.messages, choices, turns.collect::<Vec<_>>()).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(index: usize, question: &str, choices: &[&str], answer: usize) -> Sample {
        Sample {
            choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
            answer: Some(Answer::Choice(answer)),
            ..Sample::new(index, question.into())
        }
    }

    fn warnings(samples: &[Sample], examples: &[Sample]) -> Vec<String> {
        Reviewed { samples, files: &[] }.warnings(examples)
    }

    #[test]
    fn sound_questions_are_not_warned_of() {
        let sound: Vec<Sample> = (0..8).map(|at| sample(at, &format!("q{at}"), &["x", "y"], at % 2)).collect();
        assert_eq!(warnings(&sound, &[]), Vec::<String>::new());
        assert_eq!(warnings(&sound[..1], &[]), Vec::<String>::new());
        assert_eq!(warnings(&[], &[]), Vec::<String>::new());
    }

    #[test]
    fn odd_questions_are_named() {
        let odd = [
            sample(0, "a", &["x", "y"], 1),
            sample(1, "b", &["x", "x "], 1),
            sample(2, "a", &["y", "x"], 1),
            sample(3, "d", &["x", "y"], 1),
        ];
        let told = warnings(&odd, &odd[3..]);
        for (warning, expected) in told.iter().zip([
            "every answer is B",
            "1 question with equal choices (row 1)",
            "1 of 4 questions is also among the examples",
        ]) {
            assert!(warning.starts_with(expected), "{told:?}");
        }
        assert_eq!(told.len(), 3);
    }
}
