//! What words say about an answer, in twelve languages.

mod ar;
mod de;
mod en;
mod es;
pub(super) mod forms;
mod fr;
mod hi;
mod it;
mod ja;
mod ko;
mod language;
mod mask;
pub(super) mod numerals;
pub(super) mod otherwise;
pub(super) mod parts;
mod pt;
pub(super) mod quantities;
pub(super) mod references;
mod ru;
mod zh;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::scan::{Scan, scan};
use language::Language;
pub(super) use mask::*;

/// The value of the ordinal `last`.
pub(super) const LAST: u8 = u8::MAX;

const LANGUAGES: [&Language; 12] = [
    &en::WORDS,
    &zh::WORDS,
    &ja::WORDS,
    &ko::WORDS,
    &de::WORDS,
    &fr::WORDS,
    &es::WORDS,
    &pt::WORDS,
    &it::WORDS,
    &ru::WORDS,
    &ar::WORDS,
    &hi::WORDS,
];

/// A word or phrase that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// What it says.
    pub mask: Mask,
    /// The number of an ordinal.
    pub value: u8,
    /// How many tokens it has.
    pub tokens: usize,
}

struct Entry {
    phrase: String,
    found: Found,
}

/// All words of all languages.
pub(super) struct Lexicon {
    entries: HashMap<String, Vec<Entry>, BuildHasherDefault<Fnv>>,
    labels: HashMap<String, u8, BuildHasherDefault<Fnv>>,
    /// Letters that are words, as bits.
    letters: u32,
}

/// The words, built once.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::new);

impl Lexicon {
    fn new() -> Self {
        let mut lexicon = Self { entries: HashMap::default(), labels: HashMap::default(), letters: 0 };
        for language in LANGUAGES {
            for (mask, words) in language.words {
                words.iter().for_each(|word| lexicon.add(word, *mask, 0));
            }
            for (value, words) in (1..).zip(language.ordinals) {
                words.iter().for_each(|word| lexicon.add(word, ORDINAL, value));
            }
            language.last.iter().for_each(|word| lexicon.add(word, ORDINAL, LAST));
            let letters = language.letters.iter().filter_map(|letter| letter.bytes().next());
            lexicon.letters |= letters.fold(0, |bits, letter| bits | 1 << (letter - b'a'));
            for row in language.labels {
                for (index, label) in (0..).zip(*row) {
                    lexicon.labels.entry((*label).to_owned()).or_insert(index);
                }
            }
        }
        lexicon.name_answers();
        for entries in lexicon.entries.values_mut() {
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.phrase.len()));
        }
        lexicon
    }

    fn add(&mut self, word: &str, mask: Mask, value: u8) {
        let scan = scan(&[(0, word)]);
        let Some(first) = scan.tokens.first() else { return };
        let entries = self.entries.entry(scan.word(first).to_owned()).or_default();
        match entries.iter_mut().find(|entry| entry.phrase == scan.norm) {
            Some(entry) => {
                entry.found.mask |= mask;
                entry.found.value = entry.found.value.max(value);
            }
            None => {
                let found = Found { mask, value, tokens: scan.tokens.len() };
                entries.push(Entry { phrase: scan.norm, found });
            }
        }
    }

    /// `The wrong answer` is a noun for the answer, whatever else it says.
    fn name_answers(&mut self) {
        let nouns: Vec<String> = self
            .entries
            .values()
            .flatten()
            .filter(|entry| entry.found.mask & ANSWER != 0 && entry.found.tokens == 1)
            .map(|entry| entry.phrase.clone())
            .collect();
        for entry in self.entries.values_mut().flatten().filter(|entry| entry.found.mask & (RIGHT | WRONG) != 0) {
            if entry.phrase.split(' ').any(|word| nouns.iter().any(|noun| noun == word)) {
                entry.found.mask |= ANSWER;
            }
        }
    }

    /// The longest word or phrase that starts at a token.
    pub(super) fn find(&self, scan: &Scan, index: usize) -> Option<Found> {
        let token = scan.tokens.get(index)?;
        let rest = scan.norm.get(token.from..)?;
        self.entries.get(scan.word(token))?.iter().find_map(|entry| {
            let last = scan.tokens.get(index + entry.found.tokens - 1)?;
            let whole = last.until - token.from == entry.phrase.len() && rest.starts_with(&entry.phrase);
            whole.then_some(entry.found)
        })
    }

    /// What a word says by itself, in its normal form.
    pub(super) fn word(&self, word: &str) -> Mask {
        let entries = self.entries.get(word).map_or(&[][..], Vec::as_slice);
        entries.iter().find(|entry| entry.phrase == word).map_or(0, |entry| entry.found.mask)
    }

    /// Whether a letter is a word by itself in some language: an article, a pronoun, `and`.
    pub(super) fn is_word(&self, letter: &str) -> bool {
        matches!(letter.as_bytes(), [letter @ b'a'..=b'z'] if self.letters & (1 << (letter - b'a')) != 0)
    }

    /// The index of a letter that labels choices in a script other than Latin.
    pub(super) fn label(&self, letter: &str) -> Option<u8> {
        self.labels.get(letter).copied()
    }
}

/// A hash for short words.
#[derive(Default)]
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}
