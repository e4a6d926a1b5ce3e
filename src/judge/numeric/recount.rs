//! Numbers that other words make negative, or into something else.

use super::roles::Roles;
use super::tokens::{Kind, Token};
use super::value::Number;

/// "7 degrees below zero" is negative, and its zero no answer.
pub(super) fn negate_below_zero(tokens: &mut [Token]) {
    let below = |token: &Token| matches!(token.kind, Kind::Word(roles) if roles.has(Roles::BELOW));
    for index in 1..tokens.len() {
        if !tokens.get(index).is_some_and(below) {
            continue;
        }
        let is_zero = |token: &Token| matches!(token.kind, Kind::Number(number, _) if number.value == 0.0);
        let Some(zero) = (index + 1..tokens.len().min(index + 3)).find(|at| tokens.get(*at).is_some_and(is_zero))
        else {
            continue;
        };
        let before = (index.saturating_sub(4)..index).rev();
        let Some(at) =
            before.into_iter().find(|at| matches!(tokens.get(*at).map(|token| token.kind), Some(Kind::Number(..))))
        else {
            continue;
        };
        if let Some(Token { kind: Kind::Number(number, _), .. }) = tokens.get_mut(at) {
            *number = number.negated();
        }
        if let Some(token) = tokens.get_mut(zero) {
            token.kind = Kind::Part;
        }
    }
}

/// `($30)` and nothing else: brackets around an amount of money are a minus in accounting.
pub(super) fn negate_accounted(text: &str, tokens: &mut [Token]) {
    let amount = text.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    if !amount.is_some_and(|amount| amount.starts_with(['$', '€', '£'])) {
        return;
    }
    let mut amounts = tokens.iter_mut().filter_map(|token| match &mut token.kind {
        Kind::Number(number, _) => Some(number),
        _ => None,
    });
    if let (Some(number), None) = (amounts.next(), amounts.next()) {
        *number = number.negated();
    }
}

/// The number below zero that brackets around an amount mean in accounting: `(1,250)`, `$(1,250)`.
pub(super) fn accounted(text: &str, token: &Token, number: Number) -> Option<Number> {
    const CURRENCIES: [char; 3] = ['$', '€', '£'];
    let before = text.get(..token.span.start)?.trim_end_matches(CURRENCIES).strip_suffix('(')?;
    let behind = text.get(token.span.end..)?.starts_with(')');
    let written = text.get(token.span.clone())?;
    let money = before.ends_with(CURRENCIES) || text.get(..token.span.start)?.ends_with(CURRENCIES);
    (behind && (money || written.contains(',')) && number.value > 0.0).then(|| number.negated())
}

/// Numbers that count the work, "in 2 ways", or whose sign is open, "a loss of $5", are no answers unless the question
/// asks in these words.
pub(super) fn set_aside(text: &str, tokens: &mut [Token], question: &str) {
    let question = question.to_lowercase();
    for index in 0..tokens.len() {
        let role =
            |role| matches!(tokens.get(index).map(|token| token.kind), Some(Kind::Word(roles)) if roles.has(role));
        let near = if role(Roles::PROCESS) {
            before(tokens, index)
        } else if role(Roles::LOSS) {
            behind(tokens, index)
        } else if role(Roles::DIFFERENCE) {
            compared(text, tokens, index)
        } else {
            apposed(text, tokens, index)
        };
        let Some(number) = near else { continue };
        let word = tokens.get(index).and_then(|token| text.get(token.span.clone())).unwrap_or_default();
        let stem: String = word.chars().flat_map(char::to_lowercase).take(3).collect();
        if question.contains(&stem) {
            continue;
        }
        if let Some(token) = tokens.get_mut(number) {
            token.kind = Kind::Part;
        }
    }
}

/// The number that a noun is counted by: "3 simple steps".
fn before(tokens: &[Token], index: usize) -> Option<usize> {
    for at in (index.saturating_sub(3)..index).rev() {
        match tokens.get(at)?.kind {
            Kind::Number(..) => return Some(at),
            Kind::Word(roles) if !roles.has(Roles::ADJUNCT) && !roles.has(Roles::LINK) && !roles.has(Roles::AND) => {}
            // A particle of Japanese joins the number and its noun.
            Kind::Word(_) if tokens.get(at)?.span.len() == 3 && !tokens.get(at)?.spaced => {}
            _ => return None,
        }
    }
    None
}

/// The number that tells how far another one is from something else: "13,200 people, 1,200 more than before".
fn compared(text: &str, tokens: &[Token], index: usize) -> Option<usize> {
    const THAN: [&str; 7] = ["than", "als", "que", "di", "чем", "de", "من"];
    const REACH: usize = 12;
    let number = |at: usize| matches!(tokens.get(at).map(|token| token.kind), Some(Kind::Number(..)));
    let word = |at: usize| tokens.get(at).and_then(|token| text.get(token.span.clone())).unwrap_or_default();
    let at = index.checked_sub(1).filter(|at| number(*at))?;
    let than = (index + 1..index + 4).any(|at| THAN.contains(&word(at)));
    let other = (at.saturating_sub(REACH)..at).any(number);
    (than && other).then_some(at)
}

/// The number that explains the one before a comma: "$300, a profit of $50"; the index is that of the noun.
fn apposed(text: &str, tokens: &[Token], index: usize) -> Option<usize> {
    const ARTICLES: [&str; 8] = ["a", "an", "eine", "ein", "un", "une", "una", "uma"];
    const OF: [&str; 4] = ["of", "von", "de", "di"];
    let word = |at: usize| tokens.get(at).and_then(|token| text.get(token.span.clone())).unwrap_or_default();
    let kind = |at: usize| tokens.get(at).map(|token| token.kind);
    let comma = index.checked_sub(2).filter(|at| kind(*at) == Some(Kind::Sign(',')))?;
    let number = |at: usize| matches!(kind(at), Some(Kind::Number(..)));
    let behind = (index + 2..index + 4).find(|at| number(*at))?;
    let explains =
        ARTICLES.contains(&word(index - 1)) && OF.contains(&word(index + 1)) && comma > 0 && number(comma - 1);
    explains.then_some(behind)
}

/// The number that measures a noun: "a loss of $5".
fn behind(tokens: &[Token], index: usize) -> Option<usize> {
    for at in index + 1..index + 4 {
        match tokens.get(at)?.kind {
            Kind::Number(..) => return Some(at),
            Kind::Word(roles) if roles.has(Roles::ADJUNCT) || roles.has(Roles::CURRENCY) => {}
            _ => return None,
        }
    }
    None
}
