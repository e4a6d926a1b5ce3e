//! Errors on the terminal: what, where, and what to do next.

use std::io::{IsTerminal, Write};

use super::text::printable;
use crate::error::Error;
use crate::secret::Secrets;

/// Prints an error on standard error.
pub fn print(error: &Error, secrets: &Secrets) {
    let mut out = anstream::stderr();
    let styled = std::io::stderr().is_terminal();
    let text = match error {
        // The frames are made here, and hold what the user wrote in the spec.
        Error::Spec(diagnosis) if styled => diagnosis.render(true),
        Error::Spec(diagnosis) => diagnosis.render(false),
        other => format!("error: {}", printable(&other.to_string())),
    };
    // Nothing can be done about a standard error that is gone.
    let _ = writeln!(out, "{}", secrets.redact(&text));
    if let Some(hint) = error.hint() {
        let _ = writeln!(out, "hint: {}", secrets.redact(&printable(&hint)));
    }
}
