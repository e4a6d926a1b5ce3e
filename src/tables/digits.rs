//! Numbers as digits, for tables with millions of them: the text that `Display` gives, without its detours.

use std::io::Write;

/// Digits after the point up to which a number is written as a whole number of its smallest parts.
const PLACES: usize = 9;

/// Largest whole number of parts that a number stands for alone: decimals of 15 digits are told apart by their floats.
const MOST_PARTS: f64 = 1e15;

/// Adds a whole number.
pub fn add_count(line: &mut Vec<u8>, count: i64) {
    if count < 0 {
        line.push(b'-');
    }
    add_digits(line, count.unsigned_abs());
}

/// Adds a number: times are whole nanoseconds, and so is nearly every number of a table a short decimal.
pub fn add_number(line: &mut Vec<u8>, number: f64) {
    let parts = (number * 1e9).round();
    // The float next to a decimal of so few digits has no shorter one.
    let is_short = parts > 0.0 && parts < MOST_PARTS && parts / 1e9 == number;
    if !is_short {
        // Never fails: it is written into memory.
        let _ = write!(line, "{number}");
        return;
    }
    let parts = parts as u64;
    let (whole, mut fraction) = (parts / 1_000_000_000, parts % 1_000_000_000);
    add_digits(line, whole);
    if fraction > 0 {
        let mut digits = [b'0'; PLACES];
        for digit in digits.iter_mut().rev() {
            *digit += (fraction % 10) as u8;
            fraction /= 10;
        }
        let length = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        line.push(b'.');
        line.extend_from_slice(&digits[..length]);
    }
}

/// Adds the digits of a whole number.
fn add_digits(line: &mut Vec<u8>, mut number: u64) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] += (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    line.extend_from_slice(&digits[start..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: f64) -> String {
        let mut line = Vec::new();
        add_number(&mut line, number);
        String::from_utf8(line).unwrap()
    }

    proptest::proptest! {
        #[test]
        fn any_number_has_the_text_of_display(bits in proptest::num::u64::ANY) {
            let float = f64::from_bits(bits);
            proptest::prop_assert_eq!(number(float), float.to_string());
        }

        #[test]
        fn times_have_the_text_of_display(nanoseconds in 0..4_000_000_000_000_000_u64) {
            let seconds = std::time::Duration::from_nanos(nanoseconds).as_secs_f64();
            proptest::prop_assert_eq!(number(seconds), seconds.to_string());
            let rate = 1e3 / seconds;
            proptest::prop_assert_eq!(number(rate), rate.to_string());
        }

        #[test]
        fn decimals_have_the_text_of_display(parts in 0..1_000_000_i64, places in 0..12) {
            let decimal = parts as f64 / 10_f64.powi(places);
            proptest::prop_assert_eq!(number(decimal), decimal.to_string());
            let next = f64::from_bits(decimal.to_bits() + 1);
            proptest::prop_assert_eq!(number(next), next.to_string());
        }

        #[test]
        fn counts_have_the_text_of_display(count in proptest::num::i64::ANY) {
            let mut line = Vec::new();
            add_count(&mut line, count);
            proptest::prop_assert_eq!(String::from_utf8(line).unwrap(), count.to_string());
        }
    }

    #[test]
    fn the_ends_have_the_text_of_display() {
        let whole = [0.0, -0.0, 1.0, 1e9, 999_999.999_999_999, 1e15, 1e300, f64::NAN, f64::INFINITY, -0.25, 5e-324];
        for float in whole {
            assert_eq!(number(float), float.to_string());
        }
        for count in [0, i64::MAX, i64::MIN] {
            let mut line = Vec::new();
            add_count(&mut line, count);
            assert_eq!(String::from_utf8(line).unwrap(), count.to_string());
        }
    }
}
