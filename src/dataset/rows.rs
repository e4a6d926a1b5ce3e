//! Rows: what every file of a data set is made of, and one way to walk over them.

use serde_json::{Map, Value};

use super::error::DatasetError;

/// Most rows of a data set.
pub(super) const MOST_ROWS: usize = 20_000_000;

/// One row: values by column name.
pub(super) type Row = Map<String, Value>;

/// The rows of one file, taken one at a time so that no second copy of them is ever whole.
pub(super) struct Table {
    /// Columns in the file's order.
    pub columns: Vec<String>,
    /// Columns that are there but hold what no row can, with what it is.
    pub skipped: Vec<(String, String)>,
    /// How many rows the file says it has.
    pub count: Option<usize>,
    /// Whether these are only the first rows, and others may have further columns.
    pub is_part: bool,
    pub rows: Box<dyn Iterator<Item = Result<Row, DatasetError>>>,
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

/// What a value is, for errors.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a struct",
    }
}

/// About how many bytes of memory a value takes.
pub(super) fn weight(value: &Value) -> usize {
    const NODE: usize = size_of::<Value>() + size_of::<String>();
    NODE + match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(row) => row.iter().map(|(name, value)| name.len() + weight(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}
