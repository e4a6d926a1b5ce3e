//! Sentences and formulas of a text.

use std::ops::Range;

use super::margins::trimmed;

/// Sentences of a text: up to a full stop before space, a line's end, or a full-width stop.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let start = at;
            let mut opened = 0_i32;
            let mut display = false;
            let mut end = text.len();
            let mut chars = text[start..].char_indices().peekable();
            while let Some((offset, c)) = chars.next() {
                let next = chars.peek().map(|(_, next)| *next);
                match (c, next) {
                    ('{', _) => opened += 1,
                    ('}', _) => opened -= 1,
                    ('\\', Some('[')) => display = true,
                    ('\\', Some(']')) => display = false,
                    ('$', Some('$')) => display = !display,
                    _ => {}
                }
                let stops = match c {
                    '.' | '!' | '?' => next.is_none_or(char::is_whitespace),
                    '。' | '！' | '？' => true,
                    '\n' => opened <= 0 && !display,
                    _ => false,
                };
                if stops {
                    end = start + offset + c.len_utf8();
                    break;
                }
            }
            at = end;
            if !text[start..end].trim().is_empty() {
                return Some(start..end);
            }
        }
        None
    })
}

/// The delimiters of formulas.
pub(super) const DELIMITERS: [(&str, &str); 4] = [("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$")];

/// The formula at the start of a range, without its delimiters.
pub(super) fn formula(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = &text[range.clone()];
    let (open, close) = DELIMITERS.iter().find(|(open, _)| part.starts_with(open))?;
    let end = part[open.len()..].find(close)?;
    let found = trimmed(text, range.start + open.len()..range.start + open.len() + end);
    (!found.is_empty()).then_some(found)
}

/// The formula that fills a range.
pub(super) fn inner(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let part = &text[range.clone()];
    let (open, close) = DELIMITERS.iter().find(|(open, _)| part.starts_with(open))?;
    let found = part.len() > open.len() + close.len()
        && part.ends_with(close)
        && !part[open.len()..part.len() - close.len()].contains(close);
    found.then(|| trimmed(text, range.start + open.len()..range.end - close.len()))
}

/// All formulas of a sentence.
pub(super) fn formulas(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = range.start;
    while let Some(offset) = text[at..range.end].find(['$', '\\']) {
        at += offset;
        match formula(text, at..range.end) {
            Some(span) => {
                at = span.end;
                let close = text[at..range.end].find(['$', ']', ')']).map_or(range.end, |close| at + close + 1);
                found.push(span);
                at = close;
                if text[at..range.end].starts_with('$') && text[..at].ends_with('$') {
                    at += 1;
                }
            }
            None => at += 1,
        }
    }
    found
}
