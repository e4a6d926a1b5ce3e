//! Claims: which requests a run is about to ask, so that no other run on the same store asks them as well.
//!
//! A run claims in blocks, ahead of what it sends, and a block is one row: while no other run is there, a request
//! costs next to nothing.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::lease::Lease;
use super::owner::{LEASE, Owner, millis};
use crate::request::RequestKey;
use crate::response::Status;

/// What became of a request that was to be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is for this run to ask.
    Ours,
    /// Another run asks it.
    Taken,
    /// Nobody asks it, and this run claimed enough of the others.
    Free,
    /// Its response is in the store.
    Stored,
}

/// Time between two renewals of the lease.
pub(super) const BEAT: Duration = Duration::from_secs(5);

/// Bytes of a key that are written: enough that no two requests share them.
pub(super) const SHORT: usize = 16;

type Short = [u8; SHORT];

/// Requests of a batch: those that it has claimed and still wants, and those that it wants now.
pub(super) struct ClaimRequest {
    pub(super) batch: u32,
    pub(super) held: Vec<RequestKey>,
    pub(super) wanted: Vec<RequestKey>,
    /// How many of the wanted are claimed at most; the others are looked at.
    pub(super) most: usize,
}

/// A run that is entered in the store.
pub(super) struct ActiveRun {
    pub(super) id: i64,
    pub(super) owner: Owner,
    /// The end of its lease, by its own clock.
    pub(super) until: u64,
}

/// The runs that are entered.
pub(super) fn runs(connection: &Connection) -> rusqlite::Result<Vec<ActiveRun>> {
    let sql = "SELECT id, host, process, started, booted, until FROM runs ORDER BY id";
    let number = |number: i64| u64::try_from(number).unwrap_or_default();
    let run = |row: &rusqlite::Row<'_>| {
        let (started, booted) = (number(row.get(3)?), row.get::<_, Option<i64>>(4)?.map(number));
        let owner = Owner { host: row.get(1)?, process: row.get(2)?, started, booted };
        Ok(ActiveRun { id: row.get(0)?, owner, until: number(row.get(5)?) })
    };
    connection.prepare_cached(sql)?.query_map([], run)?.collect()
}

/// This run in the store.
pub(super) struct Claims {
    owner: Owner,
    /// Its number, and when its lease was renewed; it is entered with its first claim.
    entered: Option<(i64, u64)>,
    /// When it was last seen to live.
    now: u64,
    lease: Arc<Lease>,
}

impl Claims {
    pub(super) fn new(owner: Owner, lease: Arc<Lease>) -> Self {
        Self { owner, entered: None, now: 0, lease }
    }

    /// What becomes of wanted requests; `is_shared` says that others may have stored some of them.
    pub(super) fn claim(
        &mut self,
        transaction: &Transaction<'_>,
        ClaimRequest { batch, held, wanted, most }: &ClaimRequest,
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
        let mut left = *most;
        for key in wanted {
            outcome.push(if is_shared && is_stored(transaction, key)? {
                Claim::Stored
            } else if taken.contains(&short(key)) {
                Claim::Taken
            } else if let Some(fewer) = left.checked_sub(1) {
                left = fewer;
                Claim::Ours
            } else {
                Claim::Free
            });
        }
        let ours = wanted.iter().zip(&outcome).filter(|(_, claim)| **claim == Claim::Ours).map(|(key, _)| key);
        let keys: Vec<u8> = held.iter().chain(ours).flat_map(short).collect();
        transaction
            .prepare_cached("INSERT OR REPLACE INTO claims(run, batch, keys) VALUES(?,?,?)")?
            .execute(params![run, batch, keys])?;
        Ok(outcome)
    }

    /// This run lives now; renews the lease if it is time.
    pub(super) fn beat(&mut self, connection: &Connection, now: u64) -> rusqlite::Result<()> {
        self.now = now;
        // A clock may also be set back.
        let is_due = |renewed: u64| now.checked_sub(renewed).is_none_or(|since| since >= millis(BEAT));
        let Some((run, _)) = self.entered.filter(|(_, renewed)| is_due(*renewed)) else { return Ok(()) };
        let (owner, started) = (&self.owner, signed(self.owner.started));
        // Its number may be that of another run by now, if others took it for one that had ended.
        let renewed = connection
            .prepare_cached("UPDATE runs SET until=? WHERE id=? AND host=? AND process=? AND started=?")?
            .execute(params![signed(self.until()), run, owner.host, owner.process, started])?;
        if renewed == 0 {
            self.lease.lose();
            self.entered = None;
            self.enter(connection)?;
            return Ok(());
        }
        self.hold(run);
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

    fn enter(&mut self, connection: &Connection) -> rusqlite::Result<i64> {
        if let Some((run, _)) = self.entered {
            return Ok(run);
        }
        let sql = "INSERT INTO runs(host, process, started, booted, until) VALUES(?,?,?,?,?)";
        let Owner { host, process, started, booted } = &self.owner;
        let values = params![host, process, signed(*started), booted.map(signed), signed(self.until())];
        connection.execute(sql, values)?;
        let run = connection.last_insert_rowid();
        self.hold(run);
        Ok(run)
    }

    fn hold(&mut self, run: i64) {
        self.entered = Some((run, self.now));
        self.lease.renew(self.until());
    }

    fn until(&self) -> u64 {
        self.now.saturating_add(millis(LEASE))
    }

    /// What other runs that live have claimed; those of the dead are removed.
    fn taken(&self, transaction: &Transaction<'_>, run: i64) -> rusqlite::Result<HashSet<Short>> {
        let mut taken = HashSet::new();
        for other in runs(transaction)?.into_iter().filter(|other| other.id != run) {
            if !other.owner.lives(&self.owner, other.until, self.now) {
                transaction.execute("DELETE FROM claims WHERE run=?", [other.id])?;
                transaction.execute("DELETE FROM runs WHERE id=?", [other.id])?;
                continue;
            }
            let mut blocks = transaction.prepare_cached("SELECT keys FROM claims WHERE run=?")?;
            let mut blocks = blocks.query([other.id])?;
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

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn is_stored(transaction: &Transaction<'_>, key: &RequestKey) -> rusqlite::Result<bool> {
    let mut statement = transaction.prepare_cached("SELECT status FROM responses WHERE key=?")?;
    let status: Option<String> = statement.query_row([key.0], |row| row.get(0)).optional()?;
    Ok(status.and_then(|word| Status::from_word(&word)).is_some_and(|status| !status.is_fault()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    /// A store, and a number for each run so that none is told from its end by its process.
    struct Bench {
        connection: Connection,
        _folder: tempfile::TempDir,
    }

    impl Bench {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let connection = schema::open(&folder.path().join("s.sqlite")).unwrap().0;
            Self { connection, _folder: folder }
        }

        fn claim(&mut self, claims: &mut Claims, now: u64, keys: std::ops::Range<u8>) -> Vec<Claim> {
            let transaction = self.connection.transaction().unwrap();
            claims.beat(&transaction, now).unwrap();
            let keys: Vec<RequestKey> = keys.map(key).collect();
            let most = keys.len();
            let asked = ClaimRequest { batch: 0, held: Vec::new(), wanted: keys, most };
            let outcome = claims.claim(&transaction, &asked, false).unwrap();
            transaction.commit().unwrap();
            outcome
        }
    }

    fn run(process: u32) -> (Claims, Arc<Lease>) {
        let lease = Arc::new(Lease::default());
        (Claims::new(Owner { host: String::new(), process, started: 1, booted: None }, Arc::clone(&lease)), lease)
    }

    fn key(number: u8) -> RequestKey {
        RequestKey([number; 32])
    }

    const START: u64 = 1_000_000;

    #[test]
    fn claims_pass_on_when_their_lease_ends_and_not_a_moment_sooner() {
        let mut bench = Bench::new();
        let ((mut one, lease), (mut other, _)) = (run(1), run(2));
        assert_eq!(bench.claim(&mut one, START, 0..4), [Claim::Ours; 4]);
        let last = START + millis(LEASE);
        assert_eq!(bench.claim(&mut other, last, 2..6), [Claim::Taken, Claim::Taken, Claim::Ours, Claim::Ours]);
        assert_eq!(bench.claim(&mut other, last + 1, 0..6), [Claim::Ours; 6]);
        // It comes back, under another number: what it held is the other's now.
        let before = lease.number(START);
        assert_eq!(lease.number(last + 1), None);
        assert_eq!(bench.claim(&mut one, last + 2, 0..7)[..6], [Claim::Taken; 6]);
        assert_ne!(lease.number(last + 2), before);
    }

    #[test]
    fn a_run_that_is_heard_of_keeps_its_claims_and_its_number() {
        let mut bench = Bench::new();
        let ((mut one, lease), (mut other, _)) = (run(1), run(2));
        bench.claim(&mut one, START, 0..4);
        for beat in 1..=20 {
            one.beat(&bench.connection, START + beat * millis(BEAT)).unwrap();
        }
        let now = START + 20 * millis(BEAT) + 1;
        assert_eq!(bench.claim(&mut other, now, 0..4), [Claim::Taken; 4]);
        assert_eq!(lease.number(now), Some(0));
    }

    #[test]
    fn a_run_that_comes_back_takes_nothing_from_one_that_was_given_its_number() {
        let mut bench = Bench::new();
        let ((mut one, _), (mut second, _), (mut third, _)) = (run(1), run(2), run(3));
        bench.claim(&mut one, START, 0..2);
        let later = START + 2 * millis(LEASE);
        bench.claim(&mut second, later, 0..1);
        second.leave(&bench.connection).unwrap();
        // The first run's number is free again.
        assert_eq!(bench.claim(&mut third, later, 0..2), [Claim::Ours; 2]);
        assert_eq!(bench.claim(&mut one, later + 1, 0..2), [Claim::Taken; 2]);
        third.beat(&bench.connection, later + millis(BEAT)).unwrap();
        assert_eq!(bench.claim(&mut second, later + millis(BEAT), 0..2), [Claim::Taken; 2]);
    }
}
