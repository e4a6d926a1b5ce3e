//! What a batch has still to send: claimed in the store ahead of its turn, so that two runs ask nothing twice.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::pending::Pending;
use super::waiting::Waiting;
use crate::error::Error;
use crate::id::Id;
use crate::request::RequestKey;
use crate::store::{Claim, Store};
use crate::work::batch::Batch;
use crate::work::{Slot, Work};

/// Fewest and most requests that are claimed at once.
const BLOCK: std::ops::RangeInclusive<usize> = 32..=1024;

/// Blocks of a list that is so short that runs share it from its front.
const FEW_BLOCKS: usize = 16;

/// Requests at which a run looks at once whether others have answered them.
const PASSED_OVER: usize = 16_384;

/// Shortest and longest time between two looks at what other runs have claimed, where nothing else is left.
const LOOK: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// The requests of a batch, in the order of their turns.
pub(super) struct Queue {
    state: Mutex<State>,
    batch: Batch,
    /// How many it has, if it has an end.
    most: Option<usize>,
    /// How many are claimed at once, at most, and in a loop that lasts for a time, at least.
    block: usize,
    least: usize,
    open_end: Option<OpenEnd>,
    give_up: CancellationToken,
    /// Something was claimed, or nothing more will be.
    filled: Notify,
    /// So few are left that it is time to claim more.
    low: Notify,
    /// Other runs work on the same list, and what they have answered need not be asked.
    is_shared: bool,
}

/// A closed loop that lasts for a time.
#[derive(Clone, Copy)]
struct OpenEnd {
    /// From which turn on.
    first: usize,
    time: Duration,
    until: Instant,
}

impl OpenEnd {
    /// How many turns a second were given out so far, where every `step`th is this run's. No more are claimed ahead: when the
    /// time is over, another run has to send what of them lies before its own.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is finite and positive")]
    #[expect(clippy::cast_precision_loss, reason = "turns are far below 2^53")]
    fn given_in_a_second(&self, given: usize, step: usize) -> usize {
        let left = self.until.saturating_duration_since(Instant::now());
        let spent = self.time.saturating_sub(left).as_secs_f64().max(1e-3);
        ((given - self.first) as f64 / (spent * step as f64)) as usize
    }
}

struct State {
    waiting: Waiting,
    /// Not yet claimed.
    listed: VecDeque<Slot>,
    /// The next turn of a loop that lasts for a time.
    turn: usize,
    /// Such turns that were given out end here.
    given: usize,
    /// How many are claimed at once now.
    ahead: usize,
    /// Claimed, not yet given out.
    ready: VecDeque<Slot>,
    /// Claimed, and not yet answered.
    held: HashSet<RequestKey>,
    /// Claimed by other runs.
    taken: Vec<Slot>,
    /// The number of the store's lease under which what is ready was claimed.
    lease: Option<u64>,
    closed: bool,
}

impl State {
    /// Lists again what was claimed under a lease that holds no more: others may have taken it over.
    fn settle(&mut self, lease: Option<u64>) {
        if self.lease == lease || self.closed {
            return;
        }
        while let Some(slot) = self.ready.pop_back() {
            self.held.remove(&slot.key);
            self.listed.push_front(slot);
        }
    }
}

/// How long to wait for others before the next look: a tenth of what was waited so far, so that many runs that wait for the
/// last few answers leave the store alone.
fn until_next_look(waited: Duration) -> Duration {
    (waited / 10).clamp(LOOK.0, LOOK.1)
}

/// A request whose turn has come.
pub(super) struct Next {
    pub(super) slot: Slot,
    /// It was waited for, so it could not be sent before now.
    pub(super) waited: bool,
}

impl Queue {
    pub(super) fn new(pending: &Pending, in_flight: Option<usize>, give_up: CancellationToken) -> Self {
        let turn = pending.open_end.map_or(0, |(turn, _)| turn);
        let together = in_flight.map_or(*BLOCK.end(), |count| count.saturating_mul(2));
        let block = together.clamp(*BLOCK.start(), *BLOCK.end());
        let least = together.min(block);
        let state = State {
            waiting: Waiting::new(pending.after.clone()),
            listed: pending.slots.iter().copied().collect(),
            turn,
            given: turn,
            ahead: if pending.open_end.is_some() { least } else { block },
            ready: VecDeque::new(),
            held: HashSet::new(),
            taken: Vec::new(),
            lease: None,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            batch: pending.batch.clone(),
            most: pending.open_end.is_none().then_some(pending.slots.len()),
            block,
            least,
            open_end: pending.open_end.map(|(first, time)| OpenEnd { first, time, until: Instant::now() + time }),
            give_up,
            filled: Notify::new(),
            low: Notify::new(),
            is_shared: false,
        }
    }

    /// Runs that share a list of some length begin apart, each at a place that its name gives, so that they do not meet
    /// before they have to. What has an order keeps it: arrivals, turns of conversations, a loop that lasts for a time.
    pub(super) fn share(&mut self, run: &str, is_fresh: bool) {
        self.is_shared = !is_fresh;
        let is_ordered = self.batch.in_flight().is_none() || self.open_end.is_some();
        let mut state = self.state();
        if !is_ordered && state.waiting.is_empty() && state.listed.len() > FEW_BLOCKS * self.block {
            let place = crc32fast::hash(run.as_bytes()) as usize % state.listed.len();
            state.listed.rotate_left(place);
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
    pub(super) async fn next(&self, store: &dyn Store) -> Option<Next> {
        let mut waited = false;
        loop {
            let filled = self.filled.notified();
            if self.give_up.is_cancelled() {
                return None;
            }
            {
                let mut state = self.state();
                state.settle(store.lease());
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
        if state.ready.len() == state.ahead / 2 {
            self.low.notify_one();
        }
        while let Some(slot) = state.ready.pop_front() {
            // A turn before one that was given out leaves no gap: another run claimed it and did not come to it.
            let given = state.given;
            if self.open_end.is_some_and(|end| slot.turn >= end.first.max(given) && Instant::now() >= end.until) {
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
        let mut state = self.state();
        state.held.remove(key);
        if state.waiting.end(key) {
            self.low.notify_one();
        }
    }

    /// Claims what is sent next, until nothing is left to claim; the first block of it is claimed already.
    pub(super) async fn fill(&self, work: &Work, store: &dyn Store) -> Result<(), Error> {
        let mut pause = Some(false);
        let mut outcome = Ok(());
        let mut stuck_since = None;
        while let Some(is_stuck) = pause {
            stuck_since = is_stuck.then(|| stuck_since.unwrap_or_else(Instant::now));
            self.pause(stuck_since).await;
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
        // Before the claim: a lease that is lost meanwhile has another number then.
        let lease = store.lease();
        let (wanted, held, only_taken) = self.wanted(work, lease);
        if wanted.is_empty() {
            // What waits for a request in flight is claimed after it.
            let is_all = self.state().listed.is_empty();
            return Ok((!is_all).then_some(false));
        }
        let keys = wanted.iter().map(|slot| slot.key).collect();
        let claims = store.claim(self.number(), held, keys).await?;
        let stuck = only_taken && claims.iter().all(|claim| *claim == Claim::Taken);
        if self.is_shared && claims.contains(&Claim::Stored) && !claims.contains(&Claim::Ours) {
            self.pass_over(store)?;
        }
        self.take(wanted.into_iter().zip(claims), lease.or_else(|| store.lease()));
        Ok(Some(stuck))
    }

    /// Where others have been before, what they have answered is passed over at once and not block by block.
    fn pass_over(&self, store: &dyn Store) -> Result<(), Error> {
        let ahead: Vec<RequestKey> = self.state().listed.iter().take(PASSED_OVER).map(|slot| slot.key).collect();
        let held = store.holds(&ahead)?;
        let held: HashSet<RequestKey> =
            ahead.into_iter().zip(held).filter(|(_, held)| *held).map(|(key, _)| key).collect();
        let mut state = self.state();
        let State { listed, waiting, .. } = &mut *state;
        let passed = listed.len().min(PASSED_OVER);
        let rest = listed.split_off(passed);
        listed.retain(|slot| !held.contains(&slot.key));
        listed.extend(rest);
        held.iter().for_each(|key| {
            waiting.end(key);
        });
        Ok(())
    }

    /// Sending begins now, and so does the time of a loop that lasts for one.
    pub(super) fn begin(&mut self, started: Instant) {
        if let Some(end) = &mut self.open_end {
            end.until = started + end.time;
        }
    }

    /// Gives up what is still claimed: it is not asked any more.
    pub(super) async fn release(&self, store: &dyn Store) -> Result<(), Error> {
        store.claim(self.number(), Vec::new(), Vec::new()).await?;
        Ok(())
    }

    /// The number of the batch in the store.
    fn number(&self) -> u32 {
        u32::try_from(self.batch.id.place()).unwrap_or(u32::MAX)
    }

    /// What is to be claimed now, what is held still, and whether all that is left is with other runs.
    fn wanted(&self, work: &Work, lease: Option<u64>) -> (Vec<Slot>, Vec<RequestKey>, bool) {
        let mut state = self.state();
        state.settle(lease);
        let State { waiting, listed, .. } = &mut *state;
        let mut wanted = waiting.take_free(listed, self.block);
        if let Some(end) = self.open_end.filter(|end| Instant::now() < end.until) {
            let turns = self.batch.turns;
            state.ahead = end.given_in_a_second(state.given, turns.step()).clamp(self.least, self.block);
            while wanted.len() < state.ahead
                && let Some(turn) = turns.at_or_after(state.turn)
                && let Some(slot) = work.slot(&self.batch, turn)
            {
                state.turn = turn + 1;
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

    fn take(&self, claims: impl Iterator<Item = (Slot, Claim)>, lease: Option<u64>) {
        let mut state = self.state();
        state.settle(lease);
        state.lease = lease;
        for (slot, claim) in claims {
            match claim {
                Claim::Ours => {
                    state.held.insert(slot.key);
                    state.ready.push_back(slot);
                }
                Claim::Taken => state.taken.push(slot),
                Claim::Stored => {
                    state.waiting.end(&slot.key);
                }
            }
        }
        drop(state);
        self.filled.notify_waiters();
    }

    /// Until more is needed, or, where others hold all that is left, until they may have answered some of it.
    async fn pause(&self, stuck_since: Option<Instant>) {
        let is_low = || {
            let state = self.state();
            let is_listed = state.listed.iter().any(|slot| state.waiting.is_free(slot));
            state.ready.len() <= state.ahead / 2 && (is_listed || self.open_end.is_some())
        };
        if let Some(since) = stuck_since {
            tokio::select! {
                () = tokio::time::sleep(until_next_look(since.elapsed())) => {}
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

    /// Nothing is ready, and nothing unclaimed is left that could be sent before others have come to their end.
    fn is_used_up(&self) -> bool {
        let state = self.state();
        let is_free = state.listed.iter().any(|slot| state.waiting.is_free(slot));
        state.ready.is_empty() && !is_free && (state.listed.is_empty() || !state.taken.is_empty())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::id::{BatchId, DatasetId, SampleId};
    use crate::tables::fixture::Fixture;

    fn batch() -> Batch {
        Batch::all(&Fixture::new(1).plan)[BatchId::at(0)].clone()
    }

    fn slot(turn: usize) -> Slot {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&(turn as u64).to_be_bytes());
        let (dataset, sample) = (DatasetId::at(0), SampleId::at(turn));
        Slot { batch: batch().id, dataset, sample, repeat: 0, turn, key: RequestKey(key) }
    }

    fn queue(slots: usize) -> Queue {
        let pending = Pending { slots: (0..slots).map(slot).collect(), ..Pending::of(&batch()) };
        Queue::new(&pending, Some(1), CancellationToken::new())
    }

    impl Queue {
        /// Claims all that is listed, with this outcome for each.
        fn claimed(&self, claims: &[Claim], lease: Option<u64>) {
            let wanted: Vec<Slot> = self.state().listed.drain(..).collect();
            self.take(wanted.into_iter().zip(claims.iter().copied()), lease);
        }

        fn turns_given(&self, lease: Option<u64>) -> Vec<usize> {
            let mut state = self.state();
            state.settle(lease);
            std::iter::from_fn(|| self.pop(&mut state)).map(|slot| slot.turn).collect()
        }
    }

    #[test]
    fn what_was_claimed_under_a_lease_that_was_lost_is_claimed_again_before_it_is_sent() {
        for lost in [None, Some(1)] {
            let queue = queue(4);
            queue.claimed(&[Claim::Ours; 4], Some(0));
            let first = queue.pop(&mut queue.state()).unwrap();
            assert!(queue.turns_given(lost).is_empty());
            // What is in flight cannot be taken back.
            assert_eq!(queue.state().held, HashSet::from([first.key]));
            queue.claimed(&[Claim::Taken, Claim::Stored, Claim::Ours], Some(1));
            assert_eq!(queue.turns_given(Some(1)), [3]);
            assert_eq!(queue.state().taken.len(), 1);
        }
    }

    #[test]
    fn a_turn_is_claimed_once_the_turn_before_it_has_come_to_its_end() {
        let slots: Vec<Slot> = (0..4).map(slot).collect();
        let after = HashMap::from([(slots[2].key, slots[0].key), (slots[3].key, slots[1].key)]);
        let queue = Queue::new(
            &Pending { slots: slots.clone(), after, ..Pending::of(&batch()) },
            Some(1),
            CancellationToken::new(),
        );
        let take = |claims: &[Claim]| {
            let wanted = {
                let mut state = queue.state();
                let State { waiting, listed, .. } = &mut *state;
                waiting.take_free(listed, 100)
            };
            assert_eq!(wanted.len(), claims.len());
            queue.take(wanted.into_iter().zip(claims.iter().copied()), Some(0));
            queue.turns_given(Some(0))
        };
        // Another run has answered the second.
        assert_eq!(take(&[Claim::Ours, Claim::Stored]), [0]);
        assert_eq!(take(&[Claim::Ours]), [3]);
        assert!(take(&[]).is_empty() && !queue.is_used_up());
        queue.done(&slots[0].key);
        assert_eq!(take(&[Claim::Ours]), [2]);
        assert!(queue.is_used_up());
    }

    #[test]
    fn the_longer_others_are_waited_for_the_rarer_are_the_looks() {
        let looks = [0, 1, 20, 3600].map(|seconds| until_next_look(Duration::from_secs(seconds)).as_millis());
        assert_eq!(looks, [100, 100, 2_000, 5_000]);
    }

    #[test]
    fn runs_that_share_a_long_list_begin_apart_and_ask_all_of_it() {
        let first = |run: &str, count: usize| {
            let mut queue = queue(count);
            queue.share(run, false);
            let mut turns: Vec<usize> = queue.state().listed.iter().map(|slot| slot.turn).collect();
            let first = turns[0];
            turns.sort_unstable();
            assert_eq!(turns, (0..count).collect::<Vec<_>>());
            first
        };
        assert_eq!((first("one", 100), first("other", 100)), (0, 0), "a short one");
        assert_ne!(first("one", 10_000), first("other", 10_000));
    }

    #[test]
    fn what_is_claimed_is_given_out_in_order_while_the_lease_lasts() {
        let queue = queue(3);
        queue.claimed(&[Claim::Ours; 3], Some(7));
        assert_eq!(queue.turns_given(Some(7)), [0, 1, 2]);
    }
}
