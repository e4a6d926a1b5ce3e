//! Sources of a comparison: results of earlier runs, and of other tools.

mod below;
mod eee;
mod error;
#[cfg(test)]
mod hostile_tests;
mod hub;
mod inspect;
mod json;
mod lighteval;
mod lm_eval;
mod openai_evals;
mod results;
mod summed_up;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::side::Item;
use crate::files::{open_file, read_bounded};

pub use error::SourceError;
use error::unreadable;
pub use results::{Answer, Source};
pub use table::{NamedRow, each_row};

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
