//! What can be typed.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::endpoint::provider::Registration;
use crate::endpoint::providers;
use crate::mock::Faults;
use crate::spec::scalar::Span;

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
    /// Print what the columns of the tables mean: units, formulas, sources.
    Columns(Columns),
    /// Write a commented spec to start from.
    Init(Init),
    /// Save what can be read of a damaged store.
    #[command(subcommand)]
    Store(Store),
    /// Serve models that answer at known times, to try out specs: Ollama, OpenAI and Anthropic.
    Mock(Mock),
    /// Say how far the client's own figures can be trusted on this machine: true against measured.
    Selftest(Selftest),
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

/// Arguments of `columns`.
#[derive(Debug, Args)]
pub(super) struct Columns {
    /// Part of a column's name, such as `ttft` [default: all columns].
    pub(super) name: Option<String>,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Name of the experiment; the file is NAME.yaml, in `experiments` where there is such a folder.
    pub(super) name: String,
}

/// The commands of `store`.
#[derive(Debug, Subcommand)]
pub(super) enum Store {
    /// Make a new store of every response that can be read, and move the old files aside.
    Recover {
        /// The store's file, such as `outputs/store.sqlite`.
        #[arg(value_name = "FILE")]
        path: PathBuf,
    },
}

/// Arguments of `mock`.
#[derive(Debug, Args)]
pub(super) struct Mock {
    /// The port; 0 picks a free one.
    #[arg(long, default_value_t = 11435)]
    pub(super) port: u16,
    /// The address to listen at. Any other than this machine's own lets others in.
    #[arg(long, default_value = "127.0.0.1")]
    pub(super) host: IpAddr,
    /// Time to the first token.
    #[arg(long, value_name = "TIME", default_value = "50ms", value_parser = duration)]
    pub(super) ttft: Duration,
    /// Time from one token to the next.
    #[arg(long, value_name = "TIME", default_value = "5ms", value_parser = duration)]
    pub(super) gap: Duration,
    /// Tokens of an answer.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) tokens: u32,
    /// Tokens of reasoning before an answer.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub(super) thinking: u32,
    /// Tokens that each prompt counts as [default: a quarter of its bytes].
    #[arg(long, value_name = "N")]
    pub(super) prompt_tokens: Option<u32>,
    /// How many requests are worked on at a time; the others queue [default: no limit].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) slots: Option<u32>,
    /// The models that are there.
    #[arg(long, value_name = "NAMES", default_value = "mock", value_delimiter = ',')]
    pub(super) models: Vec<String>,
    /// How long a model takes to get into memory.
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub(super) load_time: Duration,
    /// The longest prompt in tokens.
    #[arg(long, value_name = "N", default_value_t = 131_072, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) context_length: u32,
    /// Faults, each with its share of the answers: 429, 500, 503, cut, stall, malformed, error.
    #[arg(long, value_name = "FAULT=SHARE,...", default_value = "", hide_default_value = true)]
    pub(super) fail: Faults,
    /// Name of the environment variable with the key that must be presented [default: none is wanted].
    #[arg(long, value_name = "NAME")]
    pub(super) key_env: Option<String>,
    /// End when standard input does, and so with the process that holds its other end.
    #[arg(long, hide = true)]
    pub(super) with_standard_input: bool,
}

/// Arguments of `selftest`.
#[derive(Debug, Args)]
pub(super) struct Selftest {
    /// Requests in flight at a time, one level after another.
    #[arg(
        long,
        value_name = "N,...",
        default_value = "1,8,64,256",
        value_delimiter = ',',
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    pub(super) concurrency: Vec<u32>,
    /// Requests per level [default: for about 4 seconds, at least 100].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) requests: Option<u32>,
    /// Time to the first token, which the server is told.
    #[arg(long, value_name = "TIME", default_value = "50ms", value_parser = duration)]
    pub(super) ttft: Duration,
    /// Time from one token to the next.
    #[arg(long, value_name = "TIME", default_value = "5ms", value_parser = duration)]
    pub(super) gap: Duration,
    /// Tokens of an answer.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) tokens: u32,
    #[arg(long, default_value = "openai", value_parser = api, help = format!("What is spoken: {}", apis(" or ")))]
    pub(super) api: Registration,
    /// Print one JSON object instead of a table, times in seconds.
    #[arg(long)]
    pub(super) json: bool,
}

fn api(text: &str) -> Result<Registration, String> {
    providers::by_name(text).ok_or_else(|| format!("one of {}", apis(", ")))
}

/// The providers that can be spoken.
fn apis(before_last: &str) -> String {
    let names: Vec<&str> = providers::PROVIDERS.iter().map(|provider| provider.name).collect();
    names.split_last().map_or_else(String::new, |(last, first)| format!("{}{before_last}{last}", first.join(", ")))
}

fn duration(text: &str) -> Result<Duration, String> {
    let span = Span::parse(text).ok_or("write a number and a unit, such as `5ms`, `1.5s` or `2m`")?;
    Ok(span.0)
}
