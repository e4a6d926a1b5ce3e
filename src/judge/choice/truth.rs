//! Truth values of the statements in a question: `Statement 1 is true, statement 2 is false`.

use super::items::Item;
use super::lexicon::*;
use super::prepared::claim;
use super::scan::Kind;
use super::stance;
use super::statements;
use super::view::View;

/// The most items between a statement and its truth value.
const REACH: usize = 24;

/// What an answer says of the statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    /// Nothing, or not of each.
    Unsaid,
    /// Values that one choice lists; with the place of the last.
    Choice(u8, (usize, usize)),
    /// Values that no choice lists, or different ones.
    Unclear,
}

/// The choice whose truth values an answer gives.
pub(super) fn truth(view: &View) -> Truth {
    if !view.prepared.truths {
        return Truth::Unsaid;
    }
    let count = view.prepared.texts.first().map_or(0, |text| text.truths.len());
    if let Some(truth) = listed(view, count) {
        return truth;
    }
    let mut values: Vec<Option<bool>> = vec![None; count];
    let mut span = (0, 0);
    let mut last = None;
    let items = &view.items.items;
    let mut at = 0;
    while at < items.len() {
        let Some((statement, next)) = statement(items, at, view) else {
            at += 1;
            continue;
        };
        let start = at;
        at = next;
        let denied = items.get(start).is_some_and(|item| item.says(BOTH) && item.says(NOT));
        let Some((value, place)) = value(items, next, denied).or_else(|| not_so(items, next, last?)) else { continue };
        // `Is statement 1 true? Yes.`
        let sentence = items.get(start).map_or(0, |item| item.sentence);
        let asked = view.items.asks.get(sentence) == Some(&true);
        let value = match stance::answered(view, sentence).filter(|_| asked) {
            Some(yes) => value == yes,
            None if asked => continue,
            None => value,
        };
        last = Some(value);
        let is_only =
            |distance| start.checked_sub(distance).map_or(0, |at| parts::parts(view.word(at))) & parts::ONLY != 0;
        let only = is_only(1) || is_only(2) && items.get(start - 1).is_some_and(|before| before.says(FILL));
        if let Some(index) = statement
            && only
        {
            values
                .iter_mut()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .for_each(|(_, slot)| *slot = Some(!value));
        }
        let slots = match statement {
            Some(index) => values.get_mut(index).into_iter().collect::<Vec<_>>(),
            None => values.iter_mut().collect(),
        };
        for slot in slots {
            if slot.is_some_and(|before| before != value) {
                return Truth::Unclear;
            }
            *slot = Some(value);
            span = (span.0.max(place.0), place.1);
        }
    }
    let Some(values) = values.into_iter().collect::<Option<Vec<bool>>>() else { return Truth::Unsaid };
    choice(view, &values, span)
}

/// What an answer says that is nothing but a list of statements: `1 and 2`; `None` if it says more.
fn listed(view: &View, count: usize) -> Option<Truth> {
    let asked = view.prepared.asked();
    let items = &view.items.items;
    match view.prepared.lists {
        true if asked.negated || asked.untrue => Some(Truth::Unsaid),
        true => {
            let values = statements::said_by(view.scan, count)?;
            Some(choice(view, &values, items.first().map_or((0, 0), |item| (item.at, item.to))))
        }
        false => None,
    }
}

/// The choice that lists these values.
fn choice(view: &View, values: &[bool], span: (usize, usize)) -> Truth {
    let found = (0..).zip(&view.prepared.texts).find(|(_, text)| text.truths == values);
    found.map_or(Truth::Unclear, |(choice, _)| Truth::Choice(choice, span))
}

/// `Statement 1 is true, statement 2 is not.`
fn not_so(items: &[Item], start: usize, last: bool) -> Option<(bool, (usize, usize))> {
    let item = items.get(start).filter(|item| item.says(NOT) && !item.says(WRONG))?;
    let ends =
        items.get(start + 1).is_none_or(|next| matches!(next.kind, Kind::Break | Kind::Mark('.' | ',' | ';' | '(')));
    ends.then_some((!last, (item.at, item.to)))
}

/// The statement that is named at an item, `None` for both, and the item behind it.
fn statement(items: &[Item], at: usize, view: &View) -> Option<(Option<usize>, usize)> {
    let item = items.get(at)?;
    if item.masked || item.under & (IF | OTHERS) != 0 {
        return None;
    }
    if item.says(BOTH) && speaks_of_choices(&items[at + 1..]) {
        return None;
    }
    if item.says(BOTH) {
        let next = at + 1 + usize::from(items.get(at + 1).is_some_and(|next| next.says(CLAIM)));
        return Some((None, next));
    }
    if item.says(CLAIM) {
        let next = items.get(at + 1)?;
        let number = number(next, view)?;
        return Some((Some(number), at + 2));
    }
    // `I is true`, `II: false`, where the choices name the statements like this.
    let next = items.get(at + 1);
    let opens = at.checked_sub(1).and_then(|before| items.get(before)).is_none_or(|before| before.kind == Kind::Break);
    let sign = next.is_some_and(|next| next.is(':') || opens && next.is_any(".)"));
    let initial = |value: &Item| value.single && value.upper && matches!(value.initial, b't' | b'f');
    let listed = sign && items.get(at + 2).is_some_and(|value| value.says(TRUE | FALSE) || initial(value));
    let bare = (view.prepared.claims || listed && item.kind == Kind::Number)
        && item.text.is_none()
        && (item.upper || item.kind == Kind::Number);
    if bare && next.is_some_and(|next| sign || next.says(LINK | TRUE | FALSE)) {
        return Some((Some(number(item, view)?), at + 1));
    }
    if item.says(ORDINAL) {
        let next = items.get(at + 1)?;
        let named = next.says(CLAIM)
            || next.says(LINK | TRUE | FALSE)
            || view.scan.tokens.get(next.token).is_some_and(|token| view.scan.word(token) == "one");
        return named.then_some((
            Some(usize::from(item.value.checked_sub(1)?)),
            at + 1 + usize::from(!next.says(LINK | TRUE | FALSE)),
        ));
    }
    None
}

/// `options`, `of the choices are` behind `both`: two choices, not two statements.
fn speaks_of_choices(behind: &[Item]) -> bool {
    let noun = behind.iter().take(3).find(|item| item.mask & FILL == 0);
    noun.is_some_and(|noun| noun.says(OPTION | OPTIONS | FORMAT) && !noun.says(CLAIM))
}

/// The number of a statement: `1`, `I`.
fn number(item: &Item, view: &View) -> Option<usize> {
    claim(view.scan.word(view.scan.tokens.get(item.token)?))
}

/// The first truth value behind an item, within its sentence.
fn value(items: &[Item], start: usize, mut not: bool) -> Option<(bool, (usize, usize))> {
    for (index, item) in items.iter().enumerate().skip(start).take(REACH) {
        if matches!(item.kind, Kind::Break | Kind::Mark('.' | ';' | '?')) && index > start
            || item.says(CLAIM | BOTH)
            || item.masked
        {
            return None;
        }
        let place = (item.at, item.to);
        if item.says(MAY) {
            return None;
        }
        let apart = items.get(index + 1).is_none_or(|next| !matches!(next.kind, Kind::Word | Kind::Glyph));
        if item.single && item.upper && apart && matches!(item.initial, b't' | b'f') {
            return Some(((item.initial == b't') != not, place));
        }
        if item.says(FALSE) || item.says(NO) && (apart || !item.says(NOT)) {
            return Some((not, place));
        }
        if item.says(TRUE) || item.says(YES) {
            return Some((!not, place));
        }
        not |= item.says(NOT);
    }
    None
}
