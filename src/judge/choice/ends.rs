//! Where a clause, a line or a remark ends.

use super::items::Item;
use super::lexicon::*;
use super::scan::Kind;

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
    let names = |item: &Item| item.label.is_some() || item.text.is_some() || item.says(RIGHT | WRONG | NOT);
    if !items.get(at).is_some_and(|item| item.is('(')) {
        return at;
    }
    let inside = items.iter().skip(at + 1).take(LONGEST);
    let close = inside.clone().position(|item| item.is(')') || item.kind == Kind::Break || names(item));
    close.filter(|close| inside.clone().nth(*close).is_some_and(|item| item.is(')'))).map_or(at, |close| at + close + 2)
}

/// Whether nothing follows on the line.
pub(super) fn ends_line(items: &[Item], end: usize) -> bool {
    items.iter().skip(end).find(|item| !item.is_any(").]}!✓")).is_none_or(|item| item.kind == Kind::Break)
}
