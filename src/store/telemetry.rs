//! What servers and machines said along a batch: a row per part of a stretch, so that a long one is not written again and
//! again.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::{check, json_rows};
use crate::request::RequestKey;
use crate::telemetry::Stretch;

/// When a part begins, in nanoseconds: by its first reading, of which a run has one at a time, it is found.
pub(super) fn first_ns(part: &Stretch) -> i64 {
    let first = part.readings.first().map_or(part.begun_s, |reading| reading.at_s);
    let first = Duration::try_from_secs_f64(first).unwrap_or_default();
    i64::try_from(first.as_nanos()).unwrap_or(i64::MAX)
}

/// Writes a part.
pub(super) fn write(connection: &Connection, batch: RequestKey, part: &Stretch) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO telemetry(key, run, part_ns, stretch, crc) VALUES(?,?,?,?,?)";
    check::execute(connection.prepare_cached(sql)?, params![batch.0, part.run, first_ns(part), json_rows::text(part)?])
}

/// The parts of a batch, by run and time; nothing if one of them is not as it was written.
pub(super) fn read(connection: &Connection, batch: RequestKey) -> rusqlite::Result<Option<Vec<Stretch>>> {
    let sql = "SELECT key, run, part_ns, stretch, crc FROM telemetry WHERE key=? ORDER BY run, part_ns";
    json_rows::read(connection, sql, batch)
}
