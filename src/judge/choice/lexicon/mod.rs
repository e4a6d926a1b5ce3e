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

/// What a word says; several may hold.
pub(super) type Mask = u64;

/// A noun for the answer.
pub(super) const ANSWER: Mask = 1;
/// A noun for one choice.
pub(super) const OPTION: Mask = 1 << 1;
/// A noun for several choices.
pub(super) const OPTIONS: Mask = 1 << 2;
/// A verb or particle that ties an answer to its noun.
pub(super) const LINK: Mask = 1 << 3;
/// A word that may stand between the noun and the answer and says nothing.
pub(super) const FILL: Mask = 1 << 4;
/// A verb of choice.
pub(super) const CHOOSE: Mask = 1 << 5;
/// Correct.
pub(super) const RIGHT: Mask = 1 << 6;
/// Not correct.
pub(super) const WRONG: Mask = 1 << 7;
/// A denial.
pub(super) const NOT: Mask = 1 << 8;
/// Marks an answer as the last word.
pub(super) const FINAL: Mask = 1 << 9;
/// Takes back what was said.
pub(super) const FIX: Mask = 1 << 10;
/// Draws a conclusion.
pub(super) const SO: Mask = 1 << 11;
/// Says that one choice is left or fits.
pub(super) const LEAVES: Mask = 1 << 12;
/// Sets what follows against what stands before.
pub(super) const BUT: Mask = 1 << 13;
/// A condition.
pub(super) const IF: Mask = 1 << 14;
/// A possibility.
pub(super) const MAY: Mask = 1 << 15;
/// The opinion of others, or a first thought.
pub(super) const OTHERS: Mask = 1 << 16;
/// Praise that is no choice.
pub(super) const TEMPT: Mask = 1 << 17;
/// Opens a reason.
pub(super) const REASON: Mask = 1 << 18;
/// True.
pub(super) const TRUE: Mask = 1 << 19;
/// False.
pub(super) const FALSE: Mask = 1 << 20;
/// Yes.
pub(super) const YES: Mask = 1 << 21;
/// No.
pub(super) const NO: Mask = 1 << 22;
/// Points back at what was named before.
pub(super) const THIS: Mask = 1 << 23;
/// An ordinal number.
pub(super) const ORDINAL: Mask = 1 << 24;
/// Sets aside what follows.
pub(super) const DROP: Mask = 1 << 25;
/// Declines to answer.
pub(super) const REFUSE: Mask = 1 << 26;
/// Talks about the form of an answer.
pub(super) const FORMAT: Mask = 1 << 27;
/// A noun for a statement.
pub(super) const CLAIM: Mask = 1 << 28;
/// Both.
pub(super) const BOTH: Mask = 1 << 29;
/// Joins the members of a list.
pub(super) const AND: Mask = 1 << 30;
/// None of the choices.
pub(super) const NONE: Mask = 1 << 31;

/// What would be under a condition.
pub(super) const WOULD: Mask = 1 << 32;
/// Says that what was said is wrong.
pub(super) const RETRACT: Mask = 1 << 33;

/// The value of the ordinal `last`.
pub(super) const LAST: u8 = u8::MAX;

/// Says what I think.
pub(super) const THINK: Mask = 1 << 34;

/// Says that one thing is unlike all others.
pub(super) const ODD: Mask = 1 << 35;

/// Says that an amount is all there is: `in total`.
pub(super) const TOTAL: Mask = 1 << 36;

/// The words of a language.
pub(super) struct Language {
    /// Words and phrases by what they say.
    pub words: &'static [(Mask, &'static [&'static str])],
    /// Ordinal numbers from the first on, each in its forms.
    pub ordinals: &'static [&'static [&'static str]],
    /// Words for the last of several.
    pub last: &'static [&'static str],
    /// Words of one letter.
    pub letters: &'static [&'static str],
    /// Rows of letters that label choices.
    pub labels: &'static [&'static [&'static str]],
}

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
