//! Rows: the content of every data file, and one way to iterate over it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use serde_json::{Map, Value};

use super::error::DatasetError;

/// Maximum number of rows of a dataset.
pub(super) const MOST_ROWS: usize = 20_000_000;

/// One row: values by column name.
pub(super) type Row = Map<String, Value>;

/// A row, and the line on which it begins, in a file of lines.
pub(super) struct Numbered {
    pub row: Row,
    pub line: Option<NonZeroU32>,
}

impl From<Row> for Numbered {
    fn from(row: Row) -> Self {
        Self { row, line: None }
    }
}

/// The rows of one file, taken one at a time so that no second complete copy exists.
pub(super) struct Table {
    /// Columns in the file's order.
    pub columns: Vec<String>,
    /// Columns of unsupported types, with the name of the type.
    pub skipped: Vec<(String, String)>,
    /// The names that the numbers of a column stand for, where the file states them.
    pub labels: BTreeMap<String, Vec<String>>,
    /// Number of rows that the file states.
    pub count: Option<usize>,
    /// Whether these are only the first rows, and others may have further columns.
    pub is_part: bool,
    pub rows: Box<dyn Iterator<Item = Result<Numbered, DatasetError>>>,
}

/// A scalar as text; `None` for null, lists and structs.
pub(super) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// The kind of a value, for errors.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a struct",
    }
}

/// Approximate memory of a value in bytes.
pub(super) fn weight(value: &Value) -> usize {
    const NODE: usize = size_of::<Value>() + size_of::<String>();
    NODE + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(row) => row.iter().map(|(name, value)| name.len() + weight(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}
