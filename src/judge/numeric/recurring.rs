//! Decimals that recur: `0.333...`.

use super::value::Number;

/// How often a digit is written at least before the dots.
const LEAST: usize = 3;

/// The number whose last digit recurs without end, if dots behind its decimals say so.
pub(super) fn recurring(number: Number, decimals: Option<&str>, rest: &str) -> Option<Number> {
    let decimals = decimals.filter(|_| ["...", "…", "\\ldots", "\\dots"].iter().any(|dots| rest.starts_with(dots)))?;
    let digit = decimals.chars().next_back()?;
    let repeated = decimals.len() - decimals.trim_end_matches(digit).len();
    let places = i32::try_from(decimals.len()).ok()?;
    let more = f64::from(digit.to_digit(10)?) / 9.0 / 10_f64.powi(places);
    (repeated >= LEAST).then_some(Number { value: number.value + more, whole: None, ..number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_recurs_where_it_is_written_three_times_before_dots() {
        let read = |decimals: &str, rest| {
            let number = Number::real(format!("0.{decimals}").parse().unwrap());
            recurring(number, Some(decimals), rest).map(|number| number.value)
        };
        let near = |found: Option<f64>, value: f64| found.is_some_and(|found| (found - value).abs() < 1e-12);
        assert!(near(read("333", "..."), 1.0 / 3.0));
        assert!(near(read("1666", "… of it"), 1.0 / 6.0));
        assert!(near(read("4444", "\\ldots$"), 4.0 / 9.0));
        assert_eq!(read("333", "."), None);
        assert_eq!(read("33", "..."), None);
        assert_eq!(read("142857", "..."), None);
    }
}
