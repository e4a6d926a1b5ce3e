//! The clause in which a text stands: whether the text opens it, and what stands before and behind.

use super::about::{shared, turns};
use super::items::Item;
use super::lexicon::parts::*;
use super::lexicon::*;
use super::scan::Kind;
use super::view::View;

/// Whether a text opens its clause, and so is what the clause is about.
pub(super) fn opens_clause(items: &[Item], start: usize) -> bool {
    let Some(before) = start.checked_sub(1).and_then(|before| items.get(before)) else { return true };
    matches!(before.kind, Kind::Break | Kind::Mark('.' | ',' | ';' | ':' | '!' | '?'))
        || before.says(SO | BUT)
        || before.says(FILL)
            && !before.says(LEAVES)
            && start
                .checked_sub(2)
                .and_then(|before| items.get(before))
                .is_none_or(|before| matches!(before.kind, Kind::Break | Kind::Mark('.')))
}

/// Whether another clause is joined behind a value: `at 0 °C and boils at 100 °C`.
pub(super) fn joins_clause(view: &View, end: usize) -> bool {
    let items = &view.items.items;
    let joined = items.get(end).is_some_and(|item| item.says(AND)) && parts(view.word(end)) & OR == 0;
    let verb = items.get(end + 1).is_some_and(|item| {
        item.kind == Kind::Word && item.text.is_none() && item.label.is_none() && !item.says(ORDINAL)
    });
    let sentence = items.get(end).map(|item| item.sentence);
    let before = items.iter().take(end).rev().take(32).take_while(|item| Some(item.sentence) == sentence);
    let (known, all) = shared(view, before.filter(|item| item.text.is_none()));
    joined && verb && known > 0 && known == all
}

/// Whether a clause behind a comma speaks of what stands before it: a reason, a contrast, `which is neutral`.
pub(super) fn continues(view: &View, index: usize) -> bool {
    let links = view.items.items.get(index).is_some_and(|item| item.says(REASON | BUT | SO));
    links
        || parts(view.word(index)) & RELATIVE != 0
        || view.items.items.get(index).is_some_and(|item| item.says(NOT | DROP))
}

/// `Oxygen has 16 g`, where the question is about water: no word before is one of the question.
pub(super) fn is_about_another(view: &View, start: usize) -> bool {
    let items = &view.items.items;
    let sentence = items.get(start).map(|item| item.sentence);
    let before = items.get(..start).unwrap_or_default().iter().rev().take(12);
    let before = before.take_while(|item| Some(item.sentence) == sentence && !item.says(SO) && !turns(view, item));
    // `Counting all of them, Saturn has the most`
    if before.clone().next().is_some_and(|item| item.is(',')) {
        return false;
    }
    let (known, all) = shared(view, before.clone());
    let several = before.clone().any(|item| item.says(AND) && item.mask & (FILL | SO) == FILL)
        && before.clone().all(|item| item.text.is_none() && item.label.is_none());
    // `F is fluorine`, where the question has Fe; not `C has 6 protons`, where it has carbon.
    let shortens = |item: &Item| view.prepared.question().starts_a_word(view.scan.word_at(item.token));
    let symbol = before.clone().last().is_some_and(|item| item.single && !shortens(item));
    let symbol = symbol && before.clone().count() == 2;
    let mut clause = before.clone();
    let Some(first) = before.last().filter(|item| item.kind == Kind::Word && item.upper) else { return false };
    // `L'auteur est …`, where the question is who wrote it.
    let word = view.scan.word_at(first.token);
    let person = parts(word.strip_prefix(['l', 'd']).unwrap_or(word)) | parts(word);
    if person & WHO != 0 && view.prepared.asks_for_a_person() {
        return false;
    }
    // `Ohm's law gives 6 A`
    if clause.any(|item| parts(view.scan.word_at(item.token)) & DERIVES != 0) {
        return false;
    }
    let opens = first.mask == 0 && !view.prepared.asks_with(view.scan.word_at(first.token));
    known == 0 && (all == 1 && first.mask == 0 || all > 0 && several || symbol && opens && first.label.is_none())
}

/// Where a person's name starts whose last word is the text, where the question asks for one: `Immanuel Kant`.
pub(super) fn start_of_person(view: &View, start: usize) -> usize {
    let given = |at: &usize| {
        let item = view.items.items.get(*at);
        item.is_some_and(|item| item.upper && item.mask == 0 && item.text.is_none() && item.label.is_none())
            && !view.prepared.asks_with(view.word(*at))
    };
    let before = start.checked_sub(1).filter(given);
    let opens = |at: &usize| opens_clause(&view.items.items, *at);
    before.filter(opens).filter(|_| view.prepared.asks_for_a_person()).unwrap_or(start)
}
