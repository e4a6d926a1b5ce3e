//! The arguments of commands that read results, of this program or of others.

use std::path::PathBuf;

use clap::Args;

use crate::export::{Format as ExportFormat, Unit};

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// Two or more results; each later one is compared with the first. An output folder or results.csv of smallbench, a
    /// folder or file of lm-evaluation-harness (samples or results) or of lighteval (details or results), a log of inspect (.eval or .json), instances
    /// of Every Eval Ever, a log of OpenAI's evals.
    /// `REVISION:PATH` for results as they were committed, or for the run of a spec as it was committed; stores, which hold no
    /// scores: files, or `postgres:VARIABLE`.
    #[arg(required = true, num_args = 2.., value_name = "RESULTS")]
    pub(super) results: Vec<PathBuf>,
    /// Page to write as well: the comparison, what differs, and the questions that flipped with both answers.
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Form of the output; JSON has all flips.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

/// Arguments of `baseline`.
#[derive(Debug, Args)]
pub(super) struct Baseline {
    /// Output folder of the run.
    pub(super) run: PathBuf,
    /// File to write; its name ends in `.csv`, by which gates know what it is.
    #[arg(long, value_name = "FILE", value_parser = table)]
    pub(super) output: PathBuf,
}

/// Arguments of `export`.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// Output folder of the run.
    pub(super) run: PathBuf,
    /// Format.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) to: ExportFormat,
    /// File to write, or folder where the format has files for each model [default: standard output].
    #[arg(long, value_name = "PATH")]
    pub(super) output: Option<PathBuf>,
    /// Dataset repository of the benchmark on the Hub, for `hf-results`.
    #[arg(long, value_name = "OWNER/NAME", requires = "hub_task")]
    pub(super) hub_dataset: Option<String>,
    /// Task of the benchmark, as its `eval.yaml` names it, for `hf-results`.
    #[arg(long, value_name = "ID", requires = "unit")]
    pub(super) hub_task: Option<String>,
    /// Unit of the scores on the benchmark's leaderboard, which differs between benchmarks, for `hf-results`.
    #[arg(long, value_enum, requires = "hub_dataset")]
    pub(super) unit: Option<Unit>,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// Results as `compare` reads them: a folder or file of lm-evaluation-harness (samples or results) or of lighteval (details or results), logs of
    /// inspect (.eval or .json), instances of Every Eval Ever, a log of OpenAI's evals, results_local.csv.
    #[arg(required = true, value_name = "RESULTS")]
    pub(super) results: Vec<PathBuf>,
    /// Output folder to write; one of an earlier import is written anew.
    #[arg(long, value_name = "FOLDER")]
    pub(super) output: PathBuf,
    /// Print all columns of the table, however narrow the terminal is.
    #[arg(long)]
    pub(super) wide: bool,
}

/// Form of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// Lines for a terminal.
    Text,
    /// Markdown, for a comment.
    Markdown,
    /// JSON.
    Json,
}

fn table(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_known = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    if is_known { Ok(path) } else { Err("expected a name that ends in `.csv`".to_owned()) }
}
