//! The arguments of the command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::file_arguments::{Clean, Completions, Init, Man, Merge, Prices, Reference, Store};
use super::meeting::Together;
use super::mock_arguments::{Mock, Selftest};
use super::results_arguments::{Baseline, Compare, Export, Import};
use super::spec_arguments::{Overrides, Spec};
use crate::console::screen::Wishes;
use crate::plan::Fresh;
use crate::spec::gate::Gate;

/// Benchmark language models from one file, in one run.
///
/// Exit codes: 0 success; 1 internal or I/O error; 2 usage or spec error; 3 finished, but some requests
/// failed; 4 a gate failed, or stopped by a lock file, a budget or a missing confirmation; 5 not ready
/// (`plan --check`); 130 interrupted, progress kept.
#[derive(Debug, Parser)]
#[command(name = "smallbench", version, propagate_version = true, verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run an experiment: send the missing requests, then write tables and charts.
    Apply(Apply),
    /// Show what `apply` would send: kept and missing requests per cell, reasons, tokens and cost.
    Plan(Plan),
    /// Recheck a spec whenever it is saved: steps that cost nothing run at once, requests are sent after confirmation.
    Watch(Watch),
    /// Judge the stored responses again and write tables and charts; only models that judge are asked.
    Judge(Judge),
    /// Show how an answer was judged: question, prompt, answer, evidence, times, tokens and key.
    Explain(Explain),
    /// Find the page of a run, `report.html`, and open it in a browser.
    Report(Report),
    /// Compare runs, or results of other tools, question by question: what changed, and whether the data support it.
    Compare(Compare),
    /// Write what gates compare with to one small file: a row for each model and question, without texts.
    Baseline(Baseline),
    /// Write the results of a run in the format of another tool.
    Export(Export),
    /// Write results of other tools as an output folder, with the scores that the tools gave, for compare and export.
    Import(Import),
    /// List the runs of an experiment with their scores and intervals, and draw them over time.
    History(History),
    /// Check a spec offline and print all its errors.
    Validate(Spec),
    /// Print the spec with all defaults.
    Show(Show),
    /// Print the prompt of one question, to the byte.
    Prompt(Prompt),
    /// Check everything a run needs: files, keys, endpoints, store. Sends no billable request.
    Doctor(Spec),
    /// List the well-known datasets that a spec can name: `datasets: [{ preset: gsm8k }]`.
    Presets,
    /// Keep the price list that specs refer to by `pricing: { from: prices.lock }`.
    #[command(subcommand)]
    Prices(Prices),
    /// Print the JSON schema of a spec, or of the events of a run.
    Schema(Schema),
    /// Print what the columns of the tables mean: units, formulas, sources.
    Columns(Columns),
    /// Print a page of the reference: keys of a spec, commands, columns, checks, events, exit codes, environment.
    Reference(Reference),
    /// Print a script that completes commands and options in a shell.
    Completions(Completions),
    /// Write the manual pages to a folder.
    Man(Man),
    /// Remove what `apply` wrote to the output folder; responses stay in the store.
    Clean(Clean),
    /// Write a commented spec to start from.
    Init(Init),
    /// Show the runs that work on the store of a spec: where, since when, on what, and their last heartbeat.
    Status(Status),
    /// Look into a store, remove responses from it, or repair it.
    #[command(subcommand)]
    Store(Store),
    /// Put the responses of several stores into one: those of shards, or of several machines.
    Merge(Merge),
    /// Serve mock models with known response times, through the Ollama, OpenAI and Anthropic APIs.
    Mock(Mock),
    /// Measure the client's own timing error on this machine, against a mock server with known times.
    Selftest(Selftest),
    /// Run a server of a spec for as long as standard input is open; `apply` starts itself so.
    #[command(hide = true)]
    Guard(Guard),
}

impl Command {
    /// True if what happens is printed as events.
    pub(super) fn is_shown_by_events(&self) -> bool {
        match self {
            Self::Apply(apply) => apply.display.json,
            Self::Judge(judge) => judge.display.json,
            Self::Watch(watch) => watch.display.json,
            _ => false,
        }
    }
}

/// Arguments of `guard`.
#[derive(Debug, Args)]
pub(super) struct Guard {
    /// Program and arguments.
    #[arg(required = true, last = true)]
    pub(super) command: Vec<OsString>,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    pub(super) spec: Spec,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
    /// Print all columns of the table, however narrow the terminal is.
    #[arg(long)]
    pub(super) wide: bool,
}

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub(super) struct Apply {
    #[command(flatten)]
    pub(super) spec: Spec,
    /// Fail if the lock file is missing or does not match the current datasets and models.
    #[arg(long, conflicts_with = "update")]
    pub(super) locked: bool,
    /// Accept the current datasets and models, and rewrite the lock file.
    #[arg(long)]
    pub(super) update: bool,
    /// Send every request again, also those with an answer; each new answer takes the place of the earlier one. An
    /// interrupted fresh run is continued; `--fresh=restart` sends its requests again as well.
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "continue")]
    pub(super) fresh: Option<Again>,
    /// Cancel the batches that are at a provider's batch API, and store what was finished of them; nothing is sent.
    #[arg(long, conflicts_with_all = ["fresh", "record"])]
    pub(super) cancel: bool,
    /// Fail (exit code 4) if a condition holds, such as `score < 0.6` or `score < baseline - 0.02`; a gate turned around.
    #[arg(long, value_name = "CONDITION", value_parser = Gate::parse)]
    pub(super) fail_if: Vec<Gate>,
    /// Results that gates compare with, in place of `baseline` in the spec.
    #[arg(long, value_name = "RESULTS")]
    pub(super) baseline: Option<PathBuf>,
    /// How a gate ends the run that the data cannot decide.
    #[arg(long, value_enum, default_value_t = Unsure::Fail)]
    pub(super) cannot_tell: Unsure,
    /// Record all requests and responses to a cassette, for `replay` endpoints; appends to an
    /// existing cassette.
    #[arg(long, value_name = "FILE")]
    pub(super) record: Option<PathBuf>,
    #[command(flatten)]
    pub(super) together: Together,
    /// Do not ask for confirmation before a run that may cost more than `budget.ask_above`.
    #[arg(long, short)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) display: Display,
}

/// How a run is shown.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Display {
    /// Print events as JSON lines on standard output.
    #[arg(long)]
    pub(super) json: bool,
    /// Print no progress: only warnings and the results.
    #[arg(long, short, conflicts_with = "json")]
    pub(super) quiet: bool,
    /// Print all columns of the tables, however narrow the terminal is.
    #[arg(long)]
    pub(super) wide: bool,
}

impl Display {
    /// What it says to the console.
    pub(super) fn wishes(self) -> Wishes {
        Wishes { json: self.json, quiet: self.quiet, wide: self.wide }
    }
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Print the schema of the lines of `apply --json`.
    #[arg(long)]
    pub(super) events: bool,
}

/// Arguments of `watch`.
#[derive(Debug, Args)]
pub(super) struct Watch {
    #[command(flatten)]
    pub(super) spec: Spec,
    #[command(flatten)]
    pub(super) display: Display,
}

/// What becomes of an interrupted fresh run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Again {
    /// Keep what it has sent.
    Continue,
    /// Send everything again.
    Restart,
}

impl Again {
    /// The same for a plan.
    pub(super) fn fresh(self) -> Fresh {
        match self {
            Self::Continue => Fresh::Continue,
            Self::Restart => Fresh::Restart,
        }
    }
}

/// What becomes of a gate that cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Unsure {
    /// Exit code 4, as if it failed.
    Fail,
    /// Exit code 0, as if it passed.
    Pass,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    pub(super) spec: Spec,
    /// Check that what is to be sent can be: name each key, server and model that is missing, and exit with 5.
    #[arg(long)]
    pub(super) check: bool,
    /// Print all columns of the table, however narrow the terminal is.
    #[arg(long)]
    pub(super) wide: bool,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    pub(super) spec: Spec,
}

/// Arguments of `judge`.
#[derive(Debug, Args)]
pub(super) struct Judge {
    #[command(flatten)]
    pub(super) spec: Spec,
    /// Do not ask for confirmation before judges may cost more than `budget.ask_above`.
    #[arg(long, short)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) display: Display,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Experiment file, or the output folder of a run.
    #[arg(value_name = "SPEC|FOLDER")]
    pub(super) origin: PathBuf,
    #[command(flatten)]
    pub(super) overrides: Overrides,
    /// Sample: its number (`prompt_id`), its identifier (`item_id`), `DATASET#NUMBER`, or the beginning of a request key.
    pub(super) item: String,
    /// Show the answers of this model only.
    #[arg(long, value_name = "NAME")]
    pub(super) model: Option<String>,
    /// Show the whole reasoning, not only its length.
    #[arg(long)]
    pub(super) reasoning: bool,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// Experiment file, or the output folder of a run or an import [default: the newest page in `outputs` and in the folders
    /// here].
    #[arg(value_name = "SPEC|FOLDER")]
    pub(super) run: Option<PathBuf>,
    /// Open it in the default browser.
    #[arg(long)]
    pub(super) open: bool,
}

/// Arguments of `history`.
#[derive(Debug, Args)]
pub(super) struct History {
    #[command(flatten)]
    pub(super) spec: Spec,
    /// Draw the scores of all runs into a file, SVG, PNG or PDF by its ending.
    #[arg(long, value_name = "FILE", value_parser = picture)]
    pub(super) chart: Option<PathBuf>,
    /// Print the runs as JSON.
    #[arg(long)]
    pub(super) json: bool,
    /// Print all columns of the table, however narrow the terminal is.
    #[arg(long)]
    pub(super) wide: bool,
}

/// Arguments of `prompt`.
#[derive(Debug, Args)]
pub(super) struct Prompt {
    #[command(flatten)]
    pub(super) spec: Spec,
    /// The question, counted from 0 over all datasets in the order in which they are asked.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) item: usize,
    /// The model that is asked; by default the first.
    #[arg(long, value_name = "NAME")]
    pub(super) model: Option<String>,
}

/// Arguments of `columns`.
#[derive(Debug, Args)]
pub(super) struct Columns {
    /// Part of a column's name, such as `ttft` [default: all columns].
    pub(super) name: Option<String>,
}

fn picture(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    let is_known = path.extension().is_some_and(|ending| ["svg", "png", "pdf"].iter().any(|known| ending == *known));
    if is_known { Ok(path) } else { Err("expected a name that ends in `.svg`, `.png` or `.pdf`".to_owned()) }
}
