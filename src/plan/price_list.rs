//! `prices.lock`: prices of models as models.dev or LiteLLM list them, read from a file and never fetched.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::prices::MOST_TIERS;
use crate::checksum::sha256;
use crate::files::read_bounded;
use crate::spec::types::{PriceSpec, PriceTierSpec};

/// Maximum size of a file of prices in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Version of the format.
const FORMAT: u32 = 1;

/// The prices of many models, and where they come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    version: u32,
    /// Whose list it is.
    pub source: String,
    /// When it was read, as YYYY-MM-DD.
    pub as_of: String,
    /// SHA-256 of the file that it was read from.
    pub sha256: String,
    /// Prices in US dollars per million tokens, by the model's name in the list.
    pub models: BTreeMap<String, ListedPrice>,
}

/// The price of one model, in US dollars per million tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedPrice {
    input: f64,
    output: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    cached_input: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_write: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_input: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_output: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tiers: Vec<PriceTierSpec>,
}

impl PriceList {
    /// Reads the price file of models.dev (`api.json`) or LiteLLM (`model_prices_and_context_window.json`).
    ///
    /// # Errors
    /// It is neither of them; in words.
    pub fn import(bytes: &[u8], as_of: &str) -> Result<Self, String> {
        let table: Map<String, Json> =
            serde_json::from_slice(bytes).map_err(|error| format!("it is not a JSON object: {error}"))?;
        let (source, models) = match (of_models_dev(&table), of_litellm(&table)) {
            (models, _) if !models.is_empty() => ("models.dev", models),
            (_, models) if !models.is_empty() => ("LiteLLM", models),
            _ => {
                return Err("it holds no prices in the form of models.dev (`api.json`) or of LiteLLM \
                            (`model_prices_and_context_window.json`)"
                    .to_owned());
            }
        };
        let (source, as_of) = (source.to_owned(), as_of.to_owned());
        Ok(Self { version: FORMAT, source, as_of, sha256: sha256(bytes), models })
    }

    /// Reads a price list that was written.
    ///
    /// # Errors
    /// It cannot be read, or is none; in words.
    pub fn load(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let bytes = read_bounded(path, MOST_BYTES).map_err(|error| format!("cannot read {shown}: {error}"))?;
        let text = String::from_utf8(bytes).map_err(|_| format!("{shown} is not valid UTF-8"))?;
        let list: Self =
            toml::from_str(&text).map_err(|error| format!("{shown} is no price list: {}", error.message()))?;
        match list.version {
            FORMAT => Ok(list),
            other => Err(format!("{shown} has the unknown format {other}")),
        }
    }

    /// The list as a file.
    ///
    /// # Errors
    /// It cannot be written as TOML.
    pub fn text(&self) -> Result<String, toml::ser::Error> {
        let note = "# Written by `smallbench prices update`; US dollars per million tokens.\n";
        Ok(format!("{note}{}", toml::to_string(self)?))
    }

    /// The price of a model: under its name, else under that of one provider alone.
    ///
    /// # Errors
    /// The names that it has at providers with different prices.
    pub fn price(&self, model: &str) -> Result<Option<PriceSpec>, Vec<&str>> {
        if let Some(price) = self.models.get(model) {
            return Ok(Some(self.spec(price)));
        }
        let end = format!("/{model}");
        let known: Vec<(&String, &ListedPrice)> = self.models.iter().filter(|(name, _)| name.ends_with(&end)).collect();
        match known.as_slice() {
            [] => Ok(None),
            [(_, first), others @ ..] if others.iter().all(|(_, price)| price == first) => Ok(Some(self.spec(first))),
            several => Err(several.iter().map(|(name, _)| name.as_str()).collect()),
        }
    }

    fn spec(&self, price: &ListedPrice) -> PriceSpec {
        PriceSpec {
            input: price.input,
            output: price.output,
            cached_input: price.cached_input,
            cache_write: price.cache_write,
            batch_input: price.batch_input,
            batch_output: price.batch_output,
            tiers: price.tiers.iter().take(MOST_TIERS).cloned().collect(),
            source: Some(self.source.clone()),
            as_of: Some(self.as_of.clone()),
        }
    }
}

/// Providers, each with `models` that have a `cost` per million tokens.
fn of_models_dev(table: &Map<String, Json>) -> BTreeMap<String, ListedPrice> {
    let providers = table.iter().filter_map(|(provider, value)| Some((provider, value.get("models")?.as_object()?)));
    let priced = providers.flat_map(|(provider, models)| {
        models.iter().filter_map(move |(name, model)| {
            let cost = model.get("cost")?;
            let number = |table: &Json, key: &str| table.get(key).and_then(Json::as_f64);
            let tier = cost.get("context_over_200k").and_then(|tier| {
                Some(PriceTierSpec {
                    above: 200_000,
                    input: number(tier, "input")?,
                    output: number(tier, "output")?,
                    cached_input: number(tier, "cache_read"),
                    cache_write: number(tier, "cache_write"),
                })
            });
            let price = ListedPrice {
                input: number(cost, "input")?,
                output: number(cost, "output")?,
                cached_input: number(cost, "cache_read"),
                cache_write: number(cost, "cache_write"),
                // The list has none.
                batch_input: None,
                batch_output: None,
                tiers: tier.into_iter().collect(),
            };
            Some((format!("{provider}/{name}"), price))
        })
    });
    priced.collect()
}

/// Models with costs per token; the prices of long prompts have names such as `input_cost_per_token_above_200k_tokens`.
fn of_litellm(table: &Map<String, Json>) -> BTreeMap<String, ListedPrice> {
    let priced = table.iter().filter(|(name, _)| *name != "sample_spec").filter_map(|(name, model)| {
        let number = |key: &str| model.get(key).and_then(Json::as_f64).map(per_million);
        let above = model.as_object()?.keys().filter_map(|key| above(key));
        let mut limits: Vec<u64> = above.collect();
        limits.sort_unstable();
        let tier = |thousands: u64| {
            let of = |key: &str| number(&format!("{key}_above_{thousands}k_tokens"));
            Some(PriceTierSpec {
                above: thousands * 1000,
                input: of("input_cost_per_token")?,
                output: of("output_cost_per_token").or_else(|| number("output_cost_per_token"))?,
                cached_input: of("cache_read_input_token_cost"),
                cache_write: of("cache_creation_input_token_cost"),
            })
        };
        let price = ListedPrice {
            input: number("input_cost_per_token")?,
            output: number("output_cost_per_token")?,
            cached_input: number("cache_read_input_token_cost"),
            cache_write: number("cache_creation_input_token_cost"),
            batch_input: number("input_cost_per_token_batches"),
            batch_output: number("output_cost_per_token_batches"),
            tiers: limits.into_iter().filter_map(tier).collect(),
        };
        Some((name.clone(), price))
    });
    priced.collect()
}

/// The thousands of tokens above which a price holds.
fn above(key: &str) -> Option<u64> {
    key.strip_prefix("input_cost_per_token_above_")?.strip_suffix("k_tokens")?.parse().ok()
}

/// A price per million tokens, without what the multiplication adds in the last digits.
fn per_million(per_token: f64) -> f64 {
    (per_token * 1e12).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODELS_DEV: &str = r#"{"openai": {"id": "openai", "models": {
        "gpt-x": {"cost": {"input": 2.5, "output": 10, "cache_read": 1.25}},
        "same": {"cost": {"input": 1, "output": 2}}, "free": {"name": "no cost"}}},
        "other": {"models": {"gpt-x": {"cost": {"input": 3, "output": 10, "context_over_200k": {"input": 6, "output": 20}}},
        "same": {"cost": {"input": 1, "output": 2}}}}}"#;

    const LITELLM: &str = r#"{"sample_spec": {"input_cost_per_token": 0, "output_cost_per_token": 0},
        "gpt-x": {"input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 1.25e-06,
            "input_cost_per_token_batches": 1.25e-06, "output_cost_per_token_batches": 5e-06,
            "input_cost_per_token_above_200k_tokens": 5e-06, "output_cost_per_token_above_200k_tokens": 1.5e-05},
        "image": {"input_cost_per_image": 1}}"#;

    #[test]
    fn both_lists_are_read_alike() {
        let litellm = PriceList::import(LITELLM.as_bytes(), "2026-11-28").unwrap();
        let price = litellm.price("gpt-x").unwrap().unwrap();
        assert_eq!((price.input, price.output, price.cached_input), (2.5, 10.0, Some(1.25)));
        assert_eq!((price.tiers[0].above, price.tiers[0].input, price.tiers[0].output), (200_000, 5.0, 15.0));
        assert_eq!((price.batch_input, price.batch_output), (Some(1.25), Some(5.0)));
        assert_eq!(
            (litellm.source.as_str(), price.as_of.as_deref(), litellm.models.len()),
            ("LiteLLM", Some("2026-11-28"), 1)
        );
        let listed = PriceList::import(MODELS_DEV.as_bytes(), "2026-11-28").unwrap();
        assert_eq!(listed.price("openai/gpt-x").unwrap().unwrap().cached_input, Some(1.25));
        assert_eq!(listed.price("other/gpt-x").unwrap().unwrap().tiers[0].input, 6.0);
        assert_eq!(listed.price("gpt-x").unwrap_err(), ["openai/gpt-x", "other/gpt-x"]);
        assert_eq!(listed.price("same").unwrap().unwrap().output, 2.0);
        assert!(listed.price("x").unwrap().is_none() && listed.price("free").unwrap().is_none());
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let list = PriceList::import(LITELLM.as_bytes(), "2026-11-28").unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), list.text().unwrap()).unwrap();
        assert_eq!(PriceList::load(file.path()), Ok(list));
        std::fs::write(file.path(), "version = 1\n").unwrap();
        assert!(PriceList::load(file.path()).unwrap_err().contains("is no price list"));
        for (other, expected) in [("[]", "not a JSON object"), ("{\"a\": {}}", "no prices in the form of models.dev")] {
            assert!(PriceList::import(other.as_bytes(), "2026-11-28").unwrap_err().contains(expected), "{other}");
        }
    }
}
