//! What an answer says: its tokens, its counts and its times, before an API writes them.

use std::time::Duration;

/// An answer.
pub(super) struct MockAnswer<'a> {
    /// The model that says it.
    pub(super) model: &'a str,
    /// Its tokens; reasoning comes first.
    pub(super) tokens: Vec<Token>,
    /// True if a limit of the request ended it.
    pub(super) capped: bool,
    /// Tokens of the prompt.
    pub(super) prompt_tokens: u32,
    /// True if a stream is to end with its token counts.
    pub(super) with_usage: bool,
    /// How long everything took.
    pub(super) durations: Durations,
}

/// One token.
pub(super) struct Token {
    pub(super) text: String,
    /// True if it is reasoning and not part of the answer itself.
    pub(super) thinking: bool,
}

/// How long an answer took, by what it was spent on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Durations {
    /// Waiting for a slot.
    pub(super) queue: Duration,
    /// Loading the model.
    pub(super) load: Duration,
    /// Reading the prompt, up to the first token.
    pub(super) prompt: Duration,
    /// From the first token to the last.
    pub(super) output: Duration,
}

impl Durations {
    pub(super) fn total(self) -> Duration {
        self.queue + self.load + self.prompt + self.output
    }
}

impl MockAnswer<'_> {
    /// The reasoning, or else the answer itself, as one text.
    pub(super) fn text(&self, thinking: bool) -> String {
        self.tokens.iter().filter(|token| token.thinking == thinking).map(|token| token.text.as_str()).collect()
    }

    /// How much of it is reasoning.
    pub(super) fn thinking_tokens(&self) -> usize {
        self.tokens.iter().filter(|token| token.thinking).count()
    }
}

/// What reasoning is made of.
const THINKING: &str = "hm";

/// What follows a letter. Nothing in it can be taken for one.
const FILLER: [&str; 4] = [" This", " is", " only", " filler."];

/// A number of tokens of reasoning, then a letter with filler behind it.
pub(super) fn letter_tokens(letter: char, thinking: u32, output: u32) -> Vec<Token> {
    let count = |tokens| usize::try_from(tokens).unwrap_or(usize::MAX);
    let lead = [letter.to_string(), ".".to_owned()];
    let filler = FILLER.into_iter().cycle().map(str::to_owned);
    let content = lead.into_iter().chain(filler).map(|text| Token { text, thinking: false });
    thinking_tokens(thinking).chain(content.take(count(output))).collect()
}

/// A number of tokens of reasoning, then a text, one token per word.
pub(super) fn text_tokens(text: &str, thinking: u32) -> Vec<Token> {
    let content = text.split_inclusive(' ').map(|word| Token { text: word.to_owned(), thinking: false });
    thinking_tokens(thinking).chain(content).collect()
}

fn thinking_tokens(count: u32) -> impl Iterator<Item = Token> {
    let text = |index| if index == 0 { THINKING.to_owned() } else { format!(" {THINKING}") };
    (0..count).map(move |index| Token { text: text(index), thinking: true })
}
