//! The words of made prompts, and seeded draws of them.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The words: frequent, lower-case and short, because vocabularies have such words as one token.
const WORDS: &str = include_str!("words.txt");

/// All words.
pub(super) fn all() -> Vec<&'static str> {
    WORDS.split_whitespace().collect()
}

/// Random numbers by seed and stream.
pub(super) fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut random = ChaCha8Rng::from_seed(key);
    random.set_stream(stream);
    random
}

/// The number of words that a number of tokens is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the spec bounds both")]
pub(super) fn count(tokens: f64, tokens_per_word: f64) -> usize {
    (tokens / tokens_per_word).round() as usize
}

/// `count` words, drawn at random.
pub(super) fn text(words: &[&str], count: usize, random: &mut ChaCha8Rng) -> String {
    let mut text = String::new();
    for number in 0..count {
        if number > 0 {
            text.push(' ');
        }
        text.push_str(words[random.next_u32() as usize % words.len()]);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_words_are_different_and_plain() {
        let words = all();
        assert!(words.len().is_power_of_two(), "{}", words.len());
        assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
        assert!(words.iter().all(|word| word.chars().all(|c| c.is_ascii_lowercase())));
    }
}
