//! The store in a SQLite file.

mod missing;
mod order;
mod places;
mod read;
#[cfg(test)]
mod tests;
mod workers;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;

use futures::future::BoxFuture;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::change::Change;
use super::claims::ClaimRequest;
use super::error::Cause;
use super::wal_syncer::{WalSyncer, WriterStatus};
use super::writer::Content;
use super::{
    Arrival, Claim, ClockReading, KeptVerdict, Met, Missing, ProviderBatch, SeenModel, Spending, Store, StoreError,
    TimedProgress, VerdictKey, Warmup, Worker, owner, place, recover, rows, schema, writer,
};
use crate::clients::ClientPart;
use crate::request::{Request, RequestKey, Settings};
use crate::response::{FailedAttempts, Response};
use crate::telemetry::Stretch;
use places::Places;

/// A store in one SQLite file in WAL mode: readers and the one writer do not wait for each other.
pub struct SqliteStore {
    path: PathBuf,
    reader: Mutex<Connection>,
    /// Further connections to read with, while nobody does.
    spare_readers: Mutex<Vec<Connection>>,
    /// Where the responses stand that were last asked for together.
    places: RwLock<Places>,
    identity: Option<(u64, u64)>,
    orphan: Option<PathBuf>,
    status: Arc<WriterStatus>,
    entries: Option<mpsc::UnboundedSender<writer::Entry>>,
    thread: Option<thread::JoinHandle<()>>,
    syncer: Option<WalSyncer>,
}

impl SqliteStore {
    /// Opens the store, and creates it with its folder where there is none.
    ///
    /// # Errors
    /// The file cannot be opened or written, belongs to another program, or is of a newer format.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoreError::system(path, "unable to open its folder", &source))?;
        }
        let (connection, orphan) = schema::open(path)?;
        let reader = Mutex::new(schema::open_reader(path)?);
        let (entries, receiver) = mpsc::unbounded_channel();
        let status = Arc::new(WriterStatus::default());
        let no_thread = |error: std::io::Error| StoreError::Database {
            path: path.to_owned(),
            cause: Cause::Other,
            message: format!("cannot start a thread: {error}"),
        };
        // Not kept by the syncer: the writer ends when nobody can hand it anything any more.
        let weak = entries.downgrade();
        let beat = move || {
            let entry = writer::Entry { content: Content::Beat, done: oneshot::channel().0 };
            if let Some(entries) = weak.upgrade() {
                // A writer that is gone has no lease to renew.
                let _ = entries.send(entry);
            }
        };
        let syncer = WalSyncer::start(schema::open_again(path)?, path, Arc::clone(&status), beat).map_err(no_thread)?;
        // Before anything is looked up, so that no writing of others falls between the two.
        let first = writer::version(&connection);
        let (owned, noticed) = (path.to_owned(), Arc::clone(&status));
        let write = move || writer::run(connection, &owned, receiver, first, &noticed);
        let thread = thread::Builder::new().name("store".into()).spawn(write).map_err(no_thread)?;
        let (path, identity) = (path.to_owned(), place::identity(path));
        let (entries, thread, syncer) = (Some(entries), Some(thread), Some(syncer));
        let (spare_readers, places) = Default::default();
        Ok(Self { path, reader, spare_readers, places, identity, orphan, status, entries, thread, syncer })
    }

    /// Where a log was moved to that lay in the store's place without a store.
    pub fn orphan(&self) -> Option<&Path> {
        self.orphan.as_deref()
    }

    /// Hands something to the writer; it is written when the future is done.
    fn hand_over(&self, content: Content) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>> {
        let (done, committed) = oneshot::channel();
        let sent = self.entries.as_ref().is_some_and(|entries| entries.send(writer::Entry { content, done }).is_ok());
        Box::pin(async move {
            let closed = || StoreError::Closed { path: self.path.clone() };
            if !sent {
                return Err(closed());
            }
            committed.await.unwrap_or_else(|_| Err(closed()))
        })
    }

    fn error(&self, source: &rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, source)
    }
}

impl Store for SqliteStore {
    fn read(&self, keys: &[&RequestKey]) -> Result<Vec<Option<Response>>, StoreError> {
        self.found_responses(keys)
    }

    fn holds(&self, keys: &[&RequestKey]) -> Result<Vec<bool>, StoreError> {
        self.held(keys).map_err(|source| self.error(&source))
    }

    fn why_missing(&self, request: &Request, current: &HashSet<RequestKey>) -> Result<Missing, StoreError> {
        self.reason(request, current).map_err(|source| self.error(&source))
    }

    fn write(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        let handed = self.hand_over(Content::Change(change));
        Box::pin(async move { handed.await.map(|_| ()) })
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
        self.hand_over(Content::Claim(ClaimRequest { batch, held, wanted, most }))
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn draw(&self, wanted: Spending, _: Spending) -> BoxFuture<'_, Result<Spending, StoreError>> {
        Box::pin(std::future::ready(Ok(wanted)))
    }

    fn lease(&self) -> Option<u64> {
        self.status.lease.number(owner::now())
    }

    fn gone(&self) -> CancellationToken {
        self.status.gone.clone()
    }

    fn check_place(&self) -> Result<(), StoreError> {
        if place::identity(&self.path) == self.identity {
            return Ok(());
        }
        self.status.gone.cancel();
        Err(StoreError::Gone { path: self.path.clone(), saved: recover::save(&self.reader(), &self.path) })
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

    /// A file belongs to one client.
    fn meet(&self, arrival: Arrival) -> BoxFuture<'_, Result<Met, StoreError>> {
        let missing = (1..=arrival.clients).filter(|number| *number != arrival.client).collect();
        Box::pin(std::future::ready(Ok(Met::Waiting { missing, all_live: false })))
    }

    fn clock(&self) -> BoxFuture<'_, Result<Option<ClockReading>, StoreError>> {
        Box::pin(std::future::ready(Ok(None)))
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
        let connection = self.reader();
        let verdict: String = connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|source| self.error(&source))?;
        if verdict != "ok" {
            return Err(StoreError::malformed(&self.path, &verdict.replace('\n', " ")));
        }
        let (responses, damaged) = rows::examine(&connection).map_err(|source| self.error(&source))?;
        if damaged > 0 {
            return Err(StoreError::Damaged { path: self.path.clone(), responses: damaged });
        }
        match schema::damaged_table(&connection).map_err(|source| self.error(&source))? {
            Some(table) => Err(schema::damaged_row(&self.path, table)),
            None => Ok(responses),
        }
    }

    fn workers(&self) -> Result<Vec<Worker>, StoreError> {
        self.found_workers().map_err(|source| self.error(&source))
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        drop(self.entries.take());
        if let Some(thread) = self.thread.take() {
            // The writer ends when the channel is closed and empty; its own errors went to the senders.
            let _ = thread.join();
        }
        if place::identity(&self.path) != self.identity {
            // SQLite takes the log away by its name, which may be that of another store by now.
            let _ = recover::leave_log(&self.reader());
        }
        // The connection that closes last brings the log home.
        drop(self.syncer.take());
    }
}
