//! Who works on the store: its file knows their processes and what they have claimed.

use std::time::Duration;

use rusqlite::params;

use super::opened::SqliteStore;
use crate::store::claims::{self, ActiveRun, SHORT};
use crate::store::owner::{self, LEASE, Owner, millis};
use crate::store::worker::Worker;

impl SqliteStore {
    pub(super) fn found_workers(&self) -> rusqlite::Result<Vec<Worker>> {
        let (own, now) = (Owner::own(), owner::now());
        let connection = self.reader();
        let mut claimed =
            connection.prepare_cached("SELECT batch, length(keys) FROM claims WHERE run=? ORDER BY batch")?;
        let mut workers = Vec::new();
        for ActiveRun { id, owner, until } in claims::runs(&connection)? {
            let lives = owner.lives(&own, until, now);
            let until = owner.by_clock_of(&own, until);
            let number = |length: i64| length.unsigned_abs() / SHORT as u64;
            let blocks = claimed.query_map(params![id], |row| Ok((row.get(0)?, number(row.get(1)?))))?;
            workers.push(Worker {
                machine: String::new(),
                process: owner.process,
                run: String::new(),
                experiment: String::new(),
                since: None,
                heard: Duration::from_millis(now.saturating_sub(until.saturating_sub(millis(LEASE)))),
                claimed: blocks.collect::<rusqlite::Result<_>>()?,
                stored: None,
                lives,
            });
        }
        Ok(workers)
    }
}
