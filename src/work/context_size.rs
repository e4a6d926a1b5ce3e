//! The size of the context that a server is asked for, where its own might cut a prompt.
//!
//! The server's default depends on its version and machine (2,048 tokens once, 4,096 and more later), is not
//! told before a model is loaded, and what does not fit is cut without a word.

use crate::request::{Prompt, TEMPLATE_TOKENS};

/// The smallest default that is still in use.
const SMALLEST_DEFAULT: usize = 2048;

/// Bytes of a prompt per token from which on there is something to worry about.
const BYTES_USUALLY: usize = 3;

/// Sizes are asked for in steps, so that a slightly longer prompt does not change every request.
const STEP: usize = 1024;

/// The size to ask for; `None` if the longest prompt and an answer of up to `output_limit` tokens fit into any server's
/// default. Each answer of the model that is part of a prompt, and not known yet, may be as long.
pub fn needed<'p>(prompts: impl Iterator<Item = &'p [Prompt]>, output_limit: u32) -> Option<u32> {
    let answer = usize::try_from(output_limit).ok()?;
    let output = |prompt: &Prompt| answer.saturating_mul(1 + prompt.open);
    let longest = prompts.flatten().max_by_key(|prompt| (prompt.most_tokens() + output(prompt), prompt.bytes()))?;
    let output = output(longest);
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
        // 1,024 is what Ollama's answers have room for if the spec sets no limit.
        for (bytes, output_limit, expected) in [
            (1_000, 128, None),
            (5_500, 128, None),
            (5_600, 128, Some(3_072)),
            (20_000, 128, Some(10_240)),
            (100, 1_024, None),
            (5_600, 1_024, Some(4_096)),
            (100, 2_000, Some(3_072)),
        ] {
            let prompts = prompts(bytes);
            assert_eq!(needed(prompts.iter().map(Vec::as_slice), output_limit), expected, "{bytes} {output_limit}");
        }
        assert_eq!(needed(std::iter::empty(), 4096), None);
        let turn = Prompt { open: 3, ..Prompt::new(None, "x".into()) };
        assert_eq!(needed([&[turn][..]].into_iter(), 1_024), Some(5_120));
    }
}
