//! What stands behind a choice that is named, and what that makes of it.

use super::context::postposed;
use super::ends::skip;
use super::items::Item;
use super::lexicon::*;
use super::question::Asked;
use super::scan::Kind;

/// The most items that are looked at.
const REACH: usize = 16;

/// Words that may stand behind a choice before what says whether it is the answer.
const BEHIND: Mask = LINK
    | FILL
    | NOT
    | RIGHT
    | WRONG
    | MAY
    | TEMPT
    | ANSWER
    | OPTION
    | CHOOSE
    | OTHERS
    | THIS
    | WOULD
    | DROP
    | SO
    | TRUE
    | FALSE
    | LEAVES;

/// What is said behind a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// Nothing that matters.
    Nothing,
    /// That it is right.
    Called,
    /// That it is wrong.
    Denied,
    /// That it is not something, which need not be the answer.
    Negated,
    /// That it might be.
    Doubted,
    /// That it is chosen.
    Chosen,
}

/// Reads what stands behind an item, `end` on.
pub(super) fn right(items: &[Item], end: usize, asked: Asked) -> Right {
    let mut at = skip(items, end);
    let mut mask: Mask = 0;
    let mut bare = true;
    let mut denied_behind = false;
    let mut steps = 0;
    let sign = items.get(at).is_some_and(|item| item.is_any("-:→,.|"))
        && items.get(at + 1).is_some_and(|next| next.kind != Kind::Break);
    if sign {
        at += 1;
    }
    if sign && is_key(items, at) {
        return Right::Nothing;
    }
    let limit = if asked.truthful { TRUE | FALSE } else { 0 };
    while let Some(item) = items.get(at).filter(|item| !item.masked && steps < REACH) {
        steps += 1;
        match item.kind {
            Kind::Mark('✓' | '✗') if in_column(items, at) => return Right::Nothing,
            Kind::Mark('✓') => return Right::Called,
            Kind::Mark('✗') => return Right::Denied,
            Kind::Mark(mark) if is_passed(mark, mask, sign && names(items, at + 1)) => {
                at += 1;
                continue;
            }
            Kind::Mark(_) | Kind::Break | Kind::BoxOpen | Kind::BoxClose => break,
            Kind::Number if item.text.is_none() => break,
            _ => {}
        }
        if item.label.is_some() || item.text.is_some() && item.mask & (RIGHT | WRONG | TRUE | FALSE) == 0 {
            // `C, not A`: the denial belongs to what follows.
            // `C and D, I choose D`: so does the verb.
            // `They are positive. So the answer is B`: so does what is said of the answer.
            if sign && mask & LINK != 0 {
                return Right::Nothing;
            }
            let verb = mask & CHOOSE != 0 && mask & (RIGHT | WRONG | ANSWER) == 0;
            if verb || mask & (NOT | DROP) != 0 && !denied_behind && mask & (RIGHT | WRONG | CHOOSE) == 0 {
                return Right::Nothing;
            }
            break;
        }
        if (sign || bare) && item.mask & limit != 0 && mask & LINK == 0 {
            return Right::Nothing;
        }
        if item.mask & BEHIND == 0 {
            break;
        }
        if sign && (bare && item.mask & (RIGHT | WRONG | NOT | FILL | TEMPT) == 0 || praises_next(items, at)) {
            return Right::Nothing;
        }
        bare = false;
        mask |= item.mask;
        // Japanese and Korean deny behind the word.
        denied_behind |= item.says(NOT) && postposed(item);
        if let Some(limited) = limits_praise(item, items.get(at + 1)) {
            return limited;
        }
        if item.says(RIGHT | WRONG) && item.mask & FILL == 0 {
            break;
        }
        at += 1;
    }
    let verdict = if asked.untrue { verdict_on_untrue(mask) } else { verdict(mask) };
    at_the_end(items.get(at), mask, sign).unwrap_or(verdict)
}

/// What praise says whose next item takes it back, or lacks.
fn limits_praise(item: &Item, next: Option<&Item>) -> Option<Right> {
    let cut = |next: &Item| matches!(next.kind, Kind::Mark(_) | Kind::Break);
    match next {
        _ if !item.says(RIGHT) => None,
        Some(next) if next.says(IF) => Some(Right::Doubted),
        // `C is better than`, where the answer is cut.
        next => (item.says(DROP) && next.is_none_or(cut)).then_some(Right::Nothing),
    }
}

/// What a clause says of a choice that ends behind words which need nothing to follow.
fn at_the_end(next: Option<&Item>, mask: Mask, sign: bool) -> Option<Right> {
    let stops = next.is_none_or(|item| item.is_any(".!,;") || item.kind == Kind::Break);
    let ends = next.is_none_or(|item| item.is_any(".!") || item.kind == Kind::Break);
    // `A and D fall away.`
    if stops && !sign && mask & DROP != 0 && mask & !(DROP | FILL) == 0 {
        return Some(Right::Denied);
    }
    // `C remains.`, `C it is.`
    (ends && mask & LEAVES != 0 && mask & !(LEAVES | LINK | FILL | RIGHT) == 0).then_some(Right::Called)
}

/// `"answer": "B", "rejected": …`: the key of another value.
fn is_key(items: &[Item], at: usize) -> bool {
    items.get(at + 1).is_some_and(|next| next.is(':')) && items.get(at).is_some_and(|key| !key.says(LINK))
}

/// Whether a tick stands beside an empty cell of a table, and so tells which of its columns holds.
pub(super) fn in_column(items: &[Item], tick: usize) -> bool {
    let empty = |first: usize| items.get(first..first + 2).is_some_and(|pair| pair.iter().all(|item| item.is('|')));
    empty(tick + 1) || tick.checked_sub(2).is_some_and(empty)
}

/// Whether what is said continues behind a mark: `C (is right)`, `(C), not (A)`.
fn is_passed(mark: char, said: Mask, before_choice: bool) -> bool {
    said == 0 && matches!(mark, '(' | '|' | '-') || before_choice && said & LINK == 0 && matches!(mark, '(' | '[')
}

fn names(items: &[Item], at: usize) -> bool {
    items.get(at).is_some_and(|item| item.label.is_some() || item.text.is_some())
}

/// `A and B, so the best is C`: the praise at an item belongs to what follows.
fn praises_next(items: &[Item], at: usize) -> bool {
    let says = |at: usize, mask: Mask| items.get(at).is_some_and(|item| item.says(mask));
    let opening = |at: &usize| items.get(*at).is_some_and(|item| item.is_any("([:") || item.kind == Kind::BoxOpen);
    let behind = (at + 2..at + 5).find(|at| !opening(at)).unwrap_or(at + 2);
    says(at, RIGHT) && says(at + 1, LINK) && names(items, behind)
}

/// Where the untrue choice is asked for, `C is false` calls it, and `C is true` may say either.
fn verdict_on_untrue(mask: Mask) -> Right {
    match verdict(mask) {
        found if mask & (ANSWER | CHOOSE) != 0 => found,
        Right::Denied => Right::Called,
        Right::Called => Right::Doubted,
        found => found,
    }
}

fn verdict(mask: Mask) -> Right {
    let says = |word: Mask| mask & word != 0;
    if says(WRONG) {
        return if says(NOT) && !says(RIGHT) { Right::Doubted } else { Right::Denied };
    }
    if says(MAY | TEMPT | OTHERS) {
        return Right::Doubted;
    }
    if says(RIGHT) && says(WOULD) && !says(ANSWER) {
        return Right::Doubted;
    }
    if says(RIGHT) {
        return if says(NOT) { Right::Denied } else { Right::Called };
    }
    if says(NOT) {
        return if says(ANSWER) { Right::Denied } else { Right::Negated };
    }
    if says(LINK) && says(ANSWER) {
        return Right::Called;
    }
    if says(CHOOSE) && !says(LINK) { Right::Chosen } else { Right::Nothing }
}
