//! Attempts that failed before the last one, beside the responses: a row per request and run that needed several.

use rusqlite::{Connection, params};

use super::{check, json_rows};
use crate::request::RequestKey;
use crate::response::{FailedAttempt, FailedAttempts, Response};

/// Writes those of a response, if it has any, in place of what its run said before.
pub(super) fn write(connection: &Connection, response: &Response) -> rusqlite::Result<()> {
    if response.failed_attempts.is_empty() {
        return Ok(());
    }
    let sql = "INSERT OR REPLACE INTO failed_attempts(key, run, attempts, crc) VALUES(?,?,?,?)";
    let attempts = json_rows::text(&response.failed_attempts)?;
    check::execute(connection.prepare_cached(sql)?, params![response.key.0, response.run, attempts])
}

/// Those at a request, in the order in which their runs were written; nothing if a row is not as it was written.
pub(super) fn read(connection: &Connection, key: RequestKey) -> rusqlite::Result<Option<Vec<FailedAttempts>>> {
    let sql = "SELECT key, run, attempts, crc FROM failed_attempts WHERE key=? ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([key.0], |row| {
        let is_sound = check::is_sound(row, 3)?;
        Ok(if is_sound { parsed(row.get(1)?, &row.get::<_, String>(2)?) } else { None })
    })?;
    rows.collect()
}

/// The attempts of a run, from what a column holds.
pub(super) fn parsed(run: String, attempts: &str) -> Option<FailedAttempts> {
    let attempts: Vec<FailedAttempt> = serde_json::from_str(attempts).ok()?;
    Some(FailedAttempts { run, attempts })
}
