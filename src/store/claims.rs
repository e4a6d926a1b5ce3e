//! Claims: which requests a run is about to ask, so that no other run on the same store asks them as well.
//!
//! A run claims in blocks, ahead of what it sends, and a block is one row: while no other run is there, a request
//! costs next to nothing.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::Claim;
use super::owner::{self, LEASE, Owner};
use crate::request::RequestKey;
use crate::response::Status;

/// Time between two renewals of the lease.
pub(super) const BEAT: Duration = Duration::from_secs(5);

/// Bytes of a key that are written: enough that no two requests share them.
const SHORT: usize = 16;

type Short = [u8; SHORT];

/// This run in the store.
pub(super) struct Claims {
    owner: Owner,
    /// Its number, and when its lease was renewed; it is entered with its first claim.
    entered: Option<(i64, Instant)>,
}

impl Claims {
    pub(super) fn new() -> Self {
        Self { owner: Owner::own(), entered: None }
    }

    /// What becomes of wanted requests; `is_shared` says that others may have stored some of them.
    pub(super) fn claim(
        &mut self,
        transaction: &Transaction<'_>,
        batch: u32,
        (held, wanted): (&[RequestKey], &[RequestKey]),
        is_shared: bool,
    ) -> rusqlite::Result<Vec<Claim>> {
        if wanted.is_empty() && held.is_empty() {
            if let Some((run, _)) = self.entered {
                transaction.prepare_cached("DELETE FROM claims WHERE run=? AND batch=?")?.execute((run, batch))?;
            }
            return Ok(Vec::new());
        }
        let run = self.enter(transaction)?;
        let taken = self.taken(transaction, run)?;
        let mut outcome = Vec::with_capacity(wanted.len());
        for key in wanted {
            outcome.push(if is_shared && is_stored(transaction, key)? {
                Claim::Stored
            } else if taken.contains(&short(key)) {
                Claim::Taken
            } else {
                Claim::Ours
            });
        }
        let ours = wanted.iter().zip(&outcome).filter(|(_, claim)| **claim == Claim::Ours).map(|(key, _)| key);
        let keys: Vec<u8> = held.iter().chain(ours).flat_map(short).collect();
        transaction
            .prepare_cached("INSERT OR REPLACE INTO claims(run, batch, keys) VALUES(?,?,?)")?
            .execute(params![run, batch, keys])?;
        Ok(outcome)
    }

    /// Renews the lease if it is time.
    pub(super) fn beat(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let Some((run, _)) = self.entered.filter(|(_, renewed)| renewed.elapsed() >= BEAT) else {
            return Ok(());
        };
        // Anew, not only later: others may have taken it for one that ran out.
        connection
            .prepare_cached("INSERT OR REPLACE INTO runs(id, host, process, started, until) VALUES(?,?,?,?,?)")?
            .execute(params![run, self.owner.host, self.owner.process, signed(self.owner.started), until()])?;
        self.entered = Some((run, Instant::now()));
        Ok(())
    }

    /// Gives up all claims.
    pub(super) fn leave(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let Some((run, _)) = self.entered.take() else { return Ok(()) };
        connection.execute("DELETE FROM claims WHERE run=?", [run])?;
        connection.execute("DELETE FROM runs WHERE id=?", [run])?;
        Ok(())
    }

    /// A transaction that entered this run was rolled back.
    pub(super) fn forget(&mut self) {
        self.entered = None;
    }

    fn enter(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<i64> {
        if let Some((run, _)) = self.entered {
            return Ok(run);
        }
        let sql = "INSERT INTO runs(host, process, started, until) VALUES(?,?,?,?)";
        let owner = &self.owner;
        transaction.execute(sql, params![owner.host, owner.process, signed(owner.started), until()])?;
        let run = transaction.last_insert_rowid();
        self.entered = Some((run, Instant::now()));
        Ok(run)
    }

    /// What other runs that live have claimed; those of the dead are removed.
    fn taken(&self, transaction: &Transaction<'_>, run: i64) -> rusqlite::Result<HashSet<Short>> {
        let mut taken = HashSet::new();
        let mut others =
            transaction.prepare_cached("SELECT id, host, process, started, until FROM runs WHERE id<>?")?;
        let mut others = others.query([run])?;
        while let Some(row) = others.next()? {
            let other: i64 = row.get(0)?;
            let started = u64::try_from(row.get::<_, i64>(3)?).unwrap_or_default();
            let owner = Owner { host: row.get(1)?, process: row.get(2)?, started };
            if !owner.lives(&self.owner, u64::try_from(row.get::<_, i64>(4)?).unwrap_or_default()) {
                transaction.execute("DELETE FROM claims WHERE run=?", [other])?;
                transaction.execute("DELETE FROM runs WHERE id=?", [other])?;
                continue;
            }
            let mut blocks = transaction.prepare_cached("SELECT keys FROM claims WHERE run=?")?;
            let mut blocks = blocks.query([other])?;
            while let Some(block) = blocks.next()? {
                let keys = block.get_ref(0)?.as_blob()?;
                taken.extend(keys.as_chunks::<SHORT>().0.iter().copied());
            }
        }
        Ok(taken)
    }
}

fn short(key: &RequestKey) -> Short {
    let mut short = [0; SHORT];
    short.copy_from_slice(&key.0[..SHORT]);
    short
}

fn until() -> i64 {
    signed(owner::now().saturating_add(owner::millis(LEASE)))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn is_stored(transaction: &Transaction<'_>, key: &RequestKey) -> rusqlite::Result<bool> {
    let mut statement = transaction.prepare_cached("SELECT status FROM responses WHERE key=?")?;
    let status: Option<String> = statement.query_row([key.0], |row| row.get(0)).optional()?;
    Ok(status.and_then(|word| Status::from_word(&word)).is_some_and(|status| !status.is_fault()))
}
