//! What stands around an answer and is no part of it.

use std::ops::Range;

/// A range without space, emphasis and punctuation around it.
pub(super) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let around = |c: char| c.is_whitespace() || matches!(c, '*' | '`' | '"' | '“' | '”' | '。' | '\u{feff}');
    let start = part.len() - part.trim_start_matches(around).len();
    let ends = |part: &str| part.trim_end_matches(|c| around(c) || matches!(c, '.' | ',' | ';' | ':')).len();
    let mut end = ends(part);
    // `7\,` ends with a thin space.
    if part[..end].ends_with('\\') && end < part.len() {
        end = ends(&part[..end - 1]);
    }
    // An ellipsis belongs to the answer.
    if let Some(at) = part[end..].find("...") {
        end += at + 3;
    }
    range.start + start.min(end)..range.start + end
}
