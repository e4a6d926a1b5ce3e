//! Refusals: when a server refuses every request of a model rather than one of them. Pure.
//!
//! A refusal of one prompt costs one row. The same refusal three times in a row, with no answer in between, is
//! the model's own; so is a wrong key (401) or a missing model (404) at once, as long as nothing was answered.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::fault::Fault;

/// The same refusals in a row that stop a model.
const SAME: u32 = 3;

/// Shortest word that may be the identifier of one request.
const IDENTIFIER: usize = 8;

/// What a server has refused of one model in one run.
#[derive(Debug, Default)]
pub struct Refusals {
    state: Mutex<State>,
    /// True after an answer, until something is refused: then there is nothing to remember.
    is_calm: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    has_answered: bool,
    last: String,
    count: u32,
    end: Option<String>,
}

impl Refusals {
    /// The model has answered.
    pub fn answered(&self) {
        if self.is_calm.load(Ordering::Acquire) {
            return;
        }
        let mut state = self.state();
        state.has_answered = true;
        state.count = 0;
        self.is_calm.store(state.end.is_none(), Ordering::Release);
    }

    /// A request has failed like this.
    pub fn failed(&self, fault: &Fault) {
        if !fault.is_refusal() {
            return;
        }
        let mut state = self.state();
        self.is_calm.store(false, Ordering::Release);
        let words = common_words(&fault.line());
        state.count = if words == state.last { state.count + 1 } else { 1 };
        state.last = words;
        let is_plain = matches!(fault.http_status, Some(401 | 404)) && !state.has_answered;
        if (is_plain || state.count >= SAME) && state.end.is_none() {
            state.end = Some(fault.line());
        }
    }

    /// The refusal that made further requests pointless, if one did.
    pub fn end(&self) -> Option<String> {
        if self.is_calm.load(Ordering::Acquire) {
            return None;
        }
        self.state().end.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message without words that look like the identifier of one request.
fn common_words(line: &str) -> String {
    let is_common = |word: &&str| {
        let has = |test: fn(&char) -> bool| word.chars().any(|c| test(&c));
        word.len() < IDENTIFIER || !has(char::is_ascii_digit) || !has(char::is_ascii_alphabetic)
    };
    line.split_whitespace().filter(is_common).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(refusals: &Refusals, http_status: u16, body: &str) -> bool {
        refusals.failed(&Fault::of_http(http_status, body.as_bytes(), None));
        refusals.end().is_some()
    }

    #[test]
    fn three_of_a_kind_stop_a_model_and_an_answer_in_between_does_not_let_them() {
        let refusals = Refusals::default();
        assert!(!refused(&refusals, 402, "pay first (req_01ab23cd)"));
        assert!(!refused(&refusals, 402, "pay first (req_99ff88ee)"));
        refusals.answered();
        assert!(!refused(&refusals, 402, "pay first"));
        assert!(!refused(&refusals, 403, "flagged"));
        assert!(!refused(&refusals, 403, "flagged") && refused(&refusals, 403, "flagged"));
    }

    #[test]
    fn a_wrong_key_stops_at_once_unless_the_model_has_answered() {
        assert!(refused(&Refusals::default(), 401, "who are you?"));
        let refusals = Refusals::default();
        refusals.answered();
        assert!(!refused(&refusals, 401, "who are you?"));
    }

    #[test]
    fn failures_of_the_server_and_prompts_that_are_too_long_are_no_refusals_of_the_model() {
        let refusals = Refusals::default();
        for _ in 0..9 {
            assert!(!refused(&refusals, 500, "out of memory"));
            assert!(!refused(&refusals, 400, "This model's maximum context length is 8 tokens"));
        }
    }
}
