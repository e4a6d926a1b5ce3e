//! The judge `numeric`: the last number of the answer equals the expected number.
//!
//! A number may have a sign (also U+2212), thousands grouped by commas, thin spaces or TeX's `{,}`, a
//! decimal point, an exponent (`3e8`, `3×10^8`), or be a fraction of two whole numbers (`1/2`). A number
//! behind `^` or inside a word is a part of something else and does not count.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{Class, Verdict, golds};
use crate::sample::Sample;

/// The pattern of a number: grouped or plain digits, then a power of ten or a denominator.
const NUMBER: &str = r"(?x)
    (?P<sign> [-+\u{2212}]? )
    (?P<whole> \d{1,3} (?: (?: , | \{,\} | [\u{a0}\u{2009}\u{202f}] ) \d{3} )+ | \d+ | )
    (?P<fraction> \.\d+ )?
    (?: [eE] (?P<exponent> [-+]?\d+ ) | \s*(?:\u{d7}|\\times|\*)\s*10\s*\^\s*\{?(?P<power> [-+\u{2212}]?\d+ )\}? )?
    (?: \s*/\s* (?P<denominator> \d+ ) )?";

#[expect(clippy::expect_used, reason = "the pattern is a constant that a test compiles")]
static PATTERN: LazyLock<Regex> = LazyLock::new(|| Regex::new(NUMBER).expect("a constant pattern"));

pub(super) fn judge(sample: &Sample, text: &str, tolerance: f64) -> Verdict {
    match (last_number(text), expected(sample)) {
        (Some((value, span)), Some(expected)) => {
            let correct = (value - expected).abs() <= tolerance.max(f64::EPSILON * expected.abs());
            Verdict::found(correct, value.to_string(), "last_number", None, span)
        }
        _ => Verdict::none(Class::NoAnswer, "no_number"),
    }
}

/// The expected answer, if it is a single number.
pub(super) fn expected(sample: &Sample) -> Option<f64> {
    let text = golds::expected(sample)?.trim().trim_start_matches('$').trim_end_matches(['%', '.']).trim();
    let found = PATTERN.captures(text)?;
    (found.get(0)?.range() == (0..text.len())).then(|| value(&found)).flatten()
}

/// The last number of a text and its byte range.
fn last_number(text: &str) -> Option<(f64, Range<usize>)> {
    let numbers = PATTERN.captures_iter(text).filter_map(|found| {
        let mut range = found.get(0)?.range();
        let mut number = value(&found)?;
        let before = text[..range.start].chars().next_back();
        if before.is_some_and(char::is_alphanumeric) && !found["sign"].is_empty() {
            // In `5-3` the minus belongs to the sum, not to the number.
            range.start += found["sign"].len();
            number = number.abs();
        } else if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '^' | '_' | '.')) {
            return None;
        }
        Some((number, range))
    });
    numbers.last()
}

fn value(found: &Captures<'_>) -> Option<f64> {
    let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
    let minus = |text: &str| text.replace('\u{2212}', "-");
    let digits: String = part("whole").chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() && part("fraction").is_empty() {
        return None;
    }
    let exponent = minus(if part("power").is_empty() { part("exponent") } else { part("power") });
    let exponent = if exponent.is_empty() { "0".to_owned() } else { exponent };
    let number: f64 = format!("{}{digits}{}e{exponent}", minus(part("sign")), part("fraction")).parse().ok()?;
    match part("denominator").parse::<f64>() {
        Ok(denominator) if denominator != 0.0 => Some(number / denominator),
        _ => Some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_number_is_found() {
        let cases = [
            ("The answer is 42.", Some(42.0)),
            ("$1,234.50", Some(1234.5)),
            ("from 3 to -7", Some(-7.0)),
            ("x = \u{2212}7", Some(-7.0)),
            (".5", Some(0.5)),
            ("1/2", Some(0.5)),
            ("3e8", Some(3e8)),
            ("3\u{d7}10^8 m/s", Some(3e8)),
            ("2\\times10^{-3}", Some(2e-3)),
            ("\\boxed{1{,}200}", Some(1200.0)),
            ("1\u{202f}000", Some(1000.0)),
            ("x = 4, so x^2", Some(4.0)),
            ("I pick 8", Some(8.0)),
            ("50%", Some(50.0)),
            ("5-3", Some(3.0)),
            ("H2O", None),
            ("no", None),
            ("", None),
            ("-", None),
        ];
        for (text, expected) in cases {
            assert_eq!(last_number(text).map(|(value, _)| value), expected, "{text}");
        }
    }

    #[test]
    fn only_one_plain_number_can_be_expected() {
        let expected = |answer: &str| {
            let sample = Sample {
                index: 0,
                id: None,
                question: "q".into(),
                choices: vec![],
                answer: Some(crate::sample::Answer::Text(answer.into())),
                subject: None,
                columns: serde_json::Map::new(),
            };
            expected(&sample)
        };
        let cases = [
            ("3e8", Some(3e8)),
            ("1e21", Some(1e21)),
            ("$1,200", Some(1200.0)),
            ("1/2", Some(0.5)),
            ("-7.5", Some(-7.5)),
            ("2^10", None),
            ("3 apples and 4 pears", None),
            ("x", None),
            ("", None),
        ];
        for (text, number) in cases {
            assert_eq!(expected(text), number, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_written_number_is_read_back(number in -1e12f64..1e12, text in "[a-z ]{0,10}") {
            let found = last_number(&format!("{text} {number} ")).unwrap().0;
            proptest::prop_assert_eq!(found, number);
        }

        #[test]
        fn no_text_makes_the_judge_panic(text in "\\PC{0,40}") {
            let _ = last_number(&text);
        }
    }
}
