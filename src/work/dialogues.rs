//! Turns of a conversation: what they ask depends on the model's own answers to the turns before them.
//!
//! The key of a turn covers what is sent, so it is known only once those answers are. Until then a turn goes by the key of
//! its script, in which a placeholder stands for them; no answer is stored under it. An earlier turn that is asked again and
//! answered otherwise therefore makes every later turn another request.

use super::requests::Work;
use super::slot::Slot;
use crate::id::{Id, SampleId};
use crate::request::{Prompt, Request, RequestKey};
use crate::response::{Response, Status};
use crate::store::{Store, StoreError};

/// Turns whose answers are read at once.
const TOGETHER: usize = 256;

/// What is known of the answers before a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum History {
    /// All of them, in their order.
    Known(Vec<String>),
    /// An earlier turn, counted from 0, ended in a fault.
    Failed(usize, Status),
    /// An earlier turn was not asked yet.
    Open,
}

impl Work {
    /// True if some requests wait for the answers of others.
    pub fn has_turns(&self) -> bool {
        self.datasets.iter().any(|dataset| dataset.samples.iter().any(|sample| sample.replies() > 0))
    }

    /// Gives each turn the key that follows from the answers that the store holds.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn settle(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        if !self.has_turns() {
            return Ok(());
        }
        let is_turn = |place: &usize| self.sample(&self.slots[*place]).replies() > 0;
        let places: Vec<usize> = (0..self.slots.len()).filter(is_turn).collect();
        for places in places.chunks(TOGETHER) {
            let slots: Vec<Slot> = places.iter().map(|place| self.slots[*place]).collect();
            let histories = self.histories(&slots, store)?;
            for ((place, slot), history) in places.iter().zip(&slots).zip(histories) {
                self.slots[*place].key = self.request_after(slot, &history).key;
            }
        }
        Ok(())
    }

    /// The key of a request with this prompt.
    pub(super) fn key(&self, slot: &Slot, prompt: &Prompt) -> RequestKey {
        self.shared(self.batch_of(slot), slot.dataset, slot.repeat, self.of_sample(slot)).hasher.key(prompt)
    }

    /// The key of a turn while the answers before it are not known; that of any other request.
    pub fn script_key(&self, slot: &Slot) -> RequestKey {
        self.key(slot, &self.prompt(slot))
    }

    /// The turn before this one.
    pub fn before(&self, slot: &Slot) -> Option<Slot> {
        let sample = self.sample(slot).dialogue.as_ref()?.follows?;
        let before = Slot { sample: SampleId::at(sample), ..*slot };
        Some(Slot { key: self.script_key(&before), ..before })
    }

    /// A request as it is sent, with the answers that the store holds to the turns before it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn request_now(&self, slot: &Slot, store: &dyn Store) -> Result<(Request, History), StoreError> {
        let history = self.histories(std::slice::from_ref(slot), store)?.pop().unwrap_or(History::Open);
        Ok((self.request_after(slot, &history), history))
    }

    fn request_after(&self, slot: &Slot, history: &History) -> Request {
        let prompt = match history {
            History::Known(replies) => self.prompt(slot).with_replies(replies),
            History::Failed(..) | History::Open => self.prompt(slot),
        };
        Request { key: self.key(slot, &prompt), prompt, ..self.request(slot) }
    }

    /// What the store holds of the answers before these requests.
    fn histories(&self, slots: &[Slot], store: &dyn Store) -> Result<Vec<History>, StoreError> {
        let earlier: Vec<Vec<Slot>> = slots.iter().map(|slot| self.all_before(slot)).collect();
        let mut histories: Vec<History> = slots.iter().map(|_| History::Known(Vec::new())).collect();
        for turn in 0..earlier.iter().map(Vec::len).max().unwrap_or(0) {
            let open = histories.iter_mut().zip(&earlier).filter_map(|(history, earlier)| {
                let before = earlier.get(turn).filter(|_| matches!(history, History::Known(_)))?;
                Some((self.request_after(before, history).key, history))
            });
            let (keys, open): (Vec<RequestKey>, Vec<&mut History>) = open.unzip();
            for (history, response) in open.into_iter().zip(store.read(&keys.iter().collect::<Vec<_>>())?) {
                go_on(history, turn, response);
            }
        }
        Ok(histories)
    }

    /// The turns before one, the first of them first.
    fn all_before(&self, slot: &Slot) -> Vec<Slot> {
        let mut all: Vec<Slot> = std::iter::successors(self.before(slot), |slot| self.before(slot)).collect();
        all.reverse();
        all
    }
}

fn go_on(history: &mut History, turn: usize, response: Option<Response>) {
    match response {
        None => *history = History::Open,
        Some(response) if response.status.is_fault() => *history = History::Failed(turn, response.status),
        Some(response) => {
            if let History::Known(replies) = history {
                replies.push(response.text);
            }
        }
    }
}
