//! A dataset as it was fetched.

use super::provenance::Provenance;
use crate::sample::Sample;

/// A dataset, ready to use.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Name in tables and charts.
    pub name: String,
    /// The questions, in order; each in all its rotations, if it has several.
    pub samples: Vec<Sample>,
    /// All worked examples, each with its answer; the prompt selects by subject.
    pub examples: Vec<Sample>,
    /// The columns of the passages that questions are about.
    pub passage: Vec<String>,
    /// The origin of the rows.
    pub provenance: Provenance,
    /// What makes results doubtful, for the check `repeated_rows`.
    pub repeated: Vec<String>,
    /// Warnings: an unreachable Hub, missing answers, examples that are also asked.
    pub warnings: Vec<String>,
}

impl Dataset {
    /// Prompts that are made.
    pub(super) fn made(name: String, samples: Vec<Sample>, provenance: Provenance) -> Self {
        let (examples, passage, repeated, warnings) = Default::default();
        Self { name, samples, examples, passage, provenance, repeated, warnings }
    }

    /// How many questions there are, each counted once whatever its rotations and turns.
    pub fn questions(&self) -> usize {
        let is_first = |sample: &&Sample| sample.rotation.is_none_or(|places| places == 0) && sample.replies() == 0;
        self.samples.iter().filter(is_first).count()
    }
}
