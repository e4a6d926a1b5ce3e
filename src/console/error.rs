//! Errors on the terminal: what, where, and what to do next.

use std::io::{IsTerminal, Write};

use super::screen::Screen;
use super::text::{fold, printable};
use crate::error::Error;
use crate::secret::Secrets;

/// Prints an error on standard error.
pub fn print(error: &Error, secrets: &Secrets) {
    let mut out = anstream::stderr();
    let styled = std::io::stderr().is_terminal();
    let text = match error {
        // Code frames quote the spec, and are made printable when they are rendered.
        Error::Spec(diagnosis) if styled => diagnosis.render(true),
        Error::Spec(diagnosis) => diagnosis.render(false),
        other => fold(&format!("error: {}", printable(&other.to_string())), Screen::width_now(), "       "),
    };
    // A closed standard error cannot be reported anywhere.
    let _ = writeln!(out, "{}", secrets.redact(&text));
    if let Some(hint) = error.hint() {
        let text = fold(&format!("hint: {}", printable(&hint)), Screen::width_now(), "      ");
        let _ = writeln!(out, "{}", secrets.redact(&text));
    }
}
