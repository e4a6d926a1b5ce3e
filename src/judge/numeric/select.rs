//! Which number of a sentence, of a box or of a value is the one that is meant.

use std::ops::Range;

use super::lexicon::Roles;
use super::number::Number;
use super::tokens::{Kind, Style, Token};

/// What was found in a range of tokens; each number by the index of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// No number.
    None,
    /// Only numbers that are denied.
    Denied(usize),
    /// One number.
    One(usize),
    /// Several that exclude each other: "25 or 26".
    Several(Vec<usize>),
    /// Several of which the sentence does not tell which one is meant.
    Open(Vec<usize>),
}

/// The number of a token.
pub(super) fn number(tokens: &[Token], index: usize) -> Option<Number> {
    match tokens.get(index)?.kind {
        Kind::Number(number, _) => Some(number),
        _ => None,
    }
}

fn roles(tokens: &[Token], index: usize) -> Roles {
    match tokens.get(index).map(|token| token.kind) {
        Some(Kind::Word(roles)) => roles,
        _ => Roles::default(),
    }
}

fn sign(tokens: &[Token], index: usize) -> Option<char> {
    match tokens.get(index)?.kind {
        Kind::Sign(sign) => Some(sign),
        _ => None,
    }
}

fn style(tokens: &[Token], index: usize) -> Option<Style> {
    match tokens.get(index)?.kind {
        Kind::Number(_, style) => Some(style),
        _ => None,
    }
}

/// A number that may be meant.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    index: usize,
    denied: bool,
}

/// The number that a statement or a value gives: the first one, or the right side of its equation.
pub(super) fn stated(tokens: &[Token], range: Range<usize>) -> Choice {
    let range = without_reason(tokens, range);
    let all = candidates(tokens, range.clone());
    let strong: Vec<usize> = kept(tokens, &all);
    let Some(first) = strong.first().copied() else {
        return all.first().map_or(Choice::None, |candidate| Choice::Denied(candidate.index));
    };
    if let Some(found) = alternatives(tokens, range.clone(), first) {
        return found;
    }
    match equation(tokens, first_clause(tokens, range.clone(), first)) {
        Equation::Value(index) => alternatives(tokens, range, index).unwrap_or(Choice::One(index)),
        Equation::Open => Choice::None,
        Equation::Absent if computes(tokens, first) || bounded(tokens, first) => Choice::None,
        Equation::Absent if part_before(tokens, range.start, first) => Choice::None,
        Equation::Absent => Choice::One(first),
    }
}

/// The number that a sentence concludes with.
pub(super) fn concluded(tokens: &[Token], text: &str, range: Range<usize>) -> Choice {
    let range = last_cell(tokens, range);
    let main = without_reason(tokens, range.clone());
    let rest = main.end..range.end;
    match concluded_part(tokens, text, conclusion(tokens, main)) {
        // "2 hours and 30 minutes, which is 150 minutes"
        Choice::Several(_) | Choice::Open(_) if restates(tokens, rest.clone()) => concluded_part(tokens, text, rest),
        choice => choice,
    }
}

/// Whether a relative clause gives the same value in another unit.
fn restates(tokens: &[Token], range: Range<usize>) -> bool {
    let near = range.start..range.end.min(range.start + 4);
    near.clone().any(|at| roles(tokens, at).has(Roles::LINK) || roles(tokens, at).has(Roles::TOTAL))
        && !near.clone().any(|at| roles(tokens, at).has(Roles::REASON))
}

fn concluded_part(tokens: &[Token], text: &str, range: Range<usize>) -> Choice {
    let all = candidates(tokens, range.clone());
    let kept = kept(tokens, &all);
    if kept.is_empty() {
        return all.first().map_or(Choice::None, |candidate| Choice::Denied(candidate.index));
    }
    if let [.., before, _] = kept.as_slice()
        && let Some(several) = alternatives(tokens, range.clone(), *before)
    {
        return several;
    }
    match equation(tokens, range.clone()) {
        Equation::Value(index) => return alternatives(tokens, range, index).unwrap_or(Choice::One(index)),
        Equation::Open => return Choice::None,
        Equation::Absent => {}
    }
    let chosen = |list: &[usize]| one(tokens, list);
    let strong: Vec<usize> =
        kept.iter().copied().filter(|at| tokens.get(*at).is_some_and(|token| token.strong)).collect();
    if let (Some(found), true) = (chosen(&strong), strong.len() < kept.len()) {
        return Choice::One(found);
    }
    let main: Vec<usize> = kept.iter().copied().filter(|at| !adjunct(tokens, text, range.start, *at)).collect();
    let list = if main.is_empty() { &kept } else { &main };
    let Some(found) = chosen(list).or_else(|| linked(tokens, &kept, &range)) else { return Choice::Open(list.clone()) };
    if let Some(found) = alternatives(tokens, range, found) {
        return found;
    }
    if computes(tokens, found)
        || bounded(tokens, found)
        || found.checked_sub(1).is_some_and(|before| operator(tokens, before))
    {
        return Choice::None;
    }
    Choice::One(found)
}

/// "4 times 9 is 36": the last number, if it is the only one that a copula links.
fn linked(tokens: &[Token], kept: &[usize], range: &Range<usize>) -> Option<usize> {
    let copula = |index: &usize| {
        let near = index.saturating_sub(2).max(range.start)..*index;
        near.rev()
            .take_while(|at| matches!(tokens.get(*at).map(|token| token.kind), Some(Kind::Word(_))))
            .any(|at| roles(tokens, at).has(Roles::COPULA))
    };
    let last = *kept.last()?;
    let linked: Vec<usize> = kept.iter().copied().filter(copula).collect();
    (linked == [last]).then_some(last)
}

/// The number all of a list agree on.
pub(super) fn one(tokens: &[Token], list: &[usize]) -> Option<usize> {
    let last = *list.last()?;
    let value = number(tokens, last)?;
    list.iter().all(|at| number(tokens, *at).is_some_and(|other| other.value == value.value)).then_some(last)
}

/// How many numbers outside brackets a range holds.
pub(super) fn count(tokens: &[Token], range: Range<usize>) -> usize {
    candidates(tokens, range).len()
}

/// Numbers outside brackets, with those that are denied marked.
fn candidates(tokens: &[Token], range: Range<usize>) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut depth = 0usize;
    let mut denied = false;
    for index in range.clone() {
        let Some(token) = tokens.get(index) else { break };
        match token.kind {
            Kind::Sign('(') if !found.is_empty() || holds_number_behind(tokens, index, range.end) => depth += 1,
            Kind::Sign(')') => depth = depth.saturating_sub(1),
            Kind::Sign(',' | ';') => denied = false,
            Kind::Word(roles) => {
                if roles.has(Roles::DENIED_BEFORE)
                    && let Some(last) = found.last_mut().filter(|last| index - last.index <= 4)
                {
                    last.denied = true;
                }
                denied |= roles.has(Roles::DENIAL) || roles.has(Roles::INSTEAD);
                denied &= !roles.has(Roles::CONTRAST);
            }
            Kind::Number(..) if depth == 0 => {
                found.push(Candidate { index, denied });
                denied &= roles(tokens, index + 1).has(Roles::OR) || roles(tokens, index + 1).has(Roles::AND);
            }
            _ => {}
        }
    }
    found
}

/// Whether a number follows the bracket that opens at an index, so that what is in it may be left out.
fn holds_number_behind(tokens: &[Token], open: usize, end: usize) -> bool {
    let near = open..end.min(open + 40);
    let Some(close) = near.clone().find(|index| sign(tokens, *index) == Some(')')) else { return false };
    (close..end.min(close + 40))
        .any(|index| matches!(tokens.get(index).map(|token| token.kind), Some(Kind::Number(..))))
}

/// Candidates that are not denied, without the weak ones if others are there.
fn kept(tokens: &[Token], all: &[Candidate]) -> Vec<usize> {
    let asserted = || all.iter().filter(|candidate| !candidate.denied).map(|candidate| candidate.index);
    let of = |least: &dyn Fn(Style) -> bool| -> Vec<usize> {
        asserted().filter(|index| style(tokens, *index).is_some_and(least)).collect()
    };
    let process =
        |index: usize| roles(tokens, index + 1).has(Roles::PROCESS) || roles(tokens, index + 2).has(Roles::PROCESS);
    let mut written = of(&|style| style != Style::Weak);
    if written.iter().any(|index| !process(*index)) {
        written.retain(|index| !process(*index));
    }
    let digits: Vec<usize> =
        written.iter().copied().filter(|index| style(tokens, *index) == Some(Style::Digits)).collect();
    if written.is_empty() {
        return asserted().collect();
    }
    if digits.is_empty() { written } else { digits }
}

/// The range up to a reason, a note in brackets or a relative clause behind the first number.
fn without_reason(tokens: &[Token], range: Range<usize>) -> Range<usize> {
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
fn dashed(tokens: &[Token], index: usize) -> bool {
    let next = tokens.get(index + 1);
    let word = next.is_some_and(|next| next.spaced && matches!(next.kind, Kind::Word(_)) && next.span.len() > 1);
    word && tokens.get(index).is_some_and(|token| token.spaced)
}

/// The part of a sentence behind its last word of conclusion or contrast that a number follows.
fn conclusion(tokens: &[Token], range: Range<usize>) -> Range<usize> {
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
fn last_cell(tokens: &[Token], range: Range<usize>) -> Range<usize> {
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

/// What an equation says.
enum Equation {
    /// There is none.
    Absent,
    /// Its last side is this number.
    Value(usize),
    /// Its last side is no number.
    Open,
}

/// The last side of the last equation of a range.
fn equation(tokens: &[Token], range: Range<usize>) -> Equation {
    let Some(equals) = range.clone().rev().find(|index| sign(tokens, *index) == Some('=')) else {
        return Equation::Absent;
    };
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

/// From the start of a range to the end of the clause that holds the first number.
fn first_clause(tokens: &[Token], range: Range<usize>, first: usize) -> Range<usize> {
    let ends = |index: &usize| {
        let roles = roles(tokens, *index);
        matches!(sign(tokens, *index), Some(',' | ';' | '→'))
            || roles.has(Roles::CONTRAST)
            || roles.has(Roles::CONCLUSION)
    };
    range.start..(first..range.end).find(ends).unwrap_or(range.end)
}

fn operator(tokens: &[Token], index: usize) -> bool {
    matches!(sign(tokens, index), Some('+' | '-' | '×' | '/' | '*' | '±' | '^'))
}

/// Whether a number is an operand of what follows.
fn computes(tokens: &[Token], index: usize) -> bool {
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
fn variable(tokens: &[Token], index: usize) -> bool {
    tokens.get(index).is_some_and(|token| matches!(token.kind, Kind::Word(_)) && token.span.len() == 1)
}

/// Whether a number is only a bound: `x > 3`.
fn bounded(tokens: &[Token], index: usize) -> bool {
    let bound = |index: usize| matches!(sign(tokens, index), Some('<' | '>' | '≤' | '≥' | '±' | '≠'));
    bound(index + 1) || index.checked_sub(1).is_some_and(bound)
}

/// Whether a number is the second operand of something that is no number.
fn part_before(tokens: &[Token], start: usize, index: usize) -> bool {
    let part = |at: usize| matches!(tokens.get(at).map(|token| token.kind), Some(Kind::Part)) || variable(tokens, at);
    index.checked_sub(2).is_some_and(|before| before >= start && operator(tokens, before + 1) && part(before))
}

/// Another number that is offered beside one: "25 or 26", "between 3 and 5", "3 to 5", "3–5", "3, 4".
fn alternatives(tokens: &[Token], range: Range<usize>, index: usize) -> Option<Choice> {
    let value = number(tokens, index)?.value;
    let between = (range.start..index).any(|at| roles(tokens, at).has(Roles::BETWEEN));
    let mut joined = None;
    let mut words = 0;
    for at in index + 1..range.end.min(index + 9) {
        match tokens.get(at)?.kind {
            Kind::Number(other, style) => {
                let joined = joined? && style != Style::Weak;
                return (joined && other.value != value).then(|| Choice::Several(vec![index, at]));
            }
            Kind::Word(roles) if joined == Some(true) && (roles.has(Roles::DENIAL) || roles.has(Roles::INSTEAD)) => {
                return None;
            }
            Kind::Word(roles) if roles.has(Roles::OR) || roles.has(Roles::TO) || roles.has(Roles::AND) => {
                joined = Some(!roles.has(Roles::AND) || between || words < 2);
            }
            Kind::Word(_) if words < 3 => words += 1,
            Kind::Sign('-') if at == index + 1 && tokens.get(at + 1).is_some_and(|next| !next.spaced) => {
                joined = Some(true)
            }
            Kind::Sign(',') if at == index + 1 && number(tokens, at + 1).is_some() => joined = Some(true),
            Kind::Sign('/' | '~' | '&' | '±') if at == index + 1 => joined = Some(true),
            Kind::Sign('=') if joined == Some(true) => {}
            Kind::Sign('%' | '"' | '°' | '}' | ')' | '\'' | '{') => {}
            _ => return None,
        }
    }
    None
}

/// Whether a number stands in an adjunct: "in 3 days", "of the 20 eggs".
fn adjunct(tokens: &[Token], text: &str, start: usize, index: usize) -> bool {
    let Some(before) = index.checked_sub(1).filter(|before| *before >= start) else { return false };
    let adjunct = |at: usize| roles(tokens, at).has(Roles::ADJUNCT) || roles(tokens, at).has(Roles::TO);
    if adjunct(before) {
        return !amount_of(tokens, text, start, before);
    }
    let second = before.checked_sub(1).filter(|second| *second >= start);
    let linked = roles(tokens, before).has(Roles::LINK);
    !linked && matches!(tokens.get(before).map(|token| token.kind), Some(Kind::Word(_))) && second.is_some_and(adjunct)
}

/// "a total of 18": the number is what the noun measures.
fn amount_of(tokens: &[Token], text: &str, start: usize, of: usize) -> bool {
    let word = |at: usize| tokens.get(at).and_then(|token| text.get(token.span.clone())).unwrap_or_default();
    let article = (of.saturating_sub(3).max(start)..of).any(|at| matches!(word(at), "a" | "an" | "A" | "An"));
    matches!(word(of), "of" | "von" | "de" | "di") && (article || matches!(word(of), "von" | "de" | "di") && of > start)
}
