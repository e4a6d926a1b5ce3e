//! Prices and the cost of a response.

use crate::request::Prompt;
use crate::response::Usage;
use crate::spec::types::PriceSpec;

/// The price of a model's tokens, per million, in the currency of the pricing table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// Prompt tokens.
    pub input: f64,
    /// Prompt tokens read from the provider's cache.
    pub cached_input: f64,
    /// Prompt tokens written into the provider's cache.
    pub cache_write: f64,
    /// Output tokens, reasoning included.
    pub output: f64,
    /// The most output tokens of an answer.
    pub output_limit: u32,
}

impl Price {
    /// The price of the spec; cached tokens have the input price unless they have their own.
    pub fn of(spec: &PriceSpec, output_limit: u32) -> Self {
        Self {
            input: spec.input,
            cached_input: spec.cached_input.unwrap_or(spec.input),
            cache_write: spec.cache_write.unwrap_or(spec.input),
            output: spec.output,
            output_limit,
        }
    }

    /// The same price where an answer has another limit of tokens.
    #[must_use]
    pub fn with_output_limit(self, output_limit: u32) -> Self {
        Self { output_limit, ..self }
    }

    /// Cost of a response:
    /// `((prompt − cached − written) · input + cached · cached_input + written · cache_write + output · output) / 10⁶`.
    /// `None` if the server reported no token counts: unknown is not zero.
    pub fn cost(&self, usage: &Usage) -> Option<f64> {
        let [uncached, cached, written, output] = self.by_kind(usage)?;
        Some((uncached + cached + written + output) / 1e6)
    }

    /// A million times the cost of a response by the kind of token: uncached, cached and written prompt, and output.
    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^53")]
    pub fn by_kind(&self, usage: &Usage) -> Option<[f64; 4]> {
        let prompt = usage.prompt_tokens? as f64;
        let output = usage.output_tokens? as f64;
        let cached = (usage.cached_prompt_tokens.unwrap_or(0) as f64).min(prompt);
        let written = (usage.cache_write_tokens.unwrap_or(0) as f64).min(prompt - cached);
        let uncached = prompt - cached - written;
        Some([uncached * self.input, cached * self.cached_input, written * self.cache_write, output * self.output])
    }

    /// Upper bound on the cost of a request, from the bytes of its prompt and the limit of its output.
    pub fn at_most(&self, prompt: &Prompt) -> f64 {
        let prompt_tokens = u64::try_from(prompt.most_tokens()).unwrap_or(u64::MAX);
        self.estimate(prompt_tokens, u64::from(self.output_limit))
    }

    /// Cost of prompt and output tokens, none of them cached.
    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^53")]
    pub fn estimate(&self, prompt_tokens: u64, output_tokens: u64) -> f64 {
        (prompt_tokens as f64 * self.input + output_tokens as f64 * self.output) / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cached_tokens_have_their_own_price_and_unknown_counts_no_cost() {
        let price = Price { input: 1.0, cached_input: 0.1, cache_write: 1.25, output: 2.0, output_limit: 1 };
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
}
