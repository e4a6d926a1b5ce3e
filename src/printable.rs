//! Text from outside, made safe for a terminal.

/// The text with control characters made visible: an answer must not move the cursor. Characters that keep a name to itself stay.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            c if c.is_control() || is_turning(c) => out.extend(c.escape_default()),
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
            c if is_turning(c) => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out
}

/// A name in a sentence: one that is written from the right keeps to itself, so that numbers beside it stay where they are.
pub fn isolated(name: &str) -> String {
    if name.contains(is_from_the_right) { format!("\u{2068}{name}\u{2069}") } else { name.to_owned() }
}

/// Names in one text, each to itself.
pub fn all_isolated<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    names.into_iter().map(|name| isolated(name.as_ref())).collect()
}

/// True if a character belongs to a script that is written from the right.
pub fn is_from_the_right(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// A text with the characters visible that turn around what stands behind them. Those that keep a name to itself stay.
pub fn unturned(text: &str) -> String {
    text.chars().map(|c| if is_turning(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// True for the characters around a name that keeps to itself.
pub fn is_isolating(c: char) -> bool {
    matches!(c, '\u{2068}' | '\u{2069}')
}

/// True if a character turns around what stands behind it.
pub fn is_turning(c: char) -> bool {
    is_reordering(c) && !is_isolating(c)
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
        assert_eq!(printable(&isolated("דגם")), "\u{2068}דגם\u{2069}");
        assert_eq!(isolated("דגם 7B"), "\u{2068}דגם 7B\u{2069}");
        assert_eq!(unturned("a\u{202e}b\u{2068}נ\u{2069}\u{2067}"), "a\\u{202e}b\u{2068}נ\u{2069}\\u{2067}");
    }

    #[test]
    fn styles_are_kept_and_nothing_else() {
        assert_eq!(printable_styled("\u{1b}[1ma\u{9b}31mb\u{2066}"), "\u{1b}[1ma\\u{9b}31mb\\u{2066}");
    }
}
