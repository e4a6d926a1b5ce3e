//! An answer as it grows, frame by frame.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::calls::{CallPart, Calls};
use super::content::Content;
use super::finish;
use super::growth::Growth;
use super::lenient::Text;
use super::logprobs::{of_empty_text, of_first_token, says_something};
use super::thinking::{Added, ThinkTags, parted_late};
use crate::alternatives::Alternative;
use crate::response::{ServerDurations, Usage};

/// The word for an answer that called a tool and ended without saying so.
const CALLED_TOOL: &str = "tool_calls";

/// The word for an answer in which the model refused and that ended without saying so.
const REFUSAL: &str = "refusal";

/// What one frame brings.
#[derive(Debug, Default)]
pub(super) struct Piece<'frame> {
    /// Text of the answer.
    pub(super) text: Cow<'frame, str>,
    /// Reasoning that the server keeps apart.
    pub(super) reasoning: Cow<'frame, str>,
    /// The words of a refusal.
    pub(super) refusal: Cow<'frame, str>,
    /// Calls of tools, or parts of them.
    pub(super) calls: Vec<CallPart>,
}

impl<'frame> From<Content<'frame>> for Piece<'frame> {
    fn from(content: Content<'frame>) -> Self {
        let Content { text, reasoning, refusal, calls } = content;
        Self { text, reasoning, refusal, calls }
    }
}

/// What has come in so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Text of the answer.
    pub text: String,
    /// What else could have been its first token, as far as the server says so.
    pub alternatives: Vec<Alternative>,
    /// Reasoning: what the server keeps apart, or what stands between marks such as `<think>` tags.
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
    /// True if the model refused in words that the server keeps apart.
    pub is_refusal: bool,
    /// Calls of tools.
    pub(super) calls: Calls,
    /// The number of the choice that is read, where the server gives several.
    choice: Option<u64>,
    /// True if there were others.
    has_others: bool,
    growth: Growth,
    tags: ThinkTags,
}

impl Answer {
    /// Takes in what a frame brings; empty pieces count as nothing.
    pub(super) fn take(&mut self, piece: Piece<'_>) -> Added {
        let call = !piece.calls.is_empty();
        piece.calls.into_iter().for_each(|part| self.calls.add(part));
        let mut text = piece.text;
        if !piece.refusal.is_empty() {
            self.is_refusal = true;
            if text.is_empty() {
                text = piece.refusal;
            }
        }
        self.reasoning.push_str(&piece.reasoning);
        self.growth.push(&text);
        let added = self.tags.push(&text, &mut self.text, &mut self.reasoning);
        self.take_written_calls();
        Added {
            content: added.content,
            reasoning: added.reasoning || !piece.reasoning.is_empty(),
            held: added.held && self.reasoning.is_empty(),
            call: call || added.call,
        }
    }

    /// Takes in the calls that the model wrote into its text.
    fn take_written_calls(&mut self) {
        for (name, arguments) in self.tags.take_calls() {
            self.calls.add(CallPart::whole(name, arguments));
        }
    }

    /// Takes in a frame with the log-probabilities of its tokens. Only those of the first token that says anything are
    /// kept, and none if the server gives none for it.
    pub(super) fn take_with(&mut self, piece: Piece<'_>, logprobs: Option<&Json>) -> Added {
        let (begin, is_empty) = (self.text.len(), piece.text.is_empty());
        let added = self.take(piece);
        let Some(logprobs) = logprobs.filter(|_| !says_something(&self.text[..begin])) else { return added };
        let text = &self.text[begin..];
        if says_something(text) {
            let alternatives = of_first_token(logprobs, text, !self.reasoning.is_empty());
            self.alternatives = alternatives.unwrap_or_default();
        } else if is_empty && self.text.is_empty() && self.reasoning.is_empty() {
            // The model may end without a word: what else it might have begun with is known all the same.
            self.alternatives = of_empty_text(logprobs).unwrap_or_default();
        }
        added
    }

    /// True if a choice of this number is the one that is read: of several to one request that of the lowest number, in the
    /// place of another that came before it.
    pub(super) fn reads(&mut self, choice: Option<u64>) -> bool {
        let Some(number) = choice else { return true };
        self.has_others |= self.choice.is_some_and(|read| number != read);
        if self.choice.is_some_and(|read| number < read) {
            *self = Self { usage: self.usage, server: self.server, has_others: true, ..Self::default() };
        }
        *self.choice.get_or_insert(number) == number
    }

    /// True if it is one of several answers to one request.
    pub(super) fn is_one_of_several(&self) -> bool {
        self.has_others
    }

    /// Takes in the server's word for the end, if it is one.
    pub(super) fn end_with(&mut self, word: Text<'_>) {
        if !finish::is_none(&word) {
            self.finish_reason = Some(word.into_owned());
            self.finish();
        }
    }

    /// The finish marker has come.
    pub fn finish(&mut self) {
        self.tags.finish(&mut self.text, &mut self.reasoning);
        self.take_written_calls();
        if let Some(whole) = self.growth.whole().filter(|_| self.reasoning.is_empty()) {
            self.text = whole;
        }
        self.finished = true;
    }

    /// The server's word for the end, or that of the OpenAI API for what the server does not say. To be asked when the
    /// answer is complete.
    pub fn word_for_the_end(&self) -> Option<&str> {
        let word = self.finish_reason.as_deref();
        let is_plain = word.is_none_or(|word| finish::meaning(&[], word) == finish::Finish::Complete);
        match (is_plain, self.is_refusal, !self.calls.is_empty() && self.text.trim().is_empty()) {
            (true, true, _) => Some(REFUSAL),
            (true, false, true) => Some(CALLED_TOOL),
            _ => word,
        }
    }

    /// Bytes of all that the model generated so far.
    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.reasoning.len() + self.calls.bytes()
    }

    /// True if the model generated nothing, as far as anybody knows.
    pub fn is_empty(&self) -> bool {
        let has_words = !self.text.is_empty() || !self.reasoning.is_empty();
        !has_words && self.calls.is_empty() && self.usage.output_tokens.unwrap_or(0) == 0
    }

    /// Puts apart the reasoning of which only the end is marked; true if there was any. To be asked when the answer is complete.
    pub fn split_late(&mut self) -> bool {
        if !self.reasoning.is_empty() {
            return false;
        }
        let Some((thought, rest)) = parted_late(&self.text) else { return false };
        let (thought, rest) = (thought.to_owned(), rest.trim_start().to_owned());
        self.reasoning = thought;
        // They were those of the first thought.
        self.alternatives.clear();
        self.text = rest;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Piece<'_> {
        Piece { text: text.into(), ..Piece::default() }
    }

    #[test]
    fn what_an_end_does_not_say_is_said_in_the_words_of_the_openai_api() {
        let ended = |word: Option<&str>, text: &str, calls_tool, is_refusal| {
            let finish_reason = word.map(str::to_owned);
            let mut answer = Answer { text: text.into(), finish_reason, is_refusal, ..Answer::default() };
            let call =
                Piece { calls: if calls_tool { vec![CallPart::default()] } else { Vec::new() }, ..Piece::default() };
            answer.take(call);
            answer.word_for_the_end().map(str::to_owned)
        };
        assert_eq!(ended(Some("stop"), "", true, false).as_deref(), Some("tool_calls"));
        assert_eq!(ended(None, "", true, false).as_deref(), Some("tool_calls"));
        assert_eq!(ended(Some("stop"), "B", true, false).as_deref(), Some("stop"));
        assert_eq!(ended(Some("length"), "", true, false).as_deref(), Some("length"));
        assert_eq!(ended(Some("stop"), "I cannot", false, true).as_deref(), Some("refusal"));
        assert_eq!(ended(None, "", false, false), None);
    }

    #[test]
    fn an_answer_is_empty_if_nothing_was_generated() {
        let mut answer = Answer::default();
        assert!(answer.is_empty());
        answer.usage.output_tokens = Some(0);
        assert!(answer.is_empty());
        answer.usage.output_tokens = Some(1);
        assert!(!answer.is_empty());
        for answer in
            [Answer { text: " ".into(), ..Answer::default() }, Answer { reasoning: "hm".into(), ..Answer::default() }]
        {
            assert!(!answer.is_empty());
        }
    }

    #[test]
    fn both_ways_to_keep_reasoning_apart_work_together() {
        let mut answer = Answer::default();
        let apart = Piece { reasoning: "a".into(), ..Piece::default() };
        assert_eq!(answer.take(apart), Added { reasoning: true, ..Added::default() });
        assert_eq!(answer.take(said("<think>b")), Added { reasoning: true, ..Added::default() });
        assert_eq!(answer.take(said("</think>B")), Added { content: true, reasoning: true, ..Added::default() });
        assert_eq!(answer.take(said("")), Added::default());
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
        answer.take(said("<th"));
        assert_eq!(answer.text, "");
        answer.finish();
        assert_eq!((answer.text.as_str(), answer.finished), ("<th", true));
    }
}
