//! Rows that hold a value of a batch as JSON, in their last column before the check.

use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::check;
use crate::request::RequestKey;

/// A value as its column holds it.
pub(super) fn text(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// The values of a batch, by a statement that gives the columns and the check; nothing if a row is not as it was written.
pub(super) fn read<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    batch: RequestKey,
) -> rusqlite::Result<Option<Vec<T>>> {
    let mut statement = connection.prepare_cached(sql)?;
    let checked = statement.column_count().saturating_sub(1);
    let values = statement.query_map([batch.0], |row| {
        let text: String =
            if check::is_sound(row, checked)? { row.get(checked.saturating_sub(1))? } else { String::new() };
        Ok(serde_json::from_str(&text).ok())
    })?;
    values.collect()
}
