//! What to fetch: a dataset of the spec with all defaults filled in.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::trace::Trace;
use crate::spec::scalar::OneOrMany;
use crate::spec::types::{BadRow, ColumnsSpec, SyntheticSpec, TextEncoding};

/// What to fetch: a dataset of the spec with all defaults filled in.
#[derive(Debug, Clone)]
pub struct DatasetPlan {
    /// Name in tables and charts.
    pub name: String,
    /// Where the rows come from.
    pub source: SourcePlan,
    /// The roles of columns without a usual name.
    pub columns: ColumnsSpec,
    /// True if rows need no right answer, because nobody judges.
    pub is_unjudged: bool,
    /// True if a judge needs right answers, so that without them nothing can be scored.
    pub needs_answers: bool,
    /// Values that a row must have, by column.
    pub filter: BTreeMap<String, OneOrMany<String>>,
    /// What to do with invalid rows.
    pub on_bad_row: BadRow,
    /// Seed of the shuffle of each row's choices.
    pub shuffle_choices: Option<u64>,
    /// The most rotations of its choices that a question is asked with; none if in one order.
    pub rotations: Option<usize>,
    /// How many further messages of the user the prompt adds to a question, each a turn of its own.
    pub follow_ups: usize,
    /// Seed of the shuffle between filter and limit.
    pub shuffle: Option<u64>,
    /// Maximum number of samples, over all subsets.
    pub limit: Option<usize>,
    /// Worked examples.
    pub few_shot: Option<FewShotPlan>,
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq)]
pub enum SourcePlan {
    /// A dataset repository on the Hub.
    Hub {
        /// Repository, as `owner/name`.
        repo: String,
        /// Subsets; `None` is the default one, `all` selects every one unless one has that name.
        subsets: Option<Vec<String>>,
        /// Split to ask.
        split: String,
        /// Branch, tag or commit.
        revision: String,
        /// The commit pinned by the lock file; the revision is then not resolved.
        pinned: Option<String>,
    },
    /// Local files.
    File {
        /// Files, folders and patterns.
        paths: Vec<PathBuf>,
        /// Encoding of texts.
        encoding: TextEncoding,
    },
    /// A generator.
    Synthetic(SyntheticSpec),
    /// A recorded load.
    Trace(Arc<Trace>),
}

/// Worked examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FewShotPlan {
    /// Number per prompt; 0 disables them.
    pub count: usize,
    /// Their source.
    pub source: ExamplesPlan,
}

/// Where worked examples come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExamplesPlan {
    /// Another split of the same subsets.
    Split(String),
    /// A local file.
    File(PathBuf),
}
