//! Text of a frame, borrowed from it wherever it holds no escape.

use std::borrow::Cow;
use std::ops::Deref;

use serde::Deserialize;

/// A string of a frame. A bare `Option<Cow<str>>` would be copied each time: serde borrows only what
/// is itself a field.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'frame>(#[serde(borrow)] Cow<'frame, str>);

impl Text<'_> {
    /// The text on its own.
    pub(super) fn into_owned(self) -> String {
        self.0.into_owned()
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_escape_costs_a_copy() {
        for (json, borrowed) in [(r#""plain é""#, true), (r#""a\n""#, false)] {
            let text: Option<Text<'_>> = serde_json::from_slice(json.as_bytes()).unwrap();
            assert_eq!(matches!(text.unwrap().0, Cow::Borrowed(_)), borrowed, "{json}");
        }
    }
}
