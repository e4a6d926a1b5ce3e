//! Batches that were submitted to a provider and are not collected yet, as rows.

use rusqlite::{Connection, Row, params};

use super::check;
use crate::request::RequestKey;

/// A batch that is at a provider, or may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderBatch {
    /// What tells it from others; known before it is submitted.
    pub token: String,
    /// The endpoint, as request keys hold it.
    pub endpoint: String,
    /// The id that the provider gave it; `None` from before it was submitted until that is known.
    pub id: Option<String>,
    /// When it was about to be submitted, in seconds since 1970.
    pub submitted: i64,
    /// The requests whose outcome is not stored yet.
    pub keys: Vec<RequestKey>,
}

/// Bytes of a key.
const KEY: usize = 32;

/// Writes a batch in place of its earlier row; without requests it is removed.
pub(super) fn write(connection: &Connection, batch: &ProviderBatch) -> rusqlite::Result<()> {
    if batch.keys.is_empty() {
        let mut remove = connection.prepare_cached("DELETE FROM provider_batches WHERE token=?")?;
        return remove.execute([&batch.token]).map(|_| ());
    }
    let sql =
        "INSERT OR REPLACE INTO provider_batches(token, endpoint, batch, submitted, keys, crc) VALUES(?,?,?,?,?,?)";
    let keys: Vec<u8> = batch.keys.iter().flat_map(|key| key.0).collect();
    let values = params![batch.token, batch.endpoint, batch.id, batch.submitted, keys];
    check::execute(connection.prepare_cached(sql)?, values)
}

/// The batches at an endpoint in the order of their submission; `None` for a row that is not as it was written.
pub(super) fn read(connection: &Connection, endpoint: &str) -> rusqlite::Result<Vec<Option<ProviderBatch>>> {
    let sql = "SELECT token, endpoint, batch, submitted, keys, crc FROM provider_batches WHERE endpoint=? \
               ORDER BY submitted, token";
    connection.prepare_cached(sql)?.query_map([endpoint], one)?.collect()
}

fn one(row: &Row<'_>) -> rusqlite::Result<Option<ProviderBatch>> {
    if !check::is_sound(row, 5)? {
        return Ok(None);
    }
    let keys: Vec<u8> = row.get(4)?;
    let (keys, _) = keys.as_chunks::<KEY>();
    let keys = keys.iter().map(|key| RequestKey(*key)).collect();
    let (token, endpoint) = (row.get(0)?, row.get(1)?);
    Ok(Some(ProviderBatch { token, endpoint, id: row.get(2)?, submitted: row.get(3)?, keys }))
}
