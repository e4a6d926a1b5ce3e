//! Numbers as people write them in digits: groups, decimal commas, fractions, powers.

use super::digits::{MOST_GROUPS, Written, digit, digit_at, digits, first, vulgar, written};
use super::powers::power;
use super::recurring::recurring;
use super::space::skip_space;
use super::value::Number;

/// What stands at a place of a text that begins with a digit, a point or a fraction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    /// The number without its sign; `None` for what only looks like one: a date, a time, a version.
    pub number: Option<Number>,
    /// What it is where the comma marks the decimals and the point the thousands, or the other way round.
    pub other: Option<Number>,
    /// Where it ends.
    pub end: usize,
}

/// Reads what stands at a place where a number may begin.
pub(super) fn read(text: &str, at: usize) -> Option<Reading> {
    let start = first(text, at)?;
    if let Some(reading) = plain(text, at) {
        return Some(reading);
    }
    if let Some(value) = vulgar(start) {
        return Some(Reading { number: Some(Number::real(value)), other: None, end: at + start.len_utf8() });
    }
    if start == '\\' {
        let (value, end) = tex_fraction(text, at)?;
        return Some(Reading { number: Some(Number::real(value)), other: None, end });
    }
    let written = written(text, at);
    if let Some(end) = no_number(text, &written) {
        return Some(Reading { number: None, other: None, end });
    }
    let number = Written::number(&written.whole, written.decimals.as_deref());
    let other = written.other.as_ref().map(|(whole, decimals)| Written::number(whole, decimals.as_deref()));
    let rest = text.get(written.end..).unwrap_or_default();
    if let Some(number) = recurring(number, written.decimals.as_deref(), rest) {
        return Some(Reading { number: Some(number), other: None, end: written.end });
    }
    let mut reading = Reading { number: Some(number), other, end: written.end };
    if fraction(text, &mut reading) {
        reading.other = None;
    } else if let Some((raised, end)) = power(text, number, reading.end) {
        reading = Reading { number: Some(raised), other: None, end };
    }
    Some(reading)
}

/// Whether another number stands here that is no group of thousands and begins no fraction.
fn another(bytes: &[u8]) -> bool {
    let count = bytes.iter().take(19).take_while(|byte| byte.is_ascii_digit()).count();
    let follows = bytes.get(count) == Some(&b' ') && bytes.get(count + 1).is_some_and(u8::is_ascii_alphanumeric);
    matches!(count, 1 | 2 | 4..=15) && follows
}

/// The common case: a few digits and nothing behind them that could belong to the number.
fn plain(text: &str, at: usize) -> Option<Reading> {
    let bytes = text.as_bytes().get(at..)?;
    let count = bytes.iter().take(19).take_while(|byte| byte.is_ascii_digit()).count();
    let letter = |byte: &u8| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E' | b'x' | b'X');
    let alone = match bytes.get(count) {
        None | Some(b'\n' | b')' | b'!' | b'?' | b'=' | b'+') => true,
        Some(b' ') => {
            bytes.get(count + 1).is_some_and(|next| letter(next) || matches!(next, b'=' | b'+' | b'-'))
                || another(bytes.get(count + 1..).unwrap_or_default())
        }
        _ => false,
    };
    if !alone || !(1..=15).contains(&count) {
        return None;
    }
    let digits = bytes.get(..count)?.iter();
    let whole = digits.fold(0, |whole, digit| whole * 10 + i64::from(digit - b'0'));
    #[expect(clippy::cast_precision_loss, reason = "at most 15 digits")]
    let number = Number { value: whole as f64, whole: Some(i128::from(whole)), percent: false };
    Some(Reading { number: Some(number), other: None, end: at + count })
}

/// The end of what only looks like a number: a date, a time, a version.
fn no_number(text: &str, written: &Written) -> Option<usize> {
    let mut end = written.end;
    let mut parts = 0;
    let mut sign = None;
    while let Some(c @ ('.' | ':' | '/' | '-')) = first(text, end).filter(|_| parts < MOST_GROUPS) {
        if !digit_at(text, end + 1) || sign.is_some_and(|sign| sign != c) || c == '.' && written.decimals.is_none() {
            break;
        }
        let (_, after) = digits(text, end + 1);
        sign = Some(c);
        parts += 1;
        end = after;
    }
    match sign? {
        '.' | ':' => Some(end),
        _ => (parts >= 2 && written.whole.len() <= 4).then_some(end),
    }
}

/// `3/4`, and `2 1/2`, `2½`, `2\frac{1}{2}` behind a whole number.
fn fraction(text: &str, reading: &mut Reading) -> bool {
    let Some(Number { whole: Some(whole), value, .. }) = reading.number else { return false };
    if let Some((denominator, end)) = denominator(text, reading.end) {
        reading.number = Some(Number::real(value / denominator));
        reading.end = end;
        return true;
    }
    if whole > 999_999 {
        return false;
    }
    let at = skip_space(text, reading.end);
    let part = match first(text, at) {
        Some('\\') => tex_fraction(text, at),
        Some(c) if vulgar(c).is_some() => vulgar(c).map(|value| (value, at + c.len_utf8())),
        Some(c) if at > reading.end && digit(c).is_some() => {
            let (numerator, end) = digits(text, at);
            denominator(text, end).and_then(|(below, end)| Some((numerator.parse::<f64>().ok()? / below, end)))
        }
        _ => None,
    };
    let Some((part, end)) = part.filter(|(part, _)| *part < 1.0) else { return false };
    reading.number = Some(Number::real(value + part));
    reading.end = end;
    true
}

fn denominator(text: &str, at: usize) -> Option<(f64, usize)> {
    let spaced = skip_space(text, at);
    let sign = first(text, spaced).filter(|c| matches!(c, '/' | '⁄' | '∕'))?;
    let from = skip_space(text, spaced + sign.len_utf8());
    let (digits, end) = digits(text, from);
    let value: f64 = digits.parse().ok()?;
    (value != 0.0).then_some((value, end))
}

/// `\frac{3}{4}`, `\frac34`, `\dfrac{3}4`.
fn tex_fraction(text: &str, at: usize) -> Option<(f64, usize)> {
    let rest = text.get(at..)?;
    let name = ["\\frac", "\\dfrac", "\\tfrac", "\\cfrac"].into_iter().find(|name| rest.starts_with(name))?;
    let (above, end) = tex_argument(text, at + name.len())?;
    let (below, end) = tex_argument(text, end)?;
    (below != 0.0).then_some((above / below, end))
}

fn tex_argument(text: &str, at: usize) -> Option<(f64, usize)> {
    let at = skip_space(text, at);
    let c = first(text, at)?;
    if let Some(digit) = digit(c) {
        return Some((f64::from(digit), at + c.len_utf8()));
    }
    if c != '{' {
        return None;
    }
    let mut from = skip_space(text, at + 1);
    let minus = first(text, from).filter(|c| matches!(c, '-' | '−'));
    from += minus.map_or(0, char::len_utf8);
    let written = written(text, from);
    let value = Written::number(&written.whole, written.decimals.as_deref()).value;
    let end = skip_space(text, written.end);
    let closed = written.end > from && first(text, end) == Some('}');
    closed.then_some((if minus.is_some() { -value } else { value }, end + 1))
}
