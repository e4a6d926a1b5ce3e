//! Digits with their groups and decimals.

use super::value::Number;

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
pub(super) const MOST_GROUPS: usize = 16;

/// The value of a digit of any script that is read.
pub(super) fn digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero as u32).filter(|digit| *digit < 10))
}

/// The value of a sign such as `½`.
pub(super) fn vulgar(c: char) -> Option<f64> {
    if c.is_ascii() {
        return None;
    }
    VULGAR.iter().find(|(sign, _)| *sign == c).map(|(_, value)| *value)
}

/// Whether a number may begin with this sign.
pub(super) fn begins(c: char, next: Option<char>) -> bool {
    digit(c).is_some() || vulgar(c).is_some() || c == '.' && next.is_some_and(|next| digit(next).is_some())
}

/// The sign at a place.
pub(super) fn first(text: &str, at: usize) -> Option<char> {
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
pub(super) fn digits(text: &str, at: usize) -> (String, usize) {
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
pub(super) struct Written {
    /// The digits before the decimals.
    pub whole: String,
    /// The decimals.
    pub decimals: Option<String>,
    /// Both where comma and point mark the other thing.
    pub other: Option<(String, Option<String>)>,
    /// Where it ends.
    pub end: usize,
}

impl Written {
    /// Their value.
    pub(super) fn number(whole: &str, decimals: Option<&str>) -> Number {
        let text = format!("{}.{}", if whole.is_empty() { "0" } else { whole }, decimals.unwrap_or("0"));
        let value = text.parse().unwrap_or(f64::INFINITY);
        let exact = decimals.is_none_or(|decimals| decimals.bytes().all(|digit| digit == b'0'));
        Number { value, whole: if exact { whole.parse().ok() } else { None }, percent: false }
    }
}

/// Digits, their groups and decimals.
pub(super) fn written(text: &str, at: usize) -> Written {
    let (head, end) = digits(text, at);
    let mut written = Written { whole: head, decimals: None, other: None, end };
    // No amount of money has three decimals: `$300.000`, `€ 45.000`.
    let before = text.get(..at).unwrap_or_default().trim_end_matches([' ', '\u{a0}']);
    let money = before.ends_with(['$', '€', '£']);
    let separator = groups(text, &mut written, money);
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
fn groups(text: &str, written: &mut Written, money: bool) -> Option<char> {
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
    let single_point = kind == '.' && taken == 1 && !money && decimals(text, groups.first()?.1, ',').is_none();
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
pub(super) fn decimals(text: &str, at: usize, sign: char) -> Option<(String, usize)> {
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
