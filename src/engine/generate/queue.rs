//! What a batch has still to send: claimed in the store ahead of its turn, so that two runs ask nothing twice.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::pending::Pending;
use super::time_limit::TimeLimit;
use super::waiting::Waiting;
use crate::engine::sharing::idling::{Idling, Leaving, has_moved_on, until_next_look};
use crate::request::RequestKey;
use crate::store::{Claim, Store, StoreError};
use crate::work::batch::Batch;
use crate::work::{Slot, Work};

/// Fewest and most requests that are claimed at once.
const BLOCK: std::ops::RangeInclusive<usize> = 32..=1024;

/// Blocks of a list that is so short that runs share it from its front.
const FEW_BLOCKS: usize = 16;

/// Most requests at which a run looks at once where others have been before it.
const FARTHEST: usize = 16_384;

/// Where so far a look would go, the store is asked first which of all that is listed have an answer: it knows that of many
/// at once.
const FAR: usize = 4_096;

/// The requests of a batch, in the order of their turns.
pub(super) struct Queue {
    state: Mutex<State>,
    batch: Batch,
    /// How many it has, if it has an end.
    most: Option<usize>,
    /// How many are claimed at once, at most, and in a loop that lasts for a time, at least.
    block: usize,
    least: usize,
    time_limit: Option<TimeLimit>,
    /// True if an answer in the store is one that is wanted: a fresh run has old ones there.
    takes_answers: bool,
    is_last: bool,
    give_up: CancellationToken,
    /// Something was claimed, or nothing more will be.
    filled: Notify,
    /// So few are left that it is time to claim more.
    low: Notify,
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
    /// How many are looked at for a block that can be claimed: more each time that nothing was found, so that what others
    /// have answered is passed over in few steps.
    reach: usize,
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

/// What is to be claimed now.
struct Wanted {
    slots: Vec<Slot>,
    /// What is held still.
    held: Vec<RequestKey>,
    /// How many are claimed at most.
    most: usize,
    /// All that is left is with other runs.
    only_taken: bool,
}

/// A request whose turn has come.
pub(super) struct Next {
    pub(super) slot: Slot,
    /// It was waited for, so it could not be sent before now.
    pub(super) waited: bool,
}

impl Queue {
    pub(super) fn new(pending: &Pending, in_flight: Option<usize>, give_up: CancellationToken) -> Self {
        let turn = pending.time_limit.map_or(0, |(turn, _)| turn);
        let together = in_flight.map_or(*BLOCK.end(), |count| count.saturating_mul(2));
        let block = together.clamp(*BLOCK.start(), *BLOCK.end());
        let least = together.min(block);
        let state = State {
            waiting: Waiting::new(pending.after.clone()),
            listed: pending.slots.iter().copied().collect(),
            turn,
            given: turn,
            ahead: if pending.time_limit.is_some() { least } else { block },
            reach: block,
            ready: VecDeque::new(),
            held: HashSet::new(),
            taken: Vec::new(),
            lease: None,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            batch: pending.batch.clone(),
            most: pending.time_limit.is_none().then_some(pending.slots.len()),
            block,
            least,
            time_limit: pending.time_limit.map(|(first, time)| TimeLimit { first, time, until: Instant::now() + time }),
            takes_answers: false,
            is_last: pending.is_last,
            give_up,
            filled: Notify::new(),
            low: Notify::new(),
        }
    }

    /// Runs that share a list of some length begin apart, each at a place that its name gives, so that they do not meet
    /// before they have to. What has an order keeps it: arrivals, turns of conversations, a loop that lasts for a time.
    pub(super) fn share(&mut self, run: &str, is_fresh: bool) {
        self.takes_answers = !is_fresh;
        let is_ordered = self.batch.in_flight().is_none() || self.time_limit.is_some();
        let mut state = self.state();
        if !is_ordered && state.waiting.is_empty() && state.listed.len() > FEW_BLOCKS * self.block {
            let place = crc32fast::hash(run.as_bytes()) as usize % state.listed.len();
            state.listed.rotate_left(place);
        }
    }

    /// Turns of a closed loop that lasts for a time end here, so far as they have been given out.
    pub(super) fn turns(&self) -> Option<usize> {
        self.time_limit.map(|_| self.state().given)
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
            if self.time_limit.is_some_and(|end| slot.turn >= end.first.max(given) && Instant::now() >= end.until) {
                state.held.remove(&slot.key);
                continue;
            }
            if self.time_limit.is_some() {
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

    /// Claims what is sent next, until nothing is left to claim or the rest is left to other runs; the first block of it is
    /// claimed already.
    pub(super) async fn fill(
        &self,
        work: &Work,
        store: &dyn Store,
        leaving: Option<&Leaving>,
    ) -> Result<(), StoreError> {
        let mut idling = Idling::new(leaving.filter(|_| self.is_last));
        let mut pause = Ok(Some(false));
        while let Ok(Some(is_stuck)) = pause {
            if !self.state().ready.is_empty() {
                idling.end();
            }
            self.pause(is_stuck.then(|| idling.since())).await;
            if self.give_up.is_cancelled() {
                break;
            }
            pause = match idling.leaves(is_stuck, store).await {
                Ok(true) => break,
                Ok(false) => self.claim_block(work, store).await,
                Err(error) => Err(error),
            };
        }
        // This list has nothing for the run any more.
        idling.since();
        self.state().closed = true;
        self.filled.notify_waiters();
        pause.map(|_| ())
    }

    /// Claims a block; whether other runs hold all that is left, or nothing if nothing is left.
    pub(super) async fn claim_block(&self, work: &Work, store: &dyn Store) -> Result<Option<bool>, StoreError> {
        // Before the claim: a lease that is lost meanwhile has another number then.
        let lease = store.lease();
        self.sift(store)?;
        let Wanted { slots, held, most, only_taken } = self.wanted(work, lease);
        if slots.is_empty() {
            // What waits for a request in flight is claimed after it.
            let is_all = self.state().listed.is_empty();
            return Ok((!is_all).then_some(false));
        }
        let keys = slots.iter().map(|slot| slot.key).collect();
        let claims = store.claim_some(self.batch.number(), held, keys, most).await?;
        let is_stuck = only_taken && !has_moved_on(&claims);
        self.reach(&claims, is_stuck);
        self.take(slots.into_iter().zip(claims), lease.or_else(|| store.lease()));
        Ok(Some(is_stuck))
    }

    /// Takes out of the list what others have answered, where it takes long to find something else.
    fn sift(&self, store: &dyn Store) -> Result<(), StoreError> {
        let keys: Vec<RequestKey> = {
            let State { listed, reach, .. } = &mut *self.state();
            if !self.takes_answers || *reach < FAR || listed.len() < FAR {
                return Ok(());
            }
            *reach = self.block;
            listed.iter().map(|slot| slot.key).collect()
        };
        let held = store.holds(&keys.iter().collect::<Vec<_>>())?;
        let answered = keys.into_iter().zip(held).filter_map(|(key, is_held)| is_held.then_some(key)).collect();
        let State { waiting, listed, .. } = &mut *self.state();
        waiting.take_out(listed, &answered);
        Ok(())
    }

    /// How far the next look goes, after one that found this.
    fn reach(&self, claims: &[Claim], is_stuck: bool) {
        let State { reach, .. } = &mut *self.state();
        let is_near = is_stuck || claims.contains(&Claim::Ours);
        *reach = if is_near { self.block } else { (2 * *reach).min(FARTHEST.max(self.block)) };
    }

    /// Sending begins now, and so does the time of a loop that lasts for one.
    pub(super) fn begin(&mut self, started: Instant) {
        if let Some(end) = &mut self.time_limit {
            end.until = started + end.time;
        }
    }

    /// Gives up what is still claimed: it is not asked any more.
    pub(super) async fn release(&self, store: &dyn Store) -> Result<(), StoreError> {
        store.claim(self.batch.number(), Vec::new(), Vec::new()).await?;
        Ok(())
    }

    fn wanted(&self, work: &Work, lease: Option<u64>) -> Wanted {
        let mut state = self.state();
        state.settle(lease);
        let State { waiting, listed, reach, .. } = &mut *state;
        let reach = *reach;
        let mut wanted = waiting.take_free(listed, reach);
        let mut most = self.block;
        if let Some(end) = self.time_limit.filter(|end| Instant::now() < end.until) {
            let turns = self.batch.turns;
            state.ahead = end.given_in_a_second(state.given, turns.step()).clamp(self.least, self.block);
            while wanted.len() < state.ahead
                && let Some(turn) = turns.at_or_after(state.turn)
                && let Some(slot) = work.slot(&self.batch, turn)
            {
                state.turn = turn + 1;
                wanted.push(slot);
            }
            most = most.max(wanted.len());
        }
        let only_taken = wanted.is_empty();
        if only_taken {
            let given = state.given;
            let is_open = |slot: &Slot| self.time_limit.is_some_and(|end| slot.turn >= end.first.max(given));
            state.taken.retain(|slot| !is_open(slot));
            let some = state.taken.len().min(reach);
            wanted.extend(state.taken.drain(..some));
        }
        Wanted { slots: wanted, held: state.held.iter().copied().collect(), most, only_taken }
    }

    fn take(&self, claims: impl Iterator<Item = (Slot, Claim)>, lease: Option<u64>) {
        let mut state = self.state();
        state.settle(lease);
        state.lease = lease;
        let mut free = Vec::new();
        for (slot, claim) in claims {
            match claim {
                Claim::Ours => {
                    state.held.insert(slot.key);
                    state.ready.push_back(slot);
                }
                Claim::Free => free.push(slot),
                Claim::Taken => state.taken.push(slot),
                Claim::Stored => {
                    state.waiting.end(&slot.key);
                }
            }
        }
        free.into_iter().rev().for_each(|slot| state.listed.push_front(slot));
        drop(state);
        self.filled.notify_waiters();
    }

    /// Until more is needed, or, where others hold all that is left, until they may have answered some of it.
    async fn pause(&self, idle_since: Option<Instant>) {
        let is_low = || {
            let state = self.state();
            let is_listed = state.listed.iter().any(|slot| state.waiting.is_free(slot));
            state.ready.len() <= state.ahead / 2 && (is_listed || self.time_limit.is_some())
        };
        if let Some(since) = idle_since {
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

    /// True if it ended with requests that were not given out, or whose end is not known.
    pub(super) fn is_cut(&self) -> bool {
        let state = self.state();
        !(state.listed.is_empty() && state.ready.is_empty() && state.taken.is_empty() && state.held.is_empty())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::id::{BatchId, DatasetId, Id, SampleId};
    use crate::tables::fixture::Fixture;

    fn batch() -> Batch {
        Batch::all(&Fixture::new(1).plan)[BatchId::at(0)].clone()
    }

    fn slot(turn: usize) -> Slot {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&(turn as u64).to_be_bytes());
        let (dataset, sample) = (DatasetId::at(0), SampleId::at(turn));
        Slot { batch: BatchId::at(0), dataset, sample, repeat: 0, turn, key: RequestKey(key) }
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
    fn each_look_that_finds_nothing_goes_twice_as_far() {
        let queue = queue(1);
        let reach = |claims: &[Claim], is_stuck: bool| {
            queue.reach(claims, is_stuck);
            queue.state().reach
        };
        let nothing = [Claim::Stored, Claim::Taken];
        assert_eq!([64, 128, 256], std::array::from_fn(|_| reach(&nothing, false)));
        assert_eq!(reach(&[Claim::Taken, Claim::Ours, Claim::Free], false), 32);
        let far = (0..20).map(|_| reach(&nothing, false)).max();
        assert_eq!(far, Some(FARTHEST));
        assert_eq!(reach(&nothing, true), 32, "others are waited for");
    }

    #[test]
    fn what_nobody_has_and_was_only_looked_at_stays_in_front() {
        let queue = queue(6);
        queue.claimed(&[Claim::Stored, Claim::Ours, Claim::Free, Claim::Taken, Claim::Free, Claim::Free], Some(0));
        let listed: Vec<usize> = queue.state().listed.iter().map(|slot| slot.turn).collect();
        assert_eq!((listed, queue.turns_given(Some(0))), (vec![2, 4, 5], vec![1]));
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
