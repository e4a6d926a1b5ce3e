//! Sentences: where they begin and end, and what kind of thing they say.

use std::ops::Range;

use super::roles::Roles;
use super::tokens::{Kind, Token};

/// A sentence: a range of tokens without the line breaks around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sentence {
    /// Its tokens, with the sign that ends it.
    pub range: Range<usize>,
    /// Whether it asks.
    pub asks: bool,
    /// Whether it begins a line and is all of it.
    pub line: bool,
}

/// Parts tokens into sentences; a line ends one.
pub(super) fn sentences(tokens: &[Token]) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut begins_line = true;
    let mut bracket = 0;
    for (index, token) in tokens.iter().enumerate() {
        let line = token.kind == Kind::Line;
        if index == start {
            bracket = bracket_end(tokens, index).unwrap_or(bracket);
        }
        if !line && (index < bracket || !ends(tokens, index)) {
            continue;
        }
        let end = if line { index } else { index + 1 };
        if end > start {
            let ends_line = line || tokens.get(index + 1).is_none_or(|next| next.kind == Kind::Line);
            found.push(sentence(tokens, start..end, begins_line && ends_line));
            begins_line = false;
        }
        begins_line |= line;
        start = index + 1;
    }
    if start < tokens.len() {
        found.push(sentence(tokens, start..tokens.len(), begins_line));
    }
    found
}

/// Where the bracket closes that opens at an index and holds a remark of several sentences.
fn bracket_end(tokens: &[Token], open: usize) -> Option<usize> {
    const LONGEST: usize = 64;
    let sign = |at: usize| tokens.get(at).map(|token| token.kind);
    if sign(open) != Some(Kind::Sign('(')) {
        return None;
    }
    let rest = tokens.get(open..)?.iter().take(LONGEST).take_while(|token| token.kind != Kind::Line);
    let mut depth = 0_usize;
    for (at, token) in rest.enumerate() {
        match token.kind {
            Kind::Sign('(') => depth += 1,
            Kind::Sign(')') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open + at);
        }
    }
    None
}

fn sentence(tokens: &[Token], range: Range<usize>, line: bool) -> Sentence {
    let asks = tokens.get(range.end - 1).is_some_and(|token| token.kind == Kind::Sign('?'));
    Sentence { range, asks, line }
}

fn ends(tokens: &[Token], index: usize) -> bool {
    let Some(token) = tokens.get(index) else { return false };
    let next = tokens.get(index + 1);
    match token.kind {
        Kind::Sign('!' | '?' | ';') => true,
        Kind::Sign('.') if token.span.len() > 1 => true,
        Kind::Sign('.') => {
            let free = next.is_none_or(|next| next.spaced || matches!(next.kind, Kind::Line | Kind::Hashes));
            let before = index.checked_sub(1).and_then(|before| tokens.get(before));
            let short = before.is_some_and(|before| {
                matches!(before.kind, Kind::Word(roles) if roles.has(Roles::ABBREVIATION))
                    && next.is_some_and(|next| matches!(next.kind, Kind::Number(..)))
            });
            free && !short
        }
        _ => false,
    }
}

/// Whether one of the first words of a sentence has a role.
pub(super) fn begins_with(tokens: &[Token], sentence: &Sentence, role: Roles, among: usize) -> bool {
    let words = tokens.get(sentence.range.clone()).unwrap_or_default();
    let bracket = |token: &&Token| token.kind != Kind::Sign('(');
    words
        .iter()
        .take_while(bracket)
        .filter(|token| matches!(token.kind, Kind::Word(_) | Kind::Number(..)))
        .take(among)
        .any(|token| matches!(token.kind, Kind::Word(roles) if roles.has(role)))
}

/// Whether a word in the range has a role.
pub(super) fn holds(tokens: &[Token], range: Range<usize>, role: Roles) -> bool {
    let words = tokens.get(range).unwrap_or_default();
    words.iter().any(|token| matches!(token.kind, Kind::Word(roles) if roles.has(role)))
}

/// Whether the range holds a sign.
pub(super) fn holds_sign(tokens: &[Token], range: Range<usize>, sign: char) -> bool {
    tokens.get(range).unwrap_or_default().iter().any(|token| token.kind == Kind::Sign(sign))
}

/// How many words a range holds.
pub(super) fn words(tokens: &[Token], range: Range<usize>) -> usize {
    tokens.get(range).unwrap_or_default().iter().filter(|token| matches!(token.kind, Kind::Word(_))).count()
}

/// How many numbers a range holds, with those that are parts of something else.
pub(super) fn numbers(tokens: &[Token], range: Range<usize>) -> usize {
    tokens.get(range).unwrap_or_default().iter().filter(|token| matches!(token.kind, Kind::Number(..))).count()
}
