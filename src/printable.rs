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

/// A name in a sentence: one that is written from the right keeps to itself, so that numbers beside it stay where they are.
pub fn isolated(name: &str) -> String {
    let is_from_the_right = |c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if name.contains(is_from_the_right) { format!("\u{2068}{name}\u{2069}") } else { name.to_owned() }
}

/// A text with the characters visible that turn around what stands behind them. Those that keep a name to itself stay.
pub fn unturned(text: &str) -> String {
    let is_turning = |c| is_reordering(c) && !matches!(c, '\u{2068}' | '\u{2069}');
    text.chars().map(|c| if is_turning(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
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
    fn names_from_the_right_keep_to_themselves() {
        assert_eq!(isolated("gemma"), "gemma");
        assert_eq!(isolated("通义"), "通义");
        assert_eq!(isolated("דגם 7B"), "\u{2068}דגם 7B\u{2069}");
        assert_eq!(unturned("a\u{202e}b\u{2068}נ\u{2069}\u{2067}"), "a\\u{202e}b\u{2068}נ\u{2069}\\u{2067}");
    }

    #[test]
    fn styles_are_kept_and_nothing_else() {
        assert_eq!(printable_styled("\u{1b}[1ma\u{9b}31mb\u{2066}"), "\u{1b}[1ma\\u{9b}31mb\\u{2066}");
    }
}
