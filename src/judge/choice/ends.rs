//! Where a clause, a line or a remark ends.

use super::items::Item;
use super::lexicon::*;
use super::scan::Kind;
use super::view::View;

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

/// Whether more follows the copula of a language that writes no spaces, or the dash of Russian, so that what stands before is only what the
/// clause is about: `大阪は大きな都市です`.
pub(super) fn is_topic(view: &View, end: usize) -> bool {
    let items = &view.items.items;
    // `세종대왕이 …`: a subject that nothing was said of before answers the question.
    let subject = parts::parts(view.word(end)) & parts::SUBJECT != 0;
    // `Марс — красная планета`: in Russian a dash links as the copula does.
    let dash = items.get(end).is_some_and(|next| next.is('-'))
        && items.get(end + 1).is_some_and(|next| next.kind == Kind::Word && matches!(next.initial, 0xd0 | 0xd1));
    let copula = dash || !subject && items.get(end).is_some_and(|next| next.kind == Kind::Glyph && next.says(LINK));
    let rest = items.iter().skip(end + 1).take(6);
    let clause = rest.take_while(|item| !matches!(item.kind, Kind::Mark(_) | Kind::Break));
    let calls = clause.clone().any(|item| item.says(RIGHT | WRONG | ANSWER));
    copula && !calls && clause.into_iter().any(|item| item.mask == 0)
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
