//! Errors on the terminal: what, where, and what to do next.

use std::collections::BTreeMap;
use std::io::Write;

use anstyle::AnsiColor;

use super::screen::{Screen, colored, has_colors, message_stream};
use super::text::{fold, printable};
use crate::error::Error;
use crate::secret::Secrets;

/// Prints an error on standard error.
pub fn print(error: &Error, environment: &BTreeMap<String, String>, secrets: &Secrets) {
    let has_colors = has_colors(environment);
    let mut out = message_stream(has_colors);
    let text = match error {
        // Code frames quote the spec, and are made printable when they are rendered.
        Error::Spec(diagnosis) => diagnosis.render(has_colors),
        other => marked("error:", AnsiColor::Red, &other.to_string(), has_colors),
    };
    // A closed standard error cannot be reported anywhere.
    let _ = writeln!(out, "{}", secrets.redact(&text));
    if let Some(hint) = error.hint() {
        let text = marked("hint:", AnsiColor::Cyan, &hint, has_colors);
        let _ = writeln!(out, "{}", secrets.redact(&text));
    }
}

/// A text behind a word, folded to the terminal.
fn marked(word: &str, color: AnsiColor, text: &str, has_colors: bool) -> String {
    let folded = fold(&format!("{word} {}", printable(text)), Screen::messages(), &" ".repeat(word.len() + 1));
    let rest = folded.strip_prefix(word).unwrap_or_default();
    format!("{}{rest}", colored(word, color, has_colors))
}
