//! Statements of the answer in words: "the answer is 18".

use std::ops::Range;

use super::access;
use super::conclusions::eligible;
use super::roles::Roles;
use super::select::{self, Choice};
use super::sentences::{Sentence, begins_with, holds, holds_sign, numbers, words};
use super::tokens::{Kind, Token};
use super::view::{Found, REACH, View, place};
use crate::judge::verdict::{Fate, Rank};

/// Statements of the answer: "the answer is 18". The last one counts, unless it is taken back.
pub(super) fn statements(view: &View<'_>) -> Vec<Found> {
    let mut all: Vec<(Found, usize)> = Vec::new();
    for (at, sentence) in view.sentences.iter().enumerate() {
        all.extend(statement(view, at, sentence).map(|found| (found, at)));
    }
    let last = all.iter().rposition(|(found, _)| found.fate.is_none());
    let Some(last) = last else { return all.into_iter().map(|(found, _)| found).collect() };
    if let Some(correction) = corrected(view, &all, last) {
        for (found, _) in &mut all {
            found.fate.get_or_insert(Fate::Corrected);
        }
        all.push((correction, 0));
        all.rotate_right(1);
        return all.into_iter().map(|(found, _)| found).collect();
    }
    if let Some(other) = repeated_otherwise(view, &all, last) {
        return vec![other];
    }
    for (found, _) in all.iter_mut().take(last) {
        found.fate.get_or_insert(Fate::Corrected);
    }
    all.swap(0, last);
    all.into_iter().map(|(found, _)| found).collect()
}

/// Two statements in the same words with different numbers, and nothing between them that takes the first back.
fn repeated_otherwise(view: &View<'_>, all: &[(Found, usize)], last: usize) -> Option<Found> {
    let (found, at) = all.get(last)?;
    let (before, from) = all.get(..last)?.iter().rev().find(|(found, _)| found.fate.is_none())?;
    let (Choice::One(first), Choice::One(second)) = (&before.choice, &found.choice) else { return None };
    let lead = |sentence: usize, index: usize| {
        let range = view.sentences.get(sentence)?.range.clone();
        let token = |at: usize| view.tokens.get(at).and_then(|token| view.text.get(token.span.clone()));
        Some((range.start..index).map(|at| token(at).unwrap_or_default().to_lowercase()).collect::<Vec<_>>())
    };
    let same_words = lead(*from, *first)? == lead(*at, *second)?;
    let corrected = view.sentences.get(from + 1..=*at)?.iter().any(|sentence| {
        [Roles::CORRECTION, Roles::CONCLUSION, Roles::FINAL]
            .iter()
            .any(|role| holds(view.tokens, sentence.range.clone(), *role))
    });
    let differ = select::one(view.tokens, &[*first, *second]).is_none();
    (same_words && differ && !corrected).then(|| place(found.rank, found.rule, Choice::Several(vec![*first, *second])))
}

/// A sentence behind the last statement that takes it back and says something else.
fn corrected(view: &View<'_>, all: &[(Found, usize)], last: usize) -> Option<Found> {
    let (found, at) = all.get(last)?;
    let after = view.sentences.get(at + 1..)?;
    let takes_back = after.iter().position(|sentence| begins_with(view.tokens, sentence, Roles::CORRECTION, 2))?;
    let choice = after.get(takes_back..)?.iter().rev().find_map(|sentence| eligible(view, sentence))?;
    (choice != found.choice).then(|| place(Rank::Statement, "correction", choice))
}

/// The statement that a sentence makes.
fn statement(view: &View<'_>, at: usize, sentence: &Sentence) -> Option<Found> {
    let tokens = view.tokens;
    let range = sentence.range.clone();
    let role = |index: usize, role| matches!(tokens.get(index).map(|token| token.kind), Some(Kind::Word(roles)) if roles.has(role));
    let prints = |index: usize| {
        let opens = index == range.start && role(index, Roles::OUTPUT);
        opens && matches!(tokens.get(index + 1).map(|token| token.kind), Some(Kind::Sign(':')))
    };
    let answers = range.clone().filter(|index| role(*index, Roles::ANSWER) || prints(*index));
    let mut best = None;
    for answer in answers {
        let clause = clause_start(tokens, range.start, answer);
        let tentative = holds(tokens, clause..answer, Roles::TENTATIVE) || sentence.asks;
        let Some(mut found) = linked(view, at, answer, range.end.min(answer + REACH)) else { continue };
        let near = answer.saturating_sub(2).max(range.start)..(answer + 2).min(range.end);
        if holds(tokens, near, Roles::FINAL) {
            found.rank = Rank::Final;
        }
        if tentative {
            found.fate = Some(Fate::Tentative);
        }
        if found.fate.is_none() || best.is_none() {
            best = Some(found);
        }
    }
    best
}

fn clause_start(tokens: &[Token], start: usize, index: usize) -> usize {
    let breaks = |at: &usize| match tokens.get(*at).map(|token| token.kind) {
        Some(Kind::Word(roles)) => roles.has(Roles::CONTRAST) || roles.has(Roles::CONCLUSION),
        _ => false,
    };
    let start = start.max(index.saturating_sub(REACH));
    (start..index).rev().find(breaks).unwrap_or(start)
}

/// What is linked to an answer word.
fn linked(view: &View<'_>, at: usize, answer: usize, end: usize) -> Option<Found> {
    let tokens = view.tokens;
    let mut link = None;
    let mut words = 0;
    for index in answer + 1..end.min(answer + 16) {
        let numbered = matches!(tokens.get(index + 1).map(|token| token.kind), Some(Kind::Sign(':')));
        match tokens.get(index)?.kind {
            // `Answer 1: 2.5`
            Kind::Number(..) if numbered && index == answer + 1 && numbers(tokens, index + 2..end) > 0 => {}
            Kind::Number(..) if index - answer <= 2 || words <= 1 && close(tokens, answer, index) => {
                return Some(place(Rank::Statement, "answer_is", select::stated(tokens, answer + 1..end)));
            }
            Kind::Word(roles) if roles.has(Roles::LINK) => link = Some((index, false)),
            Kind::Sign('=' | '→') => link = Some((index, false)),
            Kind::Sign(':' | '-') => link = Some((index, true)),
            Kind::Sign('.' | ';') => return None,
            Kind::Word(_) => words += 1,
            _ => {}
        }
        if link.is_some() {
            break;
        }
    }
    let (link, colon) = link.or_else(|| (answer + 2 >= end).then_some((end.saturating_sub(1), true)))?;
    let denied = holds(tokens, answer..link, Roles::DENIAL);
    let region = if denied { answer + 1..end } else { link + 1..end };
    if numbers(tokens, region.clone()) == 0
        && !tokens
            .get(region.clone())
            .unwrap_or_default()
            .iter()
            .any(|token| matches!(token.kind, Kind::Part | Kind::Word(_)))
    {
        return next_line(view, at);
    }
    let first = region.clone().find(|index| access::number(tokens, *index).is_some())?;
    let method = holds(tokens, region.start..first, Roles::METHOD);
    // `Answer:` may begin a calculation of several lines.
    let continues = colon && holds_sign(tokens, region.clone(), '=') && at < view.last_equation;
    if method || continues || colon && !value_alone(tokens, region.clone()) {
        return None;
    }
    Some(place(Rank::Statement, "answer_is", select::stated(tokens, region)))
}

/// In scripts without spaces a particle may stand between.
fn close(tokens: &[Token], answer: usize, index: usize) -> bool {
    let (Some(from), Some(to)) = (tokens.get(answer), tokens.get(index)) else { return false };
    to.span.start - from.span.end <= 8
}

/// `Answer:` and the value in the next line.
fn next_line(view: &View<'_>, at: usize) -> Option<Found> {
    let next = view.sentences.get(at + 1)?;
    let range = next.range.clone();
    if !value_alone(view.tokens, range.clone()) {
        return None;
    }
    Some(place(Rank::Statement, "answer_is", select::stated(view.tokens, range)))
}

/// Whether a range is a value with at most a few words for its unit, or a reason behind it.
pub(super) fn value_alone(tokens: &[Token], range: Range<usize>) -> bool {
    let Some(first) = range.clone().find(|index| access::number(tokens, *index).is_some()) else { return false };
    let before = words(tokens, range.start..first);
    let count = select::count(tokens, range.clone());
    let all = words(tokens, range.clone()) - before;
    let reason = [Roles::REASON, Roles::COMMA_REASON, Roles::INSTEAD, Roles::OR]
        .iter()
        .any(|role| holds(tokens, range.clone(), *role));
    let equation = holds_sign(tokens, range.clone(), '=');
    before <= 2 && (count == 1 && all <= 6 || reason && before == 0 || equation && all + before <= 3)
        || holds(tokens, range.start..first, Roles::DENIAL)
}
