//! The file as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

/// The whole file. Its name and description are for people.
#[derive(Debug, Deserialize)]
pub(super) struct File {
    pub tasks: Vec<Task>,
}

/// One task.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Task {
    pub id: String,
    pub config: Option<String>,
    #[serde(default = "test_split")]
    pub split: String,
    pub field_spec: Fields,
    pub shuffle_choices: Option<Shuffle>,
    pub epochs: Option<u32>,
    /// One reducer or a list of them.
    pub epoch_reducer: Option<Value>,
    pub solvers: Option<Vec<SolverStep>>,
    pub scorers: Option<Vec<SolverStep>>,
}

/// Which column is what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub input: String,
    pub target: String,
    pub choices: Option<Choices>,
    /// Templates see every column anyway.
    #[serde(rename = "metadata")]
    _metadata: Option<IgnoredAny>,
    pub input_image: Option<IgnoredAny>,
}

/// One column of lists, or a column per choice.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Choices {
    Column(String),
    Columns(Vec<String>),
}

/// Whether choices are shuffled, and by which seed.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(super) enum Shuffle {
    Asked(bool),
    Seed(u64),
}

/// A solver or scorer with its arguments.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SolverStep {
    pub name: String,
    #[serde(default)]
    pub args: BTreeMap<String, Value>,
}

impl SolverStep {
    /// An argument that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.args.get(name).and_then(Value::as_str)
    }

    /// An argument that is true or false.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.args.get(name).and_then(Value::as_bool)
    }

    /// Its arguments other than those of a list, which nobody reads.
    pub fn others<'s>(&'s self, known: &'s [&str]) -> impl Iterator<Item = &'s str> {
        self.args.keys().map(String::as_str).filter(move |name| !known.contains(name))
    }
}

fn test_split() -> String {
    "test".to_owned()
}
