//! What was written lately: a database that crashes may forget the last moments of what it said was committed, since it
//! does not wait for its disk. What is here is written again when it is back.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::request::Request;
use crate::response::Response;
use crate::store::change::Change;

/// How long something is kept: longer than a database leaves a commit in memory, which is three times its
/// `wal_writer_delay` of 0.2 s.
const LONG: Duration = Duration::from_secs(3);

/// The responses of the last seconds.
#[derive(Default)]
pub(super) struct Recent(VecDeque<(Instant, Request, Arc<Response>)>);

impl Recent {
    /// Something was written.
    pub(super) fn add(&mut self, change: Change) {
        let now = Instant::now();
        while self.0.front().is_some_and(|(written, ..)| now.duration_since(*written) > LONG) {
            self.0.pop_front();
        }
        match change {
            Change::Response(request, response) => self.0.push_back((now, request, response)),
            Change::Forgotten(keys) => self.0.retain(|(_, request, _)| !keys.contains(&request.key)),
            _ => {}
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = (&Request, &Response)> {
        self.0.iter().map(|(_, request, response)| (request, &**response))
    }
}
