//! A store in a SQLite file, once it is open.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;

use futures::future::BoxFuture;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::places::Places;
use crate::store::claims::Claim;
use crate::store::error::{Cause, StoreError};
use crate::store::wal_syncer::{WalSyncer, WriterStatus};
use crate::store::writer::WriteRequest;
use crate::store::{place, recover, schema, writer};

/// A store in one SQLite file in WAL mode: readers and the one writer do not wait for each other.
pub struct SqliteStore {
    pub(super) path: PathBuf,
    pub(super) reader: Mutex<Connection>,
    /// Further connections to read with, while nobody does.
    pub(super) spare_readers: Mutex<Vec<Connection>>,
    /// Where the responses stand that were last asked for together.
    pub(super) places: RwLock<Places>,
    pub(super) identity: Option<(u64, u64)>,
    pub(super) orphan: Option<PathBuf>,
    pub(super) status: Arc<WriterStatus>,
    pub(super) entries: Option<mpsc::UnboundedSender<writer::PendingWrite>>,
    pub(super) thread: Option<thread::JoinHandle<()>>,
    pub(super) syncer: Option<WalSyncer>,
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
            let entry = writer::PendingWrite { content: WriteRequest::Beat, done: oneshot::channel().0 };
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
    pub(super) fn hand_over(&self, content: WriteRequest) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>> {
        let (done, committed) = oneshot::channel();
        let sent =
            self.entries.as_ref().is_some_and(|entries| entries.send(writer::PendingWrite { content, done }).is_ok());
        Box::pin(async move {
            let closed = || StoreError::Closed { path: self.path.clone() };
            if !sent {
                return Err(closed());
            }
            committed.await.unwrap_or_else(|_| Err(closed()))
        })
    }

    pub(super) fn error(&self, source: &rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, source)
    }

    /// The connection that reads.
    pub(super) fn reader(&self) -> MutexGuard<'_, Connection> {
        // A connection has no state of ours that a panic could leave half changed.
        self.reader.lock().unwrap_or_else(PoisonError::into_inner)
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
