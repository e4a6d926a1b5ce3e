//! Anthropic's messages: named events, and blocks of reasoning and of text.

use hyper::StatusCode;
use serde_json::{Value as Json, json};

use super::answer::MockAnswer;
use super::api::{Api, Provider};

/// Anthropic's line in the table of providers. Its list of models is at the path of OpenAI's, with the same members.
pub(super) const PROVIDER: Provider =
    Provider { apis: &[&Anthropic], prefix: "/v1/messages", page: |_, _| None, details: None };

/// Anthropic's API.
struct Anthropic;

impl Api for Anthropic {
    fn name(&self) -> &'static str {
        "anthropic messages"
    }

    fn path(&self) -> &'static str {
        "/v1/messages"
    }

    /// What comes before the first token: the message, its first block, and a sign of life.
    fn opening(&self, answer: &MockAnswer) -> String {
        let message = message(answer, &json!([]), None, 1);
        let start = event(&json!({ "type": "message_start", "message": message }));
        let thinking = answer.tokens.first().is_some_and(|token| token.thinking);
        start + &block_start(0, thinking) + &event(&json!({ "type": "ping" }))
    }

    fn token(&self, answer: &MockAnswer, index: usize) -> String {
        let token = &answer.tokens[index];
        let thinking_tokens = answer.thinking_tokens();
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

    fn ending(&self, answer: &MockAnswer) -> String {
        let thinking_tokens = answer.thinking_tokens();
        let last_is_thinking = answer.tokens.last().is_some_and(|token| token.thinking);
        let last = usize::from(thinking_tokens > 0 && !last_is_thinking);
        let delta = event(&json!({
            "type": "message_delta", "delta": { "stop_reason": stop_reason(answer), "stop_sequence": null },
            "usage": { "output_tokens": answer.tokens.len() },
        }));
        block_stop(last, last_is_thinking) + &delta + &event(&json!({ "type": "message_stop" }))
    }

    fn whole(&self, answer: &MockAnswer) -> Json {
        let mut content = Vec::new();
        if answer.thinking_tokens() > 0 {
            content.push(json!({ "type": "thinking", "thinking": answer.text(true), "signature": "mock" }));
        }
        if answer.thinking_tokens() < answer.tokens.len() {
            content.push(json!({ "type": "text", "text": answer.text(false) }));
        }
        message(answer, &content.into(), Some(stop_reason(answer)), answer.tokens.len())
    }

    /// An error with the word that the API has for it.
    fn refusal(&self, status: StatusCode, text: &str) -> Json {
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

    fn piece(&self, event: &str, text: &str) -> String {
        format!("event: {event}\ndata: {text}\n\n")
    }
}

/// An event; its name is its type.
fn event(content: &Json) -> String {
    Anthropic.piece(content["type"].as_str().unwrap_or_default(), &content.to_string())
}

fn message(answer: &MockAnswer, content: &Json, stop_reason: Option<&str>, output_tokens: usize) -> Json {
    json!({
        "id": "msg_mock", "type": "message", "role": "assistant", "model": answer.model, "content": content,
        "stop_reason": stop_reason, "stop_sequence": null,
        "usage": {
            "input_tokens": answer.prompt_tokens, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
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

fn stop_reason(answer: &MockAnswer) -> &'static str {
    if answer.capped { "max_tokens" } else { "end_turn" }
}
