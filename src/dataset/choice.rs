//! The choices of a row: texts, and what is known of them.

use serde_json::Value;

use super::fault::Fault;
use super::rows::{kind_of, scalar_text};

/// The choices of a row, with their labels if each has one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Choices {
    pub texts: Vec<String>,
    pub labels: Vec<String>,
    /// True if the labels were a part of the texts, and so do not say that answers are labels.
    pub are_marks: bool,
    /// The right ones, where the choices themselves say so.
    pub right: Vec<usize>,
    /// True if one that pandas wrote as missing was left out.
    pub lacks_one: bool,
}

impl Choices {
    /// Choices without labels.
    pub(super) fn of(texts: Vec<String>) -> Self {
        Self { texts, ..Self::default() }
    }

    /// These, or others where there are none.
    pub(super) fn or(self, others: Self) -> Self {
        if self.texts.is_empty() { others } else { self }
    }
}

/// A scalar as text; `None` if it is null.
pub(super) fn cell(value: Value, column: &str) -> Result<Option<String>, Fault> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Array(_) | Value::Object(_) => Err(Fault::NotText { column: column.to_owned(), kind: kind_of(&value) }),
        scalar => Ok(scalar_text(&scalar)),
    }
}
