//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Benchmarks of language models, from one file, in one run.
///
/// Exit codes: 0 done; 1 internal or I/O error; 2 wrong usage or spec; 3 finished, but some requests
/// failed; 4 a gate, budget or lock said no; 130 interrupted, progress kept.
#[derive(Debug, Parser)]
#[command(name = "smallbench", version, propagate_version = true, verbatim_doc_comment)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run an experiment: send what is missing, then write tables and charts.
    Apply(Apply),
    /// Show what a run would do: requests kept and missing per cell, and why; tokens and cost.
    Plan(Plan),
    /// Check a spec without touching the network, and print everything that is wrong with it.
    Validate(Spec),
    /// Look for whatever could keep a run from working, without spending anything; one line each.
    Doctor(Spec),
    /// Print the JSON schema of a spec.
    Schema,
    /// Write a commented spec to start from.
    Init(Init),
}

/// A spec, and what the command line changes in it.
#[derive(Debug, Args)]
pub(super) struct Spec {
    /// The experiment file, YAML or TOML.
    pub(super) spec: PathBuf,
    /// Replace a field of the spec: `--set load.timeout=60s`, `--set models[0].label=Gemma`.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) sets: Vec<String>,
    /// Cut every dataset to its first N rows.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) limit: Option<u64>,
}

/// Arguments of `apply`.
#[derive(Debug, Args)]
pub(super) struct Apply {
    #[command(flatten)]
    pub(super) spec: Spec,
    /// Refuse to run where the lock file is missing or differs from what is there now.
    #[arg(long, conflicts_with = "update")]
    pub(super) locked: bool,
    /// Accept what is there now and write a new lock file.
    #[arg(long)]
    pub(super) update: bool,
    /// Record every exchange with the server into a cassette that a `replay` endpoint can answer from; a
    /// cassette that is there is added to.
    #[arg(long, value_name = "FILE")]
    pub(super) record: Option<PathBuf>,
    /// Do not ask before a run that may cost more than `budget.ask_above`.
    #[arg(long, short)]
    pub(super) yes: bool,
    /// Print events as JSON, one per line, on standard output.
    #[arg(long)]
    pub(super) json: bool,
}

/// Arguments of `plan`.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    pub(super) spec: Spec,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Name of the experiment; the file is NAME.yaml, in `experiments` where there is such a folder.
    pub(super) name: String,
}
