//! Equations and calculations.

use std::ops::Range;

use super::access::{number, roles, sign};
use super::roles::Roles;
use super::tokens::{Kind, Token};

/// What an equation says.
pub(super) enum Equation {
    /// There is none.
    Absent,
    /// Its last side is this number.
    Value(usize),
    /// Its last side is no number.
    Open,
}

/// The last side of the last equation of a range.
pub(super) fn equation(tokens: &[Token], range: Range<usize>) -> Equation {
    let Some(equals) = last_equals(tokens, range.clone()) else { return Equation::Absent };
    let side = |from: usize| {
        (from..range.end).find(|index| !matches!(sign(tokens, *index), Some('~' | '(' | '{' | '[' | '$' | '"')))
    };
    if let Some(index) = side(equals + 1).filter(|index| number(tokens, *index).is_some())
        && !computes(tokens, index)
    {
        return Equation::Value(index);
    }
    let mut left = equals.checked_sub(1).filter(|left| *left >= range.start);
    while let Some(index) = left.filter(|index| matches!(sign(tokens, *index), Some(')' | '}' | ']'))) {
        left = index.checked_sub(1).filter(|left| *left >= range.start);
    }
    match left.filter(|index| number(tokens, *index).is_some()) {
        Some(index)
            if !index.checked_sub(1).is_some_and(|before| before >= range.start && operator(tokens, before)) =>
        {
            Equation::Value(index)
        }
        _ => Equation::Open,
    }
}

/// The last equals sign of a range; one in brackets only if none stands before them.
fn last_equals(tokens: &[Token], range: Range<usize>) -> Option<usize> {
    // `returns 42 for n = 6`
    let given = |index: usize| {
        let variable = index
            .checked_sub(1)
            .is_some_and(|at| matches!(tokens[at].kind, Kind::Word(_)) && tokens[at].span.len() == 1);
        let adjunct = index.checked_sub(2).filter(|at| roles(tokens, *at).has(Roles::ADJUNCT));
        variable && adjunct.is_some_and(|at| at > range.start && any_number(tokens, range.start..at))
    };
    let equals = |index: &usize| sign(tokens, *index) == Some('=') && !given(*index);
    let last = range.clone().rev().find(equals)?;
    let open = (range.start..last).rev().find(|index| matches!(sign(tokens, *index), Some('(' | ')')));
    let enclosed = open.filter(|open| sign(tokens, *open) == Some('('));
    // `80 km/h (= 22.2 m/s)`: the same in another unit.
    let restates =
        enclosed.is_some_and(|open| open + 1 == last && range.start < open && any_number(tokens, range.start..open));
    if restates {
        return (range.start..last).rev().find(equals);
    }
    enclosed.and_then(|open| (range.start..open).rev().find(equals)).or(Some(last))
}

fn any_number(tokens: &[Token], mut range: Range<usize>) -> bool {
    range.any(|index| number(tokens, index).is_some())
}

/// From the start of a range to the end of the clause that holds the first number.
pub(super) fn first_clause(tokens: &[Token], range: Range<usize>, first: usize) -> Range<usize> {
    let ends = |index: &usize| {
        let roles = roles(tokens, *index);
        matches!(sign(tokens, *index), Some(',' | ';' | '→'))
            || roles.has(Roles::CONTRAST)
            || roles.has(Roles::CONCLUSION)
    };
    range.start..(first..range.end).find(ends).unwrap_or(range.end)
}

pub(super) fn operator(tokens: &[Token], index: usize) -> bool {
    matches!(sign(tokens, index), Some('+' | '-' | '×' | '/' | '*' | '±' | '^'))
}

/// Whether a number is an operand of what follows.
pub(super) fn computes(tokens: &[Token], index: usize) -> bool {
    let operand = |index: usize| {
        matches!(tokens.get(index).map(|token| token.kind), Some(Kind::Number(..) | Kind::Part))
            || sign(tokens, index) == Some('(')
            || variable(tokens, index)
    };
    operator(tokens, index + 1) && operand(index + 2)
        || matches!(tokens.get(index + 1).map(|token| token.kind), Some(Kind::Part))
            && tokens.get(index + 1).is_some_and(|token| !token.spaced)
}

/// A word of one letter.
pub(super) fn variable(tokens: &[Token], index: usize) -> bool {
    tokens.get(index).is_some_and(|token| matches!(token.kind, Kind::Word(_)) && token.span.len() == 1)
}

/// Whether a number is only a bound: `x > 3`.
pub(super) fn bounded(tokens: &[Token], index: usize) -> bool {
    let bound = |index: usize| matches!(sign(tokens, index), Some('<' | '>' | '≤' | '≥' | '±' | '≠'));
    bound(index + 1) || index.checked_sub(1).is_some_and(bound)
}

/// Whether a number is the second operand of something that is no number.
pub(super) fn part_before(tokens: &[Token], start: usize, index: usize) -> bool {
    let part = |at: usize| matches!(tokens.get(at).map(|token| token.kind), Some(Kind::Part)) || variable(tokens, at);
    index.checked_sub(2).is_some_and(|before| before >= start && operator(tokens, before + 1) && part(before))
}

/// The values of the unknowns that a range lists: "x = 7, y = 3".
pub(super) fn assignments(tokens: &[Token], range: Range<usize>) -> Vec<usize> {
    let begins = |at: usize| {
        at == range.start
            || matches!(sign(tokens, at - 1), Some(',' | ';' | '(' | '{' | '•'))
            || roles(tokens, at - 1).has(Roles::AND)
    };
    let short =
        |at: usize| tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Word(_)) && token.span.len() <= 4);
    let value = |equals: usize| {
        let left = equals.checked_sub(1).filter(|left| *left >= range.start)?;
        let right = (equals + 1).min(range.end);
        (short(left) && begins(left) && number(tokens, right).is_some() && !computes(tokens, right)).then_some(right)
    };
    let equals: Vec<usize> = range.clone().filter(|at| sign(tokens, *at) == Some('=')).collect();
    if equals.len() < 2 {
        return equals.into_iter().filter_map(value).collect();
    }
    // `x = 4 (the other root, x = -1, is rejected)`: what stands in brackets only explains.
    let open = range.clone().find(|at| sign(tokens, *at) == Some('('));
    let close = range.clone().rev().find(|at| sign(tokens, *at) == Some(')'));
    let outside = |at: &usize| open.is_none_or(|open| *at < open) || close.is_none_or(|close| *at > close);
    let explains = equals.first().is_some_and(outside);
    equals.into_iter().filter(|at| !explains || outside(at)).filter_map(value).collect()
}
