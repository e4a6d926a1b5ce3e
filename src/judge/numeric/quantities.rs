//! Quantities in two units, such as "2 hours and 15 minutes": one number in the unit that is asked for.

use super::access;
use super::meant::last_sentence;
use super::roles::Roles;
use super::tokens::{Kind, Token};
use super::units::Unit;
use super::value::Number;

/// Puts a number in the unit that is asked for in the place of both; where the question asks for neither or for both,
/// they stay.
pub(super) fn join(text: &str, tokens: &mut [Token], question: &str) {
    let asked = last_sentence(question);
    let mut index = 0;
    while index + 3 < tokens.len() {
        let joined = mixed(text, tokens, index).and_then(|mixed| mixed.in_unit_of(asked).map(|found| (mixed, found)));
        if let Some((mixed, (larger, number))) = joined {
            let (kept, part) = if larger { (mixed.first, mixed.second) } else { (mixed.second, mixed.first) };
            for (at, number) in [(kept, Some(number)), (part, None)] {
                if let Some(token) = tokens.get_mut(at) {
                    token.kind = match (token.kind, number) {
                        (Kind::Number(_, style), Some(number)) => Kind::Number(number, style),
                        _ => Kind::Part,
                    };
                }
            }
            index = mixed.second;
        }
        index += 1;
    }
}

/// Two numbers, each with its unit, of which the second is less than one of the first.
struct Mixed {
    first: usize,
    second: usize,
    values: (f64, f64),
    units: (Unit, Unit),
}

impl Mixed {
    /// The quantity in the unit that is asked for, and whether that is the larger one.
    fn in_unit_of(&self, asked: &str) -> Option<(bool, Number)> {
        let (larger, smaller) = self.units;
        let ratio = larger.ratio(smaller)?;
        let whole = self.values.0 * ratio + self.values.1;
        match (larger.is_named(asked), smaller.is_named(asked)) {
            (false, true) if smaller.is_asked(asked) => Some((false, Number::real(whole).rounded())),
            (true, false) if larger.is_asked(asked) => Some((true, Number::real(whole / ratio).rounded())),
            // A price needs no unit in the question.
            (false, false) if larger.is_money() => Some((true, Number::real(whole / ratio).rounded())),
            _ => None,
        }
    }
}

/// The currency whose sign stands before a number.
fn currency(text: &str, number: &Token) -> Option<Unit> {
    let own = text.get(number.span.clone())?.chars().next();
    let before = text.get(..number.span.start)?.chars().next_back();
    let sign = own.into_iter().chain(before).find(|c| "$€£".contains(*c))?;
    Unit::of(sign.encode_utf8(&mut [0; 4]))
}

/// The mixed quantity whose first number stands at an index.
fn mixed(text: &str, tokens: &[Token], first: usize) -> Option<Mixed> {
    let whole = |at: usize| match tokens.get(at)?.kind {
        Kind::Number(number, _) => number.whole.filter(|whole| *whole >= 0).map(|_| number.value),
        _ => None,
    };
    let word = |at: usize| tokens.get(at).and_then(|token| text.get(token.span.clone())).unwrap_or_default();
    let value = whole(first)?;
    let second = (first + 1..first + 4).find(|at| whole(*at).is_some())?;
    let between: Vec<usize> = (first + 1..second).filter(|at| !access::roles(tokens, *at).has(Roles::AND)).collect();
    let larger = match between.as_slice() {
        [unit] => Unit::of(word(*unit))?,
        [] => currency(text, tokens.get(first)?)?,
        _ => return None,
    };
    let (least, smaller) = (whole(second)?, Unit::of(word(second + 1))?);
    let fits = larger.ratio(smaller).is_some_and(|ratio| ratio > 1.0 && least < ratio);
    fits.then_some(Mixed { first, second, values: (value, least), units: (larger, smaller) })
}
