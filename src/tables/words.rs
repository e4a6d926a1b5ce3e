//! Words that come again and again in a column, each kept once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ahash::AHashMap;

/// Numbers for words, given out in the order in which they are first met; shared by all who make columns.
#[derive(Debug, Default)]
pub struct Words(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    words: Vec<Arc<str>>,
    numbers: AHashMap<Arc<str>, u32>,
}

impl Words {
    /// The number of a word, a new one if it was never met.
    pub fn number(&self, word: &str) -> u32 {
        let mut known = self.known();
        if let Some(number) = known.numbers.get(word) {
            return *number;
        }
        let (word, number) = (Arc::<str>::from(word), u32::try_from(known.words.len()).unwrap_or(u32::MAX));
        known.words.push(Arc::clone(&word));
        known.numbers.insert(word, number);
        number
    }

    /// The number of a word that was met.
    pub fn find(&self, word: &str) -> Option<u32> {
        self.known().numbers.get(word).copied()
    }

    /// The word of a number.
    pub fn word(&self, number: u32) -> Option<Arc<str>> {
        self.known().words.get(usize::try_from(number).ok()?).cloned()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_its_number() {
        let words = Words::default();
        assert_eq!((words.number("a"), words.number("b"), words.number("a")), (0, 1, 0));
        assert_eq!((words.find("b"), words.find("c")), (Some(1), None));
        assert_eq!(words.word(1).as_deref(), Some("b"));
        assert_eq!(words.word(2), None);
    }
}
