//! Export: the results of an output folder in the formats of other tools.
//!
//! The bytes follow from `results.csv` and `model_summary.csv` alone: no clock, no random identifier, no manifest, which
//! differs from run to run. The time of a result is that of the run that measured its newest answer.

mod baseline;
mod benchmark;
mod bmf;
mod eee;
mod file;
mod github;
mod hf;
mod hf_results;
mod inspect;
mod lm_eval;
mod openai_evals;
mod scored;
mod summary;
mod vega;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::compare::source::SourceError;

pub use baseline::baseline;
pub use benchmark::{Benchmark, Unit};
use file::{Files, document};

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Samples of lm-evaluation-harness: MODEL/samples_DATASET.jsonl.
    LmEval,
    /// Every Eval Ever 0.3.0: an aggregate and its instances for each model and dataset.
    Eee,
    /// Logs of inspect as JSON, for each model and dataset.
    Inspect,
    /// Results for model cards on the Hugging Face Hub (`model-index`), for each model and dataset.
    Hf,
    /// Results for the leaderboard of a benchmark on the Hugging Face Hub: MODEL/.eval_results/DATASET.yaml; needs
    /// `--hub-dataset`, `--hub-task` and `--unit`.
    HfResults,
    /// Logs of OpenAI's evals: MODEL/DATASET.jsonl.
    OpenaiEvals,
    /// Bencher Metric Format.
    Bmf,
    /// github-action-benchmark, `customSmallerIsBetter`.
    GithubActionBenchmark,
    /// A Vega-Lite chart of the scores with their intervals.
    Vega,
}

/// What was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// The files, by their path in the folder of the export.
    pub files: Vec<(PathBuf, String)>,
    /// Whether the format has one file, whatever the run.
    pub is_single: bool,
    /// Answers without a score and failed requests, which the format cannot hold.
    pub left_out: usize,
}

/// Makes the files of a format from an output folder.
///
/// # Errors
/// The folder holds no results, or they cannot be said in the format.
pub fn export(folder: &Path, format: Format, benchmark: Option<&Benchmark>) -> Result<Exported, SourceError> {
    let single = |made: fn(&[summary::Model]) -> Value| {
        let value = made(&summary::read(folder)?);
        Ok(Exported { files: vec![(PathBuf::new(), document(&value))], is_single: true, left_out: 0 })
    };
    match format {
        Format::LmEval => several(folder, lm_eval::files),
        Format::Eee => several(folder, eee::files),
        Format::Inspect => several(folder, inspect::files),
        Format::Hf => several(folder, hf::files),
        Format::HfResults => results_on_the_hub(folder, benchmark),
        Format::OpenaiEvals => several(folder, openai_evals::files),
        Format::Bmf => single(bmf::value),
        Format::GithubActionBenchmark => single(github::value),
        Format::Vega => single(vega::value),
    }
}

/// Results for a benchmark: of one dataset, as a benchmark has one.
fn results_on_the_hub(folder: &Path, benchmark: Option<&Benchmark>) -> Result<Exported, SourceError> {
    let unknown = |message: &str, advice: &str| SourceError::unknown(folder, message).or(advice);
    let benchmark = benchmark.ok_or_else(|| {
        unknown(
            "the Hub has to know the benchmark",
            "name it with `--hub-dataset OWNER/NAME`, `--hub-task` and `--unit`",
        )
    })?;
    let exported = several(folder, |part| hf_results::files(part, benchmark))?;
    let datasets: BTreeSet<_> = exported.files.iter().filter_map(|(path, _)| path.file_name()).collect();
    if datasets.len() > 1 {
        return Err(unknown(
            "it has several datasets, of which the benchmark is one",
            "export a run of that one alone",
        ));
    }
    Ok(exported)
}

fn several(folder: &Path, made: impl Fn(&scored::Part<'_>) -> Result<Files, String>) -> Result<Exported, SourceError> {
    let run = scored::read(folder)?;
    let unknown = |message| SourceError::unknown(folder, message);
    let (mut files, mut known) = (Vec::new(), BTreeSet::new());
    for part in run.parts() {
        for (path, text) in made(&part).map_err(unknown)? {
            if !known.insert(path.clone()) {
                let text = format!("two models or datasets would share the file {}", path.display());
                return Err(unknown(text).or("give them names that differ in more than signs"));
            }
            files.push((path, text));
        }
    }
    Ok(Exported { files, is_single: false, left_out: run.left_out })
}
