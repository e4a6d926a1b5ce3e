//! Echoes of the prompt in an answer: the question, all options in a row, all labels in a row.

use super::items::Item;
use super::lexicon::*;
use super::prepared::PreparedSample;
use super::scan::{Kind, Scan};

/// Masks the echoes; tells whether there were any.
pub(super) fn mask(items: &mut [Item], scan: &Scan, prepared: &PreparedSample) -> bool {
    marker(items);
    let mut found = question(items, scan, prepared);
    found |= rows(items, prepared);
    found
}

/// `A: The heart is …`: a letter that opens the answer to a `Q:`, and labels no choice.
fn marker(items: &mut [Item]) {
    let opens =
        matches!(items, [first, colon, ..] if first.label == Some(0) && first.upper && colon.is(':') && colon.glued);
    let lettered = |pair: &[Item]| matches!(pair, [label, mark] if label.label.is_some_and(|label| label > 0) && mark.is_any(":.)"));
    let mut behind =
        items.iter().skip(2).skip_while(|item| item.mask & (FILL | YES | NO) == FILL && item.text.is_none());
    let Some(first) = behind.next().filter(|_| opens && !items.windows(2).any(lettered)) else { return };
    // The text of another choice and nothing else contradicts the letter.
    let continues =
        behind.next().is_some_and(|next| matches!(next.kind, Kind::Word | Kind::Glyph) || next.is_any("(,"));
    let speaks = first.text.is_some_and(|text| text > 0) && continues
        || first.text.is_none() && first.label.is_none() && first.says(YES | NO | ANSWER);
    if speaks {
        for item in items.iter_mut().take(2) {
            item.masked = true;
            item.label = None;
        }
    }
}

fn question(items: &mut [Item], scan: &Scan, prepared: &PreparedSample) -> bool {
    const SHORTEST: usize = 16;
    if scan.norm.len() < SHORTEST || scan.norm.len() < prepared.sample.question.len() / 2 {
        return false;
    }
    // The question is taken apart only where its last word is in the answer.
    let last = prepared.sample.question.split_whitespace().next_back().unwrap_or_default();
    let last = last.trim_end_matches(['?', '.', ':', '!']);
    if last.bytes().all(|c| c.is_ascii_alphabetic()) && !scan.norm.contains(&last.to_ascii_lowercase()) {
        return false;
    }
    let question = &prepared.question().norm;
    if question.len() < SHORTEST || question.len() > scan.norm.len() {
        return false;
    }
    let mut echo = false;
    let mut next = 0;
    for (from, _) in scan.norm.match_indices(question.as_str()) {
        let until = from + question.len();
        while let Some(item) = items.get_mut(next) {
            let Some(token) = scan.tokens.get(item.token).filter(|token| token.from < until) else { break };
            item.masked |= token.from >= from;
            echo |= item.masked;
            next += 1;
        }
    }
    echo
}

/// Rows of all labels, with their texts or without.
fn rows(items: &mut [Item], prepared: &PreparedSample) -> bool {
    let mut found = false;
    let mut at = 0;
    while at < items.len() {
        let start = items.get(at).is_some_and(|item| !item.masked && (item.label.is_some() || item.text.is_some()));
        match start.then(|| row(items, at, prepared).or_else(|| texts(items, at, prepared))).flatten() {
            Some(end) => {
                let head = heading(items, at);
                for item in items.iter_mut().take(end).skip(head) {
                    item.masked = true;
                }
                found = true;
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// The item behind a row of all labels that starts here.
fn row(items: &[Item], start: usize, prepared: &PreparedSample) -> Option<usize> {
    let count = prepared.count();
    let mut seen = 0_u32;
    let mut texts = 0;
    let mut own = 0_u32;
    // The choice whose text stands before its label: `Sydney (A)`.
    let mut awaits = None;
    let mut at = start;
    let mut end = start;
    while let Some(item) = items.get(at) {
        if let Some(label) = item.label {
            if seen & (1 << label) != 0 || awaits.is_some_and(|text| text != label) {
                break;
            }
            texts += usize::from(awaits.take().is_some());
            seen |= 1 << label;
            end = at + 1;
        } else if let Some(text) = item.text {
            if seen & (1 << text) != 0 {
                // A text that comes again is an answer behind the row.
                if own & (1 << text) != 0 {
                    break;
                }
                own |= 1 << text;
                texts += 1;
                end = at + 1;
            } else if awaits.is_none() && items.get(at + 1).is_some_and(|next| next.is_any("([")) {
                awaits = Some(text);
            } else {
                return None;
            }
        } else if !between(item) {
            break;
        }
        at += 1;
    }
    let full = usize::try_from(seen.count_ones()).ok()? == count && count > 1;
    // Two options in a row may be an answer; with all texts they are an echo.
    let bare = texts == 0 && count > 2;
    let closing = items.get(end).is_some_and(|item| item.is_any(")]."));
    (full && (bare || texts + 1 >= count)).then_some(end + usize::from(closing))
}

/// The item behind the texts of all choices in their order, without labels, if they start here: three or more.
fn texts(items: &[Item], start: usize, prepared: &PreparedSample) -> Option<usize> {
    const FEWEST: usize = 3;
    let mut next = 0;
    let mut at = start;
    while let Some(item) = items.get(at).filter(|_| next < prepared.count()) {
        match item.text {
            Some(text) if usize::from(text) == next && item.label.is_none() => {
                next += 1;
                at += 1;
            }
            None if between(item) => at += 1,
            _ => return None,
        }
    }
    (next == prepared.count() && next >= FEWEST).then_some(at)
}

fn between(item: &Item) -> bool {
    matches!(
        item.kind,
        Kind::Break | Kind::Mark('.' | ')' | '(' | ':' | ',' | ';' | '-' | '/' | '|' | '[' | ']' | '•' | '&')
    ) || item.says(AND | OPTION | OPTIONS)
}

/// Where the words before a row start that belong to it: `Option A/B/C/D`, `Options:`
fn heading(items: &[Item], start: usize) -> usize {
    let mut head = start;
    while let Some(before) = head.checked_sub(1).and_then(|before| items.get(before)) {
        if before.says(OPTION | OPTIONS | FORMAT) || before.is_any("(:[") {
            head -= 1;
        } else {
            break;
        }
    }
    head
}
