//! Words of a number in words, looked at ahead.

use super::{scales, words};

/// English number words behind which a cent is a coin, and no hundred of French.
const ENGLISH: [&str; 8] = ["one", "two", "three", "four", "five", "seven", "eight", "nine"];

/// Whether the word behind a place is a number word.
pub(super) fn numeral_follows(text: &str, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let Some(rest) = rest.strip_prefix([' ', '-']) else { return false };
    let near = rest.get(..rest.floor_char_boundary(32)).unwrap_or_default();
    let word = near.get(..near.find(|c: char| !c.is_alphabetic()).unwrap_or(near.len())).unwrap_or_default();
    word.len() > 2 && words::is_numeral(&word.to_lowercase())
}

/// Words in lower case from a place on, each with its end, as long as single spaces or hyphens part them.
pub(super) fn words_ahead(text: &str, at: usize, end: usize) -> Vec<(String, usize)> {
    let mut words = Vec::new();
    let (mut start, mut stop) = (at, end);
    while words.len() < 12 {
        let Some(word) = text.get(start..stop).filter(|word| !word.is_empty() && word.len() <= 32) else { break };
        let lower = word.to_lowercase();
        let coin = matches!(lower.as_str(), "cent" | "cents")
            && words.last().is_some_and(|(before, _): &(String, usize)| ENGLISH.contains(&before.as_str()));
        if coin || !words::continues(&lower) {
            break;
        }
        words.push((lower, stop));
        let rest = text.get(stop..).unwrap_or_default();
        let Some(after) = rest.strip_prefix([' ', '-', '\u{a0}', '\u{2011}']) else { break };
        start = text.len() - after.len();
        let near = after.get(..after.floor_char_boundary(64)).unwrap_or_default();
        stop = start + near.find(|c: char| !c.is_alphabetic() && !scales::mark(c)).unwrap_or(near.len());
    }
    words
}
