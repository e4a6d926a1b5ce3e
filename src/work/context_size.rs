//! The size of the context that an Ollama server is asked for, where its own might cut a prompt.
//!
//! The server's default depends on its version and machine (2,048 tokens once, 4,096 and more later), is not
//! told before a model is loaded, and what does not fit is cut without a word.

use crate::request::Prompt;

/// The smallest default that is still in use.
const SMALLEST_DEFAULT: usize = 2048;

/// Fewest bytes of a prompt per token, to be asked for; and to be worried about.
const BYTES_AT_LEAST: usize = 2;
const BYTES_USUALLY: usize = 3;

/// Tokens that a model's own chat template may add.
const TEMPLATE_TOKENS: usize = 64;

/// Output tokens to leave room for where the spec sets no limit.
const UNLIMITED_OUTPUT: usize = 1024;

/// Sizes are asked for in steps, so that a slightly longer prompt does not change every request.
const STEP: usize = 1024;

/// The size to ask for; `None` if the longest prompt and its answer fit into any server's default.
pub fn needed(prompts: &[Vec<Prompt>], max_tokens: Option<u32>) -> Option<u32> {
    let length = |prompt: &Prompt| prompt.text.len() + prompt.system.as_ref().map_or(0, |system| system.len());
    let longest = prompts.iter().flatten().map(length).max()?;
    let output = max_tokens.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(UNLIMITED_OUTPUT);
    let tokens = |bytes_per_token: usize| longest / bytes_per_token + TEMPLATE_TOKENS + output;
    if tokens(BYTES_USUALLY) <= SMALLEST_DEFAULT {
        return None;
    }
    u32::try_from(tokens(BYTES_AT_LEAST).next_multiple_of(STEP)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_prompts_that_might_be_cut_need_a_size() {
        let prompts = |bytes: usize| vec![vec![Prompt::new(None, "x".repeat(bytes)), Prompt::new(None, "y".into())]];
        for (bytes, max_tokens, expected) in [
            (1_000, Some(128), None),
            (5_500, Some(128), None),
            (5_600, Some(128), Some(3_072)),
            (20_000, Some(128), Some(10_240)),
            (100, None, None),
            (100, Some(2_000), Some(3_072)),
        ] {
            assert_eq!(needed(&prompts(bytes), max_tokens), expected, "{bytes} {max_tokens:?}");
        }
        assert_eq!(needed(&[], Some(1)), None);
    }
}
