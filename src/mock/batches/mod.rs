//! Batches: requests that are submitted together and answered later, through the batch APIs of OpenAI and Anthropic.
//!
//! A batch ends a fixed time after it was made. Until then its requests come to their ends one after another; a batch that is
//! cancelled ends at once, with what was done by then. Results come in the reverse order of the requests.

mod anthropic;
mod behaviour;
mod openai;
mod shelf;

use std::time::SystemTime;

use bytes::Bytes;
use hyper::{Method, StatusCode};
use serde_json::Value as Json;

pub use behaviour::BatchBehaviour;
pub(super) use shelf::{EntryEnd, Shelf};

/// A request to a batch API.
pub(super) struct BatchRequest<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) media_type: &'a str,
    pub(super) body: Bytes,
}

/// What a batch API answers.
pub(super) enum Answer {
    Json(Json),
    Lines(String),
    Refused(StatusCode, String),
    /// A batch was made; its reply may be held back.
    Made(Json),
}

/// How a request of a batch ends, by the name of its API and its body.
pub(super) type AnswerTo<'a> = &'a dyn Fn(&'static str, &Json) -> EntryEnd;

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

/// The page of a list that a query asks for: what comes after an id, and whether there is more.
fn page(ids: Vec<Json>, query: &str, after: &str) -> (Vec<Json>, bool) {
    let parameter = |name: &str| {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    };
    let limit = parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(20);
    let start = parameter(after)
        .and_then(|after| ids.iter().position(|batch| batch["id"].as_str() == Some(after)))
        .map_or(0, |place| place + 1);
    let has_more = ids.len() > start + limit;
    (ids.into_iter().skip(start).take(limit).collect(), has_more)
}

/// Now, in seconds since 1970.
fn now_s() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
