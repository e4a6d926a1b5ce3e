//! The normal form of an answer as text.

/// Commands that change the looks or the spacing of text only.
const DROPPED: [&str; 24] = [
    "text",
    "textbf",
    "textit",
    "textrm",
    "textnormal",
    "mbox",
    "mathrm",
    "mathbf",
    "left",
    "right",
    "displaystyle",
    "boxed",
    "quad",
    "qquad",
    ",",
    ";",
    ":",
    "!",
    "(",
    ")",
    "[",
    "]",
    " ",
    "operatorname",
];

/// Commands with another usual spelling.
const RESPELLED: [(&str, &str); 6] =
    [("dfrac", "\\frac"), ("tfrac", "\\frac"), ("cfrac", "\\frac"), ("leq", "\\le"), ("geq", "\\ge"), ("neq", "\\ne")];

/// A text without what does not change its meaning: looks, spaces, braces around words, a full stop.
fn formula(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
                let length = if letters > 0 { letters } else { rest.chars().next().map_or(0, char::len_utf8) };
                let name = &rest[..length];
                rest = &rest[length..];
                if let Some((_, spelling)) = RESPELLED.iter().find(|(command, _)| *command == name) {
                    result.push_str(spelling);
                } else if !DROPPED.contains(&name) {
                    result.push('\\');
                    result.push_str(name);
                }
            }
            '$' => {}
            // Space between digits parts numbers: 4 0/9 is not 40/9.
            c if c.is_whitespace() => {
                let digit = |c: char| c.is_ascii_digit();
                if result.ends_with(digit) && rest.trim_start().starts_with(digit) {
                    result.push(' ');
                }
            }
            c => result.push(c),
        }
    }
    // An ellipsis belongs to the text; a full stop does not.
    if result.ends_with("...") { result } else { result.trim_end_matches(['.', ',', ';']).to_owned() }
}

/// The normal form of a text: as a formula, and as words where it is no more than words.
#[derive(Debug, Clone)]
pub(super) struct Normal {
    formula: String,
    words: Option<Vec<String>>,
}

impl Normal {
    /// Brings a text into normal form.
    pub(super) fn new(text: &str) -> Self {
        Self { formula: formula(text), words: words(text).filter(|words| !words.is_empty()) }
    }

    /// Is a text the same but for looks; words also but for case and marks?
    pub(super) fn is(&self, text: &str) -> bool {
        (!self.formula.is_empty() && self.formula == formula(text))
            || (self.words.is_some() && self.words == words(text))
    }
}

/// The words of a text without digits and formulas: `\text{(C)}.` is `C`. Single letters keep their case.
fn words(text: &str) -> Option<Vec<String>> {
    let mut words = vec![String::new()];
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '\\' {
            let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            if letters > 0 && !DROPPED.contains(&&rest[..letters]) {
                return None;
            }
            rest = &rest[letters..];
        }
        if c.is_alphabetic() {
            words.last_mut()?.push(c);
        } else if c.is_whitespace() || "\\$(){}.,;:!?'\"".contains(c) {
            words.push(String::new());
        } else {
            return None;
        }
    }
    words.retain(|word| !word.is_empty());
    let case = |word: String| if word.chars().count() == 1 { word } else { word.to_lowercase() };
    Some(words.into_iter().map(case).collect())
}
