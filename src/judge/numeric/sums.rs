//! The number of a sentence that is said to be all of the others together: "120 on Monday, 60 on Tuesday, 180 in all".

use std::ops::Range;

use super::access::{number, roles, sign, words_before};
use super::roles::Roles;
use super::tokens::{Kind, Token};

/// How many words may stand between a number and the words that make it a sum.
const NEAR: usize = 4;

/// The relative difference between a sum and what is said to be it, which only its rounding makes.
const CLOSE: f64 = 1e-9;

/// Two words that say so only together: "in all".
const PAIRS: [(&[&str], &[&str]); 2] = [(&["in", "In", "en", "En"], &["all", "tout"]), (&["del"], &["todo"])];

/// Words behind which a sum is the whole of which a part is meant: "of a total of 65".
const WHOLE: [&str; 7] = ["of", "from", "von", "de", "di", "sur", "из"];

/// The last number, if only it is said to be a sum, and no other to be what is left of it.
pub(super) fn summed(tokens: &[Token], text: &str, range: &Range<usize>, kept: &[usize]) -> Option<usize> {
    let (last, others) = kept.split_last().filter(|(_, others)| !others.is_empty())?;
    if makes(tokens, range, *last) && adds_up(tokens, others, *last) {
        return Some(*last);
    }
    let sum = |index: &usize| is_sum(tokens, text, range, *index);
    (sum(last) && !others.iter().any(|index| sum(index) || is_left(tokens, *index))).then_some(*last)
}

/// Whether a number is said to be what others make, and is: "12 eggs. Minus 5. 7 are left.", "14 girls. 11 boys. 25 in all."
pub(super) fn made_of(tokens: &[Token], text: &str, range: &Range<usize>, parts: &[usize], index: usize) -> bool {
    let value = |index: &usize| number(tokens, *index).map_or(0.0, |number| number.value.abs());
    let Some((first, rest)) = parts.split_first().filter(|(_, rest)| !rest.is_empty()) else { return false };
    let rest: f64 = rest.iter().map(value).sum();
    let is = |made: f64| (made - value(&index)).abs() <= CLOSE * made.abs();
    let leads = || words_before(tokens, index, range.start, 3).any(|at| roles(tokens, at).has(Roles::LEADS));
    is(value(first) - rest) && (is_left(tokens, index) || leads())
        || is(value(first) + rest) && is_sum(tokens, text, range, index)
}

/// Whether the words before a number say that what stands before them makes it.
fn makes(tokens: &[Token], range: &Range<usize>, index: usize) -> bool {
    words_before(tokens, index, range.start, 3).any(|at| roles(tokens, at).has(Roles::MAKES))
}

/// Whether several numbers have a sum.
fn adds_up(tokens: &[Token], parts: &[usize], sum: usize) -> bool {
    let value = |index: &usize| number(tokens, *index).map_or(0.0, |number| number.value);
    let parted: f64 = parts.iter().map(value).sum();
    parts.len() > 1 && (parted - value(&sum)).abs() <= CLOSE * parted.abs()
}

/// Whether the words behind a number say that it is what is left.
pub(super) fn is_left(tokens: &[Token], index: usize) -> bool {
    let word = |at: &usize| matches!(tokens.get(*at).map(|token| token.kind), Some(Kind::Word(_)));
    (index + 1..index + 4).take_while(word).any(|at| roles(tokens, at).has(Roles::LEFT))
}

/// Whether the words around a number say that it is a sum.
fn is_sum(tokens: &[Token], text: &str, range: &Range<usize>, index: usize) -> bool {
    let before = words_before(tokens, index, range.start, NEAR).find(|at| says_sum(tokens, text, *at));
    if let Some(at) = before {
        let of_whole =
            words_before(tokens, at, range.start, 2).any(|before| WHOLE.contains(&word(tokens, text, before)));
        return !of_whole;
    }
    let of_whole = words_before(tokens, index, range.start, 1).any(|at| WHOLE.contains(&word(tokens, text, at)));
    let unit = |at: &usize| match tokens.get(*at).map(|token| token.kind) {
        Some(Kind::Word(roles)) => !roles.has(Roles::AND) && !roles.has(Roles::OR),
        Some(Kind::Sign(sign)) => matches!(sign, '%' | '€' | '$' | '£' | '°'),
        _ => false,
    };
    let behind = (index + 1..range.end).take(NEAR).take_while(unit).find(|at| says_sum(tokens, text, *at));
    !of_whole && behind.is_some_and(|at| number(tokens, at + 1).is_none() && !opens_value(tokens, at + 1))
}

/// Whether a value may begin with a token: "together: $18", "a total of 18".
fn opens_value(tokens: &[Token], index: usize) -> bool {
    matches!(sign(tokens, index), Some(':' | '=' | '$' | '€' | '£')) || roles(tokens, index).has(Roles::ADJUNCT)
}

/// Whether a word, or the one before it with it, says that a number is a sum.
fn says_sum(tokens: &[Token], text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| word(tokens, text, before)).unwrap_or_default();
    let pair =
        |(first, second): &(&[&str], &[&str])| first.contains(&before) && second.contains(&word(tokens, text, at));
    roles(tokens, at).has(Roles::SUM) || PAIRS.iter().any(pair)
}

fn word<'a>(tokens: &[Token], text: &'a str, at: usize) -> &'a str {
    tokens.get(at).and_then(|token| text.get(token.span.clone())).unwrap_or_default()
}
