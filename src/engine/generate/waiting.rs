//! Requests that wait for others: a turn of a conversation for the answer to the turn before it.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::request::RequestKey;
use crate::work::Slot;

/// The order of requests that wait for others: a turn of a conversation for the answer to the turn before it.
pub(super) struct Waiting {
    /// By the key of a turn, that of the request it waits for.
    after: HashMap<RequestKey, RequestKey>,
    /// Those of the latter that have not come to their end.
    awaited: HashSet<RequestKey>,
}

impl Waiting {
    /// By the key of each that waits, that of the request it waits for.
    pub(super) fn new(after: HashMap<RequestKey, RequestKey>) -> Self {
        Self { awaited: after.values().copied().collect(), after }
    }

    /// True if no request waits for another.
    pub(super) fn is_empty(&self) -> bool {
        self.after.is_empty()
    }

    /// A request has come to its end; true if others waited for it.
    pub(super) fn end(&mut self, key: &RequestKey) -> bool {
        self.awaited.remove(key)
    }

    /// True if nothing that it waits for is still to come.
    pub(super) fn is_free(&self, slot: &Slot) -> bool {
        self.after.get(&slot.key).is_none_or(|before| !self.awaited.contains(before))
    }

    /// Takes requests out of a list that others have answered.
    pub(super) fn take_out(&mut self, listed: &mut VecDeque<Slot>, answered: &HashSet<RequestKey>) {
        listed.retain(|slot| !answered.contains(&slot.key));
        self.awaited.retain(|key| !answered.contains(key));
    }

    /// Takes at most `most` free requests out of a list, from its front.
    pub(super) fn take_free(&self, listed: &mut VecDeque<Slot>, most: usize) -> Vec<Slot> {
        if self.awaited.is_empty() {
            return listed.drain(..listed.len().min(most)).collect();
        }
        // Those that wait stand near the front, as turns are listed one after the other: few are passed over.
        let (mut taken, mut waiting) = (Vec::new(), Vec::new());
        while taken.len() < most
            && let Some(slot) = listed.pop_front()
        {
            if self.is_free(&slot) { taken.push(slot) } else { waiting.push(slot) }
        }
        waiting.into_iter().rev().for_each(|slot| listed.push_front(slot));
        taken
    }
}
