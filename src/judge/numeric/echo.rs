//! Sentences of the question that an output repeats.

use std::collections::BTreeMap;
use std::ops::Range;

use super::sentences::sentences;
use super::tokens::{Kind, Token};

/// Tokens that a sentence has at least to count as repeated, rather than as an answer in the same words.
const LEAST: usize = 3;

/// Tokens that may stand before a repeated question: "The question is:".
const LABEL: usize = 4;

/// Takes out the sentences that repeat the question; true if there are some and no other words or numbers.
pub(super) fn take_out(text: &str, tokens: &mut Vec<Token>, question: &str, asked: &[Token]) -> bool {
    let mut known: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
    for sentence in sentences(asked) {
        let range = core(asked, sentence.range);
        if range.len() >= LEAST {
            known.entry(range.len()).or_default().push(range);
        }
    }
    if known.is_empty() {
        return false;
    }
    let same = |range: Range<usize>, other: &Range<usize>| {
        range
            .zip(other.clone())
            .all(|(at, other)| word(text, tokens, at).eq_ignore_ascii_case(word(question, asked, other)))
    };
    let mut repeated: Vec<Range<usize>> = Vec::new();
    for sentence in sentences(tokens) {
        let range = core(tokens, sentence.range.clone());
        let colon =
            range.clone().take(LABEL).find(|at| tokens.get(*at).is_some_and(|token| token.kind == Kind::Sign(':')));
        let behind = colon.map(|colon| colon + 1..range.end);
        let is_known = |range: &Range<usize>| {
            known.get(&range.len()).is_some_and(|list| list.iter().any(|other| same(range.clone(), other)))
        };
        if is_known(&range) || behind.is_some_and(|behind| is_known(&behind)) {
            repeated.push(sentence.range);
        }
    }
    if repeated.is_empty() {
        return false;
    }
    let mut next = repeated.iter().peekable();
    let mut index = 0;
    tokens.retain(|_| {
        while next.peek().is_some_and(|range| range.end <= index) {
            next.next();
        }
        let out = next.peek().is_some_and(|range| range.contains(&index));
        index += 1;
        !out
    });
    !tokens.iter().any(|token| matches!(token.kind, Kind::Word(_) | Kind::Number(..) | Kind::Part))
}

/// A sentence without the signs around it.
fn core(tokens: &[Token], range: Range<usize>) -> Range<usize> {
    let sign = |at: &usize| !tokens.get(*at).is_some_and(|token| matches!(token.kind, Kind::Sign(_)));
    let start = range.clone().find(sign).unwrap_or(range.end);
    let end = range.rev().find(sign).map_or(start, |last| last + 1);
    start..end
}

fn word<'a>(text: &'a str, tokens: &[Token], at: usize) -> &'a str {
    tokens.get(at).and_then(|token| text.get(token.span.clone())).unwrap_or_default()
}
