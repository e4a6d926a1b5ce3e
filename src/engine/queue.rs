//! What a batch has still to send: claimed in the store ahead of its turn, so that two runs ask nothing twice.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::send::Batch;
use crate::error::Error;
use crate::request::RequestKey;
use crate::store::{Claim, Store};
use crate::work::{Slot, Work};

/// Fewest and most requests that are claimed at once.
const BLOCK: std::ops::RangeInclusive<usize> = 32..=1024;

/// Time between two looks at what other runs have claimed, where nothing else is left.
const LOOK: Duration = Duration::from_millis(100);

/// The requests of a batch, in the order of their turns.
pub(super) struct Queue {
    state: Mutex<State>,
    /// Model and level.
    of: (usize, usize),
    /// How many it has, if it has an end.
    most: Option<usize>,
    /// How many are claimed at once.
    block: usize,
    open_end: Option<OpenEnd>,
    give_up: CancellationToken,
    /// Something was claimed, or nothing more will be.
    filled: Notify,
    /// So few are left that it is time to claim more.
    low: Notify,
}

/// A closed loop that lasts for a time.
#[derive(Clone, Copy)]
struct OpenEnd {
    /// From which turn on.
    first: usize,
    time: Duration,
    until: Instant,
}

struct State {
    /// Not yet claimed.
    listed: VecDeque<Slot>,
    /// The next turn of a loop that lasts for a time.
    turn: usize,
    /// Such turns that were given out end here.
    given: usize,
    /// Claimed, not yet given out.
    ready: VecDeque<Slot>,
    /// Claimed, and not yet answered.
    held: HashSet<RequestKey>,
    /// Claimed by other runs.
    taken: Vec<Slot>,
    closed: bool,
}

/// A request whose turn has come.
pub(super) struct Next {
    pub(super) slot: Slot,
    /// It was waited for, so it could not be sent before now.
    pub(super) waited: bool,
}

impl Queue {
    pub(super) fn new(batch: &Batch, in_flight: Option<usize>, give_up: CancellationToken) -> Self {
        let turn = batch.open_end.map_or(0, |(turn, _)| turn);
        let ahead = in_flight.map_or(*BLOCK.end(), |count| count.saturating_mul(2));
        let state = State {
            listed: batch.slots.iter().copied().collect(),
            turn,
            given: turn,
            ready: VecDeque::new(),
            held: HashSet::new(),
            taken: Vec::new(),
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            of: (batch.model, batch.level),
            most: batch.open_end.is_none().then_some(batch.slots.len()),
            block: ahead.clamp(*BLOCK.start(), *BLOCK.end()),
            open_end: batch.open_end.map(|(first, time)| OpenEnd { first, time, until: Instant::now() + time }),
            give_up,
            filled: Notify::new(),
            low: Notify::new(),
        }
    }

    /// Turns of a closed loop that lasts for a time end here, so far as they have been given out.
    pub(super) fn turns(&self) -> Option<usize> {
        self.open_end.map(|_| self.state().given)
    }

    /// How many requests it has at most, if it has an end.
    pub(super) fn most(&self) -> Option<usize> {
        self.most
    }

    /// The next request that is to be sent; nothing if there is none any more.
    pub(super) async fn next(&self) -> Option<Next> {
        let mut waited = false;
        loop {
            let filled = self.filled.notified();
            if self.give_up.is_cancelled() {
                return None;
            }
            {
                let mut state = self.state();
                if let Some(slot) = self.pop(&mut state) {
                    return Some(Next { slot, waited });
                }
                if state.closed {
                    return None;
                }
            }
            waited = true;
            self.low.notify_one();
            tokio::select! {
                () = filled => {}
                () = self.give_up.cancelled() => return None,
            }
        }
    }

    fn pop(&self, state: &mut State) -> Option<Slot> {
        if state.ready.len() == self.block / 2 {
            self.low.notify_one();
        }
        while let Some(slot) = state.ready.pop_front() {
            if self.open_end.is_some_and(|end| slot.turn >= end.first && Instant::now() >= end.until) {
                state.held.remove(&slot.key);
                continue;
            }
            if self.open_end.is_some() {
                state.given = state.given.max(slot.turn + 1);
            }
            return Some(slot);
        }
        None
    }

    /// A request has come to its end, whatever became of it.
    pub(super) fn done(&self, key: &RequestKey) {
        self.state().held.remove(key);
    }

    /// Claims what is sent next, until nothing is left to claim; the first block of it is claimed already.
    pub(super) async fn fill(&self, work: &Work, store: &dyn Store) -> Result<(), Error> {
        let mut pause = Some(false);
        let mut outcome = Ok(());
        while let Some(stuck) = pause {
            self.pause(stuck).await;
            if self.give_up.is_cancelled() {
                break;
            }
            pause = self.claim_block(work, store).await.unwrap_or_else(|error| {
                outcome = Err(error);
                None
            });
        }
        self.state().closed = true;
        self.filled.notify_waiters();
        outcome
    }

    /// Claims a block; whether other runs hold all that is left, or nothing if nothing is left.
    pub(super) async fn claim_block(&self, work: &Work, store: &dyn Store) -> Result<Option<bool>, Error> {
        let (wanted, held, only_taken) = self.wanted(work);
        if wanted.is_empty() {
            return Ok(None);
        }
        let keys = wanted.iter().map(|slot| slot.key).collect();
        let claims = store.claim(self.batch(work), held, keys).await?;
        let stuck = only_taken && claims.iter().all(|claim| *claim == Claim::Taken);
        self.take(wanted.into_iter().zip(claims));
        Ok(Some(stuck))
    }

    /// Sending begins now, and so does the time of a loop that lasts for one.
    pub(super) fn begin(&mut self, started: Instant) {
        if let Some(end) = &mut self.open_end {
            end.until = started + end.time;
        }
    }

    /// Gives up what is still claimed: it is not asked any more.
    pub(super) async fn release(&self, work: &Work, store: &dyn Store) -> Result<(), Error> {
        store.claim(self.batch(work), Vec::new(), Vec::new()).await?;
        Ok(())
    }

    /// The number of the batch in the store.
    fn batch(&self, work: &Work) -> u32 {
        let (model, level) = self.of;
        let levels = work.batches().iter().map(|(_, level)| level + 1).max().unwrap_or(1);
        u32::try_from(model * levels + level).unwrap_or(u32::MAX)
    }

    /// What is to be claimed now, what is held still, and whether all that is left is with other runs.
    fn wanted(&self, work: &Work) -> (Vec<Slot>, Vec<RequestKey>, bool) {
        let mut state = self.state();
        let listed = state.listed.len().min(self.block);
        let mut wanted: Vec<Slot> = state.listed.drain(..listed).collect();
        if self.open_end.is_some_and(|end| Instant::now() < end.until) {
            while wanted.len() < self.block
                && let Some(slot) = work.slot(self.of.0, self.of.1, state.turn)
            {
                state.turn += 1;
                wanted.push(slot);
            }
        }
        let only_taken = wanted.is_empty();
        if only_taken {
            let given = state.given;
            let is_open = |slot: &Slot| self.open_end.is_some_and(|end| slot.turn >= end.first.max(given));
            state.taken.retain(|slot| !is_open(slot));
            let some = state.taken.len().min(self.block);
            wanted.extend(state.taken.drain(..some));
        }
        (wanted, state.held.iter().copied().collect(), only_taken)
    }

    fn take(&self, claims: impl Iterator<Item = (Slot, Claim)>) {
        let mut state = self.state();
        for (slot, claim) in claims {
            match claim {
                Claim::Ours => {
                    state.held.insert(slot.key);
                    state.ready.push_back(slot);
                }
                Claim::Taken => state.taken.push(slot),
                Claim::Stored => {}
            }
        }
        drop(state);
        self.filled.notify_waiters();
    }

    /// Until more is needed, or, where others hold all that is left, until they may have answered some of it.
    async fn pause(&self, stuck: bool) {
        let is_low = || {
            let state = self.state();
            state.ready.len() <= self.block / 2 && !(state.listed.is_empty() && self.open_end.is_none())
        };
        if stuck {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = self.give_up.cancelled() => {}
            }
            return;
        }
        while !is_low() && !self.is_used_up() {
            tokio::select! {
                () = self.low.notified() => {}
                () = self.give_up.cancelled() => return,
            }
        }
    }

    /// Nothing is ready and nothing unclaimed is left.
    fn is_used_up(&self) -> bool {
        let state = self.state();
        state.listed.is_empty() && state.ready.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
