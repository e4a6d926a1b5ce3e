//! The task that writes: it commits all that has come in, as one transaction, and only then says that it is done. While the
//! database is away, what has come in waits in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::changes::{self, Failure, Known, WriteStep};
use super::link::{Link, Live};
use super::outage::{Outage, User};
use super::recent::Recent;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::postgres_error::PostgresError;

/// Most changes in one transaction.
const BATCH: usize = 512;

/// A change on its way into the database.
pub(super) struct PendingChange {
    pub(super) change: Change,
    pub(super) done: oneshot::Sender<Result<(), StoreError>>,
}

/// Writes changes.
pub(super) struct Writer {
    link: Link,
    outage: Arc<Outage>,
    place: String,
    known: Known,
    recent: Recent,
    /// How many responses were stored, for those who look.
    stored: Arc<AtomicU64>,
}

impl Writer {
    pub(super) fn new(link: Link, outage: Arc<Outage>, place: String, stored: Arc<AtomicU64>) -> Self {
        Self { link, outage, place, known: Known::default(), recent: Recent::default(), stored }
    }

    /// Writes until the channel closes.
    pub(super) async fn run(mut self, mut entries: mpsc::UnboundedReceiver<PendingChange>) {
        let mut batch = Vec::with_capacity(BATCH);
        while entries.recv_many(&mut batch, BATCH).await > 0 {
            let outcome = self.commit(&batch).await;
            self.outage.waiting.fetch_sub(batch.len(), Ordering::Relaxed);
            for PendingChange { change, done } in batch.drain(..) {
                // A receiver that is gone was aborted; its response is stored all the same.
                let _ = done.send(match &outcome {
                    Ok(()) => Ok(()),
                    Err(failure) => Err(self.error(failure)),
                });
                if outcome.is_ok() {
                    self.stored.fetch_add(u64::from(matches!(change, Change::Response(..))), Ordering::Relaxed);
                    self.recent.add(change);
                }
            }
        }
    }

    async fn commit(&mut self, batch: &[PendingChange]) -> Result<(), Failure> {
        let steps = changes::steps(batch.iter().map(|entry| &entry.change));
        let mut tries = 0;
        loop {
            let failure = match self.attempt(&steps).await {
                Ok(()) => {
                    self.outage.over(User::Writer);
                    return Ok(());
                }
                Err(failure) => failure,
            };
            // A transaction that was begun on it ends with it.
            self.link.cut();
            match failure {
                Failure::Database(error) if self.outage.wait(User::Writer, &error, &mut tries).await => {}
                failure => return Err(failure),
            }
        }
    }

    /// A commit of which nobody knows whether it was made can be made again: a response replaces no answer.
    async fn attempt(&mut self, steps: &[WriteStep<'_>]) -> Result<(), Failure> {
        let (live, is_new) = self.link.open().await?;
        if is_new {
            self.known.forget();
            changes::responses(live, &mut self.known, self.recent.all()).await?;
        }
        if let [WriteStep::Responses(together)] = steps {
            return changes::responses(live, &mut self.known, together.values().copied()).await;
        }
        // Only responses are written again after a crash.
        live.client.batch_execute("BEGIN; SET LOCAL synchronous_commit TO on").await?;
        for step in steps {
            write(live, &mut self.known, step).await?;
        }
        Ok(live.client.batch_execute("COMMIT").await?)
    }

    fn error(&self, failure: &Failure) -> StoreError {
        StoreError::Postgres(match failure {
            Failure::Database(error) => PostgresError::failed(&self.place, error),
            Failure::Value(error) => PostgresError::unfit(&self.place, error),
        })
    }
}

async fn write(live: &mut Live, known: &mut Known, step: &WriteStep<'_>) -> Result<(), Failure> {
    match step {
        WriteStep::Responses(together) => changes::responses(live, known, together.values().copied()).await,
        WriteStep::FailedAttempts(response) => changes::failed_attempts(live, response).await,
        WriteStep::Other(change) => changes::other(live, change).await,
    }
}
