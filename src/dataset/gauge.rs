//! A gauge: how many tokens the words of made prompts are, as a server counts them.
//!
//! Two prompts tell it: one has every word once, the other every word twice. What the second is longer is the words alone, of
//! which none is left out or counted more than another; what is left of the first are the templates of the prompt and of the model.

use super::fetched::Dataset;
use super::plan::DatasetPlan;
use super::provenance::Provenance;
use super::select::shuffle;
use super::words;
use crate::sample::Sample;

/// The tokens that a word may be taken for, as the spec bounds them; a count beyond is no count of words.
const LIKELY: std::ops::RangeInclusive<f64> = 0.5..=20.0;

/// What a server counted of the two prompts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Gauge {
    once: u32,
    twice: u32,
}

impl Gauge {
    /// From the input tokens of both; none if they cannot be lengths of these words.
    pub fn of([once, twice]: [u64; 2]) -> Option<Self> {
        let gauge = Self { once: u32::try_from(once).ok()?, twice: u32::try_from(twice).ok()? };
        Self::is_likely(gauge.tokens_per_word()).then_some(gauge)
    }

    /// True if a word may be taken for that many tokens.
    pub fn is_likely(tokens_per_word: f64) -> bool {
        LIKELY.contains(&tokens_per_word)
    }

    /// Tokens that a word is on average.
    pub fn tokens_per_word(self) -> f64 {
        (f64::from(self.twice) - f64::from(self.once)) / words::all().len() as f64
    }

    /// Tokens around the words: the templates of the prompt and of the model.
    pub fn around(self) -> f64 {
        (2.0 * f64::from(self.once) - f64::from(self.twice)).max(0.0)
    }
}

/// The two prompts. Neither begins like the other, as a server may leave out of its count what it has kept.
pub fn prompts(plan: &DatasetPlan) -> Dataset {
    let mut orders = (0..3).map(|seed| {
        let mut order = words::all();
        shuffle(&mut order, seed);
        order.join(" ")
    });
    let mut next = || orders.next().unwrap_or_default();
    let texts = [next(), [next(), next()].join(" ")];
    let provenance = Provenance { rows: Some(texts.len()), ..Provenance::of_generator("a generator".to_owned()) };
    let samples = texts.into_iter().enumerate().map(|(index, text)| Sample::new(index, text));
    Dataset::made(format!("calibration of {}", plan.name), samples.collect(), provenance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_counts_tell_the_words_from_what_is_around_them() {
        let gauge = Gauge::of([256 * 3 / 2 + 40, 256 * 3 + 40]).unwrap();
        assert!((gauge.tokens_per_word() - 1.5).abs() < 1e-9 && (gauge.around() - 40.0).abs() < 1e-9, "{gauge:?}");
        // A server that leaves out what it has kept, or says the same of everything, counts no words.
        for counts in [[300, 300], [300, 20], [0, 0], [1, u64::MAX], [10, 100_000]] {
            assert_eq!(Gauge::of(counts), None, "{counts:?}");
        }
    }
}
