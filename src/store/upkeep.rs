//! Upkeep of a store that no run uses: what it holds, removing responses, giving space back to the disk.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::contents::{Contents, ModelContents, OfModel};
use super::error::StoreError;
use super::owner::{self, Owner};
use super::rows::IS_FAULT;
use super::{beside, claims, place, schema};

/// Looks into a store.
///
/// # Errors
/// There is no store, or it cannot be read.
pub(super) fn contents(path: &Path) -> Result<Contents, StoreError> {
    let connection = open(path)?;
    let read = || -> rusqlite::Result<Contents> {
        let sql = format!(
            "SELECT endpoint, model, sum(NOT warmup AND NOT ({IS_FAULT})), sum(NOT warmup AND {IS_FAULT}), sum(warmup) \
             FROM responses JOIN settings ON settings.id = responses.settings GROUP BY 1, 2 ORDER BY 1, 2"
        );
        let models = rows(&connection, &sql, |row| {
            Ok(ModelContents {
                endpoint: row.get(0)?,
                model: row.get(1)?,
                answers: count(row, 2)?,
                faults: count(row, 3)?,
                warmups: count(row, 4)?,
            })
        })?;
        let runs = rows(&connection, "SELECT run, count(*) FROM responses GROUP BY run ORDER BY min(id)", |row| {
            Ok((row.get(0)?, count(row, 1)?))
        })?;
        let verdicts = connection.query_row("SELECT count(*) FROM verdicts", [], |row| count(row, 0))?;
        Ok(Contents { bytes: place::size(path), models, runs, verdicts })
    };
    read().map_err(|source| StoreError::sqlite(path, &source))
}

/// A number that is not negative.
fn count(row: &rusqlite::Row<'_>, place: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(place)?).unwrap_or_default())
}

fn rows<T>(
    connection: &Connection,
    sql: &str,
    take: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare(sql)?.query_map([], take)?.collect()
}

/// Removes what a store holds of a model, and what only its requests needed; returns the number of responses. The file
/// keeps its size until it is [compacted](compact).
///
/// # Errors
/// There is no store, a run uses it, or it cannot be written.
pub(super) fn remove(path: &Path, of: OfModel<'_>) -> Result<u64, StoreError> {
    let mut connection = open(path)?;
    refuse_if_used(&connection, path)?;
    let mut write = || -> rusqlite::Result<usize> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let removed = remove_rows(&transaction, of)?;
        transaction.commit()?;
        Ok(removed)
    };
    let removed = write().map_err(|source| StoreError::sqlite(path, &source))?;
    Ok(u64::try_from(removed).unwrap_or(u64::MAX))
}

fn remove_rows(transaction: &Transaction<'_>, of: OfModel<'_>) -> rusqlite::Result<usize> {
    let settings = "SELECT id FROM settings WHERE model = ?1 AND (?2 IS NULL OR endpoint = ?2)";
    let values = params![of.model, of.endpoint];
    for table in beside::TABLES.into_iter().chain(["failed_attempts"]) {
        let sql =
            format!("DELETE FROM {table} WHERE key IN (SELECT key FROM responses WHERE settings IN ({settings}))");
        transaction.execute(&sql, values)?;
    }
    let removed = transaction.execute(&format!("DELETE FROM responses WHERE settings IN ({settings})"), values)?;
    transaction.execute("DELETE FROM models WHERE model = ?1 AND (?2 IS NULL OR endpoint = ?2)", values)?;
    transaction.execute("DELETE FROM telemetry WHERE run NOT IN (SELECT run FROM responses)", [])?;
    transaction.execute("DELETE FROM settings WHERE id NOT IN (SELECT settings FROM responses)", [])?;
    transaction.execute("DELETE FROM prompts WHERE id NOT IN (SELECT prompt FROM responses)", [])?;
    Ok(removed)
}

/// Gives the space of removed rows back to the disk; returns the size of the store before and after, in bytes.
///
/// # Errors
/// There is no store, a run uses it, or it cannot be written.
pub fn compact(path: &Path) -> Result<(u64, u64), StoreError> {
    let before = place::size(path);
    let connection = open(path)?;
    refuse_if_used(&connection, path)?;
    let error = |source: rusqlite::Error| StoreError::sqlite(path, &source);
    connection.execute_batch("VACUUM").map_err(error)?;
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(error)?;
    drop(connection);
    Ok((before, place::size(path)))
}

/// Opens a store that is there.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    if place::length(path) == 0 {
        let path = path.to_owned();
        return Err(if path.exists() { StoreError::NoStore { path } } else { StoreError::Absent { path } });
    }
    schema::open(path).map(|(connection, _)| connection).map_err(|error| match error {
        // Nothing is to be stored here, so that no other place helps.
        StoreError::Foreign { path } => StoreError::NoStore { path },
        other => other,
    })
}

pub(super) fn refuse_if_used(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let (own, now) = (Owner::own(), owner::now());
    let runs = claims::runs(connection).map_err(|source| StoreError::sqlite(path, &source))?;
    match runs.iter().any(|run| run.owner.lives(&own, run.until, now)) {
        true => Err(StoreError::InUse { path: path.to_owned() }),
        false => Ok(()),
    }
}
