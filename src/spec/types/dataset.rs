//! The sections `datasets`: sources, columns and worked examples.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::judge::JudgeSpec;
use crate::spec::scalar::OneOrMany;

/// One dataset: the source of its rows and the roles of its columns.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetSpec {
    /// Name in tables and charts; by default the last part of the repository or file name.
    pub name: Option<String>,
    /// Where the rows come from.
    pub source: SourceSpec,
    /// Columns that hold the question, the choices and the answer, if they do not have one of the usual names.
    #[serde(default)]
    pub columns: ColumnsSpec,
    /// Keep only rows whose column holds one of the values: `{ subject: [algebra, logic] }`.
    #[serde(default)]
    pub filter: BTreeMap<String, OneOrMany<String>>,
    /// Seed of a shuffle that precedes the limit; without it the rows keep their order.
    pub shuffle: Option<u64>,
    /// Maximum number of rows to ask, counted after filter and shuffle.
    #[schemars(range(min = 1))]
    pub limit: Option<usize>,
    /// Worked examples shown in the prompt before the question.
    pub few_shot: Option<FewShotSpec>,
    /// How answers to this dataset are read and scored; by default as the experiment's `judge` says.
    pub judge: Option<JudgeSpec>,
    /// Further judges of this dataset, each under a name of your choice; by default the experiment's `other_judges`.
    pub other_judges: Option<BTreeMap<String, JudgeSpec>>,
}

/// Where rows come from.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceSpec {
    /// A dataset repository on the Hugging Face Hub.
    Hub(HubSourceSpec),
    /// A local file.
    File(FileSourceSpec),
}

/// A dataset repository on the Hugging Face Hub.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HubSourceSpec {
    /// Repository, as `owner/name`.
    pub repo: String,
    /// Subsets (the Hub's "configs"), one or several; `all` means the subset of that name or, where there is none, every subset.
    pub subsets: Option<OneOrMany<String>>,
    /// Split to ask.
    #[serde(default = "default_split")]
    pub split: String,
    /// Branch, tag or commit. What it resolves to is pinned in the lock file.
    #[serde(default = "default_revision")]
    pub revision: String,
}

/// A local file of rows.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSourceSpec {
    /// Path of a Parquet, CSV, JSONL or JSON file (a list of objects), relative to the spec file; the extension selects the format.
    pub path: PathBuf,
}

/// Roles of columns. Each key takes one column name unless it allows a list.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnsSpec {
    /// The question; by default the first of `question`, `prompt`, `input`, `problem`, `query`, `question_stem`, `ctx` that exists.
    pub question: Option<String>,
    /// The choices: a list column, or a struct with a list `text` (and `label`), or several columns by name; by default `choices`, `options` or `endings`.
    pub choices: Option<OneOrMany<String>>,
    /// The right answer: an index from 0, a letter, a label or the text of a choice; by default `answer`, `answerKey`, `answer_key`, `label`, `target` or `output`.
    pub answer: Option<String>,
    /// The subject; by default `subject`, `category` or `topic`, else the subset's name.
    pub subject: Option<String>,
    /// Identifier of the row; by default `id`, else none.
    pub id: Option<String>,
}

/// Worked examples for the prompt, from rows that are not asked.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FewShotSpec {
    /// Split that holds the examples (Hub sources); by default `dev`.
    pub split: Option<String>,
    /// File that holds the examples (file sources), relative to the spec file.
    pub path: Option<PathBuf>,
    /// Number of examples; those of the question's own subject come first. 0 disables them.
    pub count: usize,
}

fn default_split() -> String {
    "test".into()
}

fn default_revision() -> String {
    "main".into()
}
