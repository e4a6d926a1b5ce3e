//! The task that claims: which requests a worker is about to ask, so that no other asks them as well.
//!
//! A claim is a row, and belongs to a worker whose lease is timed by the clock of the database alone, so that the clocks of
//! the workers do not matter. A lease that has run out takes its worker and all its claims away at once; the worker learns
//! it with its next word and begins anew under another number. Its own reckoning begins before it asks for a lease, so that
//! it never believes in one that has run out.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use super::budgets;
use super::changes::bytes;
use super::database::Address;
use super::error::PostgresError;
use super::link::{Commits, Link, Live};
use super::meetings;
use super::outage::{Outage, User};
use super::pace::{Pace, ServerHash};
use crate::request::RequestKey;
use crate::store::claims::BEAT;
use crate::store::lease::Lease;
use crate::store::owner::{LEASE, Owner, millis};
use crate::store::pace::{Heed, Overload};
use crate::store::rows::IS_FAULT;
use crate::store::{Arrival, Claim, ClockReading, Met, Spending, StoreError};

/// Time between two looks for workers that have ended.
const BURIALS: Duration = Duration::from_secs(1);

/// Requests of a batch: those that it has claimed and still wants, and those that it wants now.
pub(super) struct Asked {
    pub(super) batch: u32,
    pub(super) held: Vec<RequestKey>,
    pub(super) wanted: Vec<RequestKey>,
}

/// What the task is asked.
pub(super) enum Word {
    Claim {
        asked: Asked,
        done: oneshot::Sender<Result<Vec<Claim>, StoreError>>,
    },
    /// A part of the budget, of which all runs together take at most so much.
    Draw {
        wanted: Spending,
        most: Spending,
        done: oneshot::Sender<Result<Spending, StoreError>>,
    },
    /// Somebody wants to hear what a server tells other runs.
    Join(ServerHash, Heed),
    /// A server told this run.
    Tell(ServerHash, Overload),
    /// Who has arrived at the start of a load level.
    Meet {
        arrival: Arrival,
        done: oneshot::Sender<Result<Met, StoreError>>,
    },
    /// What the clock of the database shows.
    Clock {
        done: oneshot::Sender<Result<Option<ClockReading>, StoreError>>,
    },
}

/// Who works on a store, for people who look.
#[derive(Debug, Clone, Default)]
pub struct WorkerName {
    /// The machine.
    pub machine: String,
    /// The run.
    pub run: String,
    /// The experiment.
    pub experiment: String,
}

/// What this process knows of itself as a worker.
pub(super) struct Identity {
    pub(super) owner: Owner,
    pub(super) name: WorkerName,
    /// What was in the database when the run began. Only what came later was stored by others in its place: a fresh run
    /// asks again what was there before.
    pub(super) snapshot: String,
}

/// The lease as those see it who send what was claimed, on a clock of its own that nobody sets.
pub(super) struct Reckoning {
    pub(super) lease: Lease,
    started: Instant,
}

impl Reckoning {
    pub(super) fn new() -> Self {
        Self { lease: Lease::default(), started: Instant::now() }
    }

    /// Milliseconds since the store was opened.
    pub(super) fn now(&self) -> u64 {
        millis(self.started.elapsed())
    }
}

/// Claims requests.
pub(super) struct Claimant {
    link: Link,
    outage: Arc<Outage>,
    place: String,
    identity: Identity,
    /// Its number; it is entered with its first claim.
    worker: Option<i64>,
    /// The runs of its experiment that work at the same time: the number of the first of them.
    team: Option<i64>,
    reckoning: Arc<Reckoning>,
    stored: Arc<AtomicU64>,
    /// When it last looked for workers that have ended.
    buried: Option<Instant>,
    pace: Pace,
    /// Rung when another run was told something by a server.
    bell: Arc<Notify>,
}

impl Claimant {
    pub(super) fn new(
        (address, outage): (Arc<Address>, Arc<Outage>),
        identity: Identity,
        reckoning: Arc<Reckoning>,
        stored: Arc<AtomicU64>,
    ) -> Self {
        let (bell, pace) = (Arc::default(), Pace::default());
        let place = address.place.clone();
        let link = Link::listening(address, Commits::Synced, Arc::clone(&bell));
        Self { link, outage, place, identity, worker: None, team: None, reckoning, stored, buried: None, pace, bell }
    }

    /// Claims until the channel closes, and renews the lease meanwhile.
    pub(super) async fn run(mut self, mut words: mpsc::UnboundedReceiver<Word>) {
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let bell = Arc::clone(&self.bell);
        loop {
            tokio::select! {
                word = words.recv() => match word {
                    Some(word) => self.hear(word).await,
                    None => break,
                },
                () = bell.notified() => {
                    // What is not heard now is heard over the next connection.
                    if self.look().await.is_err() {
                        self.link.cut();
                    }
                }
                _ = beats.tick() => {
                    // Without a word the lease runs out, and the next claim finds that.
                    if self.beat().await.is_err() {
                        self.link.cut();
                    }
                }
            }
        }
        // What cannot be given up ends with the lease.
        let _ = self.leave().await;
    }

    async fn hear(&mut self, word: Word) {
        match word {
            // The task that asked may have been aborted.
            Word::Claim { asked, done } => drop(done.send(self.claim(&asked).await)),
            Word::Draw { wanted, most, done } => drop(done.send(self.draw(wanted, most).await)),
            Word::Meet { arrival, done } => drop(done.send(self.meet(&arrival).await)),
            Word::Clock { done } => drop(done.send(self.clock().await)),
            Word::Join(server, heed) => self.pace.join(server, heed),
            // A word that is lost costs others a refusal of their own.
            Word::Tell(server, overload) => {
                if self.tell(server, overload).await.is_err() {
                    self.link.cut();
                }
            }
        }
    }

    async fn tell(&mut self, server: ServerHash, overload: Overload) -> Result<(), Error> {
        let schema = self.link.schema().to_owned();
        let (live, _) = self.link.open().await?;
        self.pace.tell(live, &schema, (server, overload)).await
    }

    /// Looks what servers told other runs.
    async fn look(&mut self) -> Result<(), Error> {
        let (live, _) = self.link.open().await?;
        self.pace.look(live).await
    }

    async fn claim(&mut self, asked: &Asked) -> Result<Vec<Claim>, StoreError> {
        let mut tries = 0;
        loop {
            match self.attempt(asked).await {
                Ok(claims) => return Ok(self.done(claims)),
                Err(error) => self.again(error, &mut tries).await?,
            }
        }
    }

    async fn draw(&mut self, wanted: Spending, most: Spending) -> Result<Spending, StoreError> {
        let mut tries = 0;
        loop {
            match self.attempt_draw(wanted, most).await {
                Ok(granted) => return Ok(self.done(granted)),
                Err(error) => self.again(error, &mut tries).await?,
            }
        }
    }

    async fn meet(&mut self, arrival: &Arrival) -> Result<Met, StoreError> {
        let mut tries = 0;
        loop {
            match self.attempt_meeting(arrival).await {
                Ok(met) => return Ok(self.done(met)),
                Err(error) => self.again(error, &mut tries).await?,
            }
        }
    }

    async fn clock(&mut self) -> Result<Option<ClockReading>, StoreError> {
        let mut tries = 0;
        loop {
            match self.attempt_clock().await {
                Ok(reading) => return Ok(self.done(reading)),
                Err(error) => self.again(error, &mut tries).await?,
            }
        }
    }

    fn done<T>(&self, outcome: T) -> T {
        self.outage.over(User::Claimant);
        outcome
    }

    /// Waits until it is time for another try.
    async fn again(&mut self, error: Error, tries: &mut u32) -> Result<(), StoreError> {
        if error.code() == Some(&SqlState::FOREIGN_KEY_VIOLATION) {
            self.lose();
            return Ok(());
        }
        self.link.cut();
        match self.outage.wait(User::Claimant, &error, tries).await {
            true => Ok(()),
            false => Err(PostgresError::failed(&self.place, &error).into()),
        }
    }

    async fn attempt_draw(&mut self, wanted: Spending, most: Spending) -> Result<Spending, Error> {
        self.bury().await?;
        let worker = self.enter().await?;
        let team = self.team.unwrap_or(worker);
        let (live, _) = self.link.open().await?;
        budgets::draw(live, team, wanted, most).await
    }

    async fn attempt_meeting(&mut self, arrival: &Arrival) -> Result<Met, Error> {
        self.bury().await?;
        let worker = self.enter().await?;
        let (live, _) = self.link.open().await?;
        meetings::arrive(live, worker, arrival).await
    }

    async fn attempt_clock(&mut self) -> Result<Option<ClockReading>, Error> {
        let (live, _) = self.link.open().await?;
        meetings::clock(live).await
    }

    async fn attempt(&mut self, Asked { batch, held, wanted, .. }: &Asked) -> Result<Vec<Claim>, Error> {
        let batch = i64::from(*batch);
        if wanted.is_empty() && held.is_empty() {
            if let Some(worker) = self.worker {
                let (live, _) = self.link.open().await?;
                let release = live.prepared(RELEASE).await?;
                live.client.execute(&release, &[&worker, &batch]).await?;
            }
            return Ok(Vec::new());
        }
        self.bury().await?;
        let worker = self.enter().await?;
        let (live, _) = self.link.open().await?;
        let (claim, look) = (live.prepared(&CLAIM).await?, live.prepared(&LOOK).await?);
        let all = bytes(&[held.as_slice(), wanted].concat());
        let snapshot = &self.identity.snapshot;
        live.client.execute(&claim, &[&worker, &batch, &all, snapshot]).await?;
        // A statement of its own, so that it sees what was stored while it was claimed.
        let rows = live.client.query(&look, &[&bytes(wanted), snapshot]).await?;
        let outcome = |row: &tokio_postgres::Row| {
            let (is_stored, claimed): (bool, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
            Ok(match is_stored {
                true => Claim::Stored,
                false if claimed == Some(worker) => Claim::Ours,
                // Or it was given up just now, which is seen with the next look.
                false => Claim::Taken,
            })
        };
        rows.iter().map(outcome).collect()
    }

    /// Removes workers whose lease has run out, and those that have ended on this machine; with them go their claims. Many
    /// runs look for them, so that each does so once in a while.
    async fn bury(&mut self) -> Result<(), Error> {
        if self.buried.is_some_and(|buried| buried.elapsed() < BURIALS) {
            return Ok(());
        }
        let owner = &self.identity.owner;
        let (live, _) = self.link.open().await?;
        let (expire, neighbours) = (live.prepared(EXPIRE).await?, live.prepared(NEIGHBOURS).await?);
        live.client.execute(&expire, &[]).await?;
        self.buried = Some(Instant::now());
        if owner.host.is_empty() {
            return Ok(());
        }
        let rows = live.client.query(&neighbours, &[&owner.host, &self.worker]).await?;
        let mut ended: Vec<i64> = Vec::new();
        for row in &rows {
            let (process, started): (i64, i64) = (row.try_get(1)?, row.try_get(2)?);
            let process = u32::try_from(process).unwrap_or_default();
            let other = Owner { host: owner.host.clone(), process, started: started.unsigned_abs() };
            if other.has_ended(owner) {
                ended.push(row.try_get(0)?);
            }
        }
        if !ended.is_empty() {
            live.client.execute("DELETE FROM workers WHERE id = ANY($1)", &[&ended]).await?;
        }
        Ok(())
    }

    async fn enter(&mut self) -> Result<i64, Error> {
        if let Some(worker) = self.worker {
            return Ok(worker);
        }
        let Identity { owner, name, .. } = &self.identity;
        let (process, started) = (i64::from(owner.process), i64::try_from(owner.started).unwrap_or(i64::MAX));
        let before = self.reckoning.now();
        let (live, _) = self.link.open().await?;
        let transaction = live.client.transaction().await?;
        // Of several that begin at the same time one is the first.
        transaction.execute(ALONE, &[&name.experiment]).await?;
        let (seconds, team) = (LEASE.as_secs_f64(), self.team);
        let values: [&(dyn ToSql + Sync); 8] =
            [&owner.host, &process, &started, &name.machine, &name.run, &name.experiment, &seconds, &team];
        let row = transaction.query_one(ENTER, &values).await?;
        transaction.commit().await?;
        let worker = row.try_get(0)?;
        self.worker = Some(worker);
        self.team = row.try_get::<_, Option<i64>>(1)?.or(Some(worker));
        self.reckoning.lease.renew(before.saturating_add(millis(LEASE)));
        // Before anything is sent.
        self.look().await?;
        Ok(worker)
    }

    /// This worker lives.
    async fn beat(&mut self) -> Result<(), Error> {
        let Some(worker) = self.worker else { return Ok(()) };
        let before = self.reckoning.now();
        let stored = i64::try_from(self.stored.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        let (live, _) = self.link.open().await?;
        let renew = live.prepared(RENEW).await?;
        match live.client.execute(&renew, &[&worker, &LEASE.as_secs_f64(), &stored]).await? {
            // It had run out, and others may have taken over.
            0 => self.lose(),
            _ => self.reckoning.lease.renew(before.saturating_add(millis(LEASE))),
        }
        Ok(())
    }

    /// What was claimed so far may be others' now.
    fn lose(&mut self) {
        self.worker = None;
        self.reckoning.lease.lose();
    }

    async fn leave(&mut self) -> Result<(), Error> {
        let Some(worker) = self.worker.take() else { return Ok(()) };
        let (live, _): (&mut Live, bool) = self.link.open().await?;
        live.client.execute("DELETE FROM workers WHERE id = $1", &[&worker]).await?;
        Ok(())
    }
}

const RELEASE: &str = "DELETE FROM claims WHERE worker = $1 AND batch = $2";

/// Waits for a worker that is renewing its lease at this moment, and looks at it again then.
const EXPIRE: &str = "DELETE FROM workers WHERE until < clock_timestamp()";

const NEIGHBOURS: &str = "SELECT id, process, started FROM workers WHERE host = $1 AND id IS DISTINCT FROM $2";

const ALONE: &str = "SELECT pg_advisory_xact_lock(1935892070, hashtext($1))";

/// A worker that comes back brings its team along; another joins that of those who live, or begins one.
const ENTER: &str = "INSERT INTO workers(host, process, started, machine, run, experiment, until, team) \
                     VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 second', \
                     coalesce($8, (SELECT min(coalesce(w.team, w.id)) FROM workers w WHERE w.experiment = $6 \
                     AND w.until > clock_timestamp()))) RETURNING id, team";

const RENEW: &str = "UPDATE workers SET until = clock_timestamp() + $2 * interval '1 second', \
                     heard = clock_timestamp(), stored = $3 WHERE id = $1 AND until > clock_timestamp()";

/// Gives up what a worker has claimed of a batch and wants no more, and claims what nobody has; in the order of the keys,
/// so that two that claim the same wait for each other and not both.
static CLAIM: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH wanted AS (SELECT DISTINCT unnest($3::bytea[]) AS key), \
         released AS (DELETE FROM claims c WHERE c.worker = $1 AND c.batch = $2 \
         AND NOT EXISTS (SELECT FROM wanted w WHERE w.key = c.key)) \
         INSERT INTO claims(key, worker, batch) SELECT w.key, $1, $2 FROM wanted w \
         WHERE NOT EXISTS (SELECT FROM claims c WHERE c.key = w.key) \
         AND NOT EXISTS (SELECT FROM responses r WHERE r.key = w.key AND {}) \
         ORDER BY w.key ON CONFLICT DO NOTHING",
        stored("$4")
    )
});

/// What became of wanted requests, in their order.
static LOOK: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT EXISTS (SELECT FROM responses r WHERE r.key = w.key AND {}), c.worker \
         FROM unnest($1::bytea[]) WITH ORDINALITY AS w(key, place) LEFT JOIN claims c ON c.key = w.key ORDER BY w.place",
        stored("$2")
    )
});

/// True of a response `r` that was stored after a snapshot.
fn stored(snapshot: &str) -> String {
    format!("NOT r.{IS_FAULT} AND NOT pg_visible_in_snapshot(r.tx, {snapshot}::text::pg_snapshot)")
}
