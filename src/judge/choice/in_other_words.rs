//! Choices that an answer says in other words: `it makes the standard errors large` for `The standard errors are large`.

use ahash::AHashSet;

use super::decide::Piece;
use super::items::Item;
use super::lexicon::*;
use super::meaning::{FEWEST, Meaning, polarity, stem};
use super::scan::Kind;
use super::view::{Mention, View};
use crate::judge::verdict::Rank;

/// A sentence that holds one of these asserts nothing.
const OPEN: Mask = NO | DROP | FALSE | MAY | OTHERS | NONE;

/// The only choice whose words one sentence holds all of, where the answer names no choice.
pub(super) fn in_other_words(view: &View, mentions: &[Mention], pieces: &mut Vec<Piece>) {
    let items = &view.items.items;
    let names = mentions.iter().any(|mention| mention.group.by_text);
    if names || view.prepared.asked().untrue || view.capped || items.iter().any(|item| item.says(REFUSE)) {
        return;
    }
    let meanings = view.prepared.meanings();
    if meanings.iter().all(Meaning::is_short) {
        return;
    }
    // `C would make things worse` speaks of it.
    let spoken_of = |mention: &Mention| {
        let verb = items.get(mention.group.end).is_some_and(|next| next.kind == Kind::Word && !next.says(REASON));
        mention.rank.is_none() && verb
    };
    let of = |denied: bool| {
        let labels =
            mentions.iter().filter(|mention| mention.stand.denies() == denied && (denied || !spoken_of(mention)));
        labels.fold(0, |bits, mention| bits | mention.group.choices)
    };
    let (named, denied) = (of(false), of(true));
    let mut found = 0_u32;
    let mut span = (0, 0);
    for sentence in items.chunk_by(|one, next| one.sentence == next.sentence) {
        let Some(choices) = Sentence::of(view, sentence).map(|sentence| sentence.choices(meanings)) else { continue };
        if choices != 0 {
            found |= choices;
            span = (sentence.first().map_or(0, |item| item.at), sentence.last().map_or(0, |item| item.to));
        }
    }
    if found.count_ones() != 1 || found & denied != 0 || named & !found != 0 {
        return;
    }
    let first = u8::try_from(found.trailing_zeros()).unwrap_or_default();
    let (rank, rule, items) = (Rank::Prose, "in_other_words", (items.len(), items.len()));
    pieces.push(Piece { rank, rule, choices: found, first, span, items, clash: false, fate: None });
}

/// A sentence that asserts something.
struct Sentence<'v> {
    view: &'v View<'v>,
    /// What stands behind a yes or no.
    items: &'v [Item],
    /// Whether it opens with yes or no.
    polarity: Option<bool>,
    /// Whether it speaks of what the question does, as `it …` behind a question.
    continues: bool,
    /// The stems of its words.
    said: AHashSet<&'v str>,
}

impl<'v> Sentence<'v> {
    fn of(view: &'v View<'v>, items: &'v [Item]) -> Option<Self> {
        let first = items.first()?;
        let polarity = polarity(first.mask);
        let items = if polarity.is_some() { items.get(1..)? } else { items };
        let open = |item: &Item| item.masked || item.says(OPEN) || item.under & OTHERS != 0;
        // Where the question asks for what is not so, a sentence that denies says it.
        let fits = items.iter().any(|item| item.says(NOT)) == view.prepared.asked().negated;
        if view.items.asks.get(first.sentence) == Some(&true) || !fits || items.iter().any(open) {
            return None;
        }
        let pronoun = parts::parts(view.scan.word_at(first.token)) & parts::PRONOUN != 0;
        let said = words(view, items).map(stem).collect();
        Some(Self { view, items, polarity, continues: pronoun || polarity.is_some(), said })
    }

    /// The choices that it says, as bits.
    fn choices(&self, meanings: &[Meaning]) -> u32 {
        let says = |meaning: &Meaning| meaning.words.iter().all(|word| self.said.contains(stem(word)));
        let agrees = |meaning: &Meaning| self.polarity.is_none() || meaning.polarity == self.polarity;
        let about = |meaning: &Meaning| {
            let most = usize::from(meaning.words.len() > FEWEST);
            self.continues || self.strange(meaning) <= most
        };
        // `New York State`, where another choice is New York.
        let alone = |meaning: &Meaning| {
            let more = |word: &String| self.said.contains(stem(word)) && !meaning.has(word);
            !meanings.iter().flat_map(|other| &other.words).any(more)
        };
        let fitting = meanings.iter().enumerate().filter(|(_, meaning)| {
            !meaning.is_short() && agrees(meaning) && says(meaning) && alone(meaning) && about(meaning)
        });
        fitting.fold(0, |bits, (choice, _)| bits | 1 << choice)
    }

    /// How many of its words are neither of a choice nor of the question.
    fn strange(&self, meaning: &Meaning) -> usize {
        let long = |item: &&Item| item.kind == Kind::Word && item.mask == 0 && item.to - item.at > 3;
        let words = self.items.iter().filter(long).map(|item| self.view.scan.word_at(item.token));
        let placed = |word: &str| parts::parts(word) & parts::PLACES != 0;
        words.filter(|word| !meaning.has(word) && !placed(word) && !self.view.prepared.asks_with(word)).count()
    }
}

/// The words of a sentence, also those of its phrases.
fn words<'v>(view: &'v View, sentence: &[Item]) -> impl Iterator<Item = &'v str> + use<'v> {
    let first = sentence.first().map_or(0, |item| item.token);
    let end = sentence.last().map_or(0, |item| item.to);
    let tokens = view.scan.tokens.iter().skip(first).take_while(move |token| token.to <= end);
    tokens.filter(|token| token.kind == Kind::Word).map(|token| view.scan.word(token))
}
