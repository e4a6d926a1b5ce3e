//! Arguments of the commands that need no model: the mock server and the self-test.

use std::net::IpAddr;
use std::time::Duration;

use clap::Args;

use crate::endpoint::provider::Registration;
use crate::endpoint::providers;
use crate::mock::{BatchBehaviour, Faults};
use crate::spec::scalar::HumanDuration;

/// Arguments of `mock`.
#[derive(Debug, Args)]
pub(super) struct Mock {
    /// Port; 0 selects a free one.
    #[arg(long, default_value_t = 11435)]
    pub(super) port: u16,
    /// Address to listen on. Any address but loopback is reachable from other machines.
    #[arg(long, default_value = "127.0.0.1")]
    pub(super) host: IpAddr,
    /// Time to the first token.
    #[arg(long, value_name = "TIME", default_value = "50ms", value_parser = duration)]
    pub(super) ttft: Duration,
    /// Time from one token to the next.
    #[arg(long, value_name = "TIME", default_value = "5ms", value_parser = duration)]
    pub(super) gap: Duration,
    /// Output tokens per answer.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) tokens: u32,
    /// Reasoning tokens before each answer.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub(super) thinking: u32,
    /// Token count of each prompt [default: a quarter of its bytes].
    #[arg(long, value_name = "N")]
    pub(super) prompt_tokens: Option<u32>,
    /// Number of requests served at a time; others queue [default: unlimited].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) slots: Option<u32>,
    /// Names of the models.
    #[arg(long, value_name = "NAMES", default_value = "mock", value_delimiter = ',')]
    pub(super) models: Vec<String>,
    /// Time to load a model into memory.
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = duration)]
    pub(super) load_time: Duration,
    /// Maximum prompt length in tokens.
    #[arg(long, value_name = "N", default_value_t = 131_072, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) context_length: u32,
    /// Inject faults, each with its share of the responses: 429, 500, 503, cut, stall, malformed, error.
    #[arg(long, value_name = "FAULT=SHARE,...", default_value = "", hide_default_value = true)]
    pub(super) fail: Faults,
    /// Behaviour of the batch APIs: `none`, or times (`time` until a batch ends, `accept` until it is taken, `reply` until its
    /// reply is sent), the number of batches that are `refused` first (429), and shares of requests that end `errored`,
    /// `rejected`, `expired`, `malformed`, `missing`.
    #[arg(long, value_name = "time=TIME,...", default_value = "", hide_default_value = true)]
    pub(super) batch: BatchBehaviour,
    /// Name of the environment variable that holds the required API key [default: no key].
    #[arg(long, value_name = "NAME")]
    pub(super) key_env: Option<String>,
    /// Exit when standard input is closed, and so with the parent process.
    #[arg(long, hide = true)]
    pub(super) with_standard_input: bool,
}

/// Arguments of `selftest`.
#[derive(Debug, Args)]
pub(super) struct Selftest {
    /// Requests in flight; one level per value.
    #[arg(
        long,
        value_name = "N,...",
        default_value = "1,8,64,256",
        value_delimiter = ',',
        value_parser = clap::value_parser!(u32).range(1..=1_000_000)
    )]
    pub(super) concurrency: Vec<u32>,
    /// Requests per level [default: as many as take about 4 seconds, at least 100].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) requests: Option<u32>,
    /// The server's time to first token.
    #[arg(long, value_name = "TIME", default_value = "50ms", value_parser = duration)]
    pub(super) ttft: Duration,
    /// Time from one token to the next.
    #[arg(long, value_name = "TIME", default_value = "5ms", value_parser = duration)]
    pub(super) gap: Duration,
    /// Output tokens per answer.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(super) tokens: u32,
    #[arg(long, default_value = "openai", value_parser = api, help = format!("API to use: {}", apis(" or ")))]
    pub(super) api: Registration,
    /// Print one JSON object instead of tables, with times in seconds.
    #[arg(long)]
    pub(super) json: bool,
}

fn api(text: &str) -> Result<Registration, String> {
    providers::by_name(text).ok_or_else(|| format!("expected one of {}", apis(", ")))
}

/// The providers that can be spoken.
fn apis(before_last: &str) -> String {
    let names: Vec<&str> = providers::PROVIDERS.iter().map(|provider| provider.name).collect();
    names.split_last().map_or_else(String::new, |(last, first)| format!("{}{before_last}{last}", first.join(", ")))
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let duration = HumanDuration::parse(text).ok_or("expected a number and a unit, such as `5ms`, `1.5s` or `2m`")?;
    Ok(duration.0)
}
