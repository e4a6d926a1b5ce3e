//! Where a clause, a line or a remark ends.

use super::items::Item;
use super::lexicon::*;
use super::scan::{Kind, Scan};

/// Whether a clause ends behind an item.
pub(super) fn closed(items: &[Item], end: usize) -> bool {
    let at = end + usize::from(items.get(end).is_some_and(|item| item.is_any(")]\"")));
    items.get(at).is_none_or(|next| {
        matches!(next.kind, Kind::Break | Kind::BoxClose)
            || next.is_any(".,;:!?()→✓-}")
            || next.says(REASON | BUT | SO | DROP)
            || next.kind == Kind::Glyph && next.says(LINK | RIGHT | CHOOSE)
    })
}

/// The item behind a remark in brackets that names nothing, if one stands at `at`.
pub(super) fn behind_remark(items: &[Item], at: usize) -> usize {
    const LONGEST: usize = 8;
    // `B (nothing was said, no contract)`; what holds of `B (no)` is said of it.
    let denies = |item: &Item, next: &Item| item.says(NOT) && (!item.says(NO) || next.is(')'));
    let names = |item: &Item| item.label.is_some() || item.text.is_some() || item.says(RIGHT | WRONG);
    if !items.get(at).is_some_and(|item| item.is('(')) {
        return at;
    }
    let inside = items.iter().skip(at + 1).take(LONGEST);
    let mut pairs = inside.clone().zip(items.iter().skip(at + 2).chain(items.last()));
    let close =
        pairs.position(|(item, next)| item.is(')') || item.kind == Kind::Break || names(item) || denies(item, next));
    close.filter(|close| inside.clone().nth(*close).is_some_and(|item| item.is(')'))).map_or(at, |close| at + close + 2)
}

/// The item behind the same quantity in another unit, if one is said behind a text: `37 °C (98.6 °F)`, `37 °C, or 98.6 °F`.
pub(super) fn behind_quantity(items: &[Item], at: usize) -> usize {
    const LONGEST: usize = 4;
    let own = at.checked_sub(1).and_then(|last| items.get(last)).is_some_and(|last| last.to - last.at > 3);
    let remark = behind_remark(items, at);
    if remark > at && own && items.get(at + 1).is_some_and(|item| item.kind == Kind::Number) {
        return remark;
    }
    let joins = at + usize::from(items.get(at).is_some_and(|item| item.is(',')));
    let joined = items.get(joins).is_some_and(|item| item.says(AND | SO) && item.text.is_none());
    let value = items.get(joins + 1).is_some_and(|item| item.kind == Kind::Number && item.text.is_none());
    let unit = |item: &&Item| item.kind == Kind::Word && item.mask == 0 && item.text.is_none() || item.is_any("°%/^");
    let rest = items.iter().skip(joins + 2).take(LONGEST).take_while(unit).count();
    if own && joined && value && rest > 0 { joins + 2 + rest } else { at }
}

/// Whether nothing follows on the line.
pub(super) fn ends_line(items: &[Item], end: usize) -> bool {
    items.iter().skip(end).find(|item| !item.is_any(").]}!✓")).is_none_or(|item| item.kind == Kind::Break)
}

/// Whether the same sentence comes again and again until the answer is cut, which then has said all that it will.
pub(super) fn loops(items: &[Item], scan: &Scan) -> bool {
    let token = |item: &Item| scan.tokens.get(item.token);
    let said = |sentence: &[Item]| {
        let (first, last) = sentence.first().and_then(token).zip(sentence.last().and_then(token))?;
        scan.norm.get(first.from..last.until)
    };
    let mut sentences = items.chunk_by(|one, next| one.sentence == next.sentence).rev().map(said);
    let (Some(Some(cut)), Some(Some(last)), Some(Some(before))) =
        (sentences.next(), sentences.next(), sentences.next())
    else {
        return false;
    };
    last == before && last.starts_with(cut) && last.contains(' ')
}

/// Skips closing signs and a remark in brackets.
pub(super) fn skip(items: &[Item], end: usize) -> usize {
    const REACH: usize = 16;
    let mut at = end;
    while items.get(at).is_some_and(|item| item.is_any(")]")) {
        at += 1;
    }
    if items.get(at).is_some_and(|item| item.is('(')) {
        let close = items.iter().skip(at).take(REACH).position(|item| item.is(')') || item.kind == Kind::Break);
        let plain = |close: &usize| {
            !items.iter().skip(at).take(*close).any(|item| item.label.is_some() || item.says(RIGHT | WRONG))
        };
        if let Some(close) = close.filter(plain).filter(|close| items.get(at + close).is_some_and(|item| item.is(')')))
        {
            at += close + 1;
        }
    }
    // `C, Canberra, is correct`.
    let verb = |at: usize| items.get(at).is_some_and(|next| next.says(LINK) && !next.says(REASON | AND));
    match items.get(at).filter(|item| item.is(',')) {
        Some(_) if verb(at + 1) => at + 1,
        Some(_) => behind_clause(items, at).filter(|behind| verb(*behind)).unwrap_or(at),
        None => at,
    }
}

/// The item behind a remark between commas that names nothing: `A and B, which say yes, are wrong`.
fn behind_clause(items: &[Item], comma: usize) -> Option<usize> {
    const LONGEST: usize = 8;
    let names = |item: &Item| item.label.is_some() || item.text.is_some() || item.says(RIGHT | WRONG | NOT | BUT | SO);
    let inside = items.iter().skip(comma + 1).take(LONGEST);
    let end = inside.clone().position(|item| matches!(item.kind, Kind::Mark(_) | Kind::Break) || names(item))?;
    inside.clone().nth(end).is_some_and(|item| item.is(',')).then_some(comma + 2 + end)
}
