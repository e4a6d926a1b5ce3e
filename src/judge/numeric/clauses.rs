//! The clause of a sentence that counts.

use std::ops::Range;

use super::access::sign;
use super::roles::Roles;
use super::tokens::{Kind, Token};

/// The range up to a reason, a note in brackets or a relative clause behind the first number.
pub(super) fn without_reason(tokens: &[Token], range: Range<usize>) -> Range<usize> {
    let mut start = range.start;
    let mut seen = false;
    let mut words = 0;
    let mut opened = false;
    for index in range.clone() {
        let Some(token) = tokens.get(index) else { break };
        match token.kind {
            Kind::Number(..) | Kind::Part => seen = true,
            Kind::Sign(',') if opened => {
                start = index + 1;
                opened = false;
                seen = false;
            }
            Kind::Sign('-') if seen && dashed(tokens, index) => return start..index,
            Kind::Word(roles) => {
                let behind_comma = index > range.start && sign(tokens, index - 1) == Some(',');
                let reason = roles.has(Roles::REASON) || behind_comma && roles.has(Roles::COMMA_REASON);
                if reason && seen {
                    return start..index;
                }
                opened |= words == 0 && roles.has(Roles::REASON);
                words += 1;
            }
            _ => {}
        }
    }
    start..range.end
}

/// Whether a sign is a dash between parts of a sentence.
pub(super) fn dashed(tokens: &[Token], index: usize) -> bool {
    let next = tokens.get(index + 1);
    let word = next.is_some_and(|next| next.spaced && matches!(next.kind, Kind::Word(_)) && next.span.len() > 1);
    word && tokens.get(index).is_some_and(|token| token.spaced)
}

/// The part of a sentence behind its last word of conclusion or contrast that a number follows.
pub(super) fn conclusion(tokens: &[Token], range: Range<usize>) -> Range<usize> {
    let mut number = false;
    for index in range.clone().rev() {
        match tokens.get(index).map(|token| token.kind) {
            Some(Kind::Number(..)) => number = true,
            Some(Kind::Word(roles)) if number && (roles.has(Roles::CONCLUSION) || roles.has(Roles::CONTRAST)) => {
                // The contrast to a denial needs its first half no longer; "but" after the answer begins a remark.
                return index + 1..range.end;
            }
            _ => {}
        }
    }
    range
}

/// The last cell of a row of a table that holds a number.
pub(super) fn last_cell(tokens: &[Token], range: Range<usize>) -> Range<usize> {
    let mut end = range.end;
    let mut number = false;
    for index in range.clone().rev() {
        match tokens.get(index).map(|token| token.kind) {
            Some(Kind::Number(..) | Kind::Part) => number = true,
            Some(Kind::Sign('|')) if number => return index + 1..end,
            Some(Kind::Sign('|')) => end = index,
            _ => {}
        }
    }
    range.start..end
}
