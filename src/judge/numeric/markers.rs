//! Places that hold the answer, in the order of their rank.

use std::ops::Range;

use super::access;
use super::columns::column;
use super::conclusions::{announces, conclusion, counts_money, is_premise};
use super::json;
use super::meant::{labelled, last_sentence};
use super::roles::Roles;
use super::select::{self, Choice};
use super::sentences::{self, Sentence, begins_with, holds, holds_sign, numbers, words};
use super::statements::{statements, value_alone};
use super::sums;
use super::tokens::{Kind, Token};
use super::units::Unit;
use super::view::{Found, View, begins_with_conclusion, place};
use crate::judge::verdict::Rank;

/// Everything that speaks for an answer, the strongest first.
pub(super) fn found(view: &View<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    found.extend(answer_key(view));
    let filled = |piece: &&(usize, &str)| piece.1.contains(char::is_alphanumeric);
    let mut filled = view.pieces.iter().filter(filled).peekable();
    if filled.peek().is_some() && filled.all(|(_, piece)| json::is_object(piece)) {
        return found;
    }
    found.extend(hashes(view));
    found.extend(boxed(view));
    found.extend(statements(view));
    found.extend(column(view));
    found.extend(bare_lines(view));
    let (conclusion, marked) = conclusion(view);
    let start = start(view);
    let both = || start.as_ref().zip(conclusion.as_ref());
    let worked_out = both().is_some_and(|(start, end)| works_out(view, start, end));
    if let Some(several) = both().filter(|_| !worked_out).and_then(|(start, end)| disputed(view, start, end, marked)) {
        found.push(several);
    } else if marked || worked_out || taken_back(view, start.as_ref()) {
        found.extend(conclusion);
        found.extend(start);
    } else {
        found.extend(start);
        found.extend(conclusion);
    }
    found.extend(lone(view));
    found
}

/// Whether the first line says several values, or the next sentence takes it back.
fn taken_back(view: &View<'_>, start: Option<&Found>) -> bool {
    let several = start.is_some_and(|start| matches!(start.choice, Choice::Several(_)));
    let next = view.sentences.get(1);
    several || next.is_some_and(|next| begins_with(view.tokens, next, Roles::CORRECTION, 2))
}

/// `12 eggs. Minus 5. 7 are left.`: a calculation in words, whose last sentence says what the numbers before it make.
fn works_out(view: &View<'_>, start: &Found, end: &Found) -> bool {
    const MOST: usize = 8;
    let (Choice::One(first), Choice::One(last)) = (&start.choice, &end.choice) else { return false };
    let Some(sentence) = view.sentences.iter().find(|sentence| sentence.range.contains(last)) else { return false };
    let number = |at: &usize| access::number(view.tokens, *at).is_some();
    let parts: Vec<usize> = (*first..sentence.range.start).filter(number).take(MOST + 1).collect();
    let alone = sentence.range.clone().filter(number).take(2).count() == 1;
    // What the question gives and no part is, another step would use.
    let part = |given: &f64| {
        parts.iter().any(|at| access::number(view.tokens, *at).is_some_and(|part| part.value.abs() == *given))
    };
    parts.len() <= MOST
        && alone
        && view.given.iter().all(part)
        && sums::made_of(view.tokens, view.text, &sentence.range, &parts, *last)
}

/// A value at the start and another at the end: which one is meant, only a bare value with mere prose behind it tells.
fn disputed(view: &View<'_>, start: &Found, end: &Found, marked: bool) -> Option<Found> {
    let (Choice::One(first), Choice::One(second)) = (&start.choice, &end.choice) else { return None };
    let line = view.sentences.first()?.range.clone();
    let bare = words(view.tokens, line) == 0;
    let differ = select::one(view.tokens, &[*first, *second]).is_none();
    let said = begins_with_conclusion(view, *second);
    let corrected = view.sentences.get(1).is_some_and(|next| begins_with(view.tokens, next, Roles::CORRECTION, 2));
    // "52 euros; the reduction is 28 euros": what the question gives is no rival.
    let given =
        |index: usize| access::number(view.tokens, index).is_some_and(|number| view.given.contains(&number.value));
    let repeats = !marked && given(*second) && !given(*first);
    // "In total 500 people came. The hall had been open for 3 days."
    let total = holds(view.tokens, view.sentences.first()?.range.clone(), Roles::TOTAL);
    let repeats = repeats || total && measures_time(view, *second);
    (differ && !said && !corrected && !repeats && bare == marked)
        .then(|| place(start.rank, start.rule, Choice::Several(vec![*first, *second])))
}

/// Whether a number only says how long something takes, as "for 3 days".
fn measures_time(view: &View<'_>, index: usize) -> bool {
    let Some(sentence) = view.sentences.iter().find(|sentence| sentence.range.contains(&index)) else { return false };
    let end = view.tokens.get(index).map_or(0, |token| token.span.end);
    let time = Unit::behind(view.text, end).is_some_and(Unit::is_time);
    time && select::adjunct(view.tokens, view.text, sentence.range.start, index)
}

/// The tokens of a byte range.
fn within(tokens: &[Token], bytes: &Range<usize>) -> Range<usize> {
    let start = tokens.partition_point(|token| token.span.start < bytes.start);
    let end = tokens.partition_point(|token| token.span.start < bytes.end);
    start..end.max(start)
}

/// The value of an answer key of JSON.
fn answer_key(view: &View<'_>) -> Option<Found> {
    let mut values = Vec::new();
    for (start, piece) in view.pieces {
        values.extend(json::values(piece).into_iter().map(|value| start + value.start..start + value.end));
    }
    let open = view.cut && values.last()?.end >= view.text.trim_end().len();
    let choices = values.iter().map(|value| select::stated(view.tokens, within(view.tokens, value)));
    // The key decides even where it holds no number, unless the cut took it.
    match choices.rev().find(|choice| *choice != Choice::None) {
        None if values.is_empty() && !view.cut => only_value(view),
        None if open || values.is_empty() => None,
        last => Some(place(Rank::Final, "answer_key", last.unwrap_or(Choice::None))),
    }
}

/// `{"sum": 15}`: the only number of an object without an answer key, or the only one whose key the question names.
fn only_value(view: &View<'_>) -> Option<Found> {
    let mut filled = view.pieces.iter().filter(|(_, piece)| piece.contains(char::is_alphanumeric));
    if !filled.next().is_some_and(|(_, piece)| json::is_object(piece)) || filled.next().is_some() {
        return None;
    }
    let keys = view.tokens.iter().filter(|token| token.kind == Kind::Sign(':')).count();
    let asked = last_sentence(view.question).to_lowercase();
    let asked: Vec<&str> = asked.split(|c: char| !c.is_alphanumeric()).collect();
    let fits = |index: &usize| {
        access::number(view.tokens, *index).is_some() && (keys == 1 || is_keyed(view, *index, &asked) == Some(true))
    };
    let mut all = (0..view.tokens.len()).filter(fits);
    let only = all.next().filter(|_| all.next().is_none())?;
    Some(place(Rank::Final, "answer_key", Choice::One(only)))
}

/// `{"sold": 12, "left": 36}`: whether the key of a number holds a word of the question.
fn is_keyed(view: &View<'_>, index: usize, asked: &[&str]) -> Option<bool> {
    const SHORTEST: usize = 4;
    let colon = view.tokens.get(index.checked_sub(1)?).filter(|token| token.kind == Kind::Sign(':'))?;
    let key = view.text.get(..colon.span.start)?.trim_end().strip_suffix('"')?.rsplit('"').next()?;
    let mut words = key.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= SHORTEST);
    Some(words.any(|word| asked.contains(&word.to_lowercase().as_str())))
}

/// The first `####` that a value follows.
fn hashes(view: &View<'_>) -> Option<Found> {
    let tokens = view.tokens;
    let marks = (0..tokens.len()).filter(|index| tokens.get(*index).is_some_and(|token| token.kind == Kind::Hashes));
    for mark in marks {
        let line = mark + 1..line_end(tokens, mark + 1);
        let value = numbers(tokens, line.clone()) > 0
            && (words(tokens, line.clone()) <= 5 || holds_sign(tokens, line.clone(), '='));
        if value && !holds(tokens, line.clone(), Roles::ANSWER) {
            let choice = select::stated(tokens, line);
            if choice != Choice::None {
                return Some(place(Rank::Final, "hashes", choice));
            }
        }
    }
    None
}

fn line_end(tokens: &[Token], from: usize) -> usize {
    let rest = tokens.get(from..).unwrap_or_default();
    from + rest.iter().position(|token| matches!(token.kind, Kind::Line | Kind::Hashes)).unwrap_or(rest.len())
}

/// The last box; one that holds no number answers something else.
fn boxed(view: &View<'_>) -> Option<Found> {
    let tokens = view.tokens;
    let boxes: Vec<usize> =
        (0..tokens.len()).filter(|index| tokens.get(*index).is_some_and(|token| token.kind == Kind::Boxed)).collect();
    let last = *boxes.last()?;
    let choice = select::stated(tokens, content(tokens, last)?);
    // Two boxes in one sentence are two answers.
    let before = boxes.len().checked_sub(2).and_then(|at| boxes.get(at)).copied();
    if let (Some(before), Choice::One(index)) = (before, &choice) {
        let between = content(tokens, before)?.end..last;
        let joined = between.len() <= 4
            && [Roles::OR, Roles::AND].iter().any(|role| holds(tokens, between.clone(), *role))
            || between.len() <= 4 && holds_sign(tokens, between.clone(), ',');
        let joined = joined && !holds(tokens, between, Roles::CORRECTION);
        if let (true, Choice::One(other)) = (joined, select::stated(tokens, content(tokens, before)?)) {
            let same = select::one(tokens, &[other, *index]).is_some();
            return Some(place(Rank::Final, "boxed", if same { choice } else { Choice::Several(vec![other, *index]) }));
        }
    }
    Some(place(Rank::Final, "boxed", choice))
}

/// What is in a box.
fn content(tokens: &[Token], mark: usize) -> Option<Range<usize>> {
    if tokens.get(mark + 1)?.kind != Kind::Sign('{') {
        return Some(mark + 1..mark + 2);
    }
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(mark + 1) {
        match token.kind {
            Kind::Sign('{') => depth += 1,
            Kind::Sign('}') => {
                depth -= 1;
                if depth == 0 {
                    return Some(mark + 2..index);
                }
            }
            _ => {}
        }
    }
    None
}

/// Lines with nothing but a number each that are not the same: nothing tells which one is meant.
fn bare_lines(view: &View<'_>) -> Option<Found> {
    let complete = view.sentences.len() - usize::from(view.cut && !view.sentences.is_empty());
    let lines = view.sentences.get(..complete)?;
    let bare = |sentence: &Sentence| {
        let tokens = view.tokens.get(sentence.range.clone())?.iter();
        let only = |token: &Token| match token.kind {
            Kind::Number(..) => true,
            Kind::Sign(sign) => matches!(sign, '$' | '€' | '£' | '¥' | '₹' | '%' | '°' | '.' | '*' | '`' | '"'),
            _ => false,
        };
        let mut numbers = sentence.range.clone().filter(|at| access::number(view.tokens, *at).is_some());
        numbers.next().filter(|_| sentence.line && numbers.next().is_none() && tokens.clone().all(only))
    };
    let all = lines.iter().map(bare).collect::<Option<Vec<usize>>>().filter(|all| all.len() > 1)?;
    if let Some(repeated) = repeated_until_cut(view, &all) {
        return Some(place(Rank::Start, "value", Choice::One(repeated)));
    }
    select::one(view.tokens, &all).is_none().then(|| place(Rank::Start, "value", Choice::Several(all)))
}

/// `100`, `100`, `100`, `10`: one number over and over, of which the output ends with the beginning.
fn repeated_until_cut(view: &View<'_>, all: &[usize]) -> Option<usize> {
    const OFTEN: usize = 2;
    let written = |at: usize| view.tokens.get(at).and_then(|token| view.text.get(token.span.clone()));
    let (last, before) = all.split_last().filter(|(_, before)| before.len() >= OFTEN)?;
    let index = select::one(view.tokens, before)?;
    let begins = written(index)?.starts_with(written(*last)?);
    let ends = view.tokens.get(*last).is_some_and(|token| token.span.end == view.text.len());
    (begins && ends).then_some(index)
}

/// `There were 12 eggs. … 7 are left.`: a sentence about what was, behind which other numbers stand, only begins.
fn tells(view: &View<'_>, first: &Sentence, choice: &Choice) -> bool {
    const WAS: [&str; 7] = ["There were ", "There was ", "Es gab ", "Il y avait ", "Había ", "Havia ", "C'erano "];
    let Choice::One(index) = choice else { return false };
    let start = view.tokens.get(first.range.start).map_or(0, |token| token.span.start);
    let was = view.text.get(start..).is_some_and(|text| WAS.iter().any(|was| text.starts_with(was)));
    let value = access::number(view.tokens, *index).map(|number| number.value);
    let mut others = (first.range.end..view.tokens.len()).filter_map(|at| access::number(view.tokens, at));
    was && others.any(|other| Some(other.value) != value)
}

/// The first line, if it is a value and more follows.
fn start(view: &View<'_>) -> Option<Found> {
    let first = view.sentences.first()?;
    let value =
        value_alone(view.tokens, first.range.clone()) && words(view.tokens, first.range.clone()) <= 4 && !first.asks;
    let choice = value.then(|| select::stated(view.tokens, first.range.clone()))?;
    let listed =
        matches!(view.tokens.get(first.range.start).map(|token| token.kind), Some(Kind::Part | Kind::Sign('-' | '•')))
            || begins_with(view.tokens, first, Roles::LABEL, 1);
    let last = view.sentences.len() == 1;
    if opens_calculation(view, first) {
        return None;
    }
    if !last && labelled(view, first) && view.sentences.iter().skip(1).any(|next| labelled(view, next)) {
        return None;
    }
    if !last && (listed || tells(view, first, &choice)) {
        return None;
    }
    (choice != Choice::None).then(|| place(if last { Rank::Conclusion } else { Rank::Start }, "value", choice))
}

/// Whether a calculation of several lines begins with a sentence: another equation follows, or a line with an operator.
fn opens_calculation(view: &View<'_>, first: &Sentence) -> bool {
    let end = first.range.end;
    let next = (end..end + 3).find(|at| view.tokens.get(*at).is_some_and(|token| token.kind != Kind::Line));
    let operand = next.is_some_and(|at| {
        matches!(access::sign(view.tokens, at), Some('+' | '×' | '/')) && access::number(view.tokens, at + 1).is_some()
    });
    operand || holds_sign(view.tokens, first.range.clone(), '=') && view.last_equation > 0
}

/// The only number.
fn lone(view: &View<'_>) -> Option<Found> {
    let tokens = view.tokens;
    let all: Vec<usize> = (0..tokens.len()).filter(|index| access::number(tokens, *index).is_some()).collect();
    let asks = view.sentences.iter().all(|sentence| sentence.asks);
    if asks || all.is_empty() {
        return None;
    }
    let index = select::one(tokens, &all)?;
    let sentence = view.sentences.iter().find(|sentence| sentence.range.contains(&index))?;
    let counted = index.checked_sub(1).is_some_and(|before| holds(tokens, before..index, Roles::COUNT));
    match select::stated(tokens, sentence.range.clone()) {
        _ if counted || announces(tokens, sentence) || holds(tokens, sentence.range.clone(), Roles::REFUSAL) => None,
        choice @ Choice::One(_)
            if !counts_money(view, &choice)
                && (!is_premise(view, sentence, &choice) || begins_with(tokens, sentence, Roles::CONCLUSION, 1)) =>
        {
            Some(place(Rank::Named, "only_number", choice))
        }
        _ => None,
    }
}

/// The sentences of tokens.
pub(super) fn sentences_of(tokens: &[Token]) -> Vec<Sentence> {
    sentences::sentences(tokens)
}
