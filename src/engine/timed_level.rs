//! Closed loops that last for a time: how far they have come, and what is left of them.

use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::request::RequestKey;
use crate::store::{Store, TimedProgress};
use crate::work::Work;
use crate::work::batch::Batch;

/// Turns that are looked up at once.
const BLOCK: usize = 1024;

/// Lists the requests that such loops have sent in earlier runs.
///
/// # Errors
/// The store cannot be read.
pub fn list_known(work: &mut Work, store: &dyn Store) -> Result<(), Error> {
    for batch in &*Arc::clone(&work.batches) {
        if work.open_end(batch.level).is_some() {
            let known = known(work, store, batch)?;
            work.extend(batch.id, 0..known.requests);
        }
    }
    Ok(())
}

/// From which turn on, and for how long, this run has to continue a loop; `None` if it is complete, has no such end, or is
/// measured elsewhere.
///
/// # Errors
/// The store cannot be read.
pub fn remaining(work: &Work, store: &dyn Store, batch: &Batch) -> Result<Option<(usize, Duration)>, Error> {
    if batch.is_here { left(work, store, batch) } else { Ok(None) }
}

/// From which turn on, and for how long, a loop has to be continued, wherever it is measured.
///
/// # Errors
/// The store cannot be read.
pub fn left(work: &Work, store: &dyn Store, batch: &Batch) -> Result<Option<(usize, Duration)>, Error> {
    let Some(wanted) = work.open_end(batch.level) else { return Ok(None) };
    let known = known(work, store, batch)?;
    let time = wanted.saturating_sub(known.elapsed);
    Ok((!time.is_zero()).then_some((known.requests, time)))
}

/// How long all such loops have to go on.
///
/// # Errors
/// The store cannot be read.
pub fn time_left(work: &Work, store: &dyn Store) -> Result<Duration, Error> {
    let left = work.batches.iter().map(|batch| remaining(work, store, batch));
    left.map(|left| Ok(left?.map_or(Duration::ZERO, |(_, time)| time))).sum()
}

/// As it was remembered or, where a run was killed before it could be, as the responses themselves show: then
/// nobody knows for how long, and the time begins anew.
fn known(work: &Work, store: &dyn Store, batch: &Batch) -> Result<TimedProgress, Error> {
    let remembered = store.progress(work.timed_level_key(batch))?.unwrap_or_default();
    let mut requests = remembered.requests;
    if remembered.elapsed < work.open_end(batch.level).unwrap_or_default() {
        loop {
            let slots = (requests..requests + BLOCK).filter_map(|turn| work.slot(batch, turn));
            let keys: Vec<RequestKey> = slots.map(|slot| slot.key).collect();
            let held = store.holds(&keys)?;
            let Some(last) = held.iter().rposition(|held| *held) else { break };
            requests += last + 1;
        }
    }
    Ok(TimedProgress { requests, elapsed: remembered.elapsed })
}
