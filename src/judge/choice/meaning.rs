//! The words of a choice that carry its meaning.

use super::lexicon::forms;
use super::lexicon::*;
use super::scan::{Kind, scan};

/// The fewest words that carry the meaning of a choice.
pub(super) const FEWEST: usize = 2;

/// Words that tie others together are not longer.
const LONGEST_FILLER: usize = 5;

/// What a choice says.
#[derive(Debug, Default)]
pub(super) struct Meaning {
    /// Whether it opens with yes or no.
    pub polarity: Option<bool>,
    /// The words that carry its meaning; none if it denies or refers to others.
    pub words: Vec<String>,
}

impl Meaning {
    /// Reads a choice.
    pub fn of(choice: &str) -> Self {
        let scan = scan(&[(0, choice)]);
        let mut meaning = Self::default();
        for (at, token) in scan.tokens.iter().enumerate() {
            let mask = LEXICON.find(&scan, at).map_or(0, |found| found.mask);
            match token.kind {
                _ if at == 0 && polarity(mask).is_some() => meaning.polarity = polarity(mask),
                _ if mask & (NOT | NO | NONE | BOTH | FALSE) != 0 => return Self::default(),
                // A long word may say something in another language only.
                Kind::Word if mask == 0 || scan.word(token).len() > LONGEST_FILLER => {
                    meaning.words.push(scan.word(token).to_owned());
                }
                Kind::Number | Kind::Glyph => return Self::default(),
                _ => {}
            }
        }
        meaning
    }

    /// Whether too few words carry its meaning to tell it from others.
    pub fn is_short(&self) -> bool {
        self.words.len() < FEWEST
    }

    /// Whether a form of a word carries its meaning.
    pub fn has(&self, word: &str) -> bool {
        self.words.iter().any(|own| stem(own) == stem(word))
    }
}

/// Whether a word says yes or no.
pub(super) fn polarity(mask: Mask) -> Option<bool> {
    match (mask & YES != 0, mask & NO != 0) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// A word without the endings that it has where another word stands beside it.
pub(super) fn stem(word: &str) -> &str {
    const SHORTEST: usize = 3;
    const ENDINGS: [&str; 3] = ["ing", "ed", "e"];
    let long = |stem: &&str| stem.len() >= SHORTEST;
    let word = forms::irregular(word).unwrap_or(word);
    let word = word.strip_suffix('s').filter(|stem| long(stem) && !stem.ends_with('s')).unwrap_or(word);
    ENDINGS.iter().find_map(|ending| word.strip_suffix(ending)).filter(long).unwrap_or(word)
}
