//! The sections `pricing` and `budget`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::scalar::HumanDuration;

/// What tokens cost.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PricingSpec {
    /// Currency of every price, such as `USD`.
    #[serde(default = "default_currency")]
    pub currency: String,
    /// Price list for models without a price here, such as `prices.lock`, relative to the spec; `smallbench prices update` writes it.
    pub from: Option<PathBuf>,
    /// Names of models in the price list, by the model's name, where they differ: `{ small: openai/gpt-4o-mini }`.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// Prices by the model's name.
    #[serde(default)]
    pub models: BTreeMap<String, PriceSpec>,
    /// Price per hour of a machine, by the endpoint's name; for models that you host and that have no price per token.
    #[serde(default)]
    pub machines: BTreeMap<String, MachinePriceSpec>,
}

/// The price of a machine.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MachinePriceSpec {
    /// Price per hour; shared equally among the requests in flight.
    #[schemars(range(min = 0.0))]
    pub per_hour: f64,
    /// Where the price was read.
    pub source: Option<String>,
    /// When the price was read, as YYYY-MM-DD.
    #[schemars(extend("format" = "date"))]
    pub as_of: Option<String>,
}

/// The price of one model, per million tokens.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceSpec {
    /// Price per million prompt tokens.
    #[schemars(range(min = 0.0))]
    pub input: f64,
    /// Price per million output tokens; reasoning counts as output.
    #[schemars(range(min = 0.0))]
    pub output: f64,
    /// Price per million prompt tokens read from the provider's cache; by default the input price.
    #[schemars(range(min = 0.0))]
    pub cached_input: Option<f64>,
    /// Price per million prompt tokens written to the provider's cache; by default the input price.
    #[schemars(range(min = 0.0))]
    pub cache_write: Option<f64>,
    /// Price per million prompt tokens of requests that a batch API answers; cached tokens and long prompts are cheaper by
    /// the same factor.
    #[schemars(range(min = 0.0))]
    pub batch_input: Option<f64>,
    /// Price per million output tokens of requests that a batch API answers.
    #[schemars(range(min = 0.0))]
    pub batch_output: Option<f64>,
    /// Other prices of requests with long prompts, such as `[{ above: 200000, input: 2.50, output: 15 }]`; at most four.
    #[serde(default)]
    pub tiers: Vec<PriceTierSpec>,
    /// Where the price was read.
    pub source: Option<String>,
    /// When the price was read, as YYYY-MM-DD.
    #[schemars(extend("format" = "date"))]
    pub as_of: Option<String>,
}

/// The price of requests with long prompts, per million tokens; of all their tokens, also those below the limit.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceTierSpec {
    /// Prompt tokens, cached ones included, above which it holds.
    #[schemars(range(min = 1))]
    pub above: u64,
    /// Price per million prompt tokens.
    #[schemars(range(min = 0.0))]
    pub input: f64,
    /// Price per million output tokens.
    #[schemars(range(min = 0.0))]
    pub output: f64,
    /// Price per million prompt tokens read from the provider's cache; by default the input price of the tier.
    #[schemars(range(min = 0.0))]
    pub cached_input: Option<f64>,
    /// Price per million prompt tokens written to the provider's cache; by default the input price of the tier.
    #[schemars(range(min = 0.0))]
    pub cache_write: Option<f64>,
}

/// Limits on what a run may spend.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetSpec {
    /// Maximum cost of a run, in the currency of `pricing`.
    #[schemars(range(min = 0.0))]
    pub max_cost: Option<f64>,
    /// Maximum number of requests that a run sends, retries included.
    pub max_requests: Option<u64>,
    /// Maximum time that a run spends on sending.
    pub max_time: Option<HumanDuration>,
    /// Ask for confirmation before a run that may cost more than this; without a terminal, `--yes` is required. By default 1.
    #[schemars(range(min = 0.0))]
    pub ask_above: Option<f64>,
}

fn default_currency() -> String {
    "USD".into()
}
