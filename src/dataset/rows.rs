//! Files of rows: the formats, told by the file name, and one way to walk over all of them.

use std::path::Path;

use serde_json::{Map, Value};

use super::error::DatasetError;
use super::{json, parquet, text};

/// Most rows of a data set.
pub(super) const MOST_ROWS: usize = 20_000_000;

/// One row: values by column name.
pub(super) type Row = Map<String, Value>;

/// A file format that holds rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Parquet,
    JsonLines,
    Json,
    Csv,
    Tsv,
}

impl Format {
    /// All of them, the preferred first.
    pub(super) const ALL: [Self; 5] = [Self::Parquet, Self::JsonLines, Self::Json, Self::Csv, Self::Tsv];

    /// The format that a file name tells.
    pub(super) fn of(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit('/').next()?.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "parquet" | "pq" => Some(Self::Parquet),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            _ => None,
        }
    }
}

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

/// Opens a file of which about the first `most` rows are wanted; `shown` is its name in errors.
///
/// Where the columns are not told before the rows, the table ends after `most` rows, or before one that
/// cannot be read; elsewhere it is whole, and what is not taken is not read.
pub(super) fn read(path: &Path, format: Format, shown: &str, most: usize) -> Result<Table, DatasetError> {
    match format {
        Format::Parquet => parquet::read(path, shown, most),
        Format::JsonLines => text::json_lines(path, shown, most),
        Format::Json => json::read(path, shown, most),
        Format::Csv => text::separated(path, shown, b','),
        Format::Tsv => text::separated(path, shown, b'\t'),
    }
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
