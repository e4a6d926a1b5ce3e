//! The results as a polars frame.

use polars::prelude::{Column as Series, DataFrame, NamedFrom, PolarsResult};

use super::columns::{COLUMNS, Column, Kind, Value};
use super::row::Row;

/// Makes a frame of rows: one column each, typed.
///
/// # Errors
/// polars refuses the columns.
pub fn frame(rows: &[Row<'_>]) -> PolarsResult<DataFrame> {
    DataFrame::new(rows.len(), COLUMNS.iter().map(|column| series(column, rows)).collect())
}

fn series(column: &Column, rows: &[Row<'_>]) -> Series {
    let values = rows.iter().map(|row| (column.value)(row));
    let name = column.name.into();
    match column.kind {
        Kind::Text => {
            let texts: Vec<Option<std::borrow::Cow<'_, str>>> = values.map(as_text).collect();
            polars::prelude::Series::new(name, texts.iter().map(Option::as_deref).collect::<Vec<_>>()).into()
        }
        Kind::Count => polars::prelude::Series::new(name, values.map(as_count).collect::<Vec<_>>()).into(),
        Kind::Number => polars::prelude::Series::new(name, values.map(as_number).collect::<Vec<_>>()).into(),
    }
}

fn as_text(value: Value<'_>) -> Option<std::borrow::Cow<'_, str>> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn as_count(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Count(count) => Some(count),
        _ => None,
    }
}

fn as_number(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}
