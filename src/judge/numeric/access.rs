//! What the token at an index is, and the words before it.

use super::roles::Roles;
use super::tokens::{Kind, Style, Token};
use super::value::Number;

/// The number of a token.
pub(super) fn number(tokens: &[Token], index: usize) -> Option<Number> {
    match tokens.get(index)?.kind {
        Kind::Number(number, _) => Some(number),
        _ => None,
    }
}

/// The roles of a token.
pub(super) fn roles(tokens: &[Token], index: usize) -> Roles {
    match tokens.get(index).map(|token| token.kind) {
        Some(Kind::Word(roles)) => roles,
        _ => Roles::default(),
    }
}

/// The sign of a token.
pub(super) fn sign(tokens: &[Token], index: usize) -> Option<char> {
    match tokens.get(index)?.kind {
        Kind::Sign(sign) => Some(sign),
        _ => None,
    }
}

/// The style of a token.
pub(super) fn style(tokens: &[Token], index: usize) -> Option<Style> {
    match tokens.get(index)?.kind {
        Kind::Number(_, style) => Some(style),
        _ => None,
    }
}

/// The words right before a number, the nearest first; signs of currencies stand between.
pub(super) fn words_before(tokens: &[Token], index: usize, start: usize, most: usize) -> impl Iterator<Item = usize> {
    let word = |at: &usize| {
        let kind = tokens.get(*at).map(|token| token.kind);
        matches!(kind, Some(Kind::Word(_) | Kind::Sign('$' | '€' | '£' | '¥' | '₹' | '{' | '"')))
    };
    (start..index).rev().take_while(word).take(most)
}
