//! A store in a database, once it is open: what reads, writes and claims.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::Row;

use super::claims::{Claimant, Reckoning, Word, WorkerIdentity, WorkerName};
use super::database::{Address, Database};
use super::link::{self, Commits, Link};
use super::outage::{OnNotice, Outage};
use super::places::Places;
use super::readers::Readers;
use super::schema;
use super::thread::DatabaseThread;
use super::value::Parameter;
use super::writer::{PendingChange, Writer};
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::owner::Owner;
use crate::store::postgres_error::PostgresError;

/// A store in a PostgreSQL database.
pub struct PostgresStore {
    pub(super) place: String,
    /// This machine, as claims name it.
    pub(super) host: String,
    pub(super) readers: Arc<Readers>,
    /// Which models were ever asked, and when that was seen.
    pub(super) asked: Mutex<Option<(Instant, HashSet<String>)>>,
    /// Where rows stood when many were last looked up.
    pub(super) places: Mutex<Arc<Places>>,
    pub(super) changes: Option<mpsc::UnboundedSender<PendingChange>>,
    pub(super) claims: Option<mpsc::UnboundedSender<Word>>,
    pub(super) reckoning: Arc<Reckoning>,
    pub(super) outage: Arc<Outage>,
    /// Whether the role may read and nothing else.
    pub(super) is_read_only: bool,
    pub(super) thread: DatabaseThread,
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
        let identity = WorkerIdentity { owner: Owner::own(), name, snapshot: found.snapshot };
        let host = identity.owner.host.clone();
        let shared = (Arc::clone(&address), Arc::clone(&outage));
        let claimant = Claimant::new(shared, identity, Arc::clone(&reckoning), stored);
        thread.keep(claimant.run(asked));
        let (changes, claims, is_read_only) = (Some(changes), Some(claims), found.is_read_only);
        let (asked, places) = (Mutex::default(), Mutex::default());
        Ok(Self { place, host, readers, asked, places, changes, claims, reckoning, outage, is_read_only, thread })
    }

    pub(super) fn closed(&self) -> PostgresError {
        PostgresError::Closed { place: self.place.clone() }
    }

    /// Asks the task that claims.
    pub(super) fn ask<T: Send + 'static>(
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
    pub(super) fn hand_over(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        let (done, committed) = oneshot::channel();
        let sent = self.changes.as_ref().is_some_and(|changes| changes.send(PendingChange { change, done }).is_ok());
        if sent {
            self.outage.waiting.fetch_add(1, Ordering::Relaxed);
        }
        Box::pin(async move {
            let closed = || Err(self.closed().into());
            if sent { committed.await.unwrap_or_else(|_| closed()) } else { closed() }
        })
    }

    /// The rows that a statement gives, for a thread that waits for them.
    pub(super) fn rows(&self, sql: &'static str, parameters: Vec<Parameter>) -> Result<Vec<Row>, StoreError> {
        let readers = Arc::clone(&self.readers);
        let rows = self.thread.wait(async move { readers.rows(sql, parameters).await });
        Ok(rows.unwrap_or_else(|| Err(self.closed()))?)
    }

    pub(super) fn error(&self, error: &tokio_postgres::Error) -> StoreError {
        PostgresError::failed(&self.place, error).into()
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

impl Drop for PostgresStore {
    fn drop(&mut self) {
        // The tasks end when nobody can hand them anything any more; the thread ends after them.
        drop((self.changes.take(), self.claims.take()));
    }
}
