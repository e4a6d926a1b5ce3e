//! Refusals: when a server refuses or fails every request of a model rather than one of them. Pure.
//!
//! A refusal of one prompt costs one row. The same refusal three times in a row, with no answer in between, is
//! the model's own; so is a wrong key (401) or a missing model (404) at once, as long as nothing was answered. Each time
//! that an answer has followed on such a refusal, it takes one more in a row: it is likelier then that it is of single
//! prompts, some of which come together by chance.
//!
//! What may pass, such as a 500, stops a model when enough requests in a row have failed, each with all its
//! attempts, that chance does not explain it: if a fifth of all requests fails at random, 20 do so in a row with a
//! probability of 10⁻¹⁴, and 200 with one of 10⁻¹⁴⁰.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::fault::Fault;
use crate::level::Level;

/// The same refusals in a row that stop a model.
const SAME: u32 = 3;

/// Most refusals in a row that it takes to stop a model, however often answers have followed on such.
const MOST_SAME: u32 = 20;

/// Refusals in different words of which it is known how often answers have followed on them.
const KINDS: usize = 64;

/// Requests that have to fail in a row, before the first answer, to stop a model: never fewer.
const FAILED: u64 = 20;

/// The same in times of what is in flight together, and may fail for one reason.
const IN_FLIGHT: u64 = 2;

/// The same in seconds of an open loop, which does not wait for a server that starts again.
const SECONDS: f64 = 10.0;

/// How many times as many after an answer: some stretch of the prompts may be too much for a server that is well.
const AFTER_AN_ANSWER: u64 = 10;

/// Shortest word that may be the identifier of one request.
const IDENTIFIER: usize = 8;

/// What a server has refused of one model in one run.
#[derive(Debug, Default)]
pub struct Refusals {
    state: Mutex<State>,
    /// True after an answer, until something fails: then no request takes the lock.
    is_calm: AtomicBool,
    /// Requests that have to fail in a row before the first answer; `None` if any number may.
    most: Option<u64>,
}

#[derive(Debug, Default)]
struct State {
    has_answered: bool,
    last: String,
    count: u32,
    /// How often an answer has followed on a refusal, by its words.
    outlived: HashMap<String, u32>,
    /// Requests that failed since the last answer, however they did.
    failed: u64,
    end: Option<String>,
}

impl Refusals {
    /// The refusals of a model at a level.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is positive and bounded")]
    pub fn at(level: Level) -> Self {
        let together = match level.in_flight() {
            Some(count) => u64::try_from(count).unwrap_or(u64::MAX).saturating_mul(IN_FLIGHT),
            None => (level.load() * SECONDS).ceil() as u64,
        };
        Self { most: Some(together.max(FAILED)), ..Self::default() }
    }

    /// The model has answered.
    pub fn answered(&self) {
        if self.is_calm.load(Ordering::Acquire) {
            return;
        }
        let mut state = self.state();
        state.has_answered = true;
        state.outlive();
        (state.count, state.failed) = (0, 0);
        self.is_calm.store(state.end.is_none(), Ordering::Release);
    }

    /// A request has failed for good.
    pub fn failed(&self, fault: &Fault) {
        let mut state = self.state();
        self.is_calm.store(false, Ordering::Release);
        if fault.is_refusal() {
            let words = common_words(&fault.line());
            state.count = if words == state.last { state.count + 1 } else { 1 };
            state.last = words;
        }
        // What is so of one prompt says nothing of the others.
        state.failed += u64::from(!fault.kind.is_of_the_prompt());
        let is_plain = matches!(fault.http_status, Some(401 | 404)) && fault.is_refusal() && !state.has_answered;
        let is_over = self.most.is_some_and(|most| state.failed >= most.saturating_mul(state.patience()));
        if is_plain || (fault.is_refusal() && state.count >= state.same()) {
            state.end.get_or_insert(format!("its endpoint refuses every request ({}); no more are sent", fault.line()));
        } else if is_over && state.end.is_none() {
            state.end = Some(format!(
                "{} requests in a row failed, the last with {}; sending stopped, rerun the command to continue",
                state.failed,
                fault.line()
            ));
        }
    }

    /// Why no more requests are sent, if that is so.
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

impl State {
    /// The same refusals in a row that stop the model now.
    fn same(&self) -> u32 {
        SAME.saturating_add(self.outlived.get(&self.last).copied().unwrap_or(0)).min(MOST_SAME)
    }

    /// An answer has come after the last refusals, if there were any.
    fn outlive(&mut self) {
        if self.count > 0 && (self.outlived.len() < KINDS || self.outlived.contains_key(&self.last)) {
            *self.outlived.entry(self.last.clone()).or_default() += 1;
        }
    }

    fn patience(&self) -> u64 {
        if self.has_answered { AFTER_AN_ANSWER } else { 1 }
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
    use crate::response::Status;

    fn understood(fault: Fault) -> Fault {
        let kind = crate::endpoint::kind::classify(fault.as_told());
        fault.classified(kind)
    }

    fn refused(refusals: &Refusals, http_status: u16, body: &str) -> bool {
        refusals.failed(&understood(Fault::of_http(http_status, body.as_bytes(), None)));
        refusals.end().is_some()
    }

    #[test]
    fn refusals_that_answers_have_followed_on_take_more_of_them_in_a_row() {
        let refusals = Refusals::default();
        for _ in 0..2 {
            assert!(!refused(&refusals, 402, "pay first"));
            refusals.answered();
        }
        for _ in 0..4 {
            assert!(!refused(&refusals, 402, "pay first"));
        }
        assert!(refused(&refusals, 402, "pay first"));
        // Other words are another matter.
        let refusals = Refusals::default();
        assert!(!refused(&refusals, 402, "pay first"));
        refusals.answered();
        assert!(!refused(&refusals, 403, "not for you"));
        assert!(!refused(&refusals, 403, "not for you"));
        assert!(refused(&refusals, 403, "not for you"));
        // However often, there is an end.
        let refusals = Refusals::default();
        for _ in 0..100 {
            assert!(!refused(&refusals, 402, "pay first"));
            refusals.answered();
        }
        assert!((0..19).all(|_| !refused(&refusals, 402, "pay first")));
        assert!(refused(&refusals, 402, "pay first"));
    }

    #[test]
    fn three_of_a_kind_stop_a_model_and_an_answer_in_between_does_not_let_them() {
        let refusals = Refusals::default();
        assert!(!refused(&refusals, 402, "pay first (req_01ab23cd)"));
        assert!(!refused(&refusals, 402, "pay first (req_99ff88ee)"));
        refusals.answered();
        assert!(!refused(&refusals, 402, "pay first"));
        assert!(!refused(&refusals, 403, "not for you"));
        assert!(!refused(&refusals, 403, "not for you") && refused(&refusals, 403, "not for you"));
        assert!((0..9).all(|_| !refused(&Refusals::default(), 403, "your input was flagged")));
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

    fn at(concurrency: u32) -> Refusals {
        Refusals::at(Level::Concurrency(std::num::NonZeroU32::new(concurrency).unwrap()))
    }

    /// How many failures of one kind after another stop a model.
    fn failures_until_the_end(refusals: &Refusals, fault: &Fault) -> usize {
        (1..=5_000)
            .find(|_| {
                refusals.failed(fault);
                refusals.end().is_some()
            })
            .unwrap_or(usize::MAX)
    }

    #[test]
    fn a_server_that_only_fails_stops_a_model_after_more_than_is_in_flight() {
        let broken = Fault::of_http(500, b"out of memory", None);
        assert_eq!(failures_until_the_end(&at(1), &broken), 20);
        assert_eq!(failures_until_the_end(&at(64), &broken), 128);
        assert_eq!(failures_until_the_end(&at(4), &Fault::new(Status::CutStream, "no marker")), 20);
        let rate = Level::Rate(crate::level::Rate::new(5.0).unwrap(), crate::level::Arrivals::Poisson);
        assert_eq!(failures_until_the_end(&Refusals::at(rate), &broken), 50);
        let refusals = at(4);
        refusals.answered();
        assert_eq!(failures_until_the_end(&refusals, &broken), 200);
        let end = refusals.end().unwrap();
        assert!(end.contains("200 requests in a row failed, the last with HTTP 500: out of memory"), "{end}");
        assert_eq!(failures_until_the_end(&Refusals::default(), &broken), usize::MAX, "a recording costs nothing");
    }

    #[test]
    fn prompts_that_are_too_long_and_failures_between_answers_do_not_stop_a_model() {
        let refusals = at(1);
        let long = understood(Fault::of_http(500, b"the prompt exceeds the context window", None));
        assert_eq!(failures_until_the_end(&refusals, &long), usize::MAX);
        // Worse than any chance: 19 of 20 fail, a million times.
        let refusals = at(1);
        let broken = Fault::of_http(500, b"", None);
        for number in 0..1_000_000 {
            if number % 20 == 19 { refusals.answered() } else { refusals.failed(&broken) }
        }
        assert_eq!(refusals.end(), None);
    }

    #[test]
    fn chance_explains_no_such_row_of_failures() {
        // A row of n failures begins at any of a million requests with at most a million times its probability.
        let odds = |n: i32| 0.2_f64.powi(n);
        assert!(odds(20) < 1.1e-14, "before the first answer there is one place where it can begin");
        assert!(1e6 * odds(200) < 1e-130);
    }
}
