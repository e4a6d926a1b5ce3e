//! Compiled templates, and what they render.

use minijinja::{ErrorKind, Template, Value};

use crate::message::Role;

/// Maximum size of a prompt in bytes, far beyond any context size.
const LONGEST_PROMPT: usize = 10 << 20;

/// The templates of one thread.
pub(super) struct Compiled<'e> {
    pub(super) system: Option<Template<'e, 'e>>,
    pub(super) messages: Vec<(Role, Template<'e, 'e>)>,
    pub(super) follow_ups: Vec<Template<'e, 'e>>,
}

/// The message of a template engine error.
pub(super) fn said(error: &minijinja::Error) -> String {
    match error.kind() {
        ErrorKind::OutOfFuel => "it does not terminate, or its output is too long".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    }
}

/// The text that a template makes of its variables.
pub(super) fn rendered(template: &Template<'_, '_>, context: &Value) -> Result<String, String> {
    let text = template.render(context).map_err(|error| said(&error))?;
    if text.len() > LONGEST_PROMPT {
        return Err(format!("the prompt exceeds {} MB", LONGEST_PROMPT >> 20));
    }
    Ok(text)
}
