//! Errors of OpenAI's APIs.

use hyper::StatusCode;
use serde_json::{Value as Json, json};

/// An error with the words that the API has for it.
pub(super) fn error(status: StatusCode, text: &str) -> Json {
    let (kind, code) = match status.as_u16() {
        401 => ("invalid_request_error", "invalid_api_key"),
        404 => ("invalid_request_error", "model_not_found"),
        413 => ("invalid_request_error", "context_length_exceeded"),
        429 => ("requests", "rate_limit_exceeded"),
        400..=499 => ("invalid_request_error", "invalid_request"),
        _ => ("server_error", "server_error"),
    };
    json!({ "error": { "message": text, "type": kind, "param": null, "code": code } })
}
