//! The judge `numeric`: the last number of the answer equals the expected number.

use std::ops::Range;

use super::{Class, Verdict, exact};
use crate::sample::Sample;

pub(super) fn judge(sample: &Sample, text: &str, tolerance: f64) -> Verdict {
    match (last_number(text), expected(sample)) {
        (Some((value, span)), Some(expected)) => {
            let correct = (value - expected).abs() <= tolerance.max(f64::EPSILON * expected.abs());
            Verdict::found(correct, value.to_string(), "last_number", span)
        }
        _ => Verdict::none(Class::NoAnswer, "no_number"),
    }
}

/// The expected answer as a number.
pub(super) fn expected(sample: &Sample) -> Option<f64> {
    last_number(exact::expected(sample)?).map(|(value, _)| value)
}

/// The last number of a text and where it stands; commas between digits group thousands.
fn last_number(text: &str) -> Option<(f64, Range<usize>)> {
    let bytes = text.as_bytes();
    let end = bytes.iter().rposition(u8::is_ascii_digit)? + 1;
    let mut start = end;
    while start > 0 {
        let byte = bytes[start - 1];
        let inside = byte.is_ascii_digit() || (matches!(byte, b'.' | b',') && bytes[start].is_ascii_digit());
        if !inside {
            break;
        }
        start -= 1;
    }
    start += bytes[start..end].iter().take_while(|byte| **byte == b',').count();
    let negative = start > 0 && bytes[start - 1] == b'-' && (start < 2 || !bytes[start - 2].is_ascii_alphanumeric());
    let start = if negative { start - 1 } else { start };
    let value: f64 = text[start..end].replace(',', "").parse().ok()?;
    Some((value, start..end))
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
            ("3-7", Some(7.0)),
            (".5", Some(0.5)),
            ("no", None),
            ("", None),
            ("1.2.3", None),
        ];
        for (text, expected) in cases {
            assert_eq!(last_number(text).map(|(value, _)| value), expected, "{text}");
        }
    }
}
