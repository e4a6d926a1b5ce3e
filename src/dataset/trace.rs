//! Recorded loads: when requests are due, how long they are, and what their prompts share.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, json};

use super::fetched::Dataset;
use super::provenance::{FileProvenance, Provenance};
use super::words;
use crate::checksum::sha256;
use crate::files::read_bounded;
use crate::level::{Rate, Replay};
use crate::sample::Sample;
use crate::spec::scalar::HumanDuration;
use crate::spec::types::TraceSpec;

/// Largest trace file in bytes.
const MOST_BYTES: u64 = 256 << 20;

/// Tokens of the text that a hash id stands for.
const BLOCK: f64 = 512.0;

/// A recorded load, in the order of its arrivals.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// What the spec says of it.
    spec: TraceSpec,
    /// Path and hash of its file.
    file: FileProvenance,
    arrivals: Vec<Arrival>,
    /// How often the same prompt came before, by arrival.
    earlier: Vec<u32>,
}

/// A request of a trace.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Arrival {
    /// In milliseconds.
    timestamp: f64,
    input_length: u32,
    output_length: u32,
    #[serde(default)]
    hash_ids: Vec<u64>,
}

impl Arrival {
    fn fault(&self) -> Option<&'static str> {
        match self {
            Self { timestamp, .. } if !timestamp.is_finite() || *timestamp < 0.0 => Some("`timestamp` is negative"),
            Self { input_length: 0, .. } => Some("`input_length` is 0"),
            Self { output_length: 0, .. } => Some("`output_length` is 0"),
            _ => None,
        }
    }
}

impl Trace {
    /// Reads a trace and keeps its first arrivals.
    ///
    /// # Errors
    /// The file cannot be read, or a line of it; the message says which and why.
    pub fn read(path: &Path, spec: &TraceSpec, limit: Option<usize>) -> Result<Self, String> {
        let shown = path.display().to_string();
        let bytes = read_bounded(path, MOST_BYTES).map_err(|error| format!("cannot read {shown}: {error}"))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| format!("{shown} is not valid UTF-8"))?;
        let mut arrivals = Vec::new();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let arrival: Arrival = serde_json::from_str(line)
                .map_err(|error| format!("line {number} of {shown} is no arrival: {error}"))?;
            if let Some(fault) = arrival.fault() {
                return Err(format!("line {number} of {shown}: {fault}"));
            }
            arrivals.push(arrival);
        }
        if arrivals.is_empty() {
            return Err(format!("{shown} has no arrivals"));
        }
        let rows = Some(arrivals.len());
        arrivals.sort_by(|left, right| left.timestamp.total_cmp(&right.timestamp));
        arrivals.truncate(limit.unwrap_or(usize::MAX));
        let earlier = earlier(&arrivals);
        let file = FileProvenance { path: shown, sha256: sha256(&bytes), rows };
        Ok(Self { spec: spec.clone(), file, arrivals, earlier })
    }

    /// The level that it is. It names the file by its hash, so that no time measured by one trace is taken for that of another.
    pub fn level(&self) -> Replay {
        let digest = u32::from_str_radix(&self.file.sha256[..8], 16).unwrap_or_default();
        let one = Rate::ONE;
        let last = self.due().last().copied().unwrap_or_default().as_secs_f64();
        let mean = Rate::new(self.arrivals.len() as f64 / last.max(1.0)).unwrap_or(one);
        Replay { digest, speed: Rate::new(self.spec.speed).unwrap_or(one), mean }
    }

    /// When each request is due, since the first.
    pub fn due(&self) -> Vec<Duration> {
        let first = self.arrivals.first().map_or(0.0, |arrival| arrival.timestamp);
        let due = |arrival: &Arrival| {
            let seconds = (arrival.timestamp - first) / 1000.0 / self.spec.speed;
            Duration::try_from_secs_f64(seconds).unwrap_or(HumanDuration::LONGEST).min(HumanDuration::LONGEST)
        };
        self.arrivals.iter().map(due).collect()
    }

    /// The most output tokens of a request.
    pub fn output_tokens(&self, index: usize) -> Option<u32> {
        self.arrivals.get(index).map(|arrival| arrival.output_length)
    }

    /// The most output tokens of any request.
    pub fn most_output_tokens(&self) -> u32 {
        self.arrivals.iter().map(|arrival| arrival.output_length).max().unwrap_or(1)
    }

    /// The wanted input tokens of a request.
    pub fn input_tokens(&self, index: usize) -> f64 {
        self.arrivals.get(index).map_or(0.0, |arrival| f64::from(arrival.input_length))
    }

    /// The wanted input tokens of all requests.
    pub fn all_input_tokens(&self) -> f64 {
        self.arrivals.iter().map(|arrival| f64::from(arrival.input_length)).sum()
    }

    /// How often the prompt of a request was asked before it.
    pub fn earlier(&self, index: usize) -> u32 {
        self.earlier.get(index).copied().unwrap_or_default()
    }

    /// Tokens that a word is taken for.
    pub fn tokens_per_word(&self) -> f64 {
        self.spec.tokens_per_word
    }

    /// The prompts, as a dataset of a name.
    pub(super) fn dataset(&self, name: String) -> Dataset {
        let words = words::all();
        let samples = (0..self.arrivals.len()).map(|index| {
            let columns = Map::from_iter([("input_tokens".to_owned(), json!(self.input_tokens(index)))]);
            Sample { columns: columns.into(), ..Sample::new(index, self.prompt(index, &words)) }
        });
        let provenance = Provenance {
            rows: self.file.rows,
            files: vec![self.file.clone()],
            ..Provenance::of_generator(self.file.path.clone())
        };
        Dataset::made(name, samples.collect(), provenance)
    }

    /// The text of each hash id, and text of its own where the ids do not reach.
    fn prompt(&self, index: usize, words: &[&str]) -> String {
        let arrival = &self.arrivals[index];
        let in_words = |tokens: f64| words::count(tokens, self.spec.tokens_per_word).max(1);
        let (total, block) = (in_words(f64::from(arrival.input_length)), in_words(BLOCK));
        let mut left = total;
        let mut parts = Vec::new();
        // Streams of ids are even, those of the rest odd.
        for id in &arrival.hash_ids {
            let count = left.min(block);
            left -= count;
            parts.push(words::text(words, count, &mut words::stream(self.spec.seed, id.wrapping_mul(2))));
        }
        parts.push(words::text(words, left, &mut words::stream(self.spec.seed, (index as u64).wrapping_mul(2) + 1)));
        parts.retain(|part| !part.is_empty());
        parts.join(" ")
    }
}

/// How often the prompt of each arrival came before.
fn earlier(arrivals: &[Arrival]) -> Vec<u32> {
    let mut known: HashMap<(&[u64], u32), u32> = HashMap::new();
    let times = |arrival| {
        let Arrival { hash_ids, input_length, .. }: &Arrival = arrival;
        let times = known.entry((hash_ids, *input_length)).or_default();
        *times += 1;
        *times - 1
    };
    arrivals.iter().map(times).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "{\"timestamp\": 3000, \"input_length\": 600, \"output_length\": 7, \"hash_ids\": [1, 3]}\n\
                         {\"timestamp\": 1000, \"input_length\": 520, \"output_length\": 5, \"hash_ids\": [1, 2], \"other\": 0}\n\n\
                         {\"timestamp\": 3000, \"input_length\": 600, \"output_length\": 9, \"hash_ids\": [1, 3]}\n";

    fn read(lines: &str, speed: f64, limit: Option<usize>) -> Result<Trace, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, lines).unwrap();
        Trace::read(&path, &TraceSpec { path: path.clone(), speed, seed: 1, tokens_per_word: 1.0 }, limit)
    }

    #[test]
    fn arrivals_are_due_in_their_order_from_the_first_on() {
        let trace = read(LINES, 2.0, None).unwrap();
        assert_eq!(trace.due(), [0, 1, 1].map(Duration::from_secs));
        assert_eq!([0, 1, 2].map(|index| trace.output_tokens(index)), [Some(5), Some(7), Some(9)]);
        assert_eq!(([0, 1, 2].map(|index| trace.earlier(index)), trace.most_output_tokens()), ([0, 0, 1], 9));
        assert_eq!(read(LINES, 2.0, Some(1)).unwrap().due().len(), 1);
        assert!(trace.level().to_string().ends_with(" x2"), "{}", trace.level());
    }

    #[test]
    fn equal_ids_are_equal_text() {
        let trace = read(LINES, 1.0, None).unwrap();
        let all = words::all();
        let prompts: Vec<Vec<String>> =
            (0..3).map(|index| trace.prompt(index, &all).split(' ').map(str::to_owned).collect()).collect();
        assert_eq!(prompts.iter().map(Vec::len).collect::<Vec<_>>(), [520, 600, 600]);
        assert_eq!((&prompts[0][..512], &prompts[1]), (&prompts[1][..512], &prompts[2]));
        assert_ne!(prompts[0][512..520], prompts[1][512..520]);
    }

    #[test]
    fn what_is_no_arrival_is_refused_with_its_line() {
        for (lines, words) in [
            ("", "has no arrivals"),
            ("{\"timestamp\": 1, \"input_length\": 2}", "line 1 of"),
            ("\n{\"timestamp\": -1, \"input_length\": 2, \"output_length\": 2}", "`timestamp` is negative"),
            ("{\"timestamp\": 1, \"input_length\": 0, \"output_length\": 2}", "`input_length` is 0"),
            ("{\"timestamp\": 1, \"input_length\": 2, \"output_length\": 0}", "`output_length` is 0"),
        ] {
            let error = read(lines, 1.0, None).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
