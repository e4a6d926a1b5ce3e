//! The connections that no request uses, and what is known of answers without a request.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::connection::{Connection, Tag};

/// How long to wait at the end for answers without a request.
const SETTLE: Duration = Duration::from_millis(50);

/// Requests that may cross the end of their connection before connections are no longer kept.
const CROSSINGS: usize = 3;

/// Answers without a request. One that comes while the next request is on its way is taken for the answer to it, and so
/// is every one after it on that connection; it shows only when one comes while no request waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surplus {
    /// Connections that brought one.
    pub connections: usize,
    /// Exchanges on them that may have been given the answer to another.
    pub suspects: Vec<Tag>,
}

/// Connections that are open and not in use.
#[derive(Default)]
pub(super) struct Idle {
    connections: Mutex<Vec<Connection>>,
    /// What was seen since it was last taken.
    surplus: Mutex<Surplus>,
    /// True once there was any: each connection is used once from then on.
    is_untrusted: AtomicBool,
    /// Requests that crossed the end of the connection they were sent on.
    crossings: AtomicUsize,
}

impl Idle {
    /// Counts a request that crossed the end of its connection. After a few of them the server is one that closes what
    /// it announces to keep, and each of its connections is used once.
    pub(super) fn count_crossing(&self) {
        self.crossings.fetch_add(1, Ordering::Relaxed);
    }

    /// The connection that was used last, so that few connections stay in use.
    pub(super) fn take(&self) -> Option<Connection> {
        loop {
            let mut connection = self.connections().pop()?;
            if self.may_go_on(&mut connection) {
                return Some(connection);
            }
        }
    }

    pub(super) fn give_back(&self, mut connection: Connection) {
        if self.may_go_on(&mut connection) {
            self.connections().push(connection);
        }
    }

    /// True if another request can be sent on a connection. Once a server has sent an answer without a request, or has
    /// closed connections that it announced to keep, each of its connections is used once.
    fn may_go_on(&self, connection: &mut Connection) -> bool {
        let is_ready = connection.is_ready();
        if connection.is_spoilt {
            let mut surplus = self.surplus.lock().unwrap_or_else(PoisonError::into_inner);
            surplus.connections += 1;
            surplus.suspects.extend(connection.exchanges.drain(..).skip(1));
            self.is_untrusted.store(true, Ordering::Relaxed);
        }
        is_ready && !self.is_untrusted.load(Ordering::Relaxed) && self.crossings.load(Ordering::Relaxed) < CROSSINGS
    }

    /// Waits a moment for answers without a request, and takes those that were seen since the last call.
    pub(super) async fn take_surplus(&self) -> Surplus {
        if !self.connections().is_empty() {
            tokio::time::sleep(SETTLE).await;
        }
        let idle = std::mem::take(&mut *self.connections());
        idle.into_iter().for_each(|connection| self.give_back(connection));
        std::mem::take(&mut *self.surplus.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn connections(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
