//! What prose concludes, where nothing states the answer.

use super::lexicon::Roles;
use super::select::{self, Choice};
use super::sentences::{Sentence, begins_with, holds, holds_sign, numbers};
use super::tokens::{Kind, Style, Token};
use super::view::{Found, View, place};
use crate::judge::verdict::Rank;

/// What the sentence concludes that comes last and is no remark, and whether it is marked as a conclusion.
pub(super) fn conclusion(view: &View<'_>) -> (Option<Found>, bool) {
    let tokens = view.tokens;
    let remarks = remarks(view);
    let mut plain = None;
    let mut passed = 0;
    for sentence in view.sentences.iter().take(remarks).rev() {
        let Some(choice) = eligible(view, sentence) else { continue };
        if let Some(several) = plain.as_ref().and_then(|plain| afterthought(view, &choice, plain)) {
            return (Some(place(Rank::Conclusion, "last_sentence", several)), false);
        }
        let marked = begins_with(tokens, sentence, Roles::CONCLUSION, 2)
            || holds_sign(tokens, sentence.range.clone(), '=')
            || strong(tokens, &choice);
        if let Some(several) = plain.as_ref().and_then(|plain| unsettled(view, sentence, &choice, plain)) {
            return (Some(place(Rank::Conclusion, "conclusion", several)), true);
        }
        if marked && (plain.is_none() || begins_with(tokens, sentence, Roles::CONCLUSION, 2)) {
            return (Some(place(Rank::Conclusion, "conclusion", choice)), true);
        }
        plain.get_or_insert(choice);
        passed += 1;
        if passed > 2 {
            break;
        }
    }
    (plain.map(|choice| place(Rank::Conclusion, "last_sentence", choice)), false)
}

/// A conclusion, and behind it a sentence that goes on with another number: a remark or the next step.
fn unsettled(view: &View<'_>, sentence: &Sentence, before: &Choice, last: &Choice) -> Option<Choice> {
    let (Choice::One(first), Choice::One(second)) = (before, last) else { return None };
    let goes_on = begins_with(view.tokens, sentence, Roles::CONCLUSION, 2)
        && select::one(view.tokens, &[*first, *second]).is_none();
    goes_on.then(|| Choice::Several(vec![*first, *second]))
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
    let aside = sentence.range.start > 0
        && tokens.get(sentence.range.start).is_some_and(|token| token.kind == Kind::Sign('('))
        && tokens
            .get(sentence.range.start..sentence.range.start + 8)
            .is_none_or(|near| !near.iter().any(|token| token.kind == Kind::Sign(')')));
    if aside || sentence.asks || numbers(tokens, sentence.range.clone()) == 0 {
        return None;
    }
    let begins = |role, among| begins_with(tokens, sentence, role, among);
    if begins(Roles::REMARK, 3)
        || begins(Roles::TENTATIVE, 2) && !holds(tokens, sentence.range.clone(), Roles::CONTRAST)
        || holds(tokens, sentence.range.clone(), Roles::OFFER)
    {
        return None;
    }
    let linked = holds(tokens, sentence.range.clone(), Roles::LINK) || holds_sign(tokens, sentence.range.clone(), '=');
    if begins(Roles::ABOUT, 1) && !linked {
        return None;
    }
    match select::concluded(tokens, view.text, sentence.range.clone()) {
        Choice::None | Choice::Denied(_) => None,
        choice if weak(tokens, &choice) => None,
        choice => Some(by_question(view, choice)),
    }
}

/// Of several numbers of a sentence, the only one that the question does not give.
fn by_question(view: &View<'_>, choice: Choice) -> Choice {
    let Choice::Open(all) = &choice else { return choice };
    let value = |index: &usize| select::number(view.tokens, *index).map(|number| number.value);
    let given = |index: &usize| value(index).is_some_and(|value| view.given.contains(&value));
    let fresh: Vec<usize> = all.iter().copied().filter(|index| !given(index)).collect();
    match select::one(view.tokens, &fresh) {
        Some(index) if fresh.len() < all.len() => Choice::One(index),
        _ => choice,
    }
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
