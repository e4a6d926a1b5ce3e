//! Numbers as people write them in digits: groups, decimal commas, fractions, powers.

use super::space::skip_space;

/// A number that was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    /// Its value.
    pub value: f64,
    /// Its exact value, if it was written as a whole number.
    pub whole: Option<i128>,
    /// Whether a percent sign or word follows.
    pub percent: bool,
}

impl Number {
    /// A number that is not written as a whole one.
    pub(super) fn real(value: f64) -> Self {
        Self { value, whole: None, percent: false }
    }

    /// The number with the opposite sign.
    pub(super) fn negated(self) -> Self {
        Self { value: -self.value, whole: self.whole.map(|whole| -whole), ..self }
    }

    /// The number times a scale such as a million.
    pub(super) fn scaled(self, scale: f64) -> Self {
        Self::real(self.value * scale).rounded()
    }

    /// A large whole number is exact whatever scale it was written in.
    pub(super) fn rounded(self) -> Self {
        let rounded = self.value.round();
        if rounded.abs() < 1e15 && rounded.abs() >= 1.0 && (self.value - rounded).abs() <= rounded.abs() * 1e-14 {
            return Self { value: rounded, ..self };
        }
        self
    }
}

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

/// The digit zero of each script whose digits are read.
const ZEROS: [char; 6] = ['0', '０', '٠', '۰', '०', '০'];

/// Signs for fractions, with numerator and denominator.
const VULGAR: [(char, f64); 18] = [
    ('½', 1.0 / 2.0),
    ('¼', 1.0 / 4.0),
    ('¾', 3.0 / 4.0),
    ('⅓', 1.0 / 3.0),
    ('⅔', 2.0 / 3.0),
    ('⅕', 1.0 / 5.0),
    ('⅖', 2.0 / 5.0),
    ('⅗', 3.0 / 5.0),
    ('⅘', 4.0 / 5.0),
    ('⅙', 1.0 / 6.0),
    ('⅚', 5.0 / 6.0),
    ('⅐', 1.0 / 7.0),
    ('⅛', 1.0 / 8.0),
    ('⅜', 3.0 / 8.0),
    ('⅝', 5.0 / 8.0),
    ('⅞', 7.0 / 8.0),
    ('⅑', 1.0 / 9.0),
    ('⅒', 1.0 / 10.0),
];

/// Separators of groups of digits, of which one number uses one kind.
const SEPARATORS: [(&str, char); 19] = [
    (",\\!", ','),
    ("{,}", ','),
    (",", ','),
    ("，", ','),
    ("٬", ','),
    (".", '.'),
    ("'", '\''),
    ("’", '\''),
    ("_", '_'),
    (" ", ' '),
    ("\u{a0}", ' '),
    ("\u{2009}", ' '),
    ("\u{202f}", ' '),
    ("\\,", ' '),
    ("\\;", ' '),
    ("\\:", ' '),
    ("\\!", ' '),
    ("\\ ", ' '),
    ("~", ' '),
];

/// More groups than any number that is meant has; keeps the search for a separator's last group short.
const MOST_GROUPS: usize = 16;

/// The value of a digit of any script that is read.
pub(super) fn digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero as u32).filter(|digit| *digit < 10))
}

/// The value of a sign such as `½`.
fn vulgar(c: char) -> Option<f64> {
    if c.is_ascii() {
        return None;
    }
    VULGAR.iter().find(|(sign, _)| *sign == c).map(|(_, value)| *value)
}

/// Whether a number may begin with this sign.
pub(super) fn begins(c: char, next: Option<char>) -> bool {
    digit(c).is_some() || vulgar(c).is_some() || c == '.' && next.is_some_and(|next| digit(next).is_some())
}

fn first(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// The sign before a place.
pub(super) fn last(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// Whether a digit stands at a place.
pub(super) fn digit_at(text: &str, at: usize) -> bool {
    first(text, at).is_some_and(|c| digit(c).is_some())
}

/// Digits in a row, as ASCII.
fn digits(text: &str, at: usize) -> (String, usize) {
    let mut found = String::new();
    let mut end = at;
    for c in text.get(at..).unwrap_or_default().chars() {
        let Some(digit) = digit(c).and_then(|digit| char::from_digit(digit, 10)) else { break };
        found.push(digit);
        end += c.len_utf8();
    }
    (found, end)
}

/// Digits with their groups and decimals.
struct Written {
    whole: String,
    decimals: Option<String>,
    other: Option<(String, Option<String>)>,
    end: usize,
}

impl Written {
    fn number(whole: &str, decimals: Option<&str>) -> Number {
        let text = format!("{}.{}", if whole.is_empty() { "0" } else { whole }, decimals.unwrap_or("0"));
        let value = text.parse().unwrap_or(f64::INFINITY);
        Number { value, whole: if decimals.is_none() { whole.parse().ok() } else { None }, percent: false }
    }
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
    let mut reading = Reading { number: Some(number), other, end: written.end };
    if fraction(text, &mut reading) || power(text, &mut reading) {
        reading.other = None;
    }
    Some(reading)
}

/// The common case: a few digits and nothing behind them that could belong to the number.
fn plain(text: &str, at: usize) -> Option<Reading> {
    let bytes = text.as_bytes().get(at..)?;
    let count = bytes.iter().take(19).take_while(|byte| byte.is_ascii_digit()).count();
    let letter = |byte: &u8| byte.is_ascii_alphabetic() && !matches!(byte, b'e' | b'E' | b'x' | b'X');
    let alone = match bytes.get(count) {
        None | Some(b'\n' | b')' | b'!' | b'?' | b'=' | b'+') => true,
        Some(b' ') => bytes.get(count + 1).is_some_and(|next| letter(next) || matches!(next, b'=' | b'+' | b'-')),
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

/// Digits, their groups and decimals.
fn written(text: &str, at: usize) -> Written {
    let (head, end) = digits(text, at);
    let mut written = Written { whole: head, decimals: None, other: None, end };
    let separator = groups(text, &mut written);
    let (point, comma) = (decimals(text, written.end, '.'), decimals(text, written.end, ','));
    let found = match separator {
        Some('.') => comma,
        Some(',') => point,
        Some(_) => point.or(comma),
        None if point.is_some() => point,
        None => comma.filter(|(_, end)| decimal_comma(text, at, *end)),
    };
    if let Some((decimals, end)) = found {
        if separator.is_none() && decimals.len() == 3 && (1..=3).contains(&written.whole.len()) && written.whole != "0"
        {
            written.other = Some((format!("{}{decimals}", written.whole), None));
        } else {
            written.other = None;
        }
        written.decimals = Some(decimals);
        written.end = end;
    }
    written
}

/// Takes groups of three, or of two and a last one of three as in India; returns their separator.
fn groups(text: &str, written: &mut Written) -> Option<char> {
    if !(1..=3).contains(&written.whole.len()) || written.whole.starts_with('0') {
        return None;
    }
    let mut kind = None;
    let mut groups: Vec<(String, usize)> = Vec::new();
    let mut end = written.end;
    while groups.len() < MOST_GROUPS {
        let rest = text.get(end..)?;
        if rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '\n') {
            break;
        }
        let Some((sign, found)) = SEPARATORS.iter().find(|(sign, _)| rest.starts_with(sign)) else { break };
        let (group, after) = digits(text, end + sign.len());
        let fits = group.len() == 3 || group.len() == 2 && *found == ',';
        if kind.is_some_and(|kind| kind != *found) || !fits {
            break;
        }
        kind = Some(*found);
        groups.push((group, after));
        end = after;
    }
    let kind = kind?;
    let thousands = groups.iter().take_while(|(group, _)| group.len() == 3).count();
    let lakh = kind == ','
        && written.whole.len() < 3
        && groups.len() > 1
        && groups.iter().rposition(|(group, _)| group.len() == 3) == Some(groups.len() - 1)
        && groups.iter().filter(|(group, _)| group.len() == 3).count() == 1;
    let taken = if lakh { groups.len() } else { thousands };
    // A point before one group of three marks decimals, unless a comma with decimals follows.
    let single_point = kind == '.' && taken == 1 && decimals(text, groups.first()?.1, ',').is_none();
    if taken == 0 || taken < groups.len() || single_point {
        return None;
    }
    if kind == ',' && taken == 1 {
        written.other = Some((written.whole.clone(), groups.first().map(|(group, _)| group.clone())));
    }
    for (group, _) in &groups {
        written.whole.push_str(group);
    }
    written.end = end;
    Some(kind)
}

/// The digits behind a decimal point or comma.
fn decimals(text: &str, at: usize, sign: char) -> Option<(String, usize)> {
    let signs: &[&str] = if sign == '.' { &[".", "．", "٫", "{.}"] } else { &[",", "{,}"] };
    let rest = text.get(at..)?;
    let sign = signs.iter().find(|sign| rest.starts_with(**sign))?;
    let (digits, end) = digits(text, at + sign.len());
    (!digits.is_empty()).then_some((digits, end))
}

/// A comma between digits marks decimals only if it does not part the members of a list.
fn decimal_comma(text: &str, start: usize, end: usize) -> bool {
    let before = last(text, start);
    let after = first(text, end);
    let listed = matches!(before, Some(',')) || after == Some(',') && digit_at(text, end + 1);
    let enclosed = matches!(before, Some('(' | '[' | '{')) && matches!(after, Some(')' | ']' | '}'));
    !listed && !enclosed
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

/// `1e5`, `10^5`, `10^{5}`, `10⁵`, `2 × 10^5`.
fn power(text: &str, reading: &mut Reading) -> bool {
    let Some(number) = reading.number else { return false };
    if let Some((exponent, end)) = scientific(text, reading.end) {
        reading.number = Some(number.scaled(10f64.powi(exponent)));
        reading.end = end;
        return true;
    }
    if let Some((exponent, end)) = exponent(text, reading.end) {
        reading.number = Some(Number::real(number.value.powi(exponent)).rounded());
        reading.end = end;
        return true;
    }
    let Some((exponent, end)) = times_ten(text, reading.end) else { return false };
    reading.number = Some(number.scaled(10f64.powi(exponent)));
    reading.end = end;
    true
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
