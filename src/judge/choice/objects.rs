//! Choices in objects of JSON: the value of a key that names the answer, and how likely each choice is.

use super::items::Item;
use super::lexicon::*;
use super::scan::Kind;
use super::view::{Mention, Stand, View};
use crate::judge::verdict::Rank;

/// Whether a value stands behind a key of JSON that names the answer; text may enclose the object.
pub(super) fn is_field(items: &[Item], start: usize) -> bool {
    /// The most items between a key and the choice in its value.
    const REACH: usize = 5;
    /// The most items between the brace that opens an object and a choice in it.
    const LONGEST: usize = 512;
    let before = items.get(..start).unwrap_or_default();
    // `"reasoning": "Option B comes to mind first"`
    let colon = before.iter().rev().take(REACH).position(|item| item.is(':'));
    let key = colon.and_then(|colon| before.iter().rev().nth(colon + 1));
    if !key.is_some_and(|key| key.says(ANSWER | OPTION | FINAL | RIGHT | CHOOSE)) {
        return false;
    }
    let opens = |item: &Item| item.is_any("{,") || item.kind == Kind::Break;
    let keyed = matches!(before, [.., open, _, colon] if colon.is(':') && opens(open));
    let enclosed = || before.iter().rev().take(LONGEST).any(|item| item.is('{'));
    before.first().is_some_and(|item| item.is_any("{[")) || keyed && enclosed()
}

/// `{"A": 0.1, "B": 0.9}`, `[{"option": "A", "correct": false}, …]`: how likely each choice is.
pub(super) fn shares(view: &View, mentions: &mut [Mention]) {
    /// The most items of an object.
    const MOST: usize = 32;
    let items = &view.items.items;
    // The name of the format may stand before it: "```json".
    if !items.iter().take(3).any(|item| item.is_any("{[")) {
        return;
    }
    let truth = |value: &Item| if value.says(TRUE) { Some(1.0) } else { value.says(FALSE).then_some(0.0) };
    // `"correct": true`
    let field = |from: usize| {
        let fields = items.iter().skip(from).take(MOST).take_while(|item| !item.is('}'));
        let mut fields = fields.clone().zip(fields.clone().skip(1)).zip(fields.skip(2));
        let (_, value) =
            fields.find(|((key, colon), _)| key.says(RIGHT | ANSWER) && !key.says(WRONG) && colon.is(':'))?;
        truth(value)
    };
    let share = |mention: &Mention| {
        let (start, end) = (mention.group.start, mention.group.end);
        let keys = items.get(start + 1).is_some_and(|item| item.is(':'));
        if !keys {
            // A choice that is a value of its object.
            let value = start.checked_sub(1).and_then(|at| items.get(at)).is_some_and(|item| item.is(':'));
            return if value && !mention.group.by_text { field(end) } else { None };
        }
        let value = items.get(start + 2)?;
        let word = view.scan.word(view.scan.tokens.get(value.token)?);
        let truth = if value.is('{') { field(start + 3) } else { truth(value) };
        truth.or_else(|| word.parse::<f64>().ok())
    };
    let shares: Vec<Option<f64>> = mentions.iter().map(share).collect();
    let given = shares.iter().flatten();
    let most = given.clone().copied().fold(f64::NEG_INFINITY, f64::max);
    if given.clone().count() < 2 || given.filter(|share| **share >= most).count() > 1 {
        return;
    }
    for (mention, share) in mentions.iter_mut().zip(shares) {
        if let Some(share) = share {
            let likeliest = share >= most;
            mention.stand = if likeliest { Stand::Asserted } else { Stand::Denied };
            mention.rank = likeliest.then_some((Rank::Final, "json"));
        }
    }
}
