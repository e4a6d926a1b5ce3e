//! How a short text that was taken out of an output is compared with the right answers.

use std::borrow::Cow;

use serde_json::Value;

use super::fold::fold;
use super::golds::scalar;
use super::verdict::{Class, Verdict};
use crate::prompt::letter;
use crate::sample::{Answer, Sample};
use crate::spec::types::CompareAs as As;

/// How a text compares with the right answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// It is an answer, right or not, in its short form.
    Answer(bool, String),
    /// It is none of the kind that it is compared as; the rule says which.
    NoAnswer(&'static str),
    /// The right answer is none of that kind, so nothing can be compared with it; the rule says which.
    NoGold(&'static str),
}

impl Comparison {
    /// The verdict; `rule` is that of an answer that was found at `span`.
    pub fn verdict(self, rule: &'static str, span: std::ops::Range<usize>) -> Verdict {
        match self {
            Self::Answer(right, answer) => Verdict::found(right, answer, rule, None, span),
            Self::NoAnswer(rule) => Verdict { span: Some(span), ..Verdict::none(Class::NoAnswer, rule) },
            Self::NoGold(rule) => Verdict { span: Some(span), ..Verdict::none(Class::Unjudged, rule) },
        }
    }
}

/// Compares a text with the right answers.
pub fn compare(found: &str, golds: &[Cow<'_, str>], sample: &Sample, kind: As) -> Comparison {
    match kind {
        As::Text => {
            let form = fold(found);
            if form.is_empty() {
                return Comparison::NoAnswer("empty");
            }
            Comparison::Answer(golds.iter().any(|gold| fold(gold) == form), found.trim().to_owned())
        }
        As::Number => as_number(found, golds),
        As::Letter => as_letter(found, golds, sample),
        As::Set => as_set(&parts(found), golds),
    }
}

fn as_number(found: &str, golds: &[Cow<'_, str>]) -> Comparison {
    let golds: Vec<f64> = golds.iter().filter_map(|gold| number(gold)).collect();
    if golds.is_empty() {
        return Comparison::NoGold("gold_is_no_number");
    }
    match number(found) {
        Some(value) => Comparison::Answer(golds.iter().any(|gold| close(value, *gold)), found.trim().to_owned()),
        None => Comparison::NoAnswer("no_number"),
    }
}

/// Whether two numbers are the same within a millionth of the second.
fn close(value: f64, gold: f64) -> bool {
    (value - gold).abs() <= 1e-6 * gold.abs()
}

/// The number that a whole text is: signs, groups of digits, a fraction, a currency or percent sign beside it.
pub fn number(text: &str) -> Option<f64> {
    let plain: String =
        fold(text).chars().filter(|c| !matches!(c, '$' | '€' | '£' | '¥' | '₹' | '%' | '_' | ' ')).collect();
    if let Some((above, below)) = plain.split_once('/') {
        return Some(decimal(above)? / decimal(below).filter(|below| *below != 0.0)?);
    }
    decimal(&plain)
}

fn decimal(text: &str) -> Option<f64> {
    let (first, groups) = text.split_once(',').unwrap_or((text, ""));
    let mut joined = first.to_owned();
    if first.len() < text.len() {
        let (groups, fraction) = groups.split_once('.').map_or((groups, None), |(groups, rest)| (groups, Some(rest)));
        let whole = |group: &str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
        let lead = first.trim_start_matches(['+', '-']);
        if !groups.split(',').all(whole) || !(1..=3).contains(&lead.len()) {
            return None;
        }
        joined.extend(groups.split(','));
        joined.extend(fraction.into_iter().flat_map(|fraction| [".", fraction]));
    }
    let numeral = joined.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'+' | b'-'));
    joined.parse().ok().filter(|value: &f64| numeral && value.is_finite())
}

fn as_letter(found: &str, golds: &[Cow<'_, str>], sample: &Sample) -> Comparison {
    let gold = match &sample.answer {
        Some(Answer::Choice(index)) => Some(*index),
        _ => golds.iter().find_map(|gold| choice(gold, &sample.choices)),
    };
    match (gold, choice(found, &sample.choices)) {
        (None, _) => Comparison::NoGold("gold_is_no_choice"),
        (_, None) => Comparison::NoAnswer("no_choice"),
        (Some(gold), Some(index)) => Comparison::Answer(index == gold, letter(index)),
    }
}

/// The choice that a whole text names: by its text, else by its letter.
fn choice(text: &str, choices: &[String]) -> Option<usize> {
    let form = fold(text);
    if form.is_empty() {
        return None;
    }
    choices
        .iter()
        .position(|choice| fold(choice) == form)
        .or_else(|| (0..choices.len()).find(|index| letter(*index).to_lowercase() == form))
}

/// Compares the members of a set, each in normal form, with sets of right members.
pub fn as_set(found: &[String], golds: &[Cow<'_, str>]) -> Comparison {
    if found.is_empty() {
        return Comparison::NoAnswer("no_set");
    }
    let found = members(found);
    let right = golds.iter().any(|gold| members(&parts(gold)) == found);
    Comparison::Answer(right, found.join(", "))
}

/// Members in one order and once each.
fn members(parts: &[String]) -> Vec<String> {
    let mut members: Vec<String> = parts.iter().map(|part| fold(part)).filter(|part| !part.is_empty()).collect();
    members.sort();
    members.dedup();
    members
}

/// The parts of a list that is written as JSON, or with commas or semicolons between its parts.
fn parts(text: &str) -> Vec<String> {
    if let Ok(Value::Array(values)) = serde_json::from_str(text.trim()) {
        return values.iter().filter_map(scalar).map(Cow::into_owned).collect();
    }
    let bare = text.trim().trim_matches(|c| matches!(c, '{' | '}' | '[' | ']' | '(' | ')'));
    bare.split([',', ';', '、', '，', '；'])
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::golds::{golds, tests::sample};
    use super::*;

    fn right(found: &str, gold: &str, kind: As) -> Option<bool> {
        let sample = sample(gold, &["iron", "zinc", "B"], &json!({}));
        match compare(found, &golds(&sample, None), &sample, kind) {
            Comparison::Answer(right, _) => Some(right),
            _ => None,
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let cases = [
            ("1,200", Some(1200.0)),
            ("$1,234,567.50", Some(1_234_567.5)),
            ("\u{2212}3", Some(-3.0)),
            ("3/4", Some(0.75)),
            ("50 %", Some(50.0)),
            ("1e3", Some(1000.0)),
            (".5", Some(0.5)),
            ("-1,234.5", Some(-1234.5)),
            ("1,2", None),
            ("12345,678", None),
            ("1,2345", None),
            ("seven", None),
            ("inf", None),
            ("1/0", None),
            ("", None),
        ];
        for (text, value) in cases {
            assert_eq!(number(text), value, "{text}");
        }
    }

    #[test]
    fn each_kind_compares_in_its_way() {
        let cases = [
            ("Zinc.", "zinc", As::Text, Some(true)),
            ("zinc oxide", "zinc", As::Text, Some(false)),
            ("0.3333333", "1/3", As::Number, Some(true)),
            ("0.333", "1/3", As::Number, Some(false)),
            ("none", "3", As::Number, None),
            ("3", "three", As::Number, None),
            ("(a)", "iron", As::Letter, Some(true)),
            ("zinc", "iron", As::Letter, Some(false)),
            ("B", "B", As::Letter, Some(true)),
            ("E", "iron", As::Letter, None),
            ("b, a", "A; B", As::Set, Some(true)),
            ("[\"a\", \"b\", \"a\"]", "a, b", As::Set, Some(true)),
            ("a", "a, b", As::Set, Some(false)),
        ];
        for (found, gold, kind, expected) in cases {
            assert_eq!(right(found, gold, kind), expected, "{found} as {kind:?}");
        }
    }
}
