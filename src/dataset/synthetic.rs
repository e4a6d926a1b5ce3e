//! Prompts of a wanted length: common words in a seeded order.
//!
//! Each sample is drawn from a stream of its own, so more samples leave the first ones, and their request keys, as they are.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use serde_json::{Map, json};

use super::fetched::Dataset;
use super::gauge::Gauge;
use super::plan::DatasetPlan;
use super::provenance::Provenance;
use super::repeats::Repeats;
use super::review::Reviewed;
use super::words;
use crate::sample::Sample;
use crate::spec::types::SyntheticSpec;

/// The prompts of a source, up to the limit of its dataset.
pub(super) fn dataset(plan: &DatasetPlan, source: &SyntheticSpec) -> Dataset {
    let generator = Generator::new(source, None);
    let count = source.samples.min(plan.limit.unwrap_or(usize::MAX));
    let samples: Vec<Sample> = (0..count).map(|index| generator.sample(index)).collect();
    let provenance = Provenance::of_generator(format!("a generator with seed {}", source.seed));
    let provenance = Provenance { rows: Some(source.samples), ..provenance };
    let mut warnings = Reviewed { samples: &samples, files: &[] }.warnings(&[]);
    warnings.extend(Repeats::of(&samples, |_| None).warning(&[]));
    Dataset { warnings, ..Dataset::made(plan.name.clone(), samples, provenance) }
}

/// The samples in the words of which a server counts the wanted tokens.
pub(super) fn gauged(source: &SyntheticSpec, samples: &[Sample], gauge: Gauge) -> Vec<Sample> {
    let generator = Generator::new(source, Some(gauge));
    samples.iter().map(|sample| generator.sample(sample.index)).collect()
}

/// The wanted input tokens of a sample, by its index.
pub fn wanted_tokens(source: &SyntheticSpec, index: usize) -> f64 {
    length(source, &mut stream(source, index))
}

/// What makes the samples of a source.
struct Generator<'s> {
    source: &'s SyntheticSpec,
    words: Vec<&'static str>,
    prefix: String,
    /// Words of the prefix.
    shared: usize,
    tokens_per_word: f64,
    /// Tokens that a prompt has besides its words.
    around: f64,
}

impl<'s> Generator<'s> {
    fn new(source: &'s SyntheticSpec, gauge: Option<Gauge>) -> Self {
        let assumed = (source.assumed_tokens_per_word(), 0.0);
        let (tokens_per_word, around) = gauge.map_or(assumed, |gauge| (gauge.tokens_per_word(), gauge.around()));
        let words = words::all();
        let shared = words::count(f64::from(source.prefix_tokens), tokens_per_word);
        let prefix = words::text(&words, shared, &mut words::stream(source.seed, 0));
        Self { source, words, prefix, shared, tokens_per_word, around }
    }

    fn sample(&self, index: usize) -> Sample {
        let mut random = stream(self.source, index);
        let tokens = length(self.source, &mut random);
        let all = words::count(tokens - self.around, self.tokens_per_word);
        let own = all.saturating_sub(self.shared).max(1);
        let own = words::text(&self.words, own, &mut random);
        let question = if self.shared == 0 { own } else { format!("{} {own}", self.prefix) };
        let columns = Map::from_iter([("input_tokens".to_owned(), json!(tokens))]);
        Sample { columns: columns.into(), ..Sample::new(index, question) }
    }
}

/// The random numbers of a sample; those of the prefix are stream 0.
fn stream(source: &SyntheticSpec, index: usize) -> ChaCha8Rng {
    words::stream(source.seed, index as u64 + 1)
}

/// The input tokens of the sample whose stream begins here.
fn length(source: &SyntheticSpec, random: &mut ChaCha8Rng) -> f64 {
    let place = f64::from(random.next_u32()) / f64::from(u32::MAX);
    let tokens = f64::from(source.input_tokens) * (1.0 + source.spread * (2.0 * place - 1.0));
    tokens.round().max(f64::from(source.prefix_tokens) + 1.0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn source() -> SyntheticSpec {
        SyntheticSpec {
            input_tokens: 100,
            output_tokens: None,
            spread: 0.2,
            prefix_tokens: 30,
            samples: 50,
            seed: 1,
            tokens_per_word: Some(1.0),
        }
    }

    fn questions(source: &SyntheticSpec) -> Vec<String> {
        let generator = Generator::new(source, None);
        (0..source.samples).map(|index| generator.sample(index).question).collect()
    }

    #[test]
    fn lengths_are_within_the_spread_and_prompts_share_the_prefix_alone() {
        let source = source();
        let questions = questions(&source);
        let words: Vec<Vec<&str>> = questions.iter().map(|question| question.split(' ').collect()).collect();
        for (index, words) in words.iter().enumerate() {
            assert!((80..=120).contains(&words.len()), "{}", words.len());
            assert_eq!(words.len(), words::count(wanted_tokens(&source, index), 1.0));
            assert_eq!(words[..30], self::words(&questions[0])[..30]);
        }
        let longer: HashSet<&[&str]> = words.iter().map(|words| &words[..34]).collect();
        assert_eq!(longer.len(), words.len());
        assert!(words.iter().map(Vec::len).collect::<HashSet<_>>().len() > 10);
    }

    fn words(question: &str) -> Vec<&str> {
        question.split(' ').collect()
    }

    #[test]
    fn prompts_depend_on_the_seed_and_not_on_their_number() {
        let few = questions(&source());
        let many = questions(&SyntheticSpec { samples: 80, ..source() });
        assert_eq!(few[..], many[..few.len()]);
        assert_ne!(few[0], questions(&SyntheticSpec { seed: 2, ..source() })[0]);
    }

    #[test]
    fn words_that_are_several_tokens_make_fewer_of_them() {
        let plain = SyntheticSpec { spread: 0.0, ..source() };
        let heavy = SyntheticSpec { tokens_per_word: Some(2.0), ..plain.clone() };
        assert_eq!((words(&questions(&plain)[0]).len(), words(&questions(&heavy)[0]).len()), (100, 50));
        let tiny = SyntheticSpec { input_tokens: 1, prefix_tokens: 0, tokens_per_word: Some(20.0), ..plain };
        assert_eq!(words(&questions(&tiny)[0]).len(), 1);
    }

    #[test]
    fn a_gauge_leaves_room_for_what_is_around_the_words_and_keeps_their_order() {
        let plain = SyntheticSpec { spread: 0.0, tokens_per_word: None, ..source() };
        let generator = Generator::new(&plain, None);
        let samples: Vec<Sample> = (0..3).map(|index| generator.sample(index)).collect();
        let gauge = Gauge::of([256 * 2 + 20, 256 * 4 + 20]).unwrap();
        for (own, nominal) in gauged(&plain, &samples, gauge).iter().zip(&samples) {
            // A prefix of 30 tokens in 15 words, and 100 tokens less 20 in 40 words.
            assert_eq!((own.index, words(&own.question).len()), (nominal.index, 40));
            assert_eq!(words(&own.question)[15..], words(&nominal.question)[30..55]);
        }
        let tiny = SyntheticSpec { input_tokens: 10, prefix_tokens: 0, ..plain };
        assert_eq!(words(&gauged(&tiny, &samples, gauge)[0].question).len(), 1);
    }
}
