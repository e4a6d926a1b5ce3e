//! The task that claims: which requests a worker is about to ask, so that no other asks them as well.
//!
//! A claim is a row, and belongs to a worker whose lease is timed by the clock of the database alone, so that the clocks of
//! the workers do not matter. A lease that has run out takes its worker and all its claims away at once; the worker learns
//! it with its next word and begins anew under another number. Its own reckoning begins before it asks for a lease, so that
//! it never believes in one that has run out.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{MissedTickBehavior, interval};
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::budgets;
use super::changes::bytes;
use super::database::Address;
use super::link::{Commits, Link};
use super::meetings;
use super::outage::{Outage, User};
use super::pace::{Pace, ServerHash};
use crate::request::RequestKey;
use crate::store::claims::{BEAT, Claim, ClaimRequest};
use crate::store::error::StoreError;
use crate::store::lease::Lease;
use crate::store::meeting::{Arrival, ClockReading, Met};
use crate::store::owner::{Owner, millis};
use crate::store::pace::{Heed, Overload};
use crate::store::postgres_error::PostgresError;
use crate::store::rest::Rest;
use crate::store::rows::IS_FAULT;
use crate::store::spending::Spending;

/// What the task is asked.
pub(super) enum Word {
    Claim {
        asked: ClaimRequest,
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
    /// Whether other runs do the rest.
    Leave {
        idle: Option<Duration>,
        done: oneshot::Sender<Result<Option<Rest>, StoreError>>,
    },
    /// How requests stand.
    Stand {
        keys: Vec<RequestKey>,
        done: oneshot::Sender<Result<Vec<Claim>, StoreError>>,
    },
    /// Another run need not wait any more.
    Relieve {
        key: RequestKey,
        done: oneshot::Sender<Result<(), StoreError>>,
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
pub(super) struct WorkerIdentity {
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

/// One attempt at what is asked.
type Attempt<A, T> = for<'c> fn(&'c mut Claimant, &'c A) -> BoxFuture<'c, Result<T, Error>>;

/// Claims requests.
pub(super) struct Claimant {
    pub(super) link: Link,
    outage: Arc<Outage>,
    place: String,
    pub(super) identity: WorkerIdentity,
    /// Its number; it is entered with its first claim.
    pub(super) worker: Option<i64>,
    /// The runs of its experiment that work at the same time: the number of the first of them.
    pub(super) team: Option<i64>,
    pub(super) reckoning: Arc<Reckoning>,
    pub(super) stored: Arc<AtomicU64>,
    /// When it last looked for workers that have ended.
    pub(super) buried: Option<Instant>,
    pace: Pace,
    /// Rung when another run was told something by a server.
    bell: Arc<Notify>,
}

impl Claimant {
    pub(super) fn new(
        (address, outage): (Arc<Address>, Arc<Outage>),
        identity: WorkerIdentity,
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
            Word::Leave { idle, done } => drop(done.send(self.leave_rest(idle).await)),
            Word::Stand { keys, done } => drop(done.send(self.stand(keys).await)),
            Word::Relieve { key, done } => {
                // A word that is lost costs the other what this run has done.
                if self.relieve(&key).await.is_err() {
                    self.link.cut();
                }
                drop(done.send(Ok(())));
            }
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
    pub(super) async fn look(&mut self) -> Result<(), Error> {
        let (live, _) = self.link.open().await?;
        self.pace.look(live).await
    }

    async fn claim(&mut self, asked: &ClaimRequest) -> Result<Vec<Claim>, StoreError> {
        self.tried(asked, |claimant, asked| Box::pin(claimant.attempt(asked))).await
    }

    async fn draw(&mut self, wanted: Spending, most: Spending) -> Result<Spending, StoreError> {
        self.tried(&(wanted, most), |claimant, (wanted, most)| Box::pin(claimant.attempt_draw(*wanted, *most))).await
    }

    async fn meet(&mut self, arrival: &Arrival) -> Result<Met, StoreError> {
        self.tried(arrival, |claimant, arrival| Box::pin(claimant.attempt_meeting(arrival))).await
    }

    async fn leave_rest(&mut self, idle: Option<Duration>) -> Result<Option<Rest>, StoreError> {
        self.tried(&idle, |claimant, idle| Box::pin(claimant.attempt_leaving(*idle))).await
    }

    async fn stand(&mut self, keys: Vec<RequestKey>) -> Result<Vec<Claim>, StoreError> {
        self.tried(&keys, |claimant, keys| Box::pin(claimant.attempt_to_see(keys))).await
    }

    async fn clock(&mut self) -> Result<Option<ClockReading>, StoreError> {
        self.tried(&(), |claimant, ()| Box::pin(claimant.attempt_clock())).await
    }

    /// Attempts what is asked until it is done, or the database has been away for too long.
    async fn tried<A, T>(&mut self, asked: &A, attempt: Attempt<A, T>) -> Result<T, StoreError> {
        let mut tries = 0;
        loop {
            match attempt(self, asked).await {
                Ok(outcome) => {
                    self.outage.over(User::Claimant);
                    return Ok(outcome);
                }
                Err(error) => self.again(error, &mut tries).await?,
            }
        }
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

    async fn attempt(
        &mut self,
        ClaimRequest { batch, held, wanted, most }: &ClaimRequest,
    ) -> Result<Vec<Claim>, Error> {
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
        // Of many, those that nobody has are found first, so that no more is written than is claimed.
        let mut claims = match wanted.len() > *most {
            true => self.standing(worker, wanted).await?,
            false => vec![Claim::Free; wanted.len()],
        };
        let is_free = |(place, claim): (usize, &Claim)| matches!(claim, Claim::Free | Claim::Ours).then_some(place);
        let free: Vec<usize> = claims.iter().enumerate().filter_map(is_free).take(*most).collect();
        let chosen: Vec<RequestKey> = free.iter().map(|place| wanted[*place]).collect();
        let (live, _) = self.link.open().await?;
        let claim = live.prepared(&CLAIM).await?;
        let all = bytes(&[held.as_slice(), &chosen].concat());
        live.client.execute(&claim, &[&worker, &batch, &all, &self.identity.snapshot]).await?;
        // A statement of its own, so that it sees what was stored while it was claimed.
        claims.iter_mut().filter(|claim| **claim == Claim::Ours).for_each(|claim| *claim = Claim::Free);
        for (place, claim) in free.into_iter().zip(self.standing(worker, &chosen).await?) {
            // Or it was given up just now, which is seen with the next look.
            claims[place] = if claim == Claim::Free { Claim::Taken } else { claim };
        }
        Ok(claims)
    }

    /// How requests stand now, in their order.
    pub(super) async fn standing(&mut self, worker: i64, keys: &[RequestKey]) -> Result<Vec<Claim>, Error> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let (live, _) = self.link.open().await?;
        let look = live.prepared(&LOOK).await?;
        let rows = live.client.query(&look, &[&bytes(keys), &self.identity.snapshot]).await?;
        let stands = |row: &tokio_postgres::Row| {
            Ok(match (row.try_get(0)?, row.try_get::<_, Option<i64>>(1)?) {
                (true, _) => Claim::Stored,
                (false, Some(claimed)) if claimed == worker => Claim::Ours,
                (false, Some(_)) => Claim::Taken,
                (false, None) => Claim::Free,
            })
        };
        rows.iter().map(stands).collect()
    }
}

const RELEASE: &str = "DELETE FROM claims WHERE worker = $1 AND batch = $2";

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

/// What became of wanted requests, in their order. Who claimed what has an answer does not matter, and is not looked up:
/// near the end of an experiment that is nearly all.
static LOOK: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT s.is_stored, CASE WHEN NOT s.is_stored THEN (SELECT c.worker FROM claims c WHERE c.key = w.key) END \
         FROM unnest($1::bytea[]) WITH ORDINALITY AS w(key, place), \
         LATERAL (SELECT EXISTS (SELECT FROM responses r WHERE r.key = w.key AND {}) AS is_stored OFFSET 0) s \
         ORDER BY w.place",
        stored("$2")
    )
});

/// True of a response `r` that was stored after a snapshot, whose text, long where many write, is read once and not for
/// each row.
fn stored(snapshot: &str) -> String {
    format!("NOT r.{IS_FAULT} AND NOT pg_visible_in_snapshot(r.tx, (SELECT {snapshot}::text::pg_snapshot))")
}
