//! Choices that an answer names by their first letters: `G pairs with C` for guanine, where the question asks of cytosine.

use super::about::shared;
use super::decide::Piece;
use super::items::Item;
use super::lexicon::*;
use super::scan::Kind;
use super::view::View;
use crate::judge::verdict::Rank;

/// The longest answer that is read so, in items.
const LONGEST: usize = 16;

/// The only choice whose first letter stands for it, where every other letter stands for a word of the question.
pub(super) fn symbols(view: &View, pieces: &mut Vec<Piece>) {
    let items = &view.items.items;
    let one_sentence = items.len() <= LONGEST && items.last().is_some_and(|last| last.sentence == 0);
    let asserts = |item: &Item| !item.says(NOT | NO | MAY | IF | OTHERS | WRONG) && item.text.is_none() && !item.masked;
    if !one_sentence || !items.iter().all(asserts) || view.items.asks.first() == Some(&true) {
        return;
    }
    if shared(view, items.iter()).0 == 0 {
        return;
    }
    let clauses = items.split(|item| item.is_any(",;"));
    let mut found = clauses.filter_map(|clause| in_clause(view, clause));
    let Some((choice, letter)) = found.next() else { return };
    if found.all(|(other, _)| other == choice) {
        let (span, items) = ((letter.at, letter.to), (items.len(), items.len()));
        let (rank, rule, choices) = (Rank::Prose, "symbol", 1 << choice);
        pieces.push(Piece { rank, rule, choices, first: choice, span, items, clash: false, fate: None });
    }
}

/// The choice that a clause names by its first letter, and that letter.
fn in_clause<'v>(view: &View, clause: &'v [Item]) -> Option<(u8, &'v Item)> {
    let asked = |item: &&Item| view.prepared.question().starts_a_word(view.scan.word_at(item.token));
    let letters = clause.iter().filter(|item| item.kind == Kind::Word && item.single && item.upper);
    let others = letters.clone().filter(asked).count();
    let mut own = letters.filter(|item| !asked(item));
    let letter = own.next().filter(|_| own.next().is_none())?;
    let choice = initial(view, view.scan.word_at(letter.token))?;
    // Without another letter, it may be meant as a label.
    let labels = letter.initial.checked_sub(b'a').filter(|label| usize::from(*label) < view.prepared.count());
    let article = matches!(letter.initial, b'a' | b'i');
    let clear = others > 0 || !article && labels.is_none_or(|label| label == choice);
    clear.then_some((choice, letter))
}

/// The only choice that begins with a letter.
fn initial(view: &View, letter: &str) -> Option<u8> {
    const SHORTEST: usize = 4;
    let begins = |norm: &str| norm.len() >= SHORTEST && norm.starts_with(letter);
    let mut fitting = (0..).zip(&view.prepared.texts).filter(|(_, text)| begins(&text.norm)).map(|(choice, _)| choice);
    fitting.next().filter(|_| fitting.next().is_none())
}
