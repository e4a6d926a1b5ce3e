//! An answer as it grows, frame by frame.

use crate::response::{ServerDurations, Usage};

/// What has come in so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Text of the answer.
    pub text: String,
    /// Reasoning that the server keeps apart.
    pub reasoning: String,
    /// The server's word for why it stopped.
    pub finish_reason: Option<String>,
    /// True once the finish marker has come; without it the answer is cut.
    pub finished: bool,
    /// Token counts.
    pub usage: Usage,
    /// The server's durations.
    pub server: ServerDurations,
}

/// What one frame added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Added {
    /// Text of the answer.
    pub content: bool,
    /// Reasoning.
    pub reasoning: bool,
}

impl Answer {
    /// Adds text of the answer and reasoning; empty pieces count as nothing.
    pub fn add(&mut self, content: Option<&str>, reasoning: Option<&str>) -> Added {
        let content = content.unwrap_or_default();
        let reasoning = reasoning.unwrap_or_default();
        self.text.push_str(content);
        self.reasoning.push_str(reasoning);
        Added { content: !content.is_empty(), reasoning: !reasoning.is_empty() }
    }
}
