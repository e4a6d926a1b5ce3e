//! A request to a batch API, and what it answers.

use bytes::Bytes;
use hyper::{Method, StatusCode};
use serde_json::Value as Json;

use super::shelf::EntryEnd;

/// A request to a batch API.
pub(in super::super) struct BatchRequest<'a> {
    pub(in super::super) method: &'a Method,
    pub(in super::super) path: &'a str,
    pub(in super::super) query: &'a str,
    pub(in super::super) media_type: &'a str,
    pub(in super::super) body: Bytes,
}

/// What a batch API answers.
pub(in super::super) enum Answer {
    Json(Json),
    Lines(String),
    Refused(StatusCode, String),
    /// A batch was made; its reply may be held back.
    Made(Json),
}

/// How a request of a batch ends, by the name of its API and its body.
pub(in super::super) type AnswerTo<'a> = &'a dyn Fn(&'static str, &Json) -> EntryEnd;
