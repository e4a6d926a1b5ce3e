//! Text from outside, made safe for a terminal.

/// The text with control characters made visible: an answer must not move the cursor.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            c if c.is_control() || is_reordering(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// A text that this program has styled, in which only its own escape sequences are left to do anything.
pub fn printable_styled(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{80}'..='\u{9f}' => out.extend(c.escape_default()),
            c if is_reordering(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// True if a character changes the order in which those around it are shown.
pub fn is_reordering(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(printable("a\u{1b}[31mb\r\u{202e}é\n"), "a\\u{1b}[31mb\\r\\u{202e}é\n");
    }

    #[test]
    fn styles_are_kept_and_nothing_else() {
        assert_eq!(printable_styled("\u{1b}[1ma\u{9b}31mb\u{2066}"), "\u{1b}[1ma\\u{9b}31mb\\u{2066}");
    }
}
