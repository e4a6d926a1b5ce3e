//! Files and batches that a server keeps while it runs.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use serde_json::Value as Json;

use super::behaviour::{BatchBehaviour, BatchFault};
use crate::mock::counters::Counters;

/// Files and batches, and how the latter are answered.
pub(in crate::mock) struct Shelf {
    pub(in crate::mock) behaviour: BatchBehaviour,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    files: Vec<Bytes>,
    batches: Vec<Batch>,
    submissions: u64,
}

/// A batch.
#[derive(Clone)]
pub(super) struct Batch {
    pub(super) id: String,
    pub(super) created_s: u64,
    pub(super) metadata: Json,
    pub(super) entries: Vec<ShelvedRequest>,
    /// Why it was refused as a whole, if it was.
    pub(super) refused: Option<String>,
    begun: Instant,
    cancelled: Option<Instant>,
}

/// A request of a batch, and what became of it.
#[derive(Clone)]
pub(super) struct ShelvedRequest {
    pub(super) id: String,
    pub(super) end: EntryEnd,
}

/// How a request of a batch ends.
#[derive(Clone)]
pub(in crate::mock) enum EntryEnd {
    Answer(Json),
    Fault(BatchFault),
    /// Why it is refused.
    Refused(String),
    /// It was not processed before the batch was cancelled.
    Cancelled,
}

impl Shelf {
    pub(in crate::mock) fn new(behaviour: BatchBehaviour) -> Self {
        Self { behaviour, kept: Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if this submission is one of those to be refused.
    pub(in crate::mock) fn refuses(&self) -> bool {
        let mut kept = self.kept();
        kept.submissions += 1;
        kept.submissions <= self.behaviour.refused
    }

    /// Keeps a file; its number.
    pub(super) fn put_file(&self, content: Bytes) -> usize {
        let mut kept = self.kept();
        kept.files.push(content);
        kept.files.len()
    }

    pub(super) fn file(&self, number: usize) -> Option<Bytes> {
        self.kept().files.get(number.checked_sub(1)?).cloned()
    }

    /// Makes a batch.
    pub(super) fn make(&self, prefix: &str, metadata: Json, made: Result<Vec<ShelvedRequest>, String>) -> Batch {
        let mut kept = self.kept();
        let (entries, refused) = made.map_or_else(|why| (Vec::new(), Some(why)), |entries| (entries, None));
        let id = format!("{prefix}{}", kept.batches.len() + 1);
        let (created_s, begun) = (now_s(), Instant::now());
        let batch = Batch { id, created_s, metadata, entries, refused, begun, cancelled: None };
        kept.batches.push(batch.clone());
        batch
    }

    pub(super) fn batch(&self, id: &str) -> Option<Batch> {
        self.kept().batches.iter().find(|batch| batch.id == id).cloned()
    }

    /// Batches whose id begins so, the newest first.
    pub(super) fn batches(&self, prefix: &str) -> Vec<Batch> {
        self.kept().batches.iter().rev().filter(|batch| batch.id.starts_with(prefix)).cloned().collect()
    }

    /// Cancels a batch that has not ended.
    pub(super) fn cancel(&self, id: &str) -> Option<Batch> {
        let mut kept = self.kept();
        let batch = kept.batches.iter_mut().find(|batch| batch.id == id)?;
        if !batch.has_ended(self.behaviour.time) {
            batch.cancelled = Some(Instant::now());
        }
        Some(batch.clone())
    }

    /// What becomes of a request of a batch.
    pub(in crate::mock) fn end(&self, counters: &Counters, answer: Result<Json, String>) -> EntryEnd {
        match (self.behaviour.fault(counters.answer()), answer) {
            (_, Err(why)) => EntryEnd::Refused(why),
            (Some(fault), _) => EntryEnd::Fault(fault),
            (None, Ok(answer)) => EntryEnd::Answer(answer),
        }
    }
}

impl Batch {
    /// How many of its requests have come to an end.
    pub(super) fn done(&self, time: Duration) -> usize {
        let until = self.cancelled.unwrap_or_else(Instant::now);
        let elapsed = until.saturating_duration_since(self.begun);
        if elapsed >= time {
            return self.entries.len();
        }
        let count = u128::try_from(self.entries.len()).unwrap_or_default();
        usize::try_from(count * elapsed.as_nanos() / time.as_nanos().max(1)).unwrap_or_default()
    }

    pub(super) fn has_ended(&self, time: Duration) -> bool {
        self.is_cancelled() || self.refused.is_some() || self.begun.elapsed() >= time
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.is_some()
    }

    /// Its requests as they ended, in the order of the results.
    pub(super) fn results(&self, time: Duration) -> Vec<ShelvedRequest> {
        let done = self.done(time);
        let ended = |(place, entry): (usize, &ShelvedRequest)| match place < done {
            true => entry.clone(),
            false => ShelvedRequest { end: EntryEnd::Cancelled, ..entry.clone() },
        };
        self.entries.iter().enumerate().map(ended).rev().collect()
    }
}

/// Now, in seconds since 1970.
fn now_s() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
