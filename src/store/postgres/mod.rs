//! The store in a PostgreSQL database, which several machines share.
//!
//! | file | what it owns |
//! | --- | --- |
//! | `database`, `tls` | where the database is, and how it is reached |
//! | `thread`, `link` | the thread that talks to it; its connections |
//! | `schema` | the tables, by version |
//! | `value`, `rows` | values and responses as the tables hold them |
//! | `writer`, `changes`, `recent` | what is written, together and only once |
//! | `claims`, `presence`, `budgets`, `pace`, `meetings`, `rest` | who asks what, under a lease that the database times; what runs spend, heed, begin together and leave to others |
//! | `readers`, `read`, `places`, `readout`, `workers` | what is read |
//! | `errand`, `upkeep`, `dump`, `gather` | what is done with the whole of it: looking, removing, out to a file, in from files |
//! | `outage`, `error` | a database that is away, full or not ours |

mod budgets;
mod changes;
mod claims;
mod database;
mod dump;
mod errand;
mod error;
mod gather;
mod link;
mod meetings;
mod outage;
mod pace;
mod places;
mod presence;
mod read;
mod readers;
mod readout;
mod recent;
mod rest;
mod rows;
mod schema;
#[cfg(test)]
pub(super) mod tests;
mod thread;
mod tls;
mod upkeep;
mod value;
mod workers;
mod writer;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::change::Change;
use super::claims::ClaimRequest;
use super::owner::Owner;
use super::pace::{Heed, SharedServer, Tell};
use super::{
    Arrival, Claim, ClockReading, KeptVerdict, Met, Missing, ProviderBatch, Rest, SeenModel, Spending, Store,
    StoreError, TimedProgress, VerdictKey, Warmup, Worker,
};
use crate::clients::ClientPart;
use crate::request::{Request, RequestKey, Settings};
use crate::response::{FailedAttempts, Response};
use crate::telemetry::Stretch;
use claims::{Claimant, Identity, Reckoning, Word};
use database::Address;
use link::{Commits, Link};
use outage::Outage;
use places::Places;
use readers::Readers;
use thread::DatabaseThread;
use writer::{Entry, Writer};

pub(super) use dump::copy_out;
pub(super) use gather::gather;
pub(super) use readout::each_answer;
pub(super) use upkeep::{contents, remove};

pub use claims::WorkerName;
pub use database::Database;
pub use error::PostgresError;
pub use outage::{Notice, OnNotice};

/// A store in a PostgreSQL database.
pub struct PostgresStore {
    place: String,
    /// This machine, as claims name it.
    host: String,
    readers: Arc<Readers>,
    /// Which models were ever asked, and when that was seen.
    asked: Mutex<Option<(Instant, HashSet<String>)>>,
    /// Where rows stood when many were last looked up.
    places: Mutex<Arc<Places>>,
    changes: Option<mpsc::UnboundedSender<Entry>>,
    claims: Option<mpsc::UnboundedSender<Word>>,
    reckoning: Arc<Reckoning>,
    outage: Arc<Outage>,
    /// Whether the role may read and nothing else.
    is_read_only: bool,
    thread: DatabaseThread,
}

/// What a database is opened for.
#[derive(Debug, Clone)]
pub enum Access {
    /// A run: tables are made or brought up to date.
    Work(WorkerName),
    /// A look: tables are left as they are.
    Look,
}

/// What was found in a database when it was opened.
struct Found {
    snapshot: String,
    is_read_only: bool,
}

impl PostgresStore {
    /// Opens the store; `tell` hears when the database is lost meanwhile and when it is back.
    ///
    /// # Errors
    /// The address is not set or not valid, the database cannot be reached, or its tables are not there, not ours or of a
    /// newer version.
    pub fn open(database: &Database, access: Access, tell: OnNotice) -> Result<Self, StoreError> {
        let address = Arc::new(database.address()?);
        let place = address.place.clone();
        let mut thread = DatabaseThread::start().map_err(|error| PostgresError::unfit(&place, &error))?;
        let (opened, is_look) = (Arc::clone(&address), matches!(access, Access::Look));
        let closed = || PostgresError::Closed { place: place.clone() };
        let found = thread.wait(async move { prepare(&opened, is_look).await }).ok_or_else(closed)??;
        let outage = Arc::new(Outage::new(database.patience, tell));
        let link = |commits| Link::new(Arc::clone(&address), commits);
        let links = (0..database.pool.max(1)).map(|_| link(Commits::Told)).collect();
        let readers = Arc::new(Readers::new(links, Arc::clone(&outage), place.clone()));
        let (reckoning, stored) = (Arc::new(Reckoning::new()), Arc::new(AtomicU64::new(0)));
        let (changes, entries) = mpsc::unbounded_channel();
        let writer = Writer::new(link(Commits::Told), Arc::clone(&outage), place.clone(), Arc::clone(&stored));
        thread.keep(writer.run(entries));
        let (claims, asked) = mpsc::unbounded_channel();
        let name = if let Access::Work(name) = access { name } else { WorkerName::default() };
        let identity = Identity { owner: Owner::own(), name, snapshot: found.snapshot };
        let host = identity.owner.host.clone();
        let shared = (Arc::clone(&address), Arc::clone(&outage));
        let claimant = Claimant::new(shared, identity, Arc::clone(&reckoning), stored);
        thread.keep(claimant.run(asked));
        let (changes, claims, is_read_only) = (Some(changes), Some(claims), found.is_read_only);
        let (asked, places) = (Mutex::default(), Mutex::default());
        Ok(Self { place, host, readers, asked, places, changes, claims, reckoning, outage, is_read_only, thread })
    }

    fn closed(&self) -> PostgresError {
        PostgresError::Closed { place: self.place.clone() }
    }

    /// Asks the task that claims.
    fn ask<T: Send + 'static>(
        &self,
        word: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Word,
    ) -> BoxFuture<'_, Result<T, StoreError>> {
        let (done, outcome) = oneshot::channel();
        let sent = self.claims.as_ref().is_some_and(|claims| claims.send(word(done)).is_ok());
        Box::pin(async move {
            let closed = || Err(self.closed().into());
            if sent { outcome.await.unwrap_or_else(|_| closed()) } else { closed() }
        })
    }

    /// Hands a change to the writer; it is written when the future is done.
    fn hand_over(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        let (done, committed) = oneshot::channel();
        let sent = self.changes.as_ref().is_some_and(|changes| changes.send(Entry { change, done }).is_ok());
        if sent {
            self.outage.waiting.fetch_add(1, Ordering::Relaxed);
        }
        Box::pin(async move {
            let closed = || Err(self.closed().into());
            if sent { committed.await.unwrap_or_else(|_| closed()) } else { closed() }
        })
    }
}

/// Looks at the tables, and makes them if they are to be made.
async fn prepare(address: &Address, is_look: bool) -> Result<Found, StoreError> {
    let failed = |error: tokio_postgres::Error| PostgresError::failed(&address.place, &error);
    let mut client = link::connect(address, Commits::Synced).await.map_err(failed)?;
    let encoding = client.query_one("SHOW server_encoding", &[]).await.and_then(|row| row.try_get(0));
    let encoding: String = encoding.map_err(failed)?;
    if encoding != "UTF8" {
        let message = format!("the database has the encoding {encoding}; a store needs one with UTF8");
        return Err(PostgresError::unfit(&address.place, &std::io::Error::other(message)).into());
    }
    let mut format = schema::found(&client, &address.schema).await.map_err(failed)?;
    schema::check(format.unwrap_or(0), &address.place)?;
    if is_look && format.is_none() {
        return Err(PostgresError::Absent { place: address.place.clone() }.into());
    }
    if !is_look && format.unwrap_or(0) < schema::FORMAT {
        schema::migrate(&mut client, &address.schema).await.map_err(failed)?;
        format = schema::found(&client, &address.schema).await.map_err(failed)?;
        schema::check(format.unwrap_or(0), &address.place)?;
    }
    let sql = "SELECT pg_current_snapshot()::text, NOT has_table_privilege('responses', 'INSERT')";
    let row = client.query_one(sql, &[]).await.map_err(failed)?;
    let (snapshot, is_read_only) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
    Ok(Found { snapshot, is_read_only })
}

impl Store for PostgresStore {
    fn read(&self, keys: &[&RequestKey]) -> Result<Vec<Option<Response>>, StoreError> {
        self.found_responses(keys)
    }

    fn holds(&self, keys: &[&RequestKey]) -> Result<Vec<bool>, StoreError> {
        self.held(keys)
    }

    fn why_missing(&self, request: &Request, current: &HashSet<RequestKey>) -> Result<Missing, StoreError> {
        self.reason(request, current)
    }

    /// What is only kept to save work later is left out by a reader without the right to write.
    fn write(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        match change {
            Change::Verdicts(_) | Change::Model { .. } if self.is_read_only => Box::pin(std::future::ready(Ok(()))),
            change => self.hand_over(change),
        }
    }

    fn verdicts(&self, keys: &[VerdictKey]) -> Result<Vec<Option<KeptVerdict>>, StoreError> {
        self.found_verdicts(keys)
    }

    fn claim_some(
        &self,
        batch: u32,
        held: Vec<RequestKey>,
        wanted: Vec<RequestKey>,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>> {
        self.ask(|done| Word::Claim { asked: ClaimRequest { batch, held, wanted, most }, done })
    }

    fn leave_rest(&self, idle: Option<Duration>) -> BoxFuture<'_, Result<Option<Rest>, StoreError>> {
        self.ask(|done| Word::Leave { idle, done })
    }

    fn standing(&self, keys: Vec<RequestKey>) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>> {
        self.ask(|done| Word::Stand { keys, done })
    }

    fn relieve(&self, key: RequestKey) -> BoxFuture<'_, ()> {
        let relieved = self.ask(|done| Word::Relieve { key, done });
        Box::pin(async move { drop(relieved.await) })
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn draw(&self, wanted: Spending, most: Spending) -> BoxFuture<'_, Result<Spending, StoreError>> {
        self.ask(|done| Word::Draw { wanted, most, done })
    }

    fn share_pace(&self, server: SharedServer<'_>, heed: Heed) -> Option<Tell> {
        let server = pace::hash(server, &self.host);
        let claims = self.claims.as_ref()?;
        claims.send(Word::Join(server, heed)).ok()?;
        // Who could tell something does not keep the store open.
        let claims = claims.downgrade();
        Some(Box::new(move |overload| {
            if let Some(claims) = claims.upgrade() {
                // A store that is closed has nobody to tell.
                let _ = claims.send(Word::Tell(server, overload));
            }
        }))
    }

    fn lease(&self) -> Option<u64> {
        self.reckoning.lease.number(self.reckoning.now())
    }

    /// A database that is away comes back; no other takes its place.
    fn gone(&self) -> CancellationToken {
        CancellationToken::new()
    }

    fn check_place(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn failed_attempts(&self, key: RequestKey) -> Result<Vec<FailedAttempts>, StoreError> {
        self.found_failed_attempts(key)
    }

    fn warmups(&self, settings: &Settings) -> Result<Vec<Warmup>, StoreError> {
        self.found_warmups(settings)
    }

    fn progress(&self, key: RequestKey) -> Result<Option<TimedProgress>, StoreError> {
        self.found_progress(key)
    }

    fn telemetry(&self, batch: RequestKey) -> Result<Vec<Stretch>, StoreError> {
        self.found_telemetry(batch)
    }

    fn client_parts(&self, batch: RequestKey) -> Result<Vec<ClientPart>, StoreError> {
        self.found_client_parts(batch)
    }

    fn meet(&self, arrival: Arrival) -> BoxFuture<'_, Result<Met, StoreError>> {
        self.ask(|done| Word::Meet { arrival, done })
    }

    fn clock(&self) -> BoxFuture<'_, Result<Option<ClockReading>, StoreError>> {
        self.ask(|done| Word::Clock { done })
    }

    fn fresh_runs(&self, experiment: &str) -> Result<Vec<String>, StoreError> {
        self.found_fresh_runs(experiment)
    }

    fn provider_batches(&self, endpoint: &str) -> Result<Vec<ProviderBatch>, StoreError> {
        self.found_provider_batches(endpoint)
    }

    fn seen_model(&self, endpoint: &str, model: &str) -> Result<Option<SeenModel>, StoreError> {
        self.found_model(endpoint, model)
    }

    fn examine(&self) -> Result<u64, StoreError> {
        self.count_sound()
    }

    fn workers(&self) -> Result<Vec<Worker>, StoreError> {
        self.found_workers()
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        // The tasks end when nobody can hand them anything any more; the thread ends after them.
        drop((self.changes.take(), self.claims.take()));
    }
}
