//! Powers: `1e5`, `10^5`, `2 × 10⁵`.

use super::digits::{digits, first};
use super::space::skip_space;
use super::value::Number;

/// `1e5`, `10^5`, `10^{5}`, `10⁵`, `2 × 10^5`.
pub(super) fn power(text: &str, number: Number, end: usize) -> Option<(Number, usize)> {
    if let Some((exponent, end)) = scientific(text, end) {
        return Some((number.scaled(10f64.powi(exponent)), end));
    }
    if let Some((exponent, end)) = exponent(text, end) {
        return Some((Number::real(number.value.powi(exponent)).rounded(), end));
    }
    let (exponent, end) = times_ten(text, end)?;
    Some((number.scaled(10f64.powi(exponent)), end))
}

fn scientific(text: &str, at: usize) -> Option<(i32, usize)> {
    let sign = first(text, at).filter(|c| matches!(c, 'e' | 'E'))?;
    let (exponent, end) = signed(text, at + sign.len_utf8())?;
    first(text, end).is_none_or(|c| !c.is_ascii_alphanumeric()).then_some((exponent, end))
}

fn times_ten(text: &str, at: usize) -> Option<(i32, usize)> {
    let at = skip_space(text, at);
    let rest = text.get(at..)?;
    let times = ["×", "x", "X", "*", "·", "⋅", "\\times", "\\cdot"];
    let sign = times.iter().find(|sign| rest.starts_with(**sign))?;
    let ten = skip_space(text, at + sign.len());
    if !text.get(ten..)?.starts_with("10") {
        return None;
    }
    exponent(text, ten + 2)
}

/// A raised whole number.
fn exponent(text: &str, at: usize) -> Option<(i32, usize)> {
    let rest = text.get(at..)?;
    if let Some(sign) = ["^", "**"].into_iter().find(|sign| rest.starts_with(sign)) {
        let from = skip_space(text, at + sign.len());
        if first(text, from) == Some('{') {
            let (value, end) = signed(text, skip_space(text, from + 1))?;
            return (first(text, end) == Some('}')).then_some((value, end + 1));
        }
        return signed(text, from);
    }
    let (value, end) = raised(rest)?;
    Some((value, at + end))
}

fn signed(text: &str, at: usize) -> Option<(i32, usize)> {
    let sign = first(text, at).filter(|c| matches!(c, '-' | '−' | '+'));
    let (digits, end) = digits(text, at + sign.map_or(0, char::len_utf8));
    let value: i32 = digits.parse().ok().filter(|value| *value <= 400)?;
    Some((if matches!(sign, Some('-' | '−')) { -value } else { value }, end))
}

fn raised(rest: &str) -> Option<(i32, usize)> {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let minus = rest.starts_with('⁻');
    let mut value: i32 = 0;
    let mut end = if minus { '⁻'.len_utf8() } else { 0 };
    let begin = end;
    for c in rest.get(end..)?.chars().take(3) {
        let Some(digit) = RAISED.iter().position(|raised| *raised == c) else { break };
        value = value * 10 + i32::try_from(digit).ok()?;
        end += c.len_utf8();
    }
    (end > begin && value <= 400).then_some((if minus { -value } else { value }, end))
}
