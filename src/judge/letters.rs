//! The letter of a choice by the probabilities of the first token.
//!
//! The spellings of a letter are added up: the capital alone, with white space or a tokenizer's mark of it before it, and
//! either case with a bracket, point, colon, quote or star beside it (` A`, `(A`, `A.`, `**A`, `a)`). A small letter alone is
//! none: ` a` is a word more often than a label.

use super::verdict::{Class, Ending, Output, Verdict};
use crate::alternatives::Alternative;
use crate::prompt::letter;
use crate::sample::{Answer, Sample};

/// The least probability of all letters together: below it the answer begins with something else more often than not.
pub const LEAST_MASS: f64 = 0.5;

/// What tokenizers write for white space.
const SPACES: [char; 4] = ['\u{2581}', '\u{120}', '\u{10a}', '\u{a0}'];

/// What may stand beside a letter in one token.
const MARKS: [char; 15] = ['(', ')', '[', ']', '{', '}', '.', ':', ',', '*', '"', '\'', '`', '$', '_'];

/// How likely each choice is to be named first.
#[derive(Debug, Clone, PartialEq)]
pub struct Letters {
    /// Probability of each choice, its spellings together.
    of_choice: Vec<f64>,
}

impl Letters {
    /// Of the choices of a sample; `None` if the server gave no alternatives or there is no choice.
    pub fn new(alternatives: &[Alternative], choices: usize) -> Option<Self> {
        if alternatives.is_empty() || choices == 0 {
            return None;
        }
        let mut of_choice = vec![0.0; choices];
        for alternative in alternatives {
            if let Some(choice) = choice_of(&alternative.0).filter(|choice| *choice < choices) {
                of_choice[choice] += alternative.probability();
            }
        }
        Some(Self { of_choice })
    }

    /// The probability of all letters together.
    pub fn mass(&self) -> f64 {
        self.of_choice.iter().sum::<f64>().min(1.0)
    }

    /// The probability of a choice among all choices; `None` if the letters together are too unlikely.
    pub fn probability(&self, choice: usize) -> Option<f64> {
        let sum: f64 = self.of_choice.iter().sum();
        let share = self.of_choice.get(choice)? / sum;
        (self.mass() >= LEAST_MASS).then_some(share)
    }

    /// The most likely choice and its probability; of equal ones, the first.
    pub fn best(&self) -> Option<(usize, f64)> {
        let choices = (0..self.of_choice.len()).filter_map(|choice| Some((choice, self.probability(choice)?)));
        choices.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    /// The Brier score over all choices: Σ (probability − 1 if right)², from 0 to 2 (Brier 1950).
    pub fn brier(&self, gold: usize) -> Option<f64> {
        let parts = (0..self.of_choice.len()).map(|choice| {
            let is_right = f64::from(u8::from(choice == gold));
            Some((self.probability(choice)? - is_right).powi(2))
        });
        parts.sum()
    }
}

/// The choice that a token names.
pub fn choice_of(token: &str) -> Option<usize> {
    let word = token.trim_matches(|c: char| c.is_whitespace() || SPACES.contains(&c));
    let bare = word.trim_matches(|c: char| MARKS.contains(&c) || c.is_whitespace());
    let is_marked = bare.len() < word.len();
    match bare.as_bytes() {
        [capital @ b'A'..=b'Z'] => Some(usize::from(capital - b'A')),
        [small @ b'a'..=b'z'] if is_marked => Some(usize::from(small - b'a')),
        _ => None,
    }
}

/// Rules of its verdicts that do not hang on how an output ends, since the first token is there.
pub const RULES: [&str; 2] = [FIRST_TOKEN, LETTERS_UNLIKELY];

const FIRST_TOKEN: &str = "first_token";
const LETTERS_UNLIKELY: &str = "letters_unlikely";

/// The verdict on the alternatives of an output.
pub(super) fn judge(sample: &Sample, output: &Output<'_>) -> Verdict {
    let none = |class, rule| Verdict::none(class, rule);
    if output.ending == Ending::Refused {
        return none(Class::Refusal, "refused");
    }
    let Some(letters) = Letters::new(output.alternatives, sample.choices.len()) else {
        return none(Class::Unjudged, "no_log_probabilities");
    };
    let Some((choice, _)) = letters.best() else { return none(Class::NoAnswer, LETTERS_UNLIKELY) };
    let is_right = sample.answer == Some(Answer::Choice(choice));
    let class = if is_right { Class::Correct } else { Class::Wrong };
    let score = f64::from(u8::from(is_right));
    Verdict { extracted: Some(letter(choice)), score, ..none(class, FIRST_TOKEN) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(list: &[(&str, f64)], choices: usize) -> Option<Letters> {
        let alternatives: Vec<Alternative> =
            list.iter().map(|(token, probability)| Alternative((*token).into(), libm::log(*probability))).collect();
        Letters::new(&alternatives, choices)
    }

    #[test]
    fn a_letter_has_many_spellings() {
        for token in ["A", " A", "\nA", "\u{2581}A", "\u{120}A", "(A", "A)", "A.", "A:", " **A", "\"A\"", "a)", "(a"] {
            assert_eq!(choice_of(token), Some(0), "{token:?}");
        }
        for token in ["a", " a", " An", "AB", "", "(", "Α", "1", "А", "The"] {
            assert_eq!(choice_of(token), None, "{token:?}");
        }
    }

    #[test]
    fn spellings_add_up_and_choices_share_the_rest() {
        let letters = letters(&[("A", 0.3), (" B", 0.25), ("B.", 0.15), ("The", 0.2), ("E", 0.1)], 4).unwrap();
        assert!((letters.mass() - 0.7).abs() < 1e-9);
        let (choice, probability) = letters.best().unwrap();
        assert_eq!(choice, 1);
        assert!((probability - 4.0 / 7.0).abs() < 1e-9);
        let brier = (3.0_f64 / 7.0).powi(2) * 2.0;
        assert!((letters.brier(1).unwrap() - brier).abs() < 1e-9);
    }

    #[test]
    fn unlikely_letters_are_no_answer() {
        let letters = letters(&[("The", 0.6), ("A", 0.3)], 4).unwrap();
        assert_eq!((letters.best(), letters.brier(0)), (None, None));
        assert!((letters.mass() - 0.3).abs() < 1e-9);
    }

    #[test]
    fn without_alternatives_or_choices_nothing_is_known() {
        assert_eq!((letters(&[], 4), letters(&[("A", 1.0)], 0)), (None, None));
    }
}
