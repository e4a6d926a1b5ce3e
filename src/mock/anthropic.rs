//! Anthropic's messages: named events, and blocks of reasoning and of text.

use hyper::StatusCode;
use serde_json::{Value as Json, json};

use super::api::Api;
use super::said::Said;

/// An event; its name is its type.
fn event(content: &Json) -> String {
    Api::Anthropic.piece(content["type"].as_str().unwrap_or_default(), &content.to_string())
}

/// What comes before the first token: the message, its first block, and a sign of life.
pub(super) fn opening(said: &Said) -> String {
    let message = message(said, &json!([]), None, 1);
    let start = event(&json!({ "type": "message_start", "message": message }));
    let thinking = said.tokens.first().is_some_and(|token| token.thinking);
    start + &block_start(0, thinking) + &event(&json!({ "type": "ping" }))
}

pub(super) fn token(said: &Said, index: usize) -> String {
    let token = &said.tokens[index];
    let thinking_tokens = said.thinking_tokens();
    let block = usize::from(thinking_tokens > 0 && !token.thinking);
    let delta = if token.thinking {
        json!({ "type": "thinking_delta", "thinking": token.text })
    } else {
        json!({ "type": "text_delta", "text": token.text })
    };
    let delta = event(&json!({ "type": "content_block_delta", "index": block, "delta": delta }));
    let is_turn = index > 0 && index == thinking_tokens;
    if is_turn { block_stop(0, true) + &block_start(1, false) + &delta } else { delta }
}

pub(super) fn ending(said: &Said) -> String {
    let thinking_tokens = said.thinking_tokens();
    let last_is_thinking = said.tokens.last().is_some_and(|token| token.thinking);
    let last = usize::from(thinking_tokens > 0 && !last_is_thinking);
    let delta = event(&json!({
        "type": "message_delta", "delta": { "stop_reason": stop_reason(said), "stop_sequence": null },
        "usage": { "output_tokens": said.tokens.len() },
    }));
    block_stop(last, last_is_thinking) + &delta + &event(&json!({ "type": "message_stop" }))
}

pub(super) fn whole(said: &Said) -> Json {
    let mut content = Vec::new();
    if said.thinking_tokens() > 0 {
        content.push(json!({ "type": "thinking", "thinking": said.text(true), "signature": "mock" }));
    }
    if said.thinking_tokens() < said.tokens.len() {
        content.push(json!({ "type": "text", "text": said.text(false) }));
    }
    message(said, &content.into(), Some(stop_reason(said)), said.tokens.len())
}

fn message(said: &Said, content: &Json, stop_reason: Option<&str>, output_tokens: usize) -> Json {
    json!({
        "id": "msg_mock", "type": "message", "role": "assistant", "model": said.model, "content": content,
        "stop_reason": stop_reason, "stop_sequence": null,
        "usage": {
            "input_tokens": said.prompt_tokens, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            "output_tokens": output_tokens,
        },
    })
}

fn block_start(index: usize, thinking: bool) -> String {
    let block = if thinking {
        json!({ "type": "thinking", "thinking": "", "signature": "" })
    } else {
        json!({ "type": "text", "text": "" })
    };
    event(&json!({ "type": "content_block_start", "index": index, "content_block": block }))
}

/// Reasoning is signed before its block ends.
fn block_stop(index: usize, thinking: bool) -> String {
    let delta = json!({ "type": "signature_delta", "signature": "mock" });
    let signed = json!({ "type": "content_block_delta", "index": index, "delta": delta });
    let signature = if thinking { event(&signed) } else { String::new() };
    signature + &event(&json!({ "type": "content_block_stop", "index": index }))
}

fn stop_reason(said: &Said) -> &'static str {
    if said.capped { "max_tokens" } else { "end_turn" }
}

/// An error with the word that the API has for it.
pub(super) fn refusal(status: StatusCode, text: &str) -> Json {
    let kind = match status.as_u16() {
        401 => "authentication_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 | 529 => "overloaded_error",
        400..=499 => "invalid_request_error",
        _ => "api_error",
    };
    json!({ "type": "error", "error": { "type": kind, "message": text }, "request_id": "req_mock" })
}
