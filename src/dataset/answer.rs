//! The expected answer of a row: an index, a letter, a label or the text of a choice, else free text.

use serde_json::Value;

use super::error::Fault;
use super::rows::{kind_of, scalar_text};
use crate::sample::Answer;

/// The choices of a row, with their labels if each has one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Choices {
    pub texts: Vec<String>,
    pub labels: Vec<String>,
}

/// The answer of a row, as far as the row alone determines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// The row has no answer, or a hidden one, as in test splits of contests.
    Missing,
    /// It has only one reading.
    Settled(Answer),
    /// A text with several readings; the whole dataset determines which one applies.
    Written { text: String, readings: Readings },
}

/// The choice that a text selects as a label, as the text of a choice, as a letter and as an index. If
/// several readings fit every row of a dataset, the first applies: texts of choices fit all
/// rows only if they are texts of choices.
pub(super) type Readings = [Option<usize>; 4];

/// The marker of the final answer in the worked solutions of GSM8K and similar datasets.
const FINAL_ANSWER: &str = "####";

/// Reads the answer's value.
pub(super) fn key(value: Value, choices: &Choices, column: &str) -> Result<Key, Fault> {
    match value {
        Value::Null => Ok(Key::Missing),
        Value::Array(mut items) if items.len() < 2 => match items.pop() {
            Some(item) => key(item, choices, column),
            None => Ok(Key::Missing),
        },
        Value::Array(_) | Value::Object(_) => Err(Fault::NotText { column: column.to_owned(), kind: kind_of(&value) }),
        _ if choices.texts.is_empty() => Ok(open(&value)),
        Value::Number(_) => number(&value, choices),
        Value::Bool(truth) => Ok(written(truth.to_string(), choices)),
        Value::String(text) => Ok(written(text, choices)),
    }
}

/// The readings common to all rows of a dataset. `3` may be the index 3 or the choice "3"; one row
/// alone does not determine it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Common {
    fits: [bool; 4],
    /// True if any row has an answer.
    pub has_answers: bool,
}

impl Common {
    pub(super) fn new() -> Self {
        Self { fits: [true; 4], has_answers: false }
    }

    /// Adds the answer of a row; true if it adds information.
    pub(super) fn add(&mut self, key: &Key) -> bool {
        let before = self.clone();
        self.has_answers |= *key != Key::Missing;
        if let Key::Written { readings, .. } = key {
            for (fit, reading) in self.fits.iter_mut().zip(readings) {
                *fit &= reading.is_some();
            }
        }
        *self != before
    }

    /// True if further rows cannot change the meaning of an answer.
    pub(super) fn settles(&self, key: &Key) -> bool {
        let Key::Written { readings, .. } = key else { return true };
        // Either one of the readings that still fit will be common to all, or none and the first counts.
        let first = readings.iter().flatten().next();
        let mut fitting = readings.iter().zip(self.fits).filter(|(_, fits)| *fits);
        fitting.all(|(reading, _)| reading.as_ref() == first)
    }

    /// The reading that fits every row, if any.
    pub(super) fn reading(&self) -> Option<usize> {
        self.fits.iter().position(|fit| *fit)
    }
}

impl Key {
    /// The answer, given the reading that fits every row.
    pub(super) fn settle(self, common: Option<usize>, choices: usize) -> Result<Option<Answer>, Fault> {
        match self {
            Self::Missing => Ok(None),
            Self::Settled(answer) => Ok(Some(answer)),
            Self::Written { text, readings } => {
                let chosen =
                    common.and_then(|common| readings[common]).or_else(|| readings.into_iter().flatten().next());
                chosen.map(|choice| Some(Answer::Choice(choice))).ok_or(Fault::AnswerOutside { answer: text, choices })
            }
        }
    }
}

fn open(value: &Value) -> Key {
    let text = scalar_text(value).unwrap_or_default();
    let text = text.rsplit_once(FINAL_ANSWER).map_or(text.as_str(), |(_, last)| last).trim();
    if text.is_empty() { Key::Missing } else { Key::Settled(Answer::Text(text.to_owned())) }
}

fn number(value: &Value, choices: &Choices) -> Result<Key, Fault> {
    let whole = value.as_i64().map(|number| number.to_string());
    let whole =
        whole.or_else(|| value.as_f64().filter(|number| number.fract() == 0.0).map(|number| format!("{number:.0}")));
    let text = whole.unwrap_or_else(|| value.to_string());
    let [label, _, _, index] = readings(&text, choices);
    match label.or(index) {
        Some(choice) => Ok(Key::Settled(Answer::Choice(choice))),
        None if text == "-1" => Ok(Key::Missing),
        None => Err(Fault::AnswerOutside { answer: text, choices: choices.texts.len() }),
    }
}

fn written(text: String, choices: &Choices) -> Key {
    let readings = readings(&text, choices);
    let hidden = matches!(text.trim(), "" | "-1") && readings == [None; 4];
    if hidden { Key::Missing } else { Key::Written { text, readings } }
}

fn readings(text: &str, choices: &Choices) -> Readings {
    let count = choices.texts.len();
    // If choices are numbered by labels, a number that is not a label is not an index either.
    let numbered = choices.labels.iter().any(|label| label.trim().parse::<usize>().is_ok());
    let label = same(text, &choices.labels);
    let index = text.trim().parse::<usize>().ok().filter(|_| !numbered);
    [label, same(text, &choices.texts), letter(text), index].map(|reading| reading.filter(|choice| *choice < count))
}

fn same(text: &str, among: &[String]) -> Option<usize> {
    let trimmed = text.trim();
    let alike = |candidate: &String| candidate.trim().to_lowercase() == trimmed.to_lowercase();
    among
        .iter()
        .position(|candidate| candidate == text)
        .or_else(|| among.iter().position(|candidate| candidate.trim() == trimmed))
        .or_else(|| among.iter().position(alike))
}

/// The index of a letter written as `B`, `b`, `(B)`, `B.` or `B)`.
fn letter(text: &str) -> Option<usize> {
    let is_frame = |character: char| character.is_whitespace() || "()[].:".contains(character);
    let mut characters = text.trim_matches(is_frame).chars();
    match (characters.next(), characters.next()) {
        (Some(letter @ ('A'..='Z' | 'a'..='z')), None) => Some((letter.to_ascii_uppercase() as usize) - ('A' as usize)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn common_reading<'a>(keys: impl Iterator<Item = &'a Key>) -> Option<usize> {
        let mut common = Common::new();
        keys.for_each(|key| _ = common.add(key));
        common.reading()
    }

    fn choices(texts: &[&str], labels: &[&str]) -> Choices {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Choices { texts: owned(texts), labels: owned(labels) }
    }

    fn alone(value: Value, choices: &Choices) -> Result<Option<Answer>, Fault> {
        key(value, choices, "answer")?.settle(None, choices.texts.len())
    }

    #[test]
    fn an_index_a_letter_a_label_and_a_text_name_a_choice() {
        let plain = choices(&["red", "green", "Blue sky", "4"], &[]);
        let numbered = choices(&["w", "x", "y", "z"], &["1", "2", "3", "4"]);
        let lettered = choices(&["w", "x", "y"], &["A", "B", "C"]);
        for (value, choices, expected) in [
            (json!(2), &plain, 2),
            (json!(2.0), &plain, 2),
            (json!("3"), &plain, 3),
            (json!(" 0 "), &plain, 0),
            (json!("B"), &plain, 1),
            (json!("c"), &plain, 2),
            (json!("(D)"), &plain, 3),
            (json!("B."), &plain, 1),
            (json!("green"), &plain, 1),
            (json!("blue sky "), &plain, 2),
            (json!("4"), &plain, 3),
            (json!(["A"]), &plain, 0),
            (json!("4"), &numbered, 3),
            (json!(1), &numbered, 0),
            (json!("C"), &lettered, 2),
            (json!(1), &lettered, 1),
            (json!(true), &self::choices(&["False", "True"], &[]), 1),
        ] {
            assert_eq!(alone(value.clone(), choices), Ok(Some(Answer::Choice(expected))), "{value} {choices:?}");
        }
    }

    #[test]
    fn an_answer_that_is_no_choice_is_a_fault() {
        let plain = choices(&["red", "green"], &[]);
        let numbered = choices(&["w", "x"], &["1", "2"]);
        for (value, choices, answer) in [
            (json!(2), &plain, "2"),
            (json!(0.5), &plain, "0.5"),
            (json!(-2), &plain, "-2"),
            (json!("C"), &plain, "C"),
            (json!("blue"), &plain, "blue"),
            (json!(0), &numbered, "0"),
            (json!("0"), &numbered, "0"),
        ] {
            let fault = Fault::AnswerOutside { answer: answer.into(), choices: 2 };
            assert_eq!(alone(value.clone(), choices), Err(fault), "{value}");
        }
        let fault = alone(json!(["a", "b"]), &plain).unwrap_err();
        assert_eq!(fault.to_string(), "`answer` holds a list, not a string or number");
    }

    #[test]
    fn hidden_answers_are_none() {
        let plain = choices(&["red", "green"], &[]);
        for value in [json!(null), json!(""), json!(" "), json!(-1), json!("-1"), json!([])] {
            assert_eq!(alone(value, &plain), Ok(None));
        }
        assert_eq!(alone(json!("-1"), &choices(&["1", "-1"], &[])), Ok(Some(Answer::Choice(1))));
        assert_eq!(alone(json!("  "), &Choices::default()), Ok(None));
    }

    #[test]
    fn open_answers_are_texts() {
        for (value, expected) in [
            (json!("Paris "), "Paris"),
            (json!(42), "42"),
            (json!(-1), "-1"),
            (json!(true), "true"),
            (json!("48/2 = 24.\n#### 72"), "72"),
        ] {
            assert_eq!(alone(value, &Choices::default()), Ok(Some(Answer::Text(expected.into()))));
        }
    }

    #[test]
    fn the_reading_that_fits_every_row_wins() {
        let numbers = choices(&["3", "0", "5", "7"], &[]);
        let keys = |values: [&str; 2]| values.map(|value| key(json!(value), &numbers, "answer").unwrap());
        // "7" is not an index, so all keys are texts, including "0" and "3".
        let [seven, three] = keys(["7", "3"]);
        let common = common_reading([&seven, &three].into_iter());
        assert_eq!(common, Some(1));
        assert_eq!(three.settle(common, 4), Ok(Some(Answer::Choice(0))));
        // Both could be indices as well, but then they would not all be choices too.
        let [zero, three] = keys(["0", "3"]);
        let common = common_reading([&zero, &three].into_iter());
        assert_eq!(common, Some(1));
        assert_eq!(zero.settle(common, 4), Ok(Some(Answer::Choice(1))));
        let [one, two] = keys(["1", "2"]);
        let common = common_reading([&one, &two].into_iter());
        assert_eq!(common, Some(3));
        assert_eq!(two.settle(common, 4), Ok(Some(Answer::Choice(2))));
        let [letter, text] = keys(["B", "7"]);
        assert_eq!(common_reading([&letter, &text].into_iter()), None);
        assert_eq!(text.settle(None, 4), Ok(Some(Answer::Choice(3))));
    }
}
