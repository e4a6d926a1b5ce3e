//! Counts of tokens under the names that servers of OpenAI's APIs give them.

use serde::Deserialize;

use crate::endpoint::lenient::{Number, Objects};
use crate::response::Usage;

/// A usage object. OpenAI's own names come first; the others are those of DeepSeek, Moonshot, xAI and gateways.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct UsageObject {
    prompt_tokens: Number,
    input_tokens: Number,
    completion_tokens: Number,
    output_tokens: Number,
    total_tokens: Number,
    prompt_tokens_details: Objects<Details>,
    input_tokens_details: Objects<Details>,
    completion_tokens_details: Objects<Details>,
    output_tokens_details: Objects<Details>,
    prompt_cache_hit_tokens: Number,
    cached_tokens: Number,
    num_cached_tokens: Number,
    cache_read_input_tokens: Number,
    cache_creation_input_tokens: Number,
    cache_write_tokens: Number,
    reasoning_tokens: Number,
    thinking_tokens: Number,
    #[serde(flatten)]
    native: Native,
}

/// The names of Bedrock and of Gemini, which gateways pass on.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Native {
    input_tokens: Number,
    output_tokens: Number,
    total_tokens: Number,
    cache_read_input_tokens: Number,
    cache_write_input_tokens: Number,
    prompt_token_count: Number,
    candidates_token_count: Number,
    thoughts_token_count: Number,
    total_token_count: Number,
    cached_content_token_count: Number,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    cached_tokens: Number,
    cache_read_tokens: Number,
    cache_write_tokens: Number,
    cache_creation_tokens: Number,
    cache_creation_input_tokens: Number,
    reasoning_tokens: Number,
    thinking_tokens: Number,
}

/// The first of several names under which a count is known.
fn first(names: impl IntoIterator<Item = Number>) -> Option<u64> {
    names.into_iter().find_map(Number::count)
}

impl UsageObject {
    /// The counts. Reasoning counts as output, whether the server counts it within the output or beside it.
    pub(super) fn read(&self) -> Usage {
        let (input, output) = (self.input(), self.output());
        let cached_prompt_tokens = first(input.into_iter().flat_map(|of| [of.cached_tokens, of.cache_read_tokens]))
            .or_else(|| first(self.cached()));
        let written = first([
            self.completion_tokens,
            self.output_tokens,
            self.native.output_tokens,
            self.native.candidates_token_count,
        ]);
        let mut reasoning_tokens = first(output.into_iter().flat_map(|of| [of.reasoning_tokens, of.thinking_tokens]))
            .or_else(|| first([self.reasoning_tokens, self.thinking_tokens, self.native.thoughts_token_count]));
        let prompt_tokens =
            first([self.prompt_tokens, self.input_tokens, self.native.input_tokens, self.native.prompt_token_count]);
        let prompt_tokens =
            prompt_tokens.map(|prompt| self.with_cached(prompt, cached_prompt_tokens, written, reasoning_tokens));
        let output_tokens = written.map(|written| {
            let beside = self.beside(prompt_tokens, written, reasoning_tokens);
            if reasoning_tokens.is_none() && beside > 0 {
                reasoning_tokens = Some(beside);
            }
            written.saturating_add(beside)
        });
        Usage {
            prompt_tokens,
            output_tokens,
            cached_prompt_tokens,
            cache_write_tokens: first(
                input
                    .into_iter()
                    .flat_map(|of| [of.cache_write_tokens, of.cache_creation_tokens, of.cache_creation_input_tokens]),
            )
            .or_else(|| {
                first([self.cache_write_tokens, self.cache_creation_input_tokens, self.native.cache_write_input_tokens])
            }),
            reasoning_tokens,
        }
    }

    fn cached(&self) -> [Number; 6] {
        [
            self.prompt_cache_hit_tokens,
            self.cached_tokens,
            self.num_cached_tokens,
            self.cache_read_input_tokens,
            self.native.cache_read_input_tokens,
            self.native.cached_content_token_count,
        ]
    }

    fn total(&self) -> Option<u64> {
        first([self.total_tokens, self.native.total_tokens, self.native.total_token_count])
    }

    fn input(&self) -> Option<&Details> {
        self.prompt_tokens_details.first.as_ref().or(self.input_tokens_details.first.as_ref())
    }

    fn output(&self) -> Option<&Details> {
        self.completion_tokens_details.first.as_ref().or(self.output_tokens_details.first.as_ref())
    }

    /// The prompt with what came from the cache, where the server counts that beside it: it is more than the prompt, or
    /// just what the total has beyond prompt and answer.
    fn with_cached(&self, prompt: u64, cached: Option<u64>, written: Option<u64>, reasoning: Option<u64>) -> u64 {
        let cached = cached.unwrap_or(0);
        let sum = |prompt: u64| prompt.saturating_add(written.unwrap_or(0));
        let is_missing =
            cached > 0 && reasoning.unwrap_or(0) == 0 && self.total() == Some(sum(prompt.saturating_add(cached)));
        if cached > prompt || is_missing { prompt.saturating_add(cached) } else { prompt }
    }

    /// Output tokens that are not among those written: what the total has beyond prompt and answer is reasoning, and
    /// so is reasoning that is more than the answer itself.
    fn beside(&self, prompt: Option<u64>, written: u64, reasoning: Option<u64>) -> u64 {
        let missing =
            self.total().zip(prompt).map(|(total, prompt)| total.saturating_sub(prompt.saturating_add(written)));
        match (missing, reasoning) {
            // All that is not explained is output: no server adds anything else to its total.
            (Some(missing), _) if missing > 0 => missing,
            (None, Some(reasoning)) if reasoning > written => reasoning,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(json: &str) -> [Option<u64>; 5] {
        let usage = serde_json::from_str::<UsageObject>(json).unwrap().read();
        [
            usage.prompt_tokens,
            usage.output_tokens,
            usage.cached_prompt_tokens,
            usage.cache_write_tokens,
            usage.reasoning_tokens,
        ]
    }

    #[test]
    fn counts_are_found_under_the_names_of_every_server() {
        let cases = [
            // OpenAI
            (
                r#"{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,
                    "prompt_tokens_details":{"cached_tokens":1920,"audio_tokens":0},
                    "completion_tokens_details":{"reasoning_tokens":256,"accepted_prediction_tokens":0}}"#,
                [Some(2006), Some(300), Some(1920), None, Some(256)],
            ),
            // OpenAI's Responses
            (
                r#"{"input_tokens":36,"input_tokens_details":{"cached_tokens":8},"output_tokens":87,
                    "output_tokens_details":{"reasoning_tokens":64},"total_tokens":123}"#,
                [Some(36), Some(87), Some(8), None, Some(64)],
            ),
            // OpenRouter
            (
                r#"{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110,"cost":0.001,"is_byok":false,
                    "prompt_tokens_details":{"cached_tokens":60,"cache_write_tokens":30},
                    "completion_tokens_details":{"reasoning_tokens":0}}"#,
                [Some(100), Some(10), Some(60), Some(30), Some(0)],
            ),
            // DeepSeek
            (
                r#"{"prompt_tokens":1000,"completion_tokens":1,"total_tokens":1001,"prompt_cache_hit_tokens":960,
                    "prompt_cache_miss_tokens":40,"completion_tokens_details":null}"#,
                [Some(1000), Some(1), Some(960), None, None],
            ),
            // Moonshot
            (
                r#"{"prompt_tokens":19,"completion_tokens":13,"total_tokens":32,"cached_tokens":10}"#,
                [Some(19), Some(13), Some(10), None, None],
            ),
            // xAI counts reasoning beside the answer.
            (
                r#"{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"prompt_tokens_details":{"cached_tokens":6},
                    "completion_tokens_details":{"reasoning_tokens":94}}"#,
                [Some(32), Some(103), Some(6), None, Some(94)],
            ),
            // Gemini's shim does not count thoughts except in the total.
            (
                r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":215}"#,
                [Some(10), Some(205), None, None, Some(200)],
            ),
            // A gateway in front of Anthropic
            (
                r#"{"prompt_tokens":100,"completion_tokens":5,"total_tokens":105,"cache_read_input_tokens":70,
                    "cache_creation_input_tokens":20}"#,
                [Some(100), Some(5), Some(70), Some(20), None],
            ),
            (
                r#"{"prompt_tokens":9,"completion_tokens":10,"completion_tokens_details":{"reasoning_tokens":200}}"#,
                [Some(9), Some(210), None, None, Some(200)],
            ),
            // Gateways that count the cached part of a prompt beside the rest
            (
                r#"{"prompt_tokens":36,"completion_tokens":10,"total_tokens":110,"prompt_tokens_details":{"cached_tokens":64}}"#,
                [Some(100), Some(10), Some(64), None, None],
            ),
            (
                r#"{"prompt_tokens":9,"completion_tokens":10,"reasoning_tokens":4}"#,
                [Some(9), Some(10), None, None, Some(4)],
            ),
        ];
        for (json, expected) in cases {
            assert_eq!(counts(json), expected, "{json}");
        }
    }

    #[test]
    fn a_cached_part_that_only_the_total_tells_is_beside_the_rest() {
        let usage = r#"{"prompt_tokens":80,"completion_tokens":10,"total_tokens":110,"cache_read_input_tokens":20}"#;
        assert_eq!(counts(usage), [Some(100), Some(10), Some(20), None, None]);
    }

    #[test]
    fn a_count_that_is_none_hides_no_other() {
        for (json, expected) in [
            (r#"{"prompt_tokens":"9","completion_tokens":3.0}"#, [Some(9), Some(3)]),
            (r#"{"prompt_tokens":-1,"completion_tokens":3}"#, [None, Some(3)]),
            (r#"{"prompt_tokens":[],"completion_tokens":{},"prompt_tokens_details":7}"#, [None, None]),
            (r#"{"prompt_tokens":null,"input_tokens":9,"total_tokens":"x","output_tokens":1}"#, [Some(9), Some(1)]),
            (r#"{"prompt_tokens":9,"completion_tokens":3,"total_tokens":5}"#, [Some(9), Some(3)]),
        ] {
            assert_eq!(counts(json)[..2], expected, "{json}");
        }
    }
}
