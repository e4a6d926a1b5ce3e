//! Questions for a year: what else a date holds is no answer to them.

use super::roles::Roles;
use super::tokens::{Kind, Token};
use super::vocabulary::YEARS_ASKED;

/// Values that may be a year, as people write them without saying so.
const YEARS: std::ops::RangeInclusive<i128> = 1000..=2999;

/// Sets aside every number that is no year where a question asks for one and a year is there: `November 9, 1989`,
/// `in 1989, 28 years later`. What is calculated is left alone.
pub(super) fn set_aside_others(tokens: &mut [Token], question: &str) {
    let question = question.to_lowercase();
    if !YEARS_ASKED.iter().any(|phrase| question.contains(phrase)) {
        return;
    }
    let year = |token: &Token| matches!(token.kind, Kind::Number(number, _) if number.whole.is_some_and(|whole| YEARS.contains(&whole)));
    let calculates = tokens.iter().any(|token| matches!(token.kind, Kind::Sign('=' | '+' | '×')));
    if calculates {
        return;
    }
    if !tokens.iter().any(year) {
        set_aside_counts(tokens);
        return;
    }
    for token in tokens.iter_mut().filter(|token| matches!(token.kind, Kind::Number(..))) {
        if !year(token) {
            token.kind = Kind::Part;
        }
    }
}

/// `3 astronauts`: a small number that counts something is no year.
fn set_aside_counts(tokens: &mut [Token]) {
    const FEW: std::ops::RangeInclusive<i128> = 0..=31;
    let small = |token: &Token| matches!(token.kind, Kind::Number(number, _) if number.whole.is_some_and(|whole| FEW.contains(&whole)));
    let counts = |at: &usize| matches!(tokens.get(at + 1).map(|next| next.kind), Some(Kind::Word(roles)) if roles == Roles::default());
    let found: Vec<usize> = (0..tokens.len()).filter(|at| tokens.get(*at).is_some_and(small)).filter(counts).collect();
    for at in found {
        if let Some(token) = tokens.get_mut(at) {
            token.kind = Kind::Part;
        }
    }
}
