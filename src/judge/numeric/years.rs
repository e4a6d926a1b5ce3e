//! Questions for a year: what else a date holds is no answer to them.

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
    if calculates || !tokens.iter().any(year) {
        return;
    }
    for token in tokens.iter_mut().filter(|token| matches!(token.kind, Kind::Number(..))) {
        if !year(token) {
            token.kind = Kind::Part;
        }
    }
}
