//! Choices that are named and of which nothing more is said.

use std::collections::BTreeMap;

use super::about;
use super::context::left;
use super::groups::ChoiceGroup;
use super::lexicon::*;
use super::scan::Kind;
use super::view::{Mention, Stand, View};
use crate::judge::verdict::Rank;

/// Names that say something only if nothing stronger does: `option B`, `(B)`, a label with its own text.
pub(super) fn named(view: &View, mentions: &mut [Mention]) {
    let items = &view.items.items;
    let formal = |group: &ChoiceGroup| {
        let sentence = items.get(group.start).map(|item| item.sentence);
        let near = items.iter().skip(group.start.saturating_sub(24)).take(64);
        near.filter(|item| Some(item.sentence) == sentence).any(|item| item.says(FORMAT))
    };
    let all = mentions.iter().filter(|mention| !mention.group.by_text && !mention.stand.denies());
    let all = all.fold(0, |bits, mention| bits | mention.group.choices);
    let texts = mentions.iter().filter(|mention| mention.group.by_text && mention.stand == Stand::Asserted);
    // Where each text stands last: an answer may name a text as often as a label.
    let mut last: BTreeMap<u32, usize> = BTreeMap::new();
    for mention in texts {
        last.insert(mention.group.choices, mention.group.start);
    }
    for mention in mentions.iter_mut().filter(|mention| mention.rank.is_none() && !mention.group.by_text) {
        let before = left(items, mention.group.start);
        let option = before.mask & OPTION != 0 && !is_of_some_kind(view, mention.group.start);
        let called = option || before.bracket || mention.group.own;
        // `The court will not decide as in (B).`
        let denied = about::before(view, mention.group.start, 24).any(|item| item.says(NOT) && item.text.is_none());
        // `Option A sounds good but is wrong.`
        let sentence = items.get(mention.group.start).map(|item| item.sentence);
        let rest = items.iter().skip(mention.group.end).take(24).take_while(|item| Some(item.sentence) == sentence);
        let doubted = denied || rest.into_iter().any(|item| item.says(WRONG));
        // `Option D is the killed one. The measles vaccine is live.`, `Choice A looks good, but it is Ankara`: what is
        // said of another choice behind it, or beside what it is described as, may be the answer.
        let described = items.get(mention.group.end).is_some_and(|next| next.says(LINK));
        let other = |(choices, start): (&u32, &usize)| {
            choices & !mention.group.choices != 0 && (described || *start >= mention.group.end)
        };
        let doubted = doubted || last.iter().any(other);
        if called && !doubted && all.count_ones() == 1 && mention.stand == Stand::Asserted && !formal(&mention.group) {
            let rank = if mention.group.own { Rank::Prose } else { Rank::Named };
            mention.rank = Some((rank, "named"));
        }
    }
}

/// `The cheapest option is A`: an unknown word says which option it is.
fn is_of_some_kind(view: &View, start: usize) -> bool {
    const REACH: usize = 4;
    let items = &view.items.items;
    let says = |at: usize, mask: Mask| items.get(at).is_some_and(|item| item.says(mask));
    let nouns = (start.saturating_sub(REACH)..start).filter(|at| says(*at, OPTION) && says(at + 1, LINK));
    let plain = |at: usize| items.get(at).is_some_and(|item| item.kind == Kind::Word && item.mask == 0);
    let mut before = nouns.filter_map(|noun| noun.checked_sub(1));
    before.any(|at| plain(at) && !view.prepared.asks_with(view.word(at)))
}
