//! The size of the context that an Ollama server is asked for, where its own might cut a prompt.
//!
//! The server's default depends on its version and machine (2,048 tokens once, 4,096 and more later), is not
//! told before a model is loaded, and what does not fit is cut without a word.

use crate::request::{Prompt, TEMPLATE_TOKENS};

/// The smallest default that is still in use.
const SMALLEST_DEFAULT: usize = 2048;

/// Bytes of a prompt per token from which on there is something to worry about.
const BYTES_USUALLY: usize = 3;

/// Output tokens to leave room for where the spec sets no limit.
const UNLIMITED_OUTPUT: usize = 1024;

/// Sizes are asked for in steps, so that a slightly longer prompt does not change every request.
const STEP: usize = 1024;

/// The size to ask for; `None` if the longest prompt and its answer fit into any server's default.
pub fn needed(prompts: &[Vec<Prompt>], max_tokens: Option<u32>) -> Option<u32> {
    let longest = prompts.iter().flatten().max_by_key(|prompt| prompt.bytes())?;
    let output = max_tokens.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(UNLIMITED_OUTPUT);
    if longest.bytes() / BYTES_USUALLY + TEMPLATE_TOKENS + output <= SMALLEST_DEFAULT {
        return None;
    }
    u32::try_from((longest.most_tokens() + output).next_multiple_of(STEP)).ok()
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
