//! Closed loops that last for a time: how far they have come, and what is left of them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::plan::shard::{Shard, Turns};
use crate::request::RequestKey;
use crate::store::{Store, TimedProgress};
use crate::work::batch::Batch;
use crate::work::{Slot, Work};

/// Turns that are looked up at once.
const BLOCK: usize = 1024;

/// Lists the requests that such loops have sent in earlier runs.
///
/// # Errors
/// The store cannot be read.
pub fn list_known(work: &mut Work, store: &dyn Store) -> Result<(), Error> {
    for batch in &*Arc::clone(&work.batches) {
        if work.time_limit(batch.level).is_some() {
            let turns = known_turns(work, store, batch)?;
            work.extend(batch.id, turns);
        }
    }
    Ok(())
}

/// The turns of a loop that were sent. Clients that send it together come differently far, so that those of one that is
/// behind are no part of it.
fn known_turns(work: &Work, store: &dyn Store, batch: &Batch) -> Result<BTreeSet<usize>, Error> {
    let clients = divided(work, store, batch)?;
    if clients.is_empty() {
        return Ok((0..known(work, store, batch, batch.turns)?.requests).collect());
    }
    let whole = store.progress(work.timed_level_key(batch, Turns::All))?.unwrap_or_default();
    let mut turns: BTreeSet<usize> = (0..whole.requests).collect();
    for own in clients {
        let known = known(work, store, batch, own)?;
        turns.extend((0..known.requests).filter(|turn| own.has(*turn)));
    }
    Ok(turns)
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
    let Some(wanted) = work.time_limit(batch.level).filter(|_| batch.turns != Turns::None) else { return Ok(None) };
    let known = known(work, store, batch, batch.turns)?;
    // A part of what several clients sent cannot be made up for by one.
    if known.elapsed.is_zero() && !divided(work, store, batch)?.is_empty() {
        return Ok(None);
    }
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

/// The turns of each client that sent a part of a loop, where this run has all of it.
fn divided(work: &Work, store: &dyn Store, batch: &Batch) -> Result<Vec<Turns>, Error> {
    if batch.turns != Turns::All {
        return Ok(Vec::new());
    }
    let parts = store.client_parts(work.batch_key(batch))?;
    let clients: BTreeSet<(u32, u32)> = parts.iter().map(|part| (part.client, part.clients)).collect();
    let turns = |(client, count): (u32, u32)| Some(Turns::Of(Shard::new(client.checked_sub(1)?, count).ok()?));
    Ok(clients.into_iter().filter_map(turns).collect())
}

/// As it was remembered or, where a run was killed before it could be, as the responses themselves show: then
/// nobody knows for how long, and the time begins anew.
fn known(work: &Work, store: &dyn Store, batch: &Batch, turns: Turns) -> Result<TimedProgress, Error> {
    let remembered = store.progress(work.timed_level_key(batch, turns))?.unwrap_or_default();
    let mut requests = remembered.requests;
    if remembered.elapsed < work.time_limit(batch.level).unwrap_or_default() {
        loop {
            let block = requests..requests.saturating_add(BLOCK * turns.step());
            let block = block.filter(|turn| turns.has(*turn));
            let slots: Vec<Slot> = block.filter_map(|turn| work.slot(batch, turn)).collect();
            let keys: Vec<&RequestKey> = slots.iter().map(|slot| &slot.key).collect();
            let held = store.holds(&keys)?;
            let Some((last, _)) = slots.iter().zip(held).rfind(|(_, held)| *held) else { break };
            requests = last.turn + 1;
        }
    }
    Ok(TimedProgress { requests, elapsed: remembered.elapsed })
}
