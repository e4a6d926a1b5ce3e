//! Prices and the cost of a response.

use crate::request::Prompt;
use crate::response::Usage;
use crate::spec::types::PriceSpec;

/// Most tiers of a price.
pub const MOST_TIERS: usize = 4;

/// The price of a model's tokens, in the currency of the pricing table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// That of a request whose prompt is in no tier.
    pub rates: Rates,
    /// Those of longer prompts, the shortest first.
    pub tiers: [Option<Tier>; MOST_TIERS],
    /// The most output tokens of an answer.
    pub output_limit: u32,
}

/// Prices of tokens, per million.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Prompt tokens.
    pub input: f64,
    /// Prompt tokens read from the provider's cache.
    pub cached_input: f64,
    /// Prompt tokens written into the provider's cache.
    pub cache_write: f64,
    /// Output tokens, reasoning included.
    pub output: f64,
}

/// The prices of requests with a long prompt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tier {
    /// Prompt tokens above which they hold.
    pub above: u64,
    /// The prices.
    pub rates: Rates,
}

impl Rates {
    /// Cached tokens have the input price unless they have their own.
    fn new(input: f64, cached_input: Option<f64>, cache_write: Option<f64>, output: f64) -> Self {
        Self { input, cached_input: cached_input.unwrap_or(input), cache_write: cache_write.unwrap_or(input), output }
    }

    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^53")]
    fn estimate(&self, prompt_tokens: u64, output_tokens: u64) -> f64 {
        (prompt_tokens as f64 * self.input + output_tokens as f64 * self.output) / 1e6
    }
}

impl Price {
    /// The price of the spec, whose tiers ascend.
    pub fn of(spec: &PriceSpec, output_limit: u32) -> Self {
        let mut tiers = [None; MOST_TIERS];
        for (tier, spec) in tiers.iter_mut().zip(&spec.tiers) {
            let rates = Rates::new(spec.input, spec.cached_input, spec.cache_write, spec.output);
            *tier = Some(Tier { above: spec.above, rates });
        }
        let rates = Rates::new(spec.input, spec.cached_input, spec.cache_write, spec.output);
        Self { rates, tiers, output_limit }
    }

    /// The price of answers of a batch API, if the spec has it: cached tokens and long prompts are cheaper by the same
    /// factors.
    pub fn of_batch(spec: &PriceSpec, output_limit: u32) -> Option<Self> {
        let (input, output) = (spec.batch_input?, spec.batch_output?);
        let factor = |by_batch: f64, usual: f64| if usual > 0.0 { by_batch / usual } else { 1.0 };
        let (of_input, of_output) = (factor(input, spec.input), factor(output, spec.output));
        let cheaper = |rates: Rates| Rates {
            input: rates.input * of_input,
            cached_input: rates.cached_input * of_input,
            cache_write: rates.cache_write * of_input,
            output: rates.output * of_output,
        };
        let usual = Self::of(spec, output_limit);
        let tiers = usual.tiers.map(|tier| tier.map(|tier| Tier { rates: cheaper(tier.rates), ..tier }));
        // As they are written, without what the factor adds in the last digits.
        Some(Self { rates: Rates { input, output, ..cheaper(usual.rates) }, tiers, output_limit })
    }

    /// The prices of a request with a prompt of this length.
    fn rates(&self, prompt_tokens: u64) -> &Rates {
        self.reached(prompt_tokens).last().unwrap_or(&self.rates)
    }

    /// The prices of the tiers that a prompt reaches.
    fn reached(&self, prompt_tokens: u64) -> impl Iterator<Item = &Rates> {
        self.tiers.iter().flatten().filter(move |tier| prompt_tokens > tier.above).map(|tier| &tier.rates)
    }

    /// Cost of a response, by the prices of its tier:
    /// `((prompt − cached − written) · input + cached · cached_input + written · cache_write + output · output) / 10⁶`.
    /// `None` if the server reported no token counts: unknown is not zero.
    pub fn cost(&self, usage: &Usage) -> Option<f64> {
        let [uncached, cached, written, output] = self.by_kind(usage)?;
        Some(without_dust(uncached + cached + written + output))
    }

    /// A million times the cost of a response by the kind of token: uncached, cached and written prompt, and output.
    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^53")]
    pub fn by_kind(&self, usage: &Usage) -> Option<[f64; 4]> {
        let rates = self.rates(usage.prompt_tokens?);
        let prompt = usage.prompt_tokens? as f64;
        let output = usage.output_tokens? as f64;
        let cached = (usage.cached_prompt_tokens.unwrap_or(0) as f64).min(prompt);
        let written = (usage.cache_write_tokens.unwrap_or(0) as f64).min(prompt - cached);
        let uncached = prompt - cached - written;
        Some([uncached * rates.input, cached * rates.cached_input, written * rates.cache_write, output * rates.output])
    }

    /// Upper bound on the cost of a request, from the bytes of its prompt, which may have answers of the model that are not
    /// known yet, and the limit of its output.
    pub fn at_most(&self, prompt: &Prompt) -> f64 {
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let answers = count(prompt.open).saturating_mul(u64::from(self.output_limit));
        self.at_most_for(count(prompt.most_tokens()).saturating_add(answers))
    }

    /// Upper bound on the cost of a request whose prompt has at most `prompt_tokens` tokens.
    pub fn at_most_for(&self, prompt_tokens: u64) -> f64 {
        let each = |rates: &Rates| rates.estimate(prompt_tokens, u64::from(self.output_limit));
        // It may have fewer tokens, and be in a dearer tier for it.
        self.reached(prompt_tokens).map(each).fold(each(&self.rates), f64::max)
    }

    /// Cost of prompt and output tokens, none of them cached.
    pub fn estimate(&self, prompt_tokens: u64, output_tokens: u64) -> f64 {
        self.rates(prompt_tokens).estimate(prompt_tokens, output_tokens)
    }
}

/// A millionth, with no more digits than prices have: sums of decimals leave dust in the last ones.
fn without_dust(millionths: f64) -> f64 {
    const MOST: f64 = 9e15;
    let digits = (millionths * 1e6).round();
    if digits < MOST { digits / 1e12 } else { millionths / 1e6 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_tokens_have_their_own_price_and_unknown_counts_no_cost() {
        let rates = Rates { input: 1.0, cached_input: 0.1, cache_write: 1.25, output: 2.0 };
        let price = Price { rates, tiers: [None; MOST_TIERS], output_limit: 1 };
        let usage = Usage {
            prompt_tokens: Some(1000),
            output_tokens: Some(500),
            cached_prompt_tokens: Some(400),
            cache_write_tokens: Some(200),
            ..Usage::default()
        };
        assert!((price.cost(&usage).unwrap() - (400.0 + 40.0 + 250.0 + 1000.0) / 1e6).abs() < 1e-15);
        assert_eq!(price.cost(&Usage { prompt_tokens: Some(1), ..Usage::default() }), None);
    }

    #[test]
    fn a_long_prompt_has_the_prices_of_its_tier_for_all_its_tokens() {
        let spec = serde_json::json!({
            "input": 1.25, "output": 10.0, "cached_input": 0.31,
            "tiers": [
                { "above": 200_000, "input": 2.5, "output": 15.0, "cached_input": 0.625 },
                { "above": 1_000_000, "input": 5.0, "output": 30.0 },
            ],
        });
        let price = Price::of(&serde_json::from_value(spec).unwrap(), 1000);
        let cost = |prompt, cached, output| {
            let usage = Usage {
                prompt_tokens: Some(prompt),
                output_tokens: Some(output),
                cached_prompt_tokens: Some(cached),
                ..Usage::default()
            };
            format!("{:.8}", price.cost(&usage).unwrap())
        };
        // 100,000 · 1.25 + 100,000 · 0.31 + 1,000 · 10; the limit itself is not above it.
        assert_eq!(cost(200_000, 100_000, 1_000), "0.16600000");
        // 100,001 · 2.5 + 100,000 · 0.625 + 1,000 · 15.
        assert_eq!(cost(200_001, 100_000, 1_000), "0.32750250");
        // Cached tokens have the input price of their tier.
        assert_eq!(cost(1_000_001, 400_000, 10), "5.00030500");
        assert_eq!(format!("{:.6}", price.estimate(300_000, 100)), "0.751500");
        assert_eq!(format!("{:.6}", price.estimate(100, 100)), "0.001125");
    }

    #[test]
    fn answers_of_a_batch_api_are_cheaper_in_every_part() {
        let spec = serde_json::json!({
            "input": 2.0, "output": 8.0, "cached_input": 0.5, "batch_input": 1.0, "batch_output": 4.0,
            "tiers": [{ "above": 100, "input": 4.0, "output": 16.0 }],
        });
        let mut spec: PriceSpec = serde_json::from_value(spec).unwrap();
        let price = Price::of_batch(&spec, 7).unwrap();
        assert_eq!(price.rates, Rates { input: 1.0, cached_input: 0.25, cache_write: 1.0, output: 4.0 });
        let tier = price.tiers[0].unwrap();
        assert_eq!((tier.above, tier.rates.input, tier.rates.output, price.output_limit), (100, 2.0, 8.0, 7));
        spec.batch_output = None;
        assert_eq!(Price::of_batch(&spec, 7), None);
    }

    #[test]
    fn the_bound_of_a_request_is_that_of_its_dearest_tier() {
        let tier =
            Some(Tier { above: 10, rates: Rates { input: 0.5, cached_input: 0.5, cache_write: 0.5, output: 1.0 } });
        let rates = Rates { input: 1.0, cached_input: 1.0, cache_write: 1.0, output: 2.0 };
        let price = Price { rates, tiers: [tier, None, None, None], output_limit: 100 };
        let prompt = Prompt::new(None, "x".repeat(5000));
        let most = u64::try_from(prompt.most_tokens()).unwrap();
        assert!(price.at_most(&prompt) >= rates.estimate(most, 100));
    }
}
