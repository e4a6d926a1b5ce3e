//! A cache of answers: many requests differ in nothing that an answer depends on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::script::Script;

/// All that an answer depends on, unless it had to wait before it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// Name of the API.
    pub(super) api: &'static str,
    pub(super) streamed: bool,
    pub(super) with_usage: bool,
    /// The model's place in the list.
    pub(super) model: usize,
    pub(super) letter: char,
    pub(super) prompt_tokens: u32,
    /// The most tokens that are wanted.
    pub(super) limit: Option<u32>,
}

/// The most that is kept, in bytes.
const LARGEST: usize = 32 << 20;

/// The answers.
#[derive(Default)]
pub(super) struct Memory {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    scripts: HashMap<Key, Arc<Script>>,
    bytes: usize,
}

impl Memory {
    /// The answer of a key, made if it is not there.
    pub(super) fn get_or_make(&self, key: Key, make: impl FnOnce() -> Script) -> Arc<Script> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).scripts.get(&key).cloned();
        kept.unwrap_or_else(|| {
            // Made without the lock; two who make the same make it equal.
            let script = Arc::new(make());
            self.kept.lock().unwrap_or_else(PoisonError::into_inner).keep(key, &script);
            script
        })
    }
}

impl Kept {
    /// Keeps an answer. When they take too much memory, all are dropped: frequent ones are soon made again.
    fn keep(&mut self, key: Key, script: &Arc<Script>) {
        if self.bytes > LARGEST {
            *self = Self::default();
        }
        self.bytes += script.size();
        self.scripts.insert(key, Arc::clone(script));
    }
}
