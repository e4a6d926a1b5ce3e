//! The alternatives of the first token of each response, where the server gave them.

use rusqlite::{Connection, OptionalExtension, params};

use super::check;
use crate::alternatives::Alternative;
use crate::response::Response;

/// Writes those of a response, if it has any.
pub(super) fn write(connection: &Connection, response: &Response) -> rusqlite::Result<()> {
    if response.alternatives.is_empty() {
        return Ok(());
    }
    let text = serde_json::to_string(&response.alternatives)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let sql = "INSERT OR REPLACE INTO first_tokens(key, alternatives, crc) VALUES(?,?,?)";
    check::execute(connection.prepare_cached(sql)?, params![response.key.0, text])
}

/// Adds those of each response, if there are any in the store; gives how many of them are not as they were written.
pub(super) fn add(connection: &Connection, found: &mut [Option<Response>]) -> rusqlite::Result<usize> {
    let any = "SELECT EXISTS(SELECT 1 FROM first_tokens)";
    if !connection.prepare_cached(any)?.query_row([], |row| row.get(0))? {
        return Ok(0);
    }
    let mut statement = connection.prepare_cached("SELECT key, alternatives, crc FROM first_tokens WHERE key=?")?;
    let mut damaged = 0;
    for response in found.iter_mut().flatten() {
        let read = |row: &rusqlite::Row<'_>| {
            let text: String = if check::is_sound(row, 2)? { row.get(1)? } else { String::new() };
            Ok(serde_json::from_str::<Vec<Alternative>>(&text).ok())
        };
        match statement.query_row([response.key.0], read).optional()? {
            Some(Some(alternatives)) => response.alternatives = alternatives,
            Some(None) => damaged += 1,
            None => {}
        }
    }
    Ok(damaged)
}
