//! Which number of a sentence, of a box or of a value is the one that is meant.

use std::ops::Range;

use super::access::{number, roles, sign, style, words_before};
use super::clauses::{conclusion, last_cell, without_reason};
use super::equations::{Equation, assignments, bounded, computes, equation, first_clause, operator, part_before};
use super::roles::Roles;
use super::sums::summed;
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
    if let Some(found) = unsettled(tokens, range.clone(), first) {
        return found;
    }
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
pub(super) fn concluded(tokens: &[Token], text: &str, given: &[f64], range: Range<usize>) -> Choice {
    let range = last_cell(tokens, range);
    let main = without_reason(tokens, range.clone());
    let rest = main.end..range.end;
    let choice = concluded_part(tokens, text, given, conclusion(tokens, main));
    match choice {
        // "2 hours and 30 minutes, which is 150 minutes"
        Choice::Several(_) | Choice::Open(_) if restates(tokens, rest.clone()) => {
            concluded_part(tokens, text, given, rest)
        }
        // "12 are taken, which leaves 48"
        Choice::Several(_) | Choice::Open(_) | Choice::One(_) if leads_on(tokens, rest.clone()) => {
            match (choice, concluded_part(tokens, text, given, rest.clone())) {
                (_, Choice::One(last)) if holds_equals(tokens, rest) => Choice::One(last),
                (Choice::One(first), Choice::One(last)) if one(tokens, &[first, last]).is_none() => {
                    Choice::Open(vec![first, last])
                }
                // "20 and 5 make 25 in all, leaving 40"
                (Choice::Open(all), Choice::One(last)) => Choice::Open(all.into_iter().chain([last]).collect()),
                (choice, _) => choice,
            }
        }
        // "from 22:30 to 6:30, which is 8 hours"
        Choice::None if restates(tokens, rest.clone()) => concluded_part(tokens, text, given, rest),
        // "half an hour, i.e. 30 minutes"
        Choice::One(index) if style(tokens, index) == Some(Style::Weak) && restates(tokens, rest.clone()) => {
            concluded_part(tokens, text, given, rest)
        }
        choice => choice,
    }
}

/// Whether a relative clause tells what the step leads to.
fn leads_on(tokens: &[Token], range: Range<usize>) -> bool {
    (range.start..range.end.min(range.start + 3)).any(|at| roles(tokens, at).has(Roles::RESULT))
}

fn holds_equals(tokens: &[Token], mut range: Range<usize>) -> bool {
    range.any(|at| sign(tokens, at) == Some('='))
}

/// Whether a relative clause gives the same value in another unit.
fn restates(tokens: &[Token], range: Range<usize>) -> bool {
    let near = range.start..range.end.min(range.start + 4);
    near.clone().any(|at| roles(tokens, at).has(Roles::LINK) || roles(tokens, at).has(Roles::TOTAL))
        && !near.clone().any(|at| roles(tokens, at).has(Roles::REASON))
}

fn concluded_part(tokens: &[Token], text: &str, given: &[f64], range: Range<usize>) -> Choice {
    let all = candidates(tokens, range.clone());
    let kept = kept(tokens, &all);
    if kept.is_empty() {
        return all.first().map_or(Choice::None, |candidate| Choice::Denied(candidate.index));
    }
    if let Some(found) = kept.first().and_then(|first| unsettled(tokens, range.clone(), *first)) {
        return found;
    }
    // What the question gives is the whole of which a part is asked for.
    let asked = |index: &usize| number(tokens, *index).is_some_and(|sum| !given.contains(&sum.value));
    let told = summed(tokens, text, &range, &kept).filter(asked).or_else(|| changed(tokens, range.clone(), &kept));
    if let Some(found) = told.or_else(|| led(tokens, &kept, &range)) {
        return Choice::One(found);
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
    if let Some(index) = calculated(tokens, &range, &kept) {
        return Choice::One(index);
    }
    let chosen = |list: &[usize]| one(tokens, list);
    let strong: Vec<usize> =
        kept.iter().copied().filter(|at| tokens.get(*at).is_some_and(|token| token.strong)).collect();
    if let (Some(found), true) = (chosen(&strong), strong.len() < kept.len()) {
        return Choice::One(found);
    }
    let main: Vec<usize> = kept.iter().copied().filter(|at| !adjunct(tokens, text, range.start, *at)).collect();
    let grown = if main.is_empty() { grown(tokens, text, &kept) } else { None };
    let list = if main.is_empty() { &kept } else { &main };
    if let Some(found) = grown {
        return Choice::One(found);
    }
    let operand = |index: usize| index.checked_sub(1).is_some_and(|before| operator(tokens, before));
    let Some(found) = chosen(list).or_else(|| linked(tokens, &kept, &range)) else {
        // `10 dollars minus 6 dollars`
        return if kept.last().is_some_and(|last| operand(*last)) { Choice::None } else { Choice::Open(list.clone()) };
    };
    if let Some(found) = alternatives(tokens, range, found) {
        return found;
    }
    if computes(tokens, found) || bounded(tokens, found) || operand(found) {
        return Choice::None;
    }
    Choice::One(found)
}

/// What a sentence says that corrects itself behind its first number, or that gives several unknowns.
fn unsettled(tokens: &[Token], range: Range<usize>, first: usize) -> Option<Choice> {
    let several = assignments(tokens, range.clone());
    if one(tokens, &several).is_none() && several.len() > 1 {
        return Some(Choice::Several(several));
    }
    let dash = |at: usize| matches!(sign(tokens, at), Some(',' | '-' | '—' | '.' | '…' | '('));
    let takes_back = |at: &usize| roles(tokens, *at).has(Roles::CORRECTION) && dash(*at - 1);
    let word = (first + 1..range.end).rev().find(takes_back)?;
    let aside = |at: &usize| {
        let role = roles(tokens, *at);
        matches!(tokens.get(*at).map(|token| token.kind), Some(Kind::Sign(_)))
            || [Roles::CORRECTION, Roles::LINK, Roles::ABOUT, Roles::ANSWER, Roles::DENIAL]
                .iter()
                .any(|one| role.has(*one))
    };
    let next = (word + 1..range.end).find(|at| !aside(at))?;
    number(tokens, next).map(|_| Choice::One(next))
}

/// "drops from $40 to $30": what a value has become.
fn changed(tokens: &[Token], range: Range<usize>, kept: &[usize]) -> Option<usize> {
    let [from, to] = *kept else { return None };
    let has = |mut range: Range<usize>, role| range.any(|at| roles(tokens, at).has(role));
    let changes = has(range.start..from, Roles::CHANGE) && has(from.saturating_sub(2)..from, Roles::ADJUNCT);
    let near = to - from < 5 && has(from + 1..to, Roles::TO) && !has(from + 1..to, Roles::OR);
    (changes && near).then_some(to)
}

/// "5 * 6 -> 30": the number behind the only arrow, where a calculation stands before it.
fn calculated(tokens: &[Token], range: &Range<usize>, kept: &[usize]) -> Option<usize> {
    let mut arrows = range.clone().filter(|at| sign(tokens, *at) == Some('→'));
    let arrow = arrows.next().filter(|_| arrows.next().is_none())?;
    let last = *kept.last()?;
    let computes = (range.start..arrow).any(|at| operator(tokens, at));
    let only = kept.iter().filter(|index| **index > arrow).count() == 1;
    (computes && only && !self::computes(tokens, last)).then_some(last)
}

/// "in 2010 it grew by 6 cm": the only number by which something changes, where none says to what.
fn grown(tokens: &[Token], text: &str, kept: &[usize]) -> Option<usize> {
    let has = |at: usize, role| roles(tokens, at).has(role);
    let by = |at: usize| {
        let word = tokens.get(at).and_then(|token| text.get(token.span.clone()));
        word.is_some_and(|word| matches!(word, "by" | "um" | "на"))
            && (at.saturating_sub(2)..at).any(|at| has(at, Roles::CHANGE))
    };
    let before = |index: &usize| index.checked_sub(1);
    let changed: Vec<usize> = kept.iter().copied().filter(|index| before(index).is_some_and(by)).collect();
    let found = one(tokens, &changed)?;
    let to = kept.iter().filter(|index| **index > found).filter_map(before).any(|at| has(at, Roles::TO));
    (!to).then_some(found)
}

/// "eating 5 of 12 leaves 7": the last number, if only it stands behind a word that leads to a value.
fn led(tokens: &[Token], kept: &[usize], range: &Range<usize>) -> Option<usize> {
    let adds = |at: usize| (at.saturating_sub(2)..at).any(|before| roles(tokens, before).has(Roles::ADDS));
    let leads = |index: &usize| {
        let mut before = words_before(tokens, *index, range.start, 3);
        let to = index.checked_sub(1).filter(|at| roles(tokens, *at).has(Roles::TO));
        before.any(|at| roles(tokens, at).has(Roles::LEADS)) || to.is_some_and(adds)
    };
    let last = *kept.last().filter(|_| kept.len() > 1)?;
    let led: Vec<usize> = kept.iter().copied().filter(leads).collect();
    (led == [last]).then_some(last)
}

/// "4 times 9 is 36": the last number, if it is the only one that a copula links.
fn linked(tokens: &[Token], kept: &[usize], range: &Range<usize>) -> Option<usize> {
    let copula =
        |index: &usize| words_before(tokens, *index, range.start, 3).any(|at| roles(tokens, at).has(Roles::COPULA));
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
            // `7 [1]` names a source.
            Kind::Sign('[') if !found.is_empty() && sign(tokens, index + 2) == Some(']') => depth += 1,
            Kind::Sign(')' | ']') => depth = depth.saturating_sub(1),
            Kind::Sign(',' | ';' | ':') => denied = false,
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

/// Another number that is offered beside one: "25 or 26", "between 3 and 5", "3 to 5", "3–5", "3, 4".
fn alternatives(tokens: &[Token], range: Range<usize>, index: usize) -> Option<Choice> {
    let value = number(tokens, index)?.value;
    let between = (range.start..index).any(|at| roles(tokens, at).has(Roles::BETWEEN));
    let mut joined = None;
    let mut words = 0;
    let mut to = false;
    for at in index + 1..range.end.min(index + 9) {
        match tokens.get(at)?.kind {
            Kind::Number(other, style) => {
                // `48-31=17` is no range.
                if sign(tokens, index + 1) == Some('-') && sign(tokens, at + 1) == Some('=') {
                    return None;
                }
                let joined = joined? && style != Style::Weak;
                return (joined && other.value != value).then(|| Choice::Several(vec![index, at]));
            }
            Kind::Word(roles) if joined == Some(true) && (roles.has(Roles::DENIAL) || roles.has(Roles::INSTEAD)) => {
                return None;
            }
            // `12 by 5 to get 60`
            Kind::Word(roles) if to && roles == Roles::default() => return None,
            Kind::Word(roles) if roles.has(Roles::OR) || roles.has(Roles::TO) || roles.has(Roles::AND) => {
                to = roles.has(Roles::TO);
                joined = Some(!roles.has(Roles::AND) || between || words < 2);
            }
            Kind::Word(roles) if words == 0 && roles.has(Roles::REMAINDER) => joined = Some(true),
            Kind::Word(_) if words < 3 => words += 1,
            Kind::Sign('-') if at == index + 1 && tokens.get(at + 1).is_some_and(|next| !next.spaced) => {
                joined = Some(true)
            }
            Kind::Sign(',') if at == index + 1 && number(tokens, at + 1).is_some() => joined = Some(true),
            // `could be 11, or it could be 12`
            Kind::Sign(',') if at == index + 1 && roles(tokens, at + 1).has(Roles::OR) => {
                let next = at + 2..range.end.min(at + 6);
                let mut words = next.take_while(|next| number(tokens, *next).is_none());
                if !words.any(|word| roles(tokens, word).has(Roles::TENTATIVE)) {
                    return None;
                }
            }
            // `$15/hour = $600`, `a &= b`
            Kind::Sign('/') if !matches!(tokens.get(at + 1)?.kind, Kind::Number(..) | Kind::Sign(_)) => return None,
            Kind::Sign('&') if sign(tokens, at + 1) == Some('=') => return None,
            Kind::Sign('/' | '~' | '&' | '±') if at == index + 1 => joined = Some(true),
            Kind::Sign('=') if joined == Some(true) => {}
            Kind::Sign('%' | '"' | '°' | '}' | ')' | '\'' | '{') => {}
            _ => return None,
        }
    }
    None
}

/// Whether a number stands in an adjunct: "in 3 days", "of the 20 eggs".
pub(super) fn adjunct(tokens: &[Token], text: &str, start: usize, index: usize) -> bool {
    let has = |at: usize, role| roles(tokens, at).has(role);
    // `in the years 2010-2016`, `between 1990 and 2000`: the second number stands where the first does.
    let between =
        |first: usize| has(first + 1, Roles::AND) && first.checked_sub(1).is_some_and(|at| has(at, Roles::BETWEEN));
    let ranges = |first: &usize| sign(tokens, first + 1) == Some('-') || between(*first);
    let first = index.checked_sub(2).filter(|first| *first >= start && number(tokens, *first).is_some());
    let index = first.filter(ranges).unwrap_or(index);
    let Some(before) = index.checked_sub(1).filter(|before| *before >= start) else { return false };
    let adjunct = |at: usize| has(at, Roles::ADJUNCT) || has(at, Roles::TO) || has(at, Roles::BETWEEN);
    if adjunct(before) {
        return !amount_of(tokens, text, start, before);
    }
    let second = before.checked_sub(1).filter(|second| *second >= start);
    let article = |at: &usize| tokens.get(*at).and_then(|token| text.get(token.span.clone())).is_some_and(is_article);
    let second = match second.filter(article) {
        Some(article) => article.checked_sub(1).filter(|third| *third >= start),
        None => second,
    };
    let linked = roles(tokens, before).has(Roles::LINK);
    !linked && matches!(tokens.get(before).map(|token| token.kind), Some(Kind::Word(_))) && second.is_some_and(adjunct)
}

fn is_article(word: &str) -> bool {
    matches!(word, "the" | "den" | "les" | "los" | "las" | "os" | "as" | "gli")
}

/// "a total of 18": the number is what the noun measures.
fn amount_of(tokens: &[Token], text: &str, start: usize, of: usize) -> bool {
    let word = |at: usize| tokens.get(at).and_then(|token| text.get(token.span.clone())).unwrap_or_default();
    let article = (of.saturating_sub(3).max(start)..of).any(|at| matches!(word(at), "a" | "an" | "A" | "An"));
    matches!(word(of), "of" | "von" | "de" | "di") && (article || matches!(word(of), "von" | "de" | "di") && of > start)
}
