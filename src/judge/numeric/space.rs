//! Space within numbers and formulas.

/// The place behind spaces and the spaces of TeX.
pub(super) fn skip_space(text: &str, mut at: usize) -> usize {
    while let Some(rest) = text.get(at..) {
        match rest.as_bytes().first() {
            Some(b' ') => {
                at += 1;
                continue;
            }
            Some(b'~' | b'\\' | 0xc2 | 0xe2) => {}
            _ => break,
        }
        let space = ["\u{a0}", "\u{2009}", "\u{202f}", "~", "\\,", "\\;", "\\:", "\\!", "\\ "];
        match space.iter().find(|space| rest.starts_with(**space)) {
            Some(space) => at += space.len(),
            None => break,
        }
    }
    at
}
