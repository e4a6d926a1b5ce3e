//! Numbers as text: three significant digits, thousands, powers of ten.

/// A measured value with three significant digits: `0.0453`, `1.38`, `264`, `12,300`, `1.2×10⁹`.
pub(super) fn measured(value: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    if value == 0.0 {
        return "0".into();
    }
    let magnitude = value.abs();
    if is_power(value) {
        return scientific(value, 2);
    }
    let decimals = if magnitude >= 99.95 {
        0
    } else if magnitude >= 9.995 {
        1
    } else if magnitude >= 0.9995 {
        2
    } else {
        exponent(magnitude).unsigned_abs() as usize + 2
    };
    grouped(&format!("{value:.decimals$}"))
}

/// Measured values that are read beside one another: where some would be powers of ten and others not, all are written
/// out, from a millionth to a billion.
pub(super) fn measured_alike(values: &[f64]) -> Vec<String> {
    let are_powers = values.iter().all(|value| is_power(*value));
    let written = |value: &f64| match value.abs() {
        small if !are_powers && (1e-6..0.001).contains(&small) => {
            format!("{value:.0$}", exponent(small).unsigned_abs() as usize + 2)
        }
        large if !are_powers && (999_500.0..1e9).contains(&large) => grouped(&format!("{value:.0}")),
        _ => measured(*value),
    };
    values.iter().map(written).collect()
}

/// True if a value alone is written as a power of ten.
fn is_power(value: f64) -> bool {
    value.is_finite() && value != 0.0 && !(0.001..999_500.0).contains(&value.abs())
}

/// A setting, such as a load level, with up to three significant digits: `0.5`, `8`, `1,024`.
pub(super) fn setting(value: f64) -> String {
    let text = measured(value);
    if text.contains('.') && !text.contains('×') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

/// A whole number with thousands separated: `50,000`.
pub fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// `3 points`, `1 point`.
pub fn counted(value: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(value), if value == 1 { "" } else { "s" })
}

/// The labels of ticks that stand `step` apart, all written in the same way.
pub(super) fn stepped(values: &[f64], step: f64) -> Vec<String> {
    let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let places = -exponent(step);
    if largest >= 1e6 || (largest > 0.0 && largest < 1e-3) {
        let digits = usize::try_from(exponent(largest) + places + 1).unwrap_or(0).min(15);
        return values.iter().map(|value| scientific(*value, digits)).collect();
    }
    // A step of 2.5 needs one more decimal than its power of ten.
    let mantissa = step / 10_f64.powi(-places);
    let more = i32::from((mantissa - mantissa.round()).abs() > 1e-6);
    let decimals = usize::try_from(places + more).unwrap_or(0).min(15);
    values.iter().map(|value| grouped(&unsigned_zero(format!("{value:.decimals$}")))).collect()
}

/// `10⁻³`, or `2×10⁵` where the mantissa is not one.
pub(super) fn power(mantissa: u32, exponent: i32) -> String {
    let power = format!("10{}", superscript(exponent));
    if mantissa == 1 { power } else { format!("{mantissa}×{power}") }
}

/// The largest power of ten that is not above the magnitude of the value.
pub(super) fn exponent(value: f64) -> i32 {
    let magnitude = value.abs();
    if magnitude == 0.0 || !magnitude.is_finite() {
        return 0;
    }
    let guess = libm::log10(magnitude).floor().clamp(-307.0, 308.0) as i32;
    // The logarithm of 0.001 may come out as -2.9999…, or the other way round.
    if 10_f64.powi(guess) > magnitude * (1.0 + 1e-12) {
        guess - 1
    } else if 10_f64.powi(guess + 1) <= magnitude * (1.0 + 1e-12) {
        guess + 1
    } else {
        guess
    }
}

fn scientific(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let text = format!("{value:.digits$e}");
    let Some((mantissa, power)) = text.split_once('e') else {
        return text;
    };
    let mantissa = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    let power = superscript(power.parse().unwrap_or(0));
    match mantissa {
        "1" => format!("10{power}"),
        "-1" => format!("−10{power}"),
        _ => format!("{}×10{power}", mantissa.replace('-', "−")),
    }
}

fn superscript(value: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    value
        .to_string()
        .chars()
        .map(|letter| match letter.to_digit(10) {
            Some(digit) => DIGITS[digit as usize],
            None => '⁻',
        })
        .collect()
}

fn unsigned_zero(text: String) -> String {
    let is_zero = text.chars().all(|letter| matches!(letter, '-' | '0' | '.'));
    if is_zero { text.replace('-', "") } else { text }
}

fn grouped(plain: &str) -> String {
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => ("−", rest),
        None => ("", plain),
    };
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut text = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_beside_one_another_are_written_in_one_way() {
        assert_eq!(measured_alike(&[0.000_826_4, 0.001_02]), ["0.000826", "0.00102"]);
        assert_eq!(measured_alike(&[0.000_826_4, 0.000_011]), ["8.26×10⁻⁴", "1.1×10⁻⁵"]);
        assert_eq!(measured_alike(&[1_234_567.0, 12.0, 1e-9]), ["1,234,567", "12.0", "10⁻⁹"]);
    }

    #[test]
    fn measured_values_have_three_significant_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.045_26, "0.0453"),
            (0.001, "0.00100"),
            (0.000_123_4, "1.23×10⁻⁴"),
            (0.3605, "0.360"),
            (0.9996, "1.00"),
            (1.376, "1.38"),
            (9.996, "10.0"),
            (48.06, "48.1"),
            (99.96, "100"),
            (263.9, "264"),
            (12_345.0, "12,345"),
            (1.2e9, "1.2×10⁹"),
            (1e9, "10⁹"),
            (-2.5, "−2.50"),
            (f64::NAN, "–"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(measured(value), text, "{value}");
        }
    }

    #[test]
    fn settings_have_no_needless_zeros() {
        for (value, text) in [(0.5, "0.5"), (1.0, "1"), (2.25, "2.25"), (10.0, "10"), (100.0, "100"), (1024.0, "1,024")]
        {
            assert_eq!(setting(value), text);
        }
    }

    #[test]
    fn ticks_are_written_alike() {
        assert_eq!(stepped(&[0.0, 0.2, 0.4], 0.2), ["0.0", "0.2", "0.4"]);
        assert_eq!(stepped(&[0.0, 2.5, 5.0], 2.5), ["0.0", "2.5", "5.0"]);
        assert_eq!(stepped(&[0.0, 5000.0, 10000.0], 5000.0), ["0", "5,000", "10,000"]);
        assert_eq!(stepped(&[0.0, 1e9, 1.5e9], 5e8), ["0", "10⁹", "1.5×10⁹"]);
        assert_eq!(stepped(&[0.0, 2e-9], 2e-9), ["0", "2×10⁻⁹"]);
        assert_eq!(stepped(&[-0.2, -0.0, 0.2], 0.2), ["−0.2", "0.0", "0.2"]);
    }

    #[test]
    fn exponents_are_exact_at_powers_of_ten() {
        for power in -300..300 {
            assert_eq!(exponent(10_f64.powi(power)), power);
        }
    }

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!(counted(1, "point"), "1 point");
        assert_eq!(counted(50_000, "point"), "50,000 points");
    }
}
