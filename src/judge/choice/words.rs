//! Words that answer without naming a choice: yes and no, and the choice that is left when all others are denied.

use super::decide::Piece;
use super::items::Item;
use super::lexicon::*;
use super::prepared::Text;
use super::scan::Kind;
use super::view::{Mention, Stand, View};
use crate::judge::verdict::Rank;

/// `No, …` where one choice starts with no.
pub(super) fn words(view: &View, mentions: &mut Vec<Mention>) {
    let items = &view.items.items;
    let Some((index, item)) =
        items.iter().enumerate().find(|(_, item)| !item.masked && !matches!(item.kind, Kind::Mark(_) | Kind::Break))
    else {
        return;
    };
    if item.text.is_some() || item.label.is_some() {
        return;
    }
    let word = || [YES | TRUE, NO | FALSE].into_iter().find_map(|word| starting(view, item, word));
    let word = if apart(items.get(index + 1)) { word() } else { None };
    let Some(choice) = word
        .or_else(|| called(view, index))
        .or_else(|| in_short(view))
        .or_else(|| all_or_none(view, index))
        .or_else(|| no_one(view, index))
    else {
        return;
    };
    let group = super::groups::ChoiceGroup {
        start: index,
        end: index + 1,
        choices: 1 << choice,
        first: choice,
        span: (item.at, item.to),
        by_text: true,
        weak: true,
        own: false,
        clash: false,
    };
    let stand = Stand::Asserted;
    mentions.insert(0, Mention { group, stand, rank: Some((Rank::Word, "first_word")), opens_line: true });
}

/// `A and B`, `Both 2 and 3 are primes`, where another choice is both of them: an answer that says no more means that one.
pub(super) fn pair(view: &View, mentions: &mut [Mention]) {
    const WORDS: Mask = FILL | LINK | RIGHT | TRUE | OPTION | OPTIONS | ANSWER | FINAL;
    let [mention] = mentions else { return };
    let group = &mut mention.group;
    let says_no_more = |item: &Item| {
        let asked = || item.mask == 0 && view.prepared.asks_with(view.scan.word_at(item.token));
        matches!(item.kind, Kind::Mark(_) | Kind::Break) || item.says(WORDS) && !item.says(NOT | WRONG) || asked()
    };
    let mut rest = view.items.items.iter().take(group.start).chain(view.items.items.iter().skip(group.end));
    if !group.several() || !rest.all(says_no_more) {
        return;
    }
    let is_pair = |(_, text): &(u8, &Text)| text.paired == group.choices;
    let mut fitting = (0..).zip(&view.prepared.texts).filter(is_pair).map(|(choice, _)| choice);
    if let (Some(choice), None) = (fitting.next(), fitting.next()) {
        (group.choices, group.first) = (1 << choice, choice);
        mention.rank = mention.rank.or(Some((Rank::Prose, "prose")));
    }
}

/// `That's incorrect.`, `The claim is not true.`: a sentence that says no more, where choices are true and false.
fn called(view: &View, index: usize) -> Option<u8> {
    const WORDS: Mask = THIS | LINK | FILL | CLAIM | LEAVES;
    let first = view.items.items.get(index)?;
    let sentence = view.items.items.iter().skip(index).take_while(|item| item.sentence == first.sentence);
    let words = sentence.clone().filter(|item| !item.is_any(".!,") && item.kind != Kind::Break);
    // `That's incorrect` takes back what others said.
    let taken_back = first.says(RETRACT) && words.clone().count() == 1;
    let value = words.clone().filter(|item| item.says(TRUE | FALSE) && !item.says(CLAIM));
    let rest = words.filter(|item| !item.says(TRUE | FALSE));
    let value = value.collect::<Vec<_>>();
    let [value] = (if taken_back { vec![first] } else { value })[..] else { return None };
    let denied = rest.clone().any(|item| item.says(NOT));
    let plain = rest.clone().all(|item| item.says(WORDS | NOT) && item.text.is_none() && item.label.is_none());
    let linked = rest.clone().any(|item| item.says(LINK | LEAVES)) && first.says(THIS | FILL | CLAIM | LEAVES);
    if !taken_back && (!plain || !linked) || view.items.asks.get(first.sentence) == Some(&true) {
        return None;
    }
    let wanted = if value.says(TRUE) != denied && !taken_back { TRUE } else { FALSE };
    let mut fitting =
        (0..).zip(&view.prepared.texts).filter(|(_, text)| text.mask & wanted != 0 && text.truths.len() == 1);
    let (choice, _) = fitting.next()?;
    fitting.next().is_none().then_some(choice)
}

/// `They can't.`, `Of course not.`, `Certainly.`: a sentence that says no more than the question, where choices are yes
/// and no.
fn in_short(view: &View) -> Option<u8> {
    const LONGEST: usize = 12;
    let items = &view.items.items;
    let only = |wanted: Mask| {
        let mut fitting = (0..).zip(&view.prepared.texts).filter(|(_, text)| text.mask & wanted != 0);
        fitting.next().filter(|_| fitting.next().is_none()).map(|(choice, _)| choice)
    };
    let asks = view.items.asks.len() > 1 || view.items.asks.first() == Some(&true);
    let (Some(yes), Some(no)) = (only(YES), only(NO)) else { return None };
    if items.len() > LONGEST || asks || view.prepared.asked().negated {
        return None;
    }
    let word = |item: &Item| view.scan.word_at(item.token);
    let part = |item: &Item, part| parts::parts(word(item)) & part != 0;
    let mut words = items.iter().filter(|item| !matches!(item.kind, Kind::Mark('.' | '!' | ',') | Kind::Break));
    let verb = |item: &Item| item.says(LINK | LEAVES) || part(item, parts::DOES);
    let known = |item: &Item| item.mask == 0 && view.prepared.asks_with(word(item));
    let says_no_more = |item: &Item| {
        let plain = item.text.is_none() && item.label.is_none() && !item.says(MAY | IF | OTHERS);
        let says = item.says(NOT | FILL) || part(item, parts::PRONOUN | parts::SURELY | parts::THAT);
        plain && (says || known(item) || verb(item))
    };
    let denied = words.clone().any(|item| item.says(NOT));
    let sure = words.clone().any(|item| part(item, parts::SURELY));
    let subject = words.clone().any(|item| part(item, parts::PRONOUN) || item.says(LEAVES) || known(item));
    let answers = denied || sure || subject && words.clone().any(verb);
    // `Planets are not suns`, where the question is whether the Sun is a planet; `Not sure.`
    let question = view.prepared.question();
    let places = words.clone().filter(|item| known(item)).map(|item| question.norm.find(word(item)));
    let in_order = places.clone().all(|place| place.is_some()) && places.is_sorted();
    let unsure = words.clone().zip(words.clone().skip(1)).any(|(not, sure)| not.says(NOT) && part(sure, parts::SURELY));
    let answers = answers && in_order && !unsure;
    (answers && words.all(says_no_more)).then_some(if denied { no } else { yes })
}

/// `Both.`, `Both of them are right.`, `Neither.`: the only choice that starts with such a word.
fn all_or_none(view: &View, index: usize) -> Option<u8> {
    const WORDS: Mask = FILL | LINK | RIGHT | TRUE | OPTION | OPTIONS | ANSWER | CLAIM | THIS;
    let items = &view.items.items;
    let item = items.get(index).filter(|item| item.says(BOTH))?;
    let sentence = item.sentence;
    let rest = items.iter().skip(index + 1).take_while(|item| item.sentence == sentence && item.kind != Kind::Break);
    let says_no_more = |item: &Item| {
        let knows =
            view.scan.tokens.get(item.token).is_some_and(|token| view.prepared.asks_with(view.scan.word(token)));
        item.label.is_none() && (item.is_any(".!,") || item.says(WORDS) && !item.says(NOT) || item.mask == 0 && knows)
    };
    if !rest.clone().all(says_no_more) || view.items.asks.get(sentence) == Some(&true) {
        return None;
    }
    let fits = |mask: Mask| mask & BOTH != 0 && mask & NOT == item.mask & NOT;
    let mut fitting = (0..).zip(&view.prepared.texts).filter(|(_, text)| fits(text.mask)).map(|(choice, _)| choice);
    let choice = fitting.next()?;
    fitting.next().is_none().then_some(choice)
}

/// `None.`: the only choice that starts with such a word.
fn no_one(view: &View, index: usize) -> Option<u8> {
    let says = |word: &str| parts::parts(word) & parts::NO_ONE != 0;
    let ends = view.items.items.get(index + 1).is_none_or(|next| next.is_any(".!") || next.kind == Kind::Break);
    if !ends || !says(view.word(index)) {
        return None;
    }
    let starts = |text: &Text| text.norm.split(' ').next().is_some_and(says);
    let mut fitting = (0..).zip(&view.prepared.texts).filter(|(_, text)| starts(text)).map(|(choice, _)| choice);
    let choice = fitting.next()?;
    fitting.next().is_none().then_some(choice)
}

fn apart(next: Option<&Item>) -> bool {
    next.is_none_or(|next| matches!(next.kind, Kind::Mark(',' | '.' | '!' | ':' | ';' | '-') | Kind::Break))
}

/// The only choice that starts with a word of this kind, if the item is one.
fn starting(view: &View, item: &Item, word: Mask) -> Option<u8> {
    if !item.says(word) {
        return None;
    }
    let mut fitting =
        (0..).zip(&view.prepared.texts).filter(|(_, text)| text.mask & word != 0).map(|(choice, _)| choice);
    let choice = fitting.next()?;
    fitting.next().is_none().then_some(choice)
}

/// `Mandarin` for `Mandarin Chinese`: an answer of one word that only one choice holds.
pub(super) fn own_word(view: &View, pieces: &mut Vec<Piece>) {
    const SHORTEST: usize = 4;
    const MOST: usize = 3;
    let mut words = view.items.items.iter().filter(|item| !matches!(item.kind, Kind::Mark('.' | '!') | Kind::Break));
    let (Some(item), None) = (words.next(), words.next()) else { return };
    let word = view.scan.word_at(item.token);
    let plain = item.kind == Kind::Word && item.mask == 0 && !item.masked && word.chars().count() >= SHORTEST;
    if !plain || view.prepared.asks_with(word) {
        return;
    }
    let holds = |text: &Text| {
        let own = text.norm.split(' ');
        own.clone().count() <= MOST && own.into_iter().any(|own| own == word)
    };
    let mut fitting = (0..).zip(&view.prepared.texts).filter(|(_, text)| holds(text)).map(|(choice, _)| choice);
    if let (Some(first), None) = (fitting.next(), fitting.next()) {
        let (rank, rule, span) = (Rank::Word, "own_word", (item.at, item.to));
        let end = view.items.items.len();
        pieces.push(Piece {
            rank,
            rule,
            choices: 1 << first,
            first,
            span,
            items: (end, end),
            clash: false,
            fate: None,
        });
    }
}

/// The choice that is left if all others are denied.
pub(super) fn left_over(view: &View, mentions: &[Mention], pieces: &mut Vec<Piece>) {
    let count = u32::try_from(view.prepared.count()).unwrap_or(0);
    let all = (1_u32 << count).wrapping_sub(1);
    let mut denied = mentions.iter().filter(|mention| mention.stand == Stand::Denied).map(|mention| &mention.group);
    let left = all & !denied.clone().fold(0, |bits, group| bits | group.choices);
    let Some(last) = denied.next_back() else { return };
    if left.count_ones() == 1 && count > 1 {
        pieces.push(Piece {
            rank: Rank::Elimination,
            rule: "left_over",
            choices: left,
            first: u8::try_from(left.trailing_zeros()).unwrap_or_default(),
            span: last.span,
            items: (last.start, last.end),
            clash: false,
            fate: None,
        });
    }
}
