//! Sources of a comparison: results of earlier runs, and of other tools.

mod eee;
#[cfg(test)]
mod hostile_tests;
mod hub;
mod inspect;
mod json;
mod lighteval;
mod lm_eval;
mod openai_evals;
mod summed_up;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::mean::{LeftOut, Mean};
use super::model_name::ModelName;
use super::side::{Item, Party, Side};
use crate::files::{open_file, read_bounded};

pub use table::{Row, each_row};

/// Results to compare.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// What it is called: the path as it was given.
    pub name: String,
    /// The tool that wrote it.
    pub format: &'static str,
    /// Every answer.
    pub answers: Vec<Answer>,
    /// Mean scores of which it has no answers.
    pub means: Vec<Mean>,
    /// Metrics of it that are no scores.
    pub left_out: Vec<LeftOut>,
    /// What its run was made with, by name.
    pub facts: BTreeMap<String, String>,
}

/// One scored answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// The model, with its level where the source has several.
    pub model: ModelName,
    /// The subject of the question; empty where it has none.
    pub subject: String,
    /// The dataset or task; empty where the source does not name it.
    pub dataset: String,
    /// Number of the repeat, from 0.
    pub repeat: u64,
    /// What its score is called where the tool has several, such as a metric or a scorer.
    pub scored_by: Option<String>,
    /// The tool's own hash of the question.
    pub hash: Option<String>,
    /// The `question_hash` of smallbench, which its exports carry as well.
    pub question_hash: Option<String>,
    /// The question; its hash in a table without texts.
    pub question: String,
    /// The right answer; empty where the source has none.
    pub target: String,
    /// What the model said; empty where the source has no texts.
    pub said: String,
    /// The answer that was read from it; empty where the source does not say.
    pub extracted: String,
    /// True if the source says that the request failed.
    pub failed: bool,
    /// Whether it is right, where the source says so beside the score.
    pub is_correct: Option<bool>,
    /// The day it was measured on; none where the source does not say.
    pub measured: Option<NaiveDate>,
    /// Tokens of the prompt.
    pub prompt_tokens: Option<u64>,
    /// A short name of the question for people.
    pub title: String,
    /// What is known of it.
    pub item: Item,
}

impl Source {
    /// The names of its models.
    pub fn models(&self) -> Vec<&ModelName> {
        self.answers.iter().map(|answer| &answer.model).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What the scores are called; empty where the tool has one.
    pub fn scored_by(&self) -> BTreeSet<&str> {
        self.answers.iter().filter_map(|answer| answer.scored_by.as_deref()).collect()
    }

    /// The answers of a model whose questions have a hash.
    pub fn side(&self, model: &ModelName) -> Side {
        let own = self.answers.iter().filter(|answer| answer.model == *model);
        let hashed = own.filter_map(|answer| {
            let hash = answer.question_hash.as_deref().or(answer.hash.as_deref())?;
            Some((hash.into(), answer.item))
        });
        Side::new(Party::published(model, &**model), hashed)
    }
}

/// Why results could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// A file is not what its name says.
    #[error("{path}, {place}: {message}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line or row.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A path that holds no results that can be read.
    #[error("{path}: {message}")]
    Unknown {
        /// The path.
        path: PathBuf,
        /// What is missing.
        message: String,
        /// What to do; empty where nothing is known.
        hint: String,
    },
}

impl SourceError {
    /// The same, said of another path, of which the file was a copy.
    #[must_use]
    pub fn of(self, path: &Path) -> Self {
        let path = path.to_owned();
        match self {
            Self::Unreadable { source, .. } => Self::Unreadable { path, source },
            Self::Malformed { place, message, .. } => Self::Malformed { path, place, message },
            Self::Unknown { message, hint, .. } => Self::Unknown { path, message, hint },
        }
    }

    /// A path that holds no results that can be read, of which nothing is known that would help.
    pub fn unknown(path: &Path, message: impl Into<String>) -> Self {
        Self::Unknown { path: path.to_owned(), message: message.into(), hint: String::new() }
    }

    /// The same with what to do.
    #[must_use]
    pub fn or(self, advice: impl Into<String>) -> Self {
        match self {
            Self::Unknown { path, message, .. } => Self::Unknown { path, message, hint: advice.into() },
            other => other,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { hint, .. } if !hint.is_empty() => Some(hint.clone()),
            _ => None,
        }
    }
}

/// The format of smallbench's own tables.
pub const OWN: &str = "smallbench";

/// The file of the Python scripts, which is the name of their format as well.
const SCRIPTS: &str = "results_local.csv";

/// What can be compared, for messages.
const KNOWN: &str = "an output folder of smallbench, its results.csv, a results_local.csv, samples_*.jsonl or results_*.json \
                     of lm-evaluation-harness, details_*.parquet or results_*.json of lighteval, a log of inspect (.eval or \
                     .json), a log of OpenAI's evals, instance files of Every Eval Ever, or results of the Hugging Face Hub \
                     (a model card, .eval_results/*.yaml)";

/// Reads results from a folder or a file.
///
/// # Errors
/// Nothing that is known is there, or a file is damaged.
pub fn load(path: &Path) -> Result<Source, SourceError> {
    let source = if path.is_dir() { folder(path)? } else { file(path)? };
    let outside = |answer: &&Answer| answer.item.score.is_some_and(|score| !(0.0..=1.0).contains(&score));
    if let Some(answer) = source.answers.iter().find(outside) {
        let score = answer.item.score.unwrap_or_default();
        let message =
            format!("the score {score} of {} is not between 0 and 1; such scores cannot be compared", answer.title);
        return Err(SourceError::unknown(path, message));
    }
    let says = |answer: &Answer| answer.item != Item::default() || !answer.said.is_empty();
    if source.means.is_empty() && !source.answers.iter().any(says) {
        return Err(SourceError::unknown(
            path,
            "it holds no score, no latency, no tokens, no cost and no text of an answer",
        ));
    }
    Ok(Source { name: path.display().to_string(), ..source })
}

fn folder(path: &Path) -> Result<Source, SourceError> {
    if path.join("results.csv").is_file() {
        let answers = table::read(&path.join("results.csv"))?;
        return Ok(Source { format: OWN, answers, facts: facts(path), ..Source::default() });
    }
    if path.join(SCRIPTS).is_file() {
        return file(&path.join(SCRIPTS));
    }
    let answered = of_tools(path)?;
    if !answered.answers.is_empty() || !answered.means.is_empty() {
        return Ok(answered);
    }
    let cards = hub::files(path).map_err(unreadable(path))?;
    if !cards.is_empty() {
        let means = cards.iter().map(|file| hub::read(file)).collect::<Result<Vec<_>, _>>()?.concat();
        return Ok(Source { format: hub::FORMAT, means, ..Source::default() });
    }
    Err(SourceError::unknown(path, "it holds no results").or(format!("expected {KNOWN}")))
}

/// What lm-evaluation-harness or lighteval left in a folder: answers, and of models without them what was summed up.
fn of_tools(path: &Path) -> Result<Source, SourceError> {
    let samples = lm_eval::files(path).map_err(unreadable(path))?;
    let details = lighteval::files(path).map_err(unreadable(path))?;
    let mut source = match (samples.as_slice(), details.as_slice()) {
        ([], []) => Source::default(),
        ([], details) => of_files(lighteval::FORMAT, details, lighteval::read)?,
        (samples, _) => of_files(lm_eval::FORMAT, samples, lm_eval::read)?,
    };
    summed_up::add(&mut source, path, &samples)?;
    Ok(source)
}

/// The files that are looked for in a folder, and in those below it as deep as `depth`, in the order of their paths.
fn files_below(folder: &Path, depth: usize, is_wanted: &dyn Fn(&Path) -> bool) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && depth > 0 {
            found.extend(files_below(&path, depth - 1, is_wanted)?);
        } else if is_wanted(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The answers of several files of a tool.
fn of_files(
    format: &'static str,
    files: &[PathBuf],
    read: impl Fn(&Path) -> Result<Vec<Answer>, SourceError>,
) -> Result<Source, SourceError> {
    let mut answers = Vec::new();
    for file in files {
        answers.extend(read(file)?);
    }
    Ok(Source { format, answers, ..Source::default() })
}

fn file(path: &Path) -> Result<Source, SourceError> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    let of = |format, answers| Source { format, answers, ..Source::default() };
    match ending.as_str() {
        "csv" => {
            let facts = path.parent().map(facts).unwrap_or_default();
            let answers = table::read(path)?;
            // A run and a baseline have hashes of their questions.
            let is_own = answers.iter().any(|answer| answer.question_hash.is_some());
            Ok(Source { facts, ..of(if is_own { OWN } else { SCRIPTS }, answers) })
        }
        "json" => summed_up::read(path)?.map_or_else(|| inspect::read(path), Ok),
        "eval" => inspect::read_packed(path),
        "yaml" | "yml" | "md" => Ok(Source { format: hub::FORMAT, means: hub::read(path)?, ..Source::default() }),
        "parquet" => Ok(of(lighteval::FORMAT, lighteval::read(path)?)),
        "jsonl" => {
            let first = json::first_line(path)?;
            Ok(match first {
                first if eee::is_one(&first) => of(eee::FORMAT, eee::read(path)?),
                first if openai_evals::is_one(&first) => of(openai_evals::FORMAT, openai_evals::read(path)?),
                _ => of(lm_eval::FORMAT, lm_eval::read(path)?),
            })
        }
        _ => {
            open_file(path).map_err(unreadable(path))?;
            Err(SourceError::unknown(path, "its kind is not known").or(format!("expected {KNOWN}")))
        }
    }
}

/// Parts of a manifest that say with what a run was made; the others differ from run to run.
const FACTS: [&str; 8] =
    ["smallbench", "experiment", "spec_sha256", "datasets", "models", "judges", "levels", "imported"];

/// Maximum size of a manifest in bytes.
pub const MOST_MANIFEST: u64 = 64 << 20;

/// The facts of a run from its manifest, or those of what was imported; none without either.
fn facts(folder: &Path) -> BTreeMap<String, String> {
    let read = |name: &str| read_bounded(&folder.join(name), MOST_MANIFEST);
    let bytes = read("manifest.json").or_else(|_| read("imported.json")).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let mut facts = BTreeMap::new();
    for name in FACTS {
        json::flatten(name, &manifest[name], &mut facts);
    }
    facts
}

fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> SourceError {
    let path = path.to_owned();
    |source| SourceError::Unreadable { path, source }
}

fn malformed(path: &Path, place: String, message: String) -> SourceError {
    SourceError::Malformed { path: path.to_owned(), place, message }
}
