//! Formats quantities: three significant digits and a suitable unit, counts with their noun.

/// A number with three significant digits.
pub fn significant(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        // The sum of no numbers is minus zero.
        return format!("{}", value + 0.0);
    }
    let mut digits = decimals(value);
    let text = format!("{value:.digits$}");
    // Rounding may carry into a further digit: 0.9996 is 1.00, not 1.000.
    let rounded: f64 = text.parse().unwrap_or(value);
    let again = decimals(rounded);
    if again == digits {
        return text;
    }
    digits = again;
    format!("{value:.digits$}")
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 12")]
fn decimals(value: f64) -> usize {
    (2.0 - libm::log10(value.abs()).floor()).clamp(0.0, 12.0) as usize
}

/// A duration in seconds, with a suitable unit.
pub fn seconds(value: f64) -> String {
    if value < 0.0 {
        return format!("−{}", seconds(-value));
    }
    match value {
        0.0 => "0 s".to_owned(),
        v if v < 1e-3 => format!("{} µs", significant(value * 1e6)),
        v if v < 1.0 => format!("{} ms", significant(value * 1e3)),
        v if v < 600.0 => format!("{} s", significant(value)),
        _ => format!("{} min", significant(value / 60.0)),
    }
}

/// Stands for a value that is not known.
pub const UNKNOWN: &str = "–";

/// A value in words, or the sign for what is not known.
pub fn known<T>(value: Option<T>, text: impl Fn(T) -> String) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), text)
}

/// How many there are, or the sign for what is not known where it is 0: a published mean does not say of how many answers
/// it is.
pub fn known_count<T: ToString + Default + PartialEq>(count: T) -> String {
    known(Some(count).filter(|count| *count != T::default()), |count| count.to_string())
}

/// Names one after the other: `A`, `A and B`, `A, B and C`.
pub fn enumerated(names: &[String]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

/// `1 request`, `2 requests`.
pub fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A share as a percentage.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A difference with one decimal and its sign, `+16.2` or `−8.0`; `0.0` has none.
pub fn signed(difference: f64) -> String {
    let size = format!("{:.1}", difference.abs());
    let sign = match size.as_str() {
        "0.0" => "",
        _ if difference < 0.0 => "−",
        _ => "+",
    };
    format!("{sign}{size}")
}

/// The ends of an interval: `11.7 % – 28.7 %`, and in brackets where an end has a sign, which a dash would swallow:
/// `[−34.5, −10.5]`.
pub fn interval((low, high): (f64, f64), text: impl Fn(f64) -> String) -> String {
    let (low, high) = (text(low), text(high));
    let is_signed = |end: &str| end.starts_with(['−', '-', '+']);
    if is_signed(&low) || is_signed(&high) { format!("[{low}, {high}]") } else { format!("{low} – {high}") }
}

/// A word of a command line, quoted where a shell would read it otherwise.
pub fn shell_word(word: &str) -> String {
    let is_plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_-./=:,+".contains(c));
    if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// Money with its currency.
pub fn money(value: f64, currency: &str) -> String {
    format!("{} {currency}", significant(value))
}

/// A count rounded up to two significant digits, in groups of three: `1,200`.
pub fn about(number: u64) -> String {
    let scale = 10u64.pow(number.max(1).ilog10().saturating_sub(1));
    let digits = (number.div_ceil(scale) * scale).to_string();
    let grouped: Vec<&str> = {
        let first = digits.len() % 3;
        let (head, tail) = digits.split_at(first);
        let tail = (0..tail.len()).step_by(3).filter_map(|start| tail.get(start..start + 3));
        std::iter::once(head).filter(|head| !head.is_empty()).chain(tail).collect()
    };
    grouped.join(",")
}

/// Most of the last lines of a program that are shown.
const MOST_LINES: usize = 10;

/// Most characters of a line of them.
const MOST_WIDTH: usize = 300;

/// The last lines of what a program said, each cut and indented, on lines of their own; nothing if it said nothing.
pub fn last_lines(heading: &str, words: &str) -> String {
    let lines: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(MOST_LINES)..];
    if last.is_empty() {
        return String::new();
    }
    let short = |line: &&str| line.trim_end().chars().take(MOST_WIDTH).collect::<String>();
    let shown: Vec<String> = last.iter().map(short).collect();
    format!("\n{heading}\n  {}", shown.join("\n  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_a_sign_unless_it_is_none() {
        for (difference, shown) in [(16.24, "+16.2"), (-8.0, "−8.0"), (0.0, "0.0"), (-0.04, "0.0"), (0.05001, "+0.1")]
        {
            assert_eq!(signed(difference), shown);
        }
    }

    #[test]
    fn powers_of_ten_have_three_digits() {
        for power in -9_i32..=12 {
            let value: f64 = format!("1e{power}").parse().unwrap();
            assert_eq!(decimals(value), (2 - power).clamp(0, 12).unsigned_abs() as usize, "1e{power}");
        }
    }

    #[test]
    fn three_digits_and_a_unit() {
        let cases = [
            (0.9996, "1.00"),
            (1234.5, "1234"),
            (0.012_345, "0.0123"),
            (12.345, "12.3"),
            (0.0, "0"),
            (-2.5, "-2.50"),
            (999.9, "1000"),
        ];
        for (value, expected) in cases {
            assert_eq!(significant(value), expected);
        }
        assert_eq!(seconds(0.360_5), "360 ms".replace("360", &significant(360.5)));
        assert_eq!((seconds(5.9044), seconds(0.000_02)), ("5.90 s".into(), "20.0 µs".into()));
        assert_eq!((seconds(-0.012), seconds(0.0)), ("−12.0 ms".into(), "0 s".into()));
        assert_eq!(percent(0.23), "23.0 %");
    }

    #[test]
    fn ends_with_signs_stand_in_brackets() {
        assert_eq!(interval((0.117, 0.287), percent), "11.7 % – 28.7 %");
        assert_eq!(interval((-0.02, 0.287), percent), "[-2.0 %, 28.7 %]");
        let signed = |value: f64| if value < 0.0 { format!("−{}", -value) } else { format!("+{value}") };
        assert_eq!(interval((-34.5, -10.5), signed), "[−34.5, −10.5]");
        assert_eq!(interval((1.5, 2.5), signed), "[+1.5, +2.5]");
    }

    #[test]
    fn counts_are_rounded_up_and_grouped() {
        let said: Vec<_> = [7, 95, 128, 1149, 12_345, 9_990_000].map(about).into();
        assert_eq!(said, ["7", "95", "130", "1,200", "13,000", "10,000,000"]);
    }

    #[test]
    fn words_with_spaces_are_quoted() {
        assert_eq!(shell_word("models[0].label=it's"), r"'models[0].label=it'\''s'");
        assert_eq!(shell_word("trial.yaml"), "trial.yaml");
    }
}
