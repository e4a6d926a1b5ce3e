//! What prose concludes, where nothing states the answer.

use super::access;
use super::equations::assignments;
use super::lexicon;
use super::meant::last_sentence;
use super::roles::Roles;
use super::select::{self, Choice};
use super::sentences::{Sentence, begins_with, holds, holds_sign, numbers, words};
use super::sums::is_left;
use super::tokens::{Kind, Style, Token};
use super::value::Number;
use super::view::{Found, View, place};
use super::vocabulary::COUNTED;
use crate::judge::verdict::Rank;

/// Signs of currencies.
const CURRENCIES: [char; 5] = ['$', '€', '£', '¥', '₹'];

/// How what is money begins behind a number or in a question.
const MONEY: [&str; 9] = ["$", "€", "£", "dollar", "euro", "cents", "pound", "rupee", "usd"];

/// Verbs that follow right behind "how many".
const NO_NOUNS: [&str; 14] =
    ["are", "were", "is", "was", "did", "do", "does", "will", "would", "can", "have", "has", "had", "son"];

/// What the sentence concludes that comes last and is no remark, and whether it is marked as a conclusion.
pub(super) fn conclusion(view: &View<'_>) -> (Option<Found>, bool) {
    let tokens = view.tokens;
    let remarks = remarks(view);
    let mut plain = None;
    let mut repeated = None;
    let mut passed = Vec::new();
    let undecided = undecided(view);
    for (at, sentence) in view.sentences.iter().enumerate().take(remarks).rev() {
        let Some(choice) = eligible(view, sentence).filter(|choice| !counts_money(view, choice)) else { continue };
        if is_premise(view, sentence, &choice) {
            continue;
        }
        if repeats_question(view, &choice) {
            repeated.get_or_insert(choice);
            continue;
        }
        if let Some(several) = plain.as_ref().and_then(|plain| afterthought(view, &choice, plain)) {
            return (Some(place(Rank::Conclusion, "last_sentence", several)), false);
        }
        let marked = begins_with(tokens, sentence, Roles::CONCLUSION, 2)
            || holds_sign(tokens, sentence.range.clone(), '=')
            || strong(tokens, &choice);
        if let Some(several) = plain.as_ref().and_then(|plain| unsettled(view, sentence, &choice, plain)) {
            return (Some(place(Rank::Conclusion, "conclusion", several)), true);
        }
        let several = unknowns(view, sentence);
        if several.len() > 1 && select::one(tokens, &several).is_none() {
            return (Some(place(Rank::Conclusion, "conclusion", Choice::Several(several))), true);
        }
        if undecided && !begins_with(tokens, sentence, Roles::CONCLUSION, 2) {
            return (Some(place(Rank::Conclusion, "undecided", Choice::Several(listed(&choice)))), true);
        }
        if marked && (plain.is_none() || begins_with(tokens, sentence, Roles::CONCLUSION, 2)) {
            return (Some(place(Rank::Conclusion, "conclusion", choice)), true);
        }
        if let Choice::One(index) = &choice {
            passed.push((at, *index));
        }
        plain.get_or_insert(choice);
        if passed.len() > 2 {
            break;
        }
    }
    let plain = by_subject(view, &passed).or(plain).or(repeated);
    (plain.map(|choice| place(Rank::Conclusion, "last_sentence", choice)), false)
}

/// `From 48 we take 31`: several numbers, all of them from the question, say how the answer was found.
fn repeats_question(view: &View<'_>, choice: &Choice) -> bool {
    let Choice::Open(all) = choice else { return false };
    let given =
        |index: &usize| access::number(view.tokens, *index).is_some_and(|number| view.given.contains(&number.value));
    all.len() > 1 && all.iter().all(given)
}

/// `He earns $21`, where the question is how many of something there are.
pub(super) fn counts_money(view: &View<'_>, choice: &Choice) -> bool {
    let Choice::One(index) = choice else { return false };
    let money = |text: &str| MONEY.iter().any(|word| text.starts_with(word));
    let Some(span) = view.tokens.get(*index).map(|token| token.span.clone()) else { return false };
    let before = view.text.get(..span.start).unwrap_or_default().trim_end();
    let behind = view.text.get(span.end..).unwrap_or_default().trim_start();
    let number = view.text.get(span).unwrap_or_default();
    if !before.ends_with(CURRENCIES) && !number.starts_with(CURRENCIES) && !money(behind) {
        return false;
    }
    let asked = view.question.to_lowercase();
    let things = asked.rfind("how m").and_then(|at| asked[at..].strip_prefix("how many "));
    things.is_some_and(|things| !money(things))
}

/// Unknowns that a semicolon parts.
fn unknowns(view: &View<'_>, sentence: &Sentence) -> Vec<usize> {
    let before = view.sentences.partition_point(|before| before.range.end < sentence.range.start);
    let before = view.sentences.get(before);
    let parted = sentence.range.start.checked_sub(1).and_then(|at| view.tokens.get(at));
    match before.filter(|_| parted.is_some_and(|token| token.kind == Kind::Sign(';'))) {
        Some(before) => assignments(view.tokens, before.range.start..sentence.range.end),
        None => Vec::new(),
    }
}

/// The numbers of a choice.
fn listed(choice: &Choice) -> Vec<usize> {
    match choice {
        Choice::One(index) | Choice::Denied(index) => vec![*index],
        Choice::Several(all) | Choice::Open(all) => all.clone(),
        Choice::None => Vec::new(),
    }
}

/// A conclusion, and behind it a sentence that continues with another number: a remark or the next step.
fn unsettled(view: &View<'_>, sentence: &Sentence, before: &Choice, last: &Choice) -> Option<Choice> {
    let (Choice::One(first), Choice::One(second)) = (before, last) else { return None };
    let continues = begins_with(view.tokens, sentence, Roles::CONCLUSION, 2)
        && select::one(view.tokens, &[*first, *second]).is_none();
    continues.then(|| Choice::Several(vec![*first, *second]))
}

/// "He earns $30 a week. That is $120 in 4 weeks.": which one is asked for, the words behind the numbers tell, if they
/// are those of the question.
fn afterthought(view: &View<'_>, before: &Choice, last: &Choice) -> Option<Choice> {
    let (Choice::One(first), Choice::One(second)) = (before, last) else { return None };
    let (from, to) = (view.tokens.get(*first)?, view.tokens.get(*second)?);
    let sentence = view.sentences.iter().find(|sentence| sentence.range.contains(second))?;
    let second_word = matches!(view.tokens.get(sentence.range.start + 1).map(|token| token.kind), Some(Kind::Word(roles)) if roles.has(Roles::COPULA));
    let about = second_word
        && begins_with(view.tokens, sentence, Roles::ABOUT, 1)
        && !holds_sign(view.tokens, sentence.range.clone(), '=');
    if !about || select::one(view.tokens, &[*first, *second]).is_some() || from.span.end > to.span.start {
        return None;
    }
    let asked = |index: usize| {
        let words = view.tokens.get(index + 1..).unwrap_or_default().iter().take(4);
        let words = words.take_while(|token| matches!(token.kind, Kind::Word(_)) || token.kind == Kind::Sign('°'));
        let text = words.filter_map(|token| view.text.get(token.span.clone()));
        text.filter(|word| view.question.split(|c: char| !c.is_alphanumeric()).any(|asked| asked == *word)).count()
    };
    Some(match asked(*first).cmp(&asked(*second)) {
        std::cmp::Ordering::Greater => Choice::One(*first),
        std::cmp::Ordering::Less => Choice::One(*second),
        std::cmp::Ordering::Equal => Choice::Several(vec![*first, *second]),
    })
}

fn strong(tokens: &[Token], choice: &Choice) -> bool {
    matches!(choice, Choice::One(index) if tokens.get(*index).is_some_and(|token| token.strong))
}

/// Where the remarks begin that go to the end: a line such as "Check:" and what follows it.
fn remarks(view: &View<'_>) -> usize {
    let tokens = view.tokens;
    let mut from = view.sentences.len();
    for (at, sentence) in view.sentences.iter().enumerate().skip(1) {
        let opens = begins_with(tokens, sentence, Roles::REMARK, 1) && holds_sign(tokens, sentence.range.clone(), ':');
        if opens {
            from = from.min(at);
        } else if begins_with(tokens, sentence, Roles::CONCLUSION, 1) {
            from = view.sentences.len();
        }
    }
    from
}

/// What a sentence says, if it is one that may conclude.
pub(super) fn eligible(view: &View<'_>, sentence: &Sentence) -> Option<Choice> {
    let tokens = view.tokens;
    if bracketed(tokens, sentence)
        || announces(tokens, sentence)
        || sentence.asks
        || numbers(tokens, sentence.range.clone()) == 0
    {
        return None;
    }
    let begins = |role, among| begins_with(tokens, sentence, role, among);
    // `3 students passed` is no opinion of students.
    let counted = access::number(tokens, sentence.range.start).is_some();
    let tentative = !counted && begins(Roles::TENTATIVE, 2) && !holds(tokens, sentence.range.clone(), Roles::CONTRAST);
    if begins(Roles::REMARK, 3)
        || tentative && !calculates_behind_condition(tokens, sentence)
        || holds(tokens, sentence.range.clone(), Roles::OFFER)
    {
        return None;
    }
    let linked = holds(tokens, sentence.range.clone(), Roles::LINK)
        || holds(tokens, sentence.range.clone(), Roles::LEADS)
        || holds(tokens, sentence.range.clone(), Roles::SUM)
        || holds(tokens, sentence.range.clone(), Roles::OUTPUT)
        || holds_sign(tokens, sentence.range.clone(), '=');
    if begins(Roles::ABOUT, 1) && !linked {
        return None;
    }
    match select::concluded(tokens, view.text, view.given, sentence.range.clone()) {
        Choice::None | Choice::Denied(_) => None,
        choice if weak(tokens, &choice) => None,
        choice => Some(by_noun(view, sentence, by_question(view, choice))),
    }
}

/// `If 28 pupils share them, each gets 84 / 28 = 3`: behind the comma something is calculated and nothing supposed.
fn calculates_behind_condition(tokens: &[Token], sentence: &Sentence) -> bool {
    let comma = |at: &usize| access::sign(tokens, *at) == Some(',');
    let Some(comma) = sentence.range.clone().find(comma) else { return false };
    let main = comma + 1..sentence.range.end;
    holds_sign(tokens, main.clone(), '=') && !holds(tokens, main, Roles::TENTATIVE)
}

/// Whether a sentence behind another stands in brackets as a whole.
fn bracketed(tokens: &[Token], sentence: &Sentence) -> bool {
    let range = sentence.range.clone();
    let sign = |at: usize, signs: [char; 2]| matches!(tokens.get(at).map(|token| token.kind), Some(Kind::Sign(sign)) if signs.contains(&sign));
    let close = (range.start + 1..range.end).find(|at| sign(*at, [')', ']']));
    // `42` and below it `(18 + 24 = 42)`
    let value_before = || {
        let before = tokens.get(..range.start).unwrap_or_default().iter().rfind(|token| token.kind != Kind::Line);
        before.is_some_and(|token| matches!(token.kind, Kind::Number(..)))
            && access::number(tokens, range.start + 1).is_some()
    };
    range.start > 0
        && sign(range.start, ['(', '['])
        && (words(tokens, range.clone()) > 0 || value_before())
        && close.is_none_or(|close| close + 2 >= range.end)
}

/// Whether a sentence asks for something, declines, or announces what is to follow.
pub(super) fn announces(tokens: &[Token], sentence: &Sentence) -> bool {
    let range = sentence.range.clone();
    let colon =
        range.end.checked_sub(1).and_then(|last| tokens.get(last)).is_some_and(|token| token.kind == Kind::Sign(':'));
    let request = begins_with(tokens, sentence, Roles::REQUEST, 1) && !holds_sign(tokens, range.clone(), '=');
    let has =
        |at: usize, role| matches!(tokens.get(at).map(|token| token.kind), Some(Kind::Word(roles)) if roles.has(role));
    let declines = (range.start + 1..range.end).any(|at| has(at, Roles::REFUSAL) && has(at - 1, Roles::ABOUT));
    colon || request || declines
}

/// Whether one of the last sentences says that nothing is decided.
fn undecided(view: &View<'_>) -> bool {
    let has = |at: usize, role| matches!(view.tokens.get(at).map(|token| token.kind), Some(Kind::Word(roles)) if roles.has(role));
    let denied =
        |at: usize| (at.saturating_sub(2)..at).any(|before| has(before, Roles::DENIAL) || has(before, Roles::REFUSAL));
    view.sentences.iter().rev().take(2).any(|sentence| {
        sentence.range.clone().any(|at| has(at, Roles::UNDECIDED) || has(at, Roles::DECIDE) && denied(at))
    })
}

/// Two sentences that answer a question without numbers: the words of the question tell which one does.
fn by_subject(view: &View<'_>, all: &[(usize, usize)]) -> Option<Choice> {
    let indices: Vec<usize> = all.iter().map(|(_, index)| *index).collect();
    if view.question.is_empty()
        || !view.given.is_empty()
        || all.len() < 2
        || select::one(view.tokens, &indices).is_some()
    {
        return None;
    }
    let asked: Vec<String> = view.question.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    let shared = |sentence: usize| {
        let range = view.sentences.get(sentence).map_or(0..0, |sentence| sentence.range.clone());
        let tokens = view.tokens.get(range).unwrap_or_default().iter();
        let words = tokens.filter(|token| matches!(token.kind, Kind::Word(roles) if roles == Roles::default()));
        let text = words.filter_map(|token| view.text.get(token.span.clone())).filter(|word| word.len() > 2);
        text.filter(|word| asked.contains(&word.to_lowercase())).count()
    };
    let [(last, second), (before, first)] = all else { return Some(Choice::Several(indices)) };
    Some(match shared(*before).cmp(&shared(*last)) {
        std::cmp::Ordering::Greater => Choice::One(*first),
        std::cmp::Ordering::Less => Choice::One(*second),
        std::cmp::Ordering::Equal => Choice::Several(indices),
    })
}

/// Of several numbers of a sentence, the only one that the question does not give.
fn by_question(view: &View<'_>, choice: Choice) -> Choice {
    let Choice::Open(all) = &choice else { return choice };
    let value = |index: &usize| access::number(view.tokens, *index).map(|number| number.value);
    let given = |index: &usize| value(index).is_some_and(|value| view.given.contains(&value));
    let fresh: Vec<usize> = all.iter().copied().filter(|index| !given(index)).collect();
    match select::one(view.tokens, &fresh) {
        Some(index) if fresh.len() < all.len() => Choice::One(index),
        _ => left(view, all).or_else(|| counted(view, all)).map_or(choice, Choice::One),
    }
}

/// Of several numbers, the only one that is said to be left, where the question asks how many are.
fn left(view: &View<'_>, all: &[usize]) -> Option<usize> {
    let asked = last_sentence(view.question).to_lowercase();
    let asks = asked.split(|c: char| !c.is_alphabetic()).any(|word| lexicon::roles(word).has(Roles::LEFT));
    let mut left = all.iter().copied().filter(|index| asks && is_left(view.tokens, *index));
    left.next().filter(|_| left.next().is_none())
}

/// Of several numbers, the only one before the noun that the question asks to be counted: `how many eggs`.
fn counted(view: &View<'_>, all: &[usize]) -> Option<usize> {
    let asked = last_sentence(view.question).to_lowercase();
    let noun = COUNTED.iter().find_map(|phrase| asked.split_once(phrase)).map(|(_, rest)| rest)?;
    let noun = noun.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty())?;
    // "How many are left" names none.
    if NO_NOUNS.contains(&noun) {
        return None;
    }
    let word = |at: usize| view.tokens.get(at).and_then(|token| view.text.get(token.span.clone()));
    let mut counts =
        all.iter().copied().filter(|index| word(index + 1).is_some_and(|word| word.to_lowercase() == noun));
    counts.next().filter(|_| counts.next().is_none())
}

/// "2 crates are left, which is 48 eggs", where the question asks how many eggs.
fn by_noun(view: &View<'_>, sentence: &Sentence, choice: Choice) -> Choice {
    const MOST: usize = 64;
    let Choice::One(index) = choice else { return choice };
    if sentence.range.len() > MOST || counted(view, &[index]).is_some() {
        return choice;
    }
    let given = |number: Number| view.given.contains(&number.value);
    let fresh = |at: &usize| access::number(view.tokens, *at).is_some_and(|number| !given(number));
    let behind: Vec<usize> = (index + 1..sentence.range.end).filter(fresh).collect();
    counted(view, &behind).map_or(choice, Choice::One)
}

/// Whether a sentence says again what the question says before it asks: `The farmer sells 5 crates`.
pub(super) fn is_premise(view: &View<'_>, sentence: &Sentence, choice: &Choice) -> bool {
    let Choice::One(index) = choice else { return false };
    let given = access::number(view.tokens, *index).is_some_and(|number| view.given.contains(&number.value));
    let asks = last_sentence(view.question);
    let before = view.question.split(asks).next().unwrap_or_default().to_lowercase();
    if !given || asks.is_empty() || before.trim().is_empty() || holds_sign(view.tokens, sentence.range.clone(), '=') {
        return false;
    }
    let premise: Vec<&str> = before.split(|c: char| !c.is_alphanumeric()).collect();
    let known = |word: &str| {
        let one = |other: &&str| {
            word == *other || word.strip_suffix('s') == Some(*other) || other.strip_suffix('s') == Some(word)
        };
        premise.iter().any(one)
    };
    let tokens = view.tokens.get(sentence.range.clone()).unwrap_or_default().iter();
    let mut words = tokens
        .filter(|token| matches!(token.kind, Kind::Word(roles) if roles == Roles::default()))
        .filter_map(|token| view.text.get(token.span.clone()))
        .filter(|word| word.chars().count() > 3 && !word.eq_ignore_ascii_case("there"))
        .map(str::to_lowercase)
        .peekable();
    words.peek().is_some() && words.all(|word| known(&word))
}

fn weak(tokens: &[Token], choice: &Choice) -> bool {
    let weak = |index: &usize| matches!(tokens.get(*index).map(|token| token.kind), Some(Kind::Number(_, Style::Weak)));
    match choice {
        Choice::One(index) => weak(index),
        Choice::Several(all) | Choice::Open(all) => all.iter().all(weak),
        _ => false,
    }
}

/// The last sentence with an equation that is no check.
pub(super) fn last_equation(tokens: &[Token], sentences: &[Sentence]) -> usize {
    let equation = |sentence: &Sentence| {
        holds_sign(tokens, sentence.range.clone(), '=') && !begins_with(tokens, sentence, Roles::REMARK, 3)
    };
    sentences.iter().rposition(equation).unwrap_or(0)
}
