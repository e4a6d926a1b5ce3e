//! What few responses have, in tables of their own: the alternatives of first tokens, and calls of tools.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::check;
use crate::response::Response;

/// The tables, each with a row per response that has something for it.
pub(super) const TABLES: [&str; 2] = [ALTERNATIVES.0, CALLS.0];

/// The tables with their columns, in the order in which a database has these.
pub(super) const PLACES: [ListColumn; 2] = [ALTERNATIVES, CALLS];

const ALTERNATIVES: ListColumn = ("first_tokens", "alternatives");
const CALLS: ListColumn = ("tool_calls", "calls");

/// Writes those of a response that it has.
pub(super) fn write(connection: &Connection, response: &Response) -> rusqlite::Result<()> {
    write_list(connection, response, ALTERNATIVES, &response.alternatives)?;
    write_list(connection, response, CALLS, &response.calls)
}

/// Adds those of each response that are in the store; gives how many of them are not as they were written.
pub(super) fn add(connection: &Connection, found: &mut [Option<Response>]) -> rusqlite::Result<usize> {
    let alternatives = add_lists(connection, found, ALTERNATIVES, |response| &mut response.alternatives)?;
    let calls = add_lists(connection, found, CALLS, |response| &mut response.calls)?;
    Ok(alternatives + calls)
}

/// A table, and its column that holds lists.
pub(super) type ListColumn = (&'static str, &'static str);

fn write_list(
    connection: &Connection,
    response: &Response,
    (table, column): ListColumn,
    list: &[impl Serialize],
) -> rusqlite::Result<()> {
    if list.is_empty() {
        return Ok(());
    }
    let text = serde_json::to_string(list).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let sql = format!("INSERT OR REPLACE INTO {table}(key, {column}, crc) VALUES(?,?,?)");
    check::execute(connection.prepare_cached(&sql)?, params![response.key.0, text])
}

fn add_lists<T: DeserializeOwned>(
    connection: &Connection,
    found: &mut [Option<Response>],
    (table, column): ListColumn,
    list_of: impl Fn(&mut Response) -> &mut Vec<T>,
) -> rusqlite::Result<usize> {
    let any = format!("SELECT EXISTS(SELECT 1 FROM {table})");
    if !connection.prepare_cached(&any)?.query_row([], |row| row.get(0))? {
        return Ok(0);
    }
    let sql = format!("SELECT key, {column}, crc FROM {table} WHERE key=?");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut damaged = 0;
    for response in found.iter_mut().flatten() {
        let read = |row: &rusqlite::Row<'_>| {
            let text: String = if check::is_sound(row, 2)? { row.get(1)? } else { String::new() };
            Ok(serde_json::from_str::<Vec<T>>(&text).ok())
        };
        match statement.query_row([response.key.0], read).optional()? {
            Some(Some(list)) => *list_of(response) = list,
            Some(None) => damaged += 1,
            None => {}
        }
    }
    Ok(damaged)
}
