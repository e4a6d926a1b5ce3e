//! What is odd about the questions of a dataset, told before anything is sent.

use std::hash::{Hash, Hasher};

use ahash::{AHashSet, AHasher};
use rayon::prelude::*;

use crate::format::counted;
use crate::sample::{Answer, Sample};

/// Number of questions below which one letter for all of them is no surprise.
const FEW: usize = 4;

/// Number of rows that a warning names.
const MOST_NAMED: usize = 5;

/// Warnings about the questions and examples.
pub(super) fn warnings(samples: &[Sample], examples: &[Sample]) -> Vec<String> {
    [one_letter(samples), equal_choices(samples), duplicates(samples), overlap(samples, examples)]
        .into_iter()
        .flatten()
        .collect()
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

fn equal_choices(samples: &[Sample]) -> Option<String> {
    let has_equal = |sample: &&Sample| {
        let mut texts: Vec<&str> = sample.choices.iter().map(|choice| choice.trim()).collect();
        texts.sort_unstable();
        texts.windows(2).any(|pair| pair[0] == pair[1])
    };
    let rows: Vec<usize> = samples.par_iter().filter(has_equal).map(|sample| sample.index).collect();
    (!rows.is_empty()).then(|| {
        format!(
            "{} with equal choices ({}); where one is right, so is the other",
            counted(rows.len(), "question"),
            named(&rows)
        )
    })
}

fn duplicates(samples: &[Sample]) -> Option<String> {
    let prints: Vec<u64> = samples.par_iter().map(print).collect();
    let mut seen: AHashSet<u64> = AHashSet::with_capacity(prints.len());
    let again = samples.iter().zip(prints).filter(|(_, print)| !seen.insert(*print));
    let rows: Vec<usize> = again.map(|(sample, _)| sample.index).collect();
    (!rows.is_empty()).then(|| {
        let repeats = if rows.len() == 1 { "repeats" } else { "repeat" };
        format!("{} {repeats} an earlier one ({})", counted(rows.len(), "question"), named(&rows))
    })
}

/// Examples that are also asked.
fn overlap(samples: &[Sample], examples: &[Sample]) -> Option<String> {
    let shown: AHashSet<u64> = examples.iter().map(print).collect();
    let shared = samples.iter().filter(|_| !shown.is_empty()).filter(|sample| shown.contains(&print(sample))).count();
    (shared > 0).then(|| format!("{shared} of the {} questions are also among the examples", samples.len()))
}

fn print(sample: &Sample) -> u64 {
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

fn named(rows: &[usize]) -> String {
    let first: Vec<String> = rows.iter().take(MOST_NAMED).map(ToString::to_string).collect();
    let more = if rows.len() > MOST_NAMED { ", …" } else { "" };
    format!("{} {}{more}", if rows.len() == 1 { "row" } else { "rows" }, first.join(", "))
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
            "1 question repeats an earlier one (row 2)",
            "1 of the 4 questions are also among the examples",
        ]) {
            assert!(warning.starts_with(expected), "{told:?}");
        }
        assert_eq!(told.len(), 4);
    }
}
