//! An answer as it grows, frame by frame.

use super::thinking::{Added, ThinkTags};
use crate::response::{ServerDurations, Usage};

/// What has come in so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Text of the answer.
    pub text: String,
    /// Reasoning: what the server keeps apart, or what stands between `<think>` tags.
    pub reasoning: String,
    /// The server's word for why it stopped.
    pub finish_reason: Option<String>,
    /// True once the finish marker has come; without it the answer is cut.
    pub finished: bool,
    /// True once nothing more can come that belongs to it.
    pub over: bool,
    /// Token counts.
    pub usage: Usage,
    /// The server's durations.
    pub server: ServerDurations,
    tags: ThinkTags,
}

impl Answer {
    /// Adds text and the reasoning that the server keeps apart; empty pieces count as nothing.
    pub fn add(&mut self, text: Option<&str>, reasoning: Option<&str>) -> Added {
        let reasoning = reasoning.unwrap_or_default();
        self.reasoning.push_str(reasoning);
        let added = self.tags.push(text.unwrap_or_default(), &mut self.text, &mut self.reasoning);
        Added {
            content: added.content,
            reasoning: added.reasoning || !reasoning.is_empty(),
            held: added.held && self.reasoning.is_empty(),
        }
    }

    /// The finish marker has come.
    pub fn finish(&mut self) {
        self.tags.finish(&mut self.text, &mut self.reasoning);
        self.finished = true;
    }

    /// Puts apart the reasoning of a model whose chat template opens the tag in the prompt, so that only its end is in
    /// the text; true if there was any. To be asked when the answer is complete.
    pub fn split_late(&mut self) -> bool {
        if !self.reasoning.is_empty() {
            return false;
        }
        let Some((thought, rest)) = self.text.split_once("</think>") else { return false };
        let rest = rest.trim_start().to_owned();
        self.reasoning = thought.to_owned();
        self.text = rest;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_keep_reasoning_apart_work_together() {
        let mut answer = Answer::default();
        assert_eq!(answer.add(None, Some("a")), Added { reasoning: true, ..Added::default() });
        assert_eq!(answer.add(Some("<think>b"), None), Added { reasoning: true, ..Added::default() });
        assert_eq!(answer.add(Some("</think>B"), None), Added { content: true, reasoning: true, held: false });
        assert_eq!(answer.add(Some(""), Some("")), Added::default());
        assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("B", "ab"));
    }

    #[test]
    fn reasoning_whose_beginning_is_in_the_prompt_is_put_apart() {
        let mut answer = Answer { text: "A or B?</think>\n\nC".into(), ..Answer::default() };
        assert!(answer.split_late());
        assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("C", "A or B?"));
        assert!(!answer.split_late());
    }

    #[test]
    fn the_finish_marker_sets_free_what_was_held_back() {
        let mut answer = Answer::default();
        answer.add(Some("<th"), None);
        assert_eq!(answer.text, "");
        answer.finish();
        assert_eq!((answer.text.as_str(), answer.finished), ("<th", true));
    }
}
