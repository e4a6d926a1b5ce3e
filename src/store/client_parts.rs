//! What clients that send a load level together say of their parts: a row per level and run.

use rusqlite::{Connection, params};

use super::check;
use crate::clients::ClientPart;
use crate::request::RequestKey;

/// A part as a table holds it.
pub(super) fn text(part: &ClientPart) -> rusqlite::Result<String> {
    serde_json::to_string(part).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// Writes a part in place of what its run said before.
pub(super) fn write(connection: &Connection, batch: RequestKey, part: &ClientPart) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO client_parts(key, run, part, crc) VALUES(?,?,?,?)";
    check::execute(connection.prepare_cached(sql)?, params![batch.0, part.run, text(part)?])
}

/// The parts of a batch, by run; nothing if one of them is not as it was written.
pub(super) fn read(connection: &Connection, batch: RequestKey) -> rusqlite::Result<Option<Vec<ClientPart>>> {
    let sql = "SELECT key, run, part, crc FROM client_parts WHERE key=? ORDER BY run";
    let mut statement = connection.prepare_cached(sql)?;
    let parts = statement.query_map([batch.0], |row| {
        let text: String = if check::is_sound(row, 3)? { row.get(2)? } else { String::new() };
        Ok(serde_json::from_str(&text).ok())
    })?;
    parts.collect()
}
