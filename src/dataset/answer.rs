//! The expected answers of a row: numbers, letters, labels or texts of choices, else free text.
//!
//! One reading holds for a whole dataset. It is settled over all rows: a row whose answer does not fit the reading
//! of the rows before it is an invalid row, and where several readings fit and differ the spec must say which.

use serde_json::Value;
use thin_vec::ThinVec;

use super::choice::Choices;
use super::choices::written_list;
use super::extract::Extract;
use super::fault::Fault;
use super::readings::{FROM_0, Fits, LABEL, LETTER, READINGS, Readings};
use super::rows::scalar_text;
use super::spellings::{readings, truth, without_fraction};
use crate::sample::Answer;

/// The answers of a row, as far as the row alone determines them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Key {
    /// The row has no answer, or a hidden one, as in test splits of contests.
    Missing,
    /// They have only one reading; any of them is right.
    Settled(ThinVec<Answer>),
    /// Texts with several readings; the whole dataset determines which one applies. Any of them is right.
    Written(ThinVec<Written>),
}

/// An answer among choices, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub text: String,
    pub readings: Readings,
}

/// How the answers of a dataset are read.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    /// The readings that the spec leaves open.
    pub allowed: Fits,
    /// Where an answer stands in a longer text.
    pub extract: Extract,
    /// True if a number stands for a name that the file or the card states; it counts from 0 then.
    pub is_named: bool,
    /// True if an answer that is not found is none.
    pub is_lenient: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self { allowed: [true; 5], extract: Extract::Usual, is_named: false, is_lenient: false }
    }
}

impl Reader {
    /// Reads the values of the answer columns.
    pub(super) fn key(&self, values: Vec<Value>, choices: &Choices, column: &str) -> Result<Key, Fault> {
        let mut scalars = Vec::new();
        for value in values {
            if let Some(marked) = marked(&value, &choices.texts) {
                return Ok(if marked.is_empty() { Key::Missing } else { Key::Settled(marked.into()) });
            }
            flatten(value, &choices.texts, &mut scalars);
        }
        if !choices.texts.is_empty() {
            return Ok(self.chosen(&scalars, choices));
        }
        let open = self.open(&scalars, column);
        if self.is_lenient { Ok(open.unwrap_or(Key::Missing)) } else { open }
    }

    fn open(&self, scalars: &[Value], column: &str) -> Result<Key, Fault> {
        let mut answers: Vec<Answer> = Vec::new();
        let mut add = |text: &str| {
            let answer = Answer::Text(text.into());
            if !text.is_empty() && !answers.contains(&answer) {
                answers.push(answer);
            }
        };
        for text in scalars.iter().filter_map(scalar_text) {
            let found = self.extract.of(&text).ok_or_else(|| Fault::NotFound { column: column.to_owned() })?;
            add(&found);
            add(truth(&found).map_or("", |is_true| if is_true { "yes" } else { "no" }));
        }
        Ok(if answers.is_empty() { Key::Missing } else { Key::Settled(answers.into()) })
    }

    fn chosen(&self, scalars: &[Value], choices: &Choices) -> Key {
        let written: Vec<Written> = scalars.iter().filter_map(|value| self.written(value, choices)).collect();
        if written.is_empty() { Key::Missing } else { Key::Written(written.into()) }
    }

    /// The readings of a value; `None` if it is empty or hidden.
    fn written(&self, value: &Value, choices: &Choices) -> Option<Written> {
        let whole = value.as_f64().filter(|number| number.fract() == 0.0 && value.is_f64());
        let text = whole.map(|number| format!("{number:.0}")).or_else(|| scalar_text(value))?;
        let text = match &self.extract {
            Extract::Usual => text,
            extract => extract.of(&text).unwrap_or_default(),
        };
        let mut readings = readings(&text, choices);
        let is_hidden = matches!(text.trim(), "" | "-1") && readings == [None; 5];
        let is_number = without_fraction(&text).parse::<i64>().is_ok();
        for (place, (reading, allowed)) in readings.iter_mut().zip(self.allowed).enumerate() {
            let is_meant = !self.is_named || (place == FROM_0) == is_number;
            *reading = reading.filter(|_| allowed && is_meant);
        }
        (!is_hidden).then_some(Written { text, readings })
    }
}

/// The right choices, from a list that holds 1 or true for each of them and 0 or false for the others.
fn marked(value: &Value, choices: &[String]) -> Option<Vec<Answer>> {
    let written = match value {
        // CSV has no lists; a choice of the same text is meant by it.
        Value::String(text) if !choices.contains(text) => written_list(text),
        _ => None,
    };
    let Value::Array(marks) = written.as_ref().unwrap_or(value) else { return None };
    if choices.is_empty() || marks.len() != choices.len() {
        return None;
    }
    let mark =
        |mark: &Value| mark.as_bool().or_else(|| mark.as_f64().filter(|n| [0.0, 1.0].contains(n)).map(|n| n > 0.5));
    let marks: Vec<bool> = marks.iter().map(mark).collect::<Option<_>>()?;
    Some(marks.iter().enumerate().filter(|(_, is_right)| **is_right).map(|(at, _)| Answer::Choice(at)).collect())
}

/// The members of a struct that hold right answers: those of SQuAD, DROP, TriviaQA and Natural Questions.
const GOLD_MEMBERS: [&str; 12] = [
    "value",
    "text",
    "texts",
    "spans",
    "answer",
    "answers",
    "span",
    "aliases",
    "normalized_aliases",
    "number",
    "short_answers",
    "input_text",
];

/// Members that hold the right answer of a struct without those: of messages, and of what names a choice.
const OTHER_GOLD_MEMBERS: [&str; 5] = ["content", "label", "letter", "index", "idx"];

/// The scalars in lists and structs, in order.
fn flatten(value: Value, choices: &[String], into: &mut Vec<Value>) {
    match value {
        Value::Null => {}
        Value::Array(items) => items.into_iter().for_each(|item| flatten(item, choices, into)),
        Value::Object(mut members) => {
            let found: Vec<Value> = GOLD_MEMBERS.iter().filter_map(|name| members.remove(*name)).collect();
            let mut other = || OTHER_GOLD_MEMBERS.iter().find_map(|name| members.remove(*name)).into_iter().collect();
            let found = if found.is_empty() { other() } else { found };
            found.into_iter().for_each(|member| flatten(member, choices, into));
        }
        Value::String(text) => {
            match written_list(&text).filter(|list| !choices.contains(&text) && is_golds(list, choices.is_empty())) {
                Some(list) => flatten(list, choices, into),
                None => into.push(Value::String(text)),
            }
        }
        scalar => into.push(scalar),
    }
}

/// True if a list that is written as text is one of answers: `[1, 2]` is an interval or a vector as well.
fn is_golds(list: &Value, is_open: bool) -> bool {
    match list {
        Value::Array(items) => !items.is_empty() && items.iter().all(|item| item.is_string() || !is_open),
        Value::Object(members) => GOLD_MEMBERS.iter().any(|name| members.contains_key(*name)),
        _ => false,
    }
}

/// The readings common to all rows of a dataset. `3` may be the number 3 or the choice "3"; one row
/// alone does not determine it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Common {
    /// The readings that fit every row so far.
    pub fits: Fits,
    /// Number of rows with an answer that may be asked.
    pub answers: usize,
    /// Number of rows with an answer that the filter leaves out.
    others: usize,
}

impl Common {
    pub(super) fn new() -> Self {
        Self { fits: [true; 5], answers: 0, others: 0 }
    }

    /// Adds the answer of a row; true if it adds information. A row that no common reading fits adds none.
    pub(super) fn add(&mut self, key: &Key) -> bool {
        let before = (self.fits, self.answers > 0);
        self.answers += usize::from(*key != Key::Missing);
        self.narrow(key);
        (self.fits, self.answers > 0) != before
    }

    /// Adds the answer of a row that is not asked; true if it adds information.
    pub(super) fn add_other(&mut self, key: &Key) -> bool {
        let before = self.fits;
        self.others += usize::from(*key != Key::Missing);
        self.narrow(key);
        self.fits != before
    }

    fn narrow(&mut self, key: &Key) {
        if let Key::Written(written) = key {
            let mut fits = self.fits;
            for Written { readings, .. } in written {
                for (fit, reading) in fits.iter_mut().zip(readings) {
                    *fit &= reading.is_some();
                }
            }
            if fits != [false; 5] {
                self.fits = fits;
            }
        }
    }

    /// True if further rows cannot change the meaning of an answer.
    pub(super) fn settles(&self, key: &Key) -> bool {
        let Key::Written(written) = key else { return true };
        written.iter().all(|written| {
            let mut fitting =
                written.readings.iter().zip(self.fits).filter(|(_, fits)| *fits).map(|(reading, _)| reading);
            fitting.next().is_none_or(|first| fitting.all(|reading| reading == first))
        })
    }

    /// The readings that count: a dataset whose choices have labels means those, not letters and numbers.
    fn counting(&self) -> Fits {
        let mut fits = self.fits;
        if fits[LABEL] {
            fits[LETTER..].fill(false);
        }
        fits
    }

    /// The reading of a dataset whose only row leaves several open: the documented one.
    fn by_default(&self) -> Option<usize> {
        let counting = self.counting();
        (self.answers + self.others == 1).then(|| counting.iter().position(|fits| *fits)).flatten()
    }

    /// The same, with the readings of other rows of the same form where these leave several open.
    pub(super) fn narrowed(mut self, other: &Self) -> Self {
        let both: Vec<bool> = self.fits.iter().zip(other.fits).map(|(own, other)| *own && other).collect();
        if both.contains(&true) && other.answers > 0 {
            self.fits.copy_from_slice(&both);
        }
        self
    }
}

/// A row's answers, and whether they were read by default where several readings fit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    pub answers: ThinVec<Answer>,
    pub is_by_default: bool,
}

impl Key {
    /// The answers, by the reading that fits every row.
    pub(super) fn settle(self, common: &Common, choices: usize, column: &str) -> Result<Settled, Fault> {
        let written = match self {
            Self::Missing => return Ok(Settled { answers: ThinVec::new(), is_by_default: false }),
            Self::Settled(answers) => return Ok(Settled { answers, is_by_default: false }),
            Self::Written(written) => written,
        };
        let mut settled = Settled { answers: ThinVec::new(), is_by_default: false };
        let counting = common.counting();
        for Written { text, readings } in written {
            let mut fitting: Vec<(usize, usize)> =
                (0..READINGS.len()).filter(|at| counting[*at]).filter_map(|at| Some((at, readings[at]?))).collect();
            fitting.dedup_by_key(|(_, choice)| *choice);
            let choice = match (fitting.as_slice(), common.by_default()) {
                ([], _) => return Err(outside(text, &readings, choices)),
                ([(_, choice)], _) => *choice,
                ([(first, _), ..], Some(reading)) => {
                    settled.is_by_default = true;
                    readings[reading].or(readings[*first]).unwrap_or_default()
                }
                ([(first, _), (second, _), ..], None) => {
                    let (column, first, second) = (column.to_owned(), *first, *second);
                    return Err(Fault::SeveralReadings { column, answer: text, first, second });
                }
            };
            if !settled.answers.contains(&Answer::Choice(choice)) {
                settled.answers.push(Answer::Choice(choice));
            }
        }
        Ok(settled)
    }
}

/// What is wrong with an answer that no common reading fits, by the row alone: what is read of the others may end early.
fn outside(answer: String, readings: &Readings, choices: usize) -> Fault {
    let is_number = without_fraction(&answer).parse::<usize>().is_ok();
    match readings.iter().position(Option::is_some) {
        Some(own) if !is_number => Fault::OtherReading { answer, own: READINGS[own] },
        _ => Fault::AnswerOutside { answer, choices },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::readings::{FROM_0, FROM_1, TEXT};
    use super::*;

    fn common<'a>(keys: impl IntoIterator<Item = &'a Key>) -> Common {
        let mut common = Common::new();
        keys.into_iter().for_each(|key| _ = common.add(key));
        common
    }

    fn key(value: Value, choices: &Choices) -> Key {
        Reader::default().key(vec![value], choices, "answer").unwrap()
    }

    fn choices(texts: &[&str], labels: &[&str]) -> Choices {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Choices { labels: owned(labels), ..Choices::of(owned(texts)) }
    }

    fn all(value: Value, choices: &Choices) -> Result<Vec<Answer>, Fault> {
        let key = key(value, choices);
        let common = common([&key]);
        Ok(key.settle(&common, choices.texts.len(), "answer")?.answers.into())
    }

    fn alone(value: Value, choices: &Choices) -> Result<Option<Answer>, Fault> {
        Ok(all(value, choices)?.into_iter().next())
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
            (json!(3), &plain, "3"),
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
        let settled = |values: &[Value]| {
            let keys: Vec<Key> = values.iter().map(|value| key(value.clone(), &numbers)).collect();
            let common = common(&keys);
            let settle = |key: Key| match key.settle(&common, 4, "answer")?.answers[..] {
                [Answer::Choice(choice)] => Ok(choice),
                _ => panic!("one choice"),
            };
            keys.into_iter().map(settle).collect::<Result<Vec<usize>, Fault>>()
        };
        // "7" is not an index, so all are texts, whether they are written as texts or as numbers.
        assert_eq!(settled(&[json!("7"), json!("3")]), Ok(vec![3, 0]));
        assert_eq!(settled(&[json!(7), json!(3)]), Ok(vec![3, 0]));
        // 1 is not a text, and 0 is not counted from 1; 4 is not counted from 0.
        assert_eq!(settled(&[json!(1), json!("0")]), Ok(vec![1, 0]));
        assert_eq!(settled(&[json!(1), json!(2), json!(4)]), Ok(vec![0, 1, 3]));
        let several = |answer: &str, first, second| {
            Err(Fault::SeveralReadings { column: "answer".into(), answer: answer.into(), first, second })
        };
        assert_eq!(settled(&[json!(1), json!(2)]), several("1", FROM_0, FROM_1));
        assert_eq!(settled(&[json!(0), json!(3)]), several("0", TEXT, FROM_0));
        // The rows before a row tell what it must be.
        let other = Fault::OtherReading { answer: "B".into(), own: "a letter" };
        assert_eq!(settled(&[json!("7"), json!("B")]), Err(other));
        let outside = Fault::AnswerOutside { answer: "7".into(), choices: 4 };
        assert_eq!(settled(&[json!("B"), json!("7")]), Err(outside));
    }

    #[test]
    fn the_spec_may_say_how_answers_are_read() {
        let plain = choices(&["3", "1", "2", "7"], &[]);
        let read = |allowed: usize, value: Value| {
            let mut reader = Reader { allowed: [false; 5], ..Reader::default() };
            reader.allowed[allowed] = true;
            let key = reader.key(vec![value], &plain, "answer").unwrap();
            let common = common([&key]);
            key.settle(&common, 4, "answer").map(|settled| settled.answers[0].clone())
        };
        assert_eq!(read(FROM_0, json!(1)), Ok(Answer::Choice(1)));
        assert_eq!(read(FROM_1, json!(1)), Ok(Answer::Choice(0)));
        assert_eq!(read(TEXT, json!("2")), Ok(Answer::Choice(2)));
        assert_eq!(read(LETTER, json!("d")), Ok(Answer::Choice(3)));
        assert!(read(FROM_1, json!("A")).is_err());
    }

    #[test]
    fn any_of_several_answers_is_right() {
        let open = Choices::default();
        let texts = |texts: &[&str]| Ok(texts.iter().map(|&text| Answer::Text(text.into())).collect::<Vec<_>>());
        for (value, expected) in [
            (json!(["a", "b", "a"]), texts(&["a", "b"])),
            (json!({"text": ["a", "b"], "answer_start": [1, 2]}), texts(&["a", "b"])),
            (json!({"value": "a", "aliases": ["b"], "type": "x"}), texts(&["a", "b"])),
            (json!({"spans": ["a"], "types": ["span"]}), texts(&["a"])),
            (json!([{"text": "a"}, {"text": "b"}]), texts(&["a", "b"])),
            (json!("[\"a\", \"b\"]"), texts(&["a", "b"])),
            (json!("['a', 'b']"), texts(&["a", "b"])),
            (json!("[1, 2]"), texts(&["[1, 2]"])),
            (json!(true), texts(&["true", "yes"])),
            (json!("False"), texts(&["False", "no"])),
        ] {
            assert_eq!(all(value.clone(), &open), expected, "{value}");
        }
        let plain = choices(&["red", "green", "blue"], &[]);
        for (value, expected) in [
            (json!(["A", "C"]), [0, 2]),
            (json!(["red", "blue"]), [0, 2]),
            (json!([1, 0, 1]), [0, 2]),
            (json!([true, false, true]), [0, 2]),
        ] {
            assert_eq!(all(value.clone(), &plain), Ok(expected.map(Answer::Choice).to_vec()), "{value}");
        }
    }

    #[test]
    fn true_and_false_choose_among_two() {
        for (value, texts, expected) in [
            (json!(true), ["no", "yes"], 1),
            (json!(true), ["Yes", "No"], 0),
            (json!("False"), ["yes", "no"], 1),
            (json!(false), ["Falsch", "Wahr"], 0),
            (json!(1), ["no", "yes"], 1),
        ] {
            assert_eq!(alone(value.clone(), &choices(&texts, &[])), Ok(Some(Answer::Choice(expected))), "{value}");
        }
    }
}
