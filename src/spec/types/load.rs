//! The sections `load` and `slo`.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::scalar::{HumanDuration, OneOrMany, RateText};
use crate::spec::search::CountRange;

/// Load levels, time limits and retries.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoadSpec {
    /// Closed loop: number of requests kept in flight. Several values are measured one after another. By default 1, unless `rate` is set.
    pub concurrency: Option<OneOrMany<NonZeroU32>>,
    /// Open loop: arrivals per second, minute or hour, such as `2/s` or `90/min`. Several values are measured one after another, after the closed loops. Latency counts from the arrival.
    pub rate: Option<OneOrMany<RateText>>,
    /// Search for the largest load that meets `slo`, in place of `concurrency` and `rate`.
    pub find: Option<FindSpec>,
    /// How the arrivals of an open loop are spread.
    pub arrivals: ArrivalsSpec,
    /// Duration of each level, instead of asking each question once. A shorter dataset is asked again, in another order.
    pub duration: Option<HumanDuration>,
    /// Number of requests at each level, instead of asking each question once. A shorter dataset is asked again, in another order.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub requests: Option<usize>,
    /// Seed of arrivals, order and nonces.
    pub seed: u64,
    /// Put a seeded nonce before each prompt, so that no prompt shares a prefix that the server may have cached.
    pub cache_bust: bool,
    /// Warm-up requests per model and level, with prompts that are not in the dataset. They are excluded from all figures.
    #[schemars(range(max = 100_000))]
    pub warmup: u32,
    /// Pause between two models that share an endpoint.
    pub pause: HumanDuration,
    /// Time limit for opening a connection.
    pub connect_timeout: HumanDuration,
    /// Time limit for the first byte of a response, and for the first token if the server says meanwhile that it is
    /// at work; by default `timeout`, because a server may have to load the model first.
    pub first_byte_timeout: Option<HumanDuration>,
    /// Time limit for one attempt of a request.
    pub timeout: HumanDuration,
    /// Time limit between two chunks of a response; incomplete chunks do not count.
    pub stall_timeout: HumanDuration,
    /// Time limit for a request with all its attempts and the waits between them.
    pub deadline: HumanDuration,
    /// Maximum number of attempts before a request counts as failed. One that the server answers with a time to come
    /// back does not count.
    #[schemars(range(min = 1))]
    pub attempts: u32,
}

/// A search by bisection: both ends are measured, then the middle between the largest level that meets `slo` and the
/// smallest that does not, for each model on its own.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindSpec {
    /// The smallest and the largest number of requests in flight, such as `1..256`.
    pub concurrency: CountRange,
    /// Share of good responses that a level has to show: the lower end of its 95 % interval must reach it.
    #[serde(default = "most")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub attained: f64,
}

fn most() -> f64 {
    0.95
}

/// How the arrivals of an open loop are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalsSpec {
    /// Exponential gaps, as independent users make them.
    #[default]
    Poisson,
    /// Equal gaps.
    Constant,
}

/// Service levels. A response is good if it meets every limit that is set; a failed request is not good.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SloSpec {
    /// Maximum time to first token; needs `generation.stream: true`.
    pub ttft: Option<HumanDuration>,
    /// Maximum time per output token after the first; needs `generation.stream: true`.
    pub tpot: Option<HumanDuration>,
    /// Maximum latency; in an open loop it counts from the arrival.
    pub latency: Option<HumanDuration>,
}

impl Default for LoadSpec {
    fn default() -> Self {
        Self {
            concurrency: None,
            rate: None,
            find: None,
            arrivals: ArrivalsSpec::default(),
            duration: None,
            requests: None,
            seed: 42,
            cache_bust: false,
            warmup: 1,
            pause: HumanDuration::from_secs(0),
            connect_timeout: HumanDuration::from_secs(10),
            first_byte_timeout: None,
            timeout: HumanDuration::from_secs(300),
            stall_timeout: HumanDuration::from_secs(60),
            deadline: HumanDuration::from_secs(1800),
            attempts: 6,
        }
    }
}
