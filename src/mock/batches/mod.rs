//! Batches: requests that are submitted together and answered later, through the batch APIs of OpenAI and Anthropic.
//!
//! A batch ends a fixed time after it was made. Until then its requests come to their ends one after another; a batch that is
//! cancelled ends at once, with what was done by then. Results come in the reverse order of the requests.

mod anthropic;
mod behaviour;
mod exchange;
mod openai;
mod page;
mod shelf;

use hyper::Method;

pub use behaviour::BatchBehaviour;
pub(super) use exchange::{Answer, AnswerTo, BatchRequest};
pub(super) use shelf::Shelf;

/// True if a path is one of a batch API.
pub(super) fn is_path(path: &str) -> bool {
    let begins = |prefix: &str| path == prefix || path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
    [openai::FILES, openai::BATCHES, anthropic::BATCHES].into_iter().any(begins)
}

/// True if a batch is to be made.
pub(super) fn is_submission(asked: &BatchRequest<'_>) -> bool {
    asked.method == Method::POST && [openai::BATCHES, anthropic::BATCHES].contains(&asked.path)
}

/// Answers a request to a batch API.
pub(super) fn answer(shelf: &Shelf, asked: &BatchRequest<'_>, answer_to: AnswerTo<'_>) -> Answer {
    if asked.path.starts_with(anthropic::BATCHES) {
        anthropic::answer(shelf, asked, answer_to)
    } else {
        openai::answer(shelf, asked, answer_to)
    }
}
