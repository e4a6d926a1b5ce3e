//! What clients that send a load level together say of their parts: a row per level and run.

use rusqlite::{Connection, params};

use super::{check, json_rows};
use crate::clients::ClientPart;
use crate::request::RequestKey;

/// Writes a part in place of what its run said before.
pub(super) fn write(connection: &Connection, batch: RequestKey, part: &ClientPart) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO client_parts(key, run, part, crc) VALUES(?,?,?,?)";
    check::execute(connection.prepare_cached(sql)?, params![batch.0, part.run, json_rows::text(part)?])
}

/// The parts of a batch, by run; nothing if one of them is not as it was written.
pub(super) fn read(connection: &Connection, batch: RequestKey) -> rusqlite::Result<Option<Vec<ClientPart>>> {
    json_rows::read(connection, "SELECT key, run, part, crc FROM client_parts WHERE key=? ORDER BY run", batch)
}
