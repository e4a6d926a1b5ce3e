//! Who works on the store: its file knows their processes and what they have claimed.

use std::time::Duration;

use rusqlite::params;

use super::SqliteStore;
use crate::store::Worker;
use crate::store::claims::SHORT;
use crate::store::owner::{self, LEASE, Owner, millis};

impl SqliteStore {
    pub(super) fn found_workers(&self) -> rusqlite::Result<Vec<Worker>> {
        let (own, now) = (Owner::own(), owner::now());
        let connection = self.reader();
        let mut runs = connection.prepare_cached("SELECT id, host, process, started, until FROM runs ORDER BY id")?;
        let mut claims =
            connection.prepare_cached("SELECT batch, length(keys) FROM claims WHERE run=? ORDER BY batch")?;
        let mut runs = runs.query([])?;
        let mut workers = Vec::new();
        while let Some(row) = runs.next()? {
            let count = |column: usize| row.get(column).map(i64::unsigned_abs);
            let (process, until) = (row.get(2)?, count(4)?);
            let owner = Owner { host: row.get(1)?, process, started: count(3)? };
            let number = |length: i64| length.unsigned_abs() / SHORT as u64;
            let claimed =
                claims.query_map(params![row.get::<_, i64>(0)?], |row| Ok((row.get(0)?, number(row.get(1)?))))?;
            workers.push(Worker {
                machine: String::new(),
                process,
                run: String::new(),
                experiment: String::new(),
                since: None,
                heard: Duration::from_millis(now.saturating_sub(until.saturating_sub(millis(LEASE)))),
                claimed: claimed.collect::<rusqlite::Result<_>>()?,
                stored: None,
                lives: owner.lives(&own, until, now),
            });
        }
        Ok(workers)
    }
}
