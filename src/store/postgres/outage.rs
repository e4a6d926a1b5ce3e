//! A database that is away: how long it is waited for, and who is told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::postgres_error::{Cause, said};

/// First and longest pause between two tries.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// What is said of a database that is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// It cannot be used now.
    Lost {
        /// What the database or the network said.
        message: String,
        /// Changes that wait for it in memory.
        waiting: usize,
    },
    /// It can be used again.
    Back {
        /// How long it was away.
        after: Duration,
    },
}

/// Who hears of it.
pub type OnNotice = Box<dyn Fn(&Notice) + Send + Sync>;

/// Who uses the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum User {
    Reader,
    Writer,
    Claimant,
}

/// Who cannot use the database, and since when.
pub(super) struct Outage {
    patience: Duration,
    tell: OnNotice,
    since: Mutex<BTreeMap<User, Instant>>,
    /// Changes that are not committed yet.
    pub(super) waiting: AtomicUsize,
}

impl Outage {
    pub(super) fn new(patience: Duration, tell: OnNotice) -> Self {
        Self { patience, tell, since: Mutex::default(), waiting: AtomicUsize::new(0) }
    }

    /// Waits until it is time for another try; false if it is not worth one, or none any more.
    pub(super) async fn wait(&self, user: User, error: &tokio_postgres::Error, tries: &mut u32) -> bool {
        let cause = Cause::of(error);
        if !cause.passes() {
            return false;
        }
        // Whose rows were written by another just now tries again at once, and nobody has to know.
        if cause != Cause::Contended {
            let (since, is_first) = self.begin(user);
            if since.elapsed() >= self.patience {
                return false;
            }
            if is_first {
                let waiting = self.waiting.load(Ordering::Relaxed);
                (self.tell)(&Notice::Lost { message: said(error), waiting });
            }
        }
        tokio::time::sleep(PAUSES.0.saturating_mul(1 << (*tries).min(10)).min(PAUSES.1)).await;
        *tries += 1;
        true
    }

    /// Somebody could use it.
    pub(super) fn over(&self, user: User) {
        let after = {
            let mut since = self.since();
            match since.remove(&user) {
                Some(began) if since.is_empty() => began.elapsed(),
                _ => return,
            }
        };
        (self.tell)(&Notice::Back { after });
    }

    /// Since when this user has no database, and whether nobody else has noticed.
    fn begin(&self, user: User) -> (Instant, bool) {
        let mut since = self.since();
        let is_first = since.is_empty();
        (*since.entry(user).or_insert_with(Instant::now), is_first)
    }

    fn since(&self) -> MutexGuard<'_, BTreeMap<User, Instant>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
