//! What a server and its machine say of themselves while a batch is sent. Pure: pages are read elsewhere, and so are
//! counters of energy.

mod energy;
mod exposition;
mod families;
mod observed;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use energy::{Energy, Validity};
pub use families::{SERVERS, Said, read};
pub use observed::Observed;

/// What a server says of itself, in one word for all servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Requests that it works on.
    Running,
    /// Requests that wait in its queue.
    Waiting,
    /// Share of its KV cache that is in use, from 0 to 1.
    KvCacheUsed,
    /// Prompt tokens that it found in its cache.
    PrefixHits,
    /// Prompt tokens that it looked up there.
    PrefixQueries,
    /// Prompt tokens.
    PromptTokens,
    /// Output tokens.
    OutputTokens,
}

/// Every word, in the order of columns.
pub const WORDS: [Word; 7] = [
    Word::Running,
    Word::Waiting,
    Word::KvCacheUsed,
    Word::PrefixHits,
    Word::PrefixQueries,
    Word::PromptTokens,
    Word::OutputTokens,
];

impl Word {
    /// The word, as columns have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::KvCacheUsed => "kv_cache_used",
            Self::PrefixHits => "prefix_hits",
            Self::PrefixQueries => "prefix_queries",
            Self::PromptTokens => "prompt_tokens",
            Self::OutputTokens => "output_tokens",
        }
    }

    /// What it means, as a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Running => "Requests that the server worked on.",
            Self::Waiting => "Requests that waited in the server's queue.",
            Self::KvCacheUsed => {
                "Share of the server's KV cache in use, from 0 to 1; of several engines that of the fullest."
            }
            Self::PrefixHits => {
                "Prompt tokens found in the server's prefix cache since the first reading of the stretch."
            }
            Self::PrefixQueries => {
                "Prompt tokens looked up in the server's prefix cache since the first reading of the stretch."
            }
            Self::PromptTokens => {
                "Prompt tokens that the server counted since the first reading of the stretch; older llama.cpp leaves out \
                 those from its cache."
            }
            Self::OutputTokens => "Output tokens that the server counted since the first reading of the stretch.",
        }
    }

    /// True of a number that only grows, so that its growth is what says something.
    pub fn is_counter(self) -> bool {
        matches!(self, Self::PrefixHits | Self::PrefixQueries | Self::PromptTokens | Self::OutputTokens)
    }
}

/// What was said at one moment. One without words is a gap: the server did not say anything that could be read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reading {
    /// When it had been read, in seconds since the start of the run.
    pub at_s: f64,
    /// What the server said; counters as they stood.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Word, f64>,
    /// Energy that the machine took since the first reading of the stretch, in joules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_j: Option<f64>,
}

/// Readings of one run along one batch, in their order. A store gets those of a long batch in parts, of which each has
/// the beginning of the whole.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Stretch {
    /// Name of the run.
    pub run: String,
    /// When the first reading was made, in seconds since the start of the run.
    pub begun_s: f64,
    /// What the energy is of, such as `packages+dram`; none where none was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_of: Option<String>,
    /// Why there is no energy, or why it ended, if it was to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub energy_fault: Option<String>,
    /// Why a reading has no words, if any was to have some and has none; the first reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words_fault: Option<String>,
    /// The readings.
    pub readings: Vec<Reading>,
}

impl Stretch {
    /// Puts the parts of stretches together, which stand in their order.
    pub fn joined(parts: Vec<Self>) -> Vec<Self> {
        let mut whole: Vec<Self> = Vec::new();
        for part in parts {
            match whole.last_mut().filter(|last| last.run == part.run && last.begun_s == part.begun_s) {
                Some(last) => {
                    last.readings.extend(part.readings);
                    last.energy_of = last.energy_of.take().or(part.energy_of);
                    last.energy_fault = last.energy_fault.take().or(part.energy_fault);
                    last.words_fault = last.words_fault.take().or(part.words_fault);
                }
                None => whole.push(part),
            }
        }
        whole
    }

    /// The readings without those at the borders, where no request is in flight.
    pub fn within(&self) -> &[Reading] {
        self.readings.get(1..self.readings.len().saturating_sub(1)).unwrap_or_default()
    }

    /// How often a counter fell.
    pub fn falls(&self, word: Word) -> usize {
        let values: Vec<f64> = self.readings.iter().filter_map(|reading| reading.words.get(&word).copied()).collect();
        values.windows(2).filter(|pair| pair[1] < pair[0]).count()
    }

    /// How much a counter has grown up to each reading since the first. One that falls has begun anew with its server, from
    /// zero, and so does one that a page has only once there was something to count. One that falls again and again is several,
    /// of servers that answer in turn at one address, and of none of them it is known what it counted.
    pub fn growth(&self, word: Word) -> Vec<Option<f64>> {
        if self.falls(word) > 1 {
            return vec![None; self.readings.len()];
        }
        let (mut last, mut sum) = (None::<f64>, 0.0);
        let is_there = self.readings.iter().any(|reading| reading.words.contains_key(&word));
        let mut grown = |reading: &Reading| {
            let is_to_come = is_there && last.is_none_or(|last| last == 0.0) && !reading.words.is_empty();
            let value = reading.words.get(&word).copied().or(is_to_come.then_some(0.0))?;
            if let Some(last) = last.replace(value) {
                sum += if value < last { value } else { value - last };
            }
            Some(sum)
        };
        self.readings.iter().map(&mut grown).collect()
    }

    /// The values of a word at each reading; of a counter its growth.
    pub fn values(&self, word: Word) -> Vec<Option<f64>> {
        if word.is_counter() {
            return self.growth(word);
        }
        self.readings.iter().map(|reading| reading.words.get(&word).copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(at_s: f64, words: &[(Word, f64)]) -> Reading {
        Reading { at_s, words: words.iter().copied().collect(), energy_j: None }
    }

    #[test]
    fn a_counter_that_falls_has_begun_anew() {
        let values = [Some(100.0), Some(130.0), None, Some(5.0), Some(9.0)];
        let readings = values
            .map(|value| reading(0.0, &value.map(|value| (Word::OutputTokens, value)).into_iter().collect::<Vec<_>>()));
        let stretch = Stretch { readings: readings.into(), ..Stretch::default() };
        assert_eq!(stretch.values(Word::OutputTokens), [Some(0.0), Some(30.0), None, Some(35.0), Some(39.0)]);
    }

    #[test]
    fn counters_that_fall_again_and_again_count_nothing() {
        let of = |values: &[f64]| Stretch {
            readings: values.iter().map(|value| reading(0.0, &[(Word::OutputTokens, *value)])).collect(),
            ..Stretch::default()
        };
        let in_turn = of(&[100.0, 7.0, 130.0, 9.0]);
        assert_eq!((in_turn.falls(Word::OutputTokens), in_turn.growth(Word::OutputTokens)), (2, vec![None; 4]));
        let anew = of(&[100.0, 0.0, 3.0]);
        assert_eq!((anew.falls(Word::OutputTokens), anew.growth(Word::OutputTokens)[2]), (1, Some(3.0)));
    }

    #[test]
    fn a_counter_that_comes_with_its_first_count_began_at_zero() {
        let readings = vec![
            reading(0.0, &[(Word::Running, 0.0)]),
            reading(1.0, &[]),
            reading(2.0, &[(Word::PrefixHits, 500.0)]),
            reading(3.0, &[(Word::Running, 1.0)]),
        ];
        let stretch = Stretch { readings, ..Stretch::default() };
        assert_eq!(stretch.growth(Word::PrefixHits), [Some(0.0), None, Some(500.0), None]);
        assert_eq!(stretch.growth(Word::OutputTokens), [None; 4]);
    }

    #[test]
    fn parts_of_one_stretch_are_joined_and_others_are_not() {
        let part = |run: &str, begun_s: f64, at_s: f64| Stretch {
            run: run.into(),
            begun_s,
            readings: vec![reading(at_s, &[])],
            ..Stretch::default()
        };
        let late = Stretch { words_fault: Some("HTTP 404".into()), ..part("a", 1.0, 61.0) };
        let joined = Stretch::joined(vec![part("a", 1.0, 1.0), late, part("a", 70.0, 70.0), part("b", 1.0, 1.0)]);
        let lengths: Vec<_> = joined.iter().map(|stretch| (stretch.run.as_str(), stretch.readings.len())).collect();
        assert_eq!(lengths, [("a", 2), ("a", 1), ("b", 1)]);
        assert_eq!(joined[0].words_fault.as_deref(), Some("HTTP 404"));
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let stretch = Stretch {
            run: "r".into(),
            readings: vec![reading(0.1, &[(Word::KvCacheUsed, 0.25), (Word::Running, 3.0)]), reading(1.1, &[])],
            ..Stretch::default()
        };
        let text = serde_json::to_string(&stretch).unwrap();
        assert_eq!(
            text,
            r#"{"run":"r","begun_s":0.0,"readings":[{"at_s":0.1,"words":{"running":3.0,"kv_cache_used":0.25}},{"at_s":1.1}]}"#
        );
        assert_eq!(serde_json::from_str::<Stretch>(&text).unwrap(), stretch);
    }
}
