//! Numbers in words: "twenty-five", "three hundred", "two and a half", `二十五`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::Quick;
use super::numerals::{ARTICLES, HAN_DIGITS, HAN_SCALES, JOINS, NUMERALS, Numeral};
use super::value::Number;

static WORDS: LazyLock<HashMap<&str, Numeral, Quick>> =
    LazyLock::new(|| NUMERALS.iter().flat_map(|(words, numeral)| words.iter().map(|word| (*word, *numeral))).collect());

/// The longest number in words that is read.
const MOST_WORDS: usize = 12;

/// Whether a word in lower case is a number word, so that a number may begin with it.
pub(super) fn is_numeral(word: &str) -> bool {
    if word.len() > 24 {
        return false;
    }
    WORDS.contains_key(word)
        || word.len() > 6
            && GLUED_ENDS.iter().any(|end| word.len() > end.len() + 2 && word.ends_with(end))
            && glued(word).is_some()
}

/// Whether a number in words may go on with this word.
pub(super) fn continues(word: &str) -> bool {
    is_numeral(word) || JOINS.contains(&word) || is_article(word)
}

/// Whether a word may stand for one before a number word.
pub(super) fn is_article(word: &str) -> bool {
    ARTICLES.contains(&word)
}

/// A number in words, the number of words it takes, and whether it may well be meant otherwise: "one", "a quarter".
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Composed {
    /// Its value.
    pub number: Number,
    /// How many of the words it takes.
    pub words: usize,
    /// Whether the word is common without being a number.
    pub weak: bool,
}

/// A number being composed.
#[derive(Debug, Default)]
struct Sum {
    total: f64,
    group: u32,
    part: Option<f64>,
    any: bool,
}

impl Sum {
    fn take(&mut self, numeral: Numeral) -> bool {
        if self.part.is_some() {
            return false;
        }
        let (tens, rest) = (self.group % 100, self.group % 10);
        match numeral {
            Numeral::Unit(unit) => {
                let fits = !self.any
                    || tens == 0 && self.group + unit > self.group
                    || rest == 0 && tens >= 20 && (unit < 10 && unit > 0 || matches!(tens, 60 | 80) && unit < 20);
                if !fits || self.any && self.group == 0 && self.total == 0.0 {
                    return false;
                }
                self.group += unit;
            }
            // Four twenties are eighty in French.
            Numeral::Ten(20) if tens == 4 => self.group += 76,
            Numeral::Ten(ten) if tens == 0 && (!self.any || self.group + ten > ten || self.total > 0.0) => {
                self.group += ten
            }
            Numeral::Hundred(count) if self.group < 10 => self.group = self.group.max(1) * count * 100,
            Numeral::Scale(scale) if self.group > 0 || !self.any => {
                self.total += f64::from(self.group.max(1)) * scale;
                self.group = 0;
            }
            Numeral::Part(part) => self.part = Some(part),
            _ => return false,
        }
        self.any = true;
        true
    }

    fn number(&self, parted: bool) -> Number {
        let whole = self.total + f64::from(self.group);
        match self.part {
            Some(part) if parted => Number::real(whole + part),
            Some(part) if whole > 0.0 => Number::real(whole * part),
            Some(part) => Number::real(part),
            #[expect(clippy::cast_possible_truncation, reason = "a product of a few scales, far below the limit")]
            None if whole < 1e15 => Number { value: whole, whole: Some(whole as i128), percent: false },
            None => Number::real(whole),
        }
    }
}

/// Composes a number from the words at the start of a list, each in lower case.
pub(super) fn compose(words: &[&str]) -> Option<Composed> {
    let mut sum = Sum::default();
    let mut taken = 0;
    let mut parted = false;
    let mut at = 0;
    if words.first().is_some_and(|word| is_article(word)) {
        let next = words.get(1).and_then(|word| WORDS.get(word))?;
        if !matches!(next, Numeral::Hundred(_) | Numeral::Scale(_) | Numeral::Part(_)) {
            return None;
        }
        at = 1;
    }
    let article = at;
    if let [Some(Numeral::Part(part)), Some(Numeral::Scale(scale))] =
        [0, 2].map(|at| words.get(at).and_then(|word| WORDS.get(word)))
        && words.get(1).is_some_and(|word| is_article(word))
    {
        return Some(Composed { number: Number::real(part * scale), words: 3, weak: false });
    }
    while let Some(word) = words.get(at).filter(|_| at < MOST_WORDS) {
        if sum.any && JOINS.contains(word) {
            // "two and a half", "a hundred and five", "treinta y cinco".
            let skip = 1 + usize::from(words.get(at + 1).is_some_and(|word| is_article(word)));
            match words.get(at + skip).and_then(|word| WORDS.get(word)) {
                Some(Numeral::Part(part)) => {
                    sum.part = Some(*part);
                    parted = true;
                    taken = at + skip + 1;
                    break;
                }
                Some(numeral) if skip == 1 && (sum.group == 0 || sum.group % 10 == 0 && sum.group >= 20) => {
                    if !sum.take(*numeral) {
                        break;
                    }
                    at += 2;
                }
                _ => break,
            }
        } else if let Some(numeral) = WORDS.get(word) {
            if !sum.take(*numeral) {
                break;
            }
            at += 1;
        } else if let Some(value) = glued(word).filter(|_| !sum.any) {
            sum.any = true;
            sum.group = value;
            at += 1;
        } else {
            break;
        }
        taken = at;
    }
    let number = sum.number(parted);
    let weak = taken <= article + 1 && (number.value == 1.0 || sum.part.is_some() || article > 0);
    (sum.any && taken > article).then_some(Composed { number, words: taken, weak })
}

/// Ends of number words that are written as one, as in German and Italian.
const GLUED_ENDS: [&str; 15] = [
    "zig", "ßig", "ssig", "hundert", "tausend", "uno", "due", "tré", "tre", "quattro", "cinque", "sei", "sette",
    "otto", "nove",
];

/// Number words written as one: `fünfundzwanzig`, `ventiquattro`.
fn glued(word: &str) -> Option<u32> {
    if !GLUED_ENDS.iter().any(|end| word.ends_with(end)) || word.len() > 64 {
        return None;
    }
    let mut rest = word;
    let (mut total, mut group) = (0, 0);
    let mut parts = 0;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("und").filter(|_| parts > 0) {
            rest = after;
            continue;
        }
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).filter(|end| *end >= 3 && *end <= 14);
        let (numeral, end) = ends.filter_map(|end| Some((prefix(rest.get(..end)?)?, end))).next_back()?;
        match numeral {
            Numeral::Unit(value) | Numeral::Ten(value) => group += value,
            Numeral::Hundred(count) if group < 10 => group = group.max(1) * count * 100,
            Numeral::Scale(1e3) if total == 0 => {
                total = group.max(1) * 1000;
                group = 0;
            }
            _ => return None,
        }
        parts += 1;
        rest = rest.get(end..)?;
    }
    (parts > 1).then_some(total + group)
}

fn prefix(word: &str) -> Option<Numeral> {
    match word {
        "ein" => Some(Numeral::Unit(1)),
        "uno" => Some(Numeral::Unit(1)),
        "tré" => Some(Numeral::Unit(3)),
        _ => WORDS.get(word).copied(),
    }
}

/// The value of a numeral of Chinese or Japanese.
fn han(c: char) -> Option<Numeral> {
    let digit = HAN_DIGITS.iter().find(|(sign, _)| *sign == c).map(|(_, value)| Numeral::Unit(*value));
    digit.or_else(|| HAN_SCALES.iter().find(|(sign, _)| *sign == c).map(|(_, value)| Numeral::Scale(*value)))
}

/// A number in Chinese or Japanese numerals at the start of a text, its length in bytes, and whether it is a lone digit,
/// which is often part of another word.
pub(super) fn compose_han(text: &str) -> Option<(Number, usize, bool)> {
    let (mut total, mut section, mut digit) = (0.0, 0.0, None);
    let mut end = 0;
    let mut signs = 0;
    for c in text.chars().take(24) {
        match han(c) {
            Some(Numeral::Unit(value)) if digit.is_none_or(|digit| digit == 0.0) => digit = Some(f64::from(value)),
            Some(Numeral::Scale(scale)) if scale < 1e4 => section += digit.take().unwrap_or(1.0) * scale,
            Some(Numeral::Scale(scale)) if signs > 0 => {
                total += (section + digit.take().unwrap_or(0.0)) * scale;
                section = 0.0;
            }
            _ => break,
        }
        signs += 1;
        end += c.len_utf8();
    }
    let value = total + section + digit.unwrap_or(0.0);
    let first = text.chars().next()?;
    // A thousand or ten thousand alone begins many other words.
    let begins = matches!(han(first), Some(Numeral::Unit(_))) || first == '十' || signs > 1;
    #[expect(clippy::cast_possible_truncation, reason = "at most a few scales, far below the limit")]
    let number = Number { value, whole: Some(value as i128), percent: false };
    (signs > 0 && begins).then_some((number, end, signs == 1))
}
