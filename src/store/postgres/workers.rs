//! Who works on the store.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use tokio_postgres::{Error, Row};

use crate::store::rows::IS_FAULT;
use crate::store::worker::Worker;

/// Times as seconds before now, by the clock of the database. What a run has stored is told with its second word, and not known
/// before.
pub(super) const WORKERS: &str = "SELECT id, machine, process, run, experiment, \
    extract(epoch FROM clock_timestamp() - since)::float8, extract(epoch FROM clock_timestamp() - heard)::float8, \
    CASE WHEN heard > since + interval '1 s' THEN stored END, until > clock_timestamp() FROM workers ORDER BY id";

/// What is claimed and not stored yet.
pub(super) static CLAIMS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT c.worker, c.batch, count(*) FROM claims c WHERE NOT EXISTS \
         (SELECT FROM responses r WHERE r.key = c.key AND NOT r.{IS_FAULT}) GROUP BY 1, 2 ORDER BY 1, 2"
    )
});

/// The workers of these rows.
pub(super) fn of(workers: &[Row], claims: &[Row]) -> Result<Vec<Worker>, Error> {
    let mut claimed: BTreeMap<i64, Vec<(u32, u64)>> = BTreeMap::new();
    for row in claims {
        let (batch, count): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
        let batch = u32::try_from(batch).unwrap_or(u32::MAX);
        claimed.entry(row.try_get(0)?).or_default().push((batch, count.unsigned_abs()));
    }
    let ago = |row: &Row, column: usize| {
        row.try_get(column).map(|seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default())
    };
    let worker = |row: &Row| {
        Ok(Worker {
            machine: row.try_get(1)?,
            process: row.try_get::<_, i64>(2).map(|process| u32::try_from(process).unwrap_or_default())?,
            run: row.try_get(3)?,
            experiment: row.try_get(4)?,
            since: Some(ago(row, 5)?),
            heard: ago(row, 6)?,
            stored: row.try_get::<_, Option<i64>>(7)?.map(i64::unsigned_abs),
            lives: row.try_get(8)?,
            claimed: claimed.remove(&row.try_get(0)?).unwrap_or_default(),
        })
    };
    workers.iter().map(worker).collect()
}
