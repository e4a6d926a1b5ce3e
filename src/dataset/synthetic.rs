//! Prompts of a wanted length: common words in a seeded order.
//!
//! Each sample is drawn from a stream of its own, so more samples leave the first ones, and their request keys, as they are.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use serde_json::{Map, json};

use super::repeats::Repeats;
use super::review::Reviewed;
use super::{Dataset, DatasetPlan, Provenance, words};
use crate::sample::Sample;
use crate::spec::types::SyntheticSpec;

/// The prompts of a source, up to the limit of its dataset.
pub(super) fn dataset(plan: &DatasetPlan, source: &SyntheticSpec) -> Dataset {
    let generator = Generator::new(source);
    let count = source.samples.min(plan.limit.unwrap_or(usize::MAX));
    let samples: Vec<Sample> = (0..count).map(|index| generator.sample(index)).collect();
    let provenance = Provenance {
        source: format!("a generator with seed {}", source.seed),
        revision: None,
        converted_revision: None,
        files: Vec::new(),
        rows: Some(source.samples),
    };
    let mut warnings = Reviewed { samples: &samples, files: &[] }.warnings(&[]);
    warnings.extend(Repeats::of(&samples, |_| None).warning(&[]));
    Dataset {
        name: plan.name.clone(),
        samples,
        examples: Vec::new(),
        passage: Vec::new(),
        provenance,
        repeated: Vec::new(),
        warnings,
    }
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
}

impl<'s> Generator<'s> {
    fn new(source: &'s SyntheticSpec) -> Self {
        let words = words::all();
        let shared = words_of(f64::from(source.prefix_tokens), source);
        let prefix = words::text(&words, shared, &mut words::stream(source.seed, 0));
        Self { source, words, prefix, shared }
    }

    fn sample(&self, index: usize) -> Sample {
        let mut random = stream(self.source, index);
        let tokens = length(self.source, &mut random);
        let own = words_of(tokens, self.source).saturating_sub(self.shared).max(1);
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

fn words_of(tokens: f64, source: &SyntheticSpec) -> usize {
    words::count(tokens, source.tokens_per_word)
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
            tokens_per_word: 1.0,
        }
    }

    fn questions(source: &SyntheticSpec) -> Vec<String> {
        let generator = Generator::new(source);
        (0..source.samples).map(|index| generator.sample(index).question).collect()
    }

    #[test]
    fn lengths_are_within_the_spread_and_prompts_share_the_prefix_alone() {
        let source = source();
        let questions = questions(&source);
        let words: Vec<Vec<&str>> = questions.iter().map(|question| question.split(' ').collect()).collect();
        for (index, words) in words.iter().enumerate() {
            assert!((80..=120).contains(&words.len()), "{}", words.len());
            assert_eq!(words.len(), words_of(wanted_tokens(&source, index), &source));
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
        let heavy = SyntheticSpec { tokens_per_word: 2.0, ..plain.clone() };
        assert_eq!((words(&questions(&plain)[0]).len(), words(&questions(&heavy)[0]).len()), (100, 50));
        let tiny = SyntheticSpec { input_tokens: 1, prefix_tokens: 0, tokens_per_word: 20.0, ..plain };
        assert_eq!(words(&questions(&tiny)[0]).len(), 1);
    }
}
