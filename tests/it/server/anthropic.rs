//! What Anthropic's API says.

use serde_json::{Value as Json, json};

use super::{Asked, tokens};

/// Prompt tokens that are read from a cache and written to it.
const CACHED: (usize, usize) = (4, 2);

/// An answer: event by event, or whole. Counts are cumulative, and the last ones are the true ones.
pub(crate) fn frames(asked: &Asked, text: &str, streamed: bool) -> Vec<String> {
    let (read, written) = CACHED;
    let usage = |output: usize| {
        let input = (asked.prompt.len() / 4).saturating_sub(read + written);
        json!({
            "input_tokens": input, "cache_read_input_tokens": read, "cache_creation_input_tokens": written,
            "output_tokens": output,
        })
    };
    let message = |content: Json, stop_reason: Option<&str>, output: usize| {
        json!({
            "type": "message", "role": "assistant", "model": asked.model, "content": content,
            "stop_reason": stop_reason, "usage": usage(output),
        })
    };
    let count = tokens(text).len();
    if !streamed {
        return vec![message(json!([{ "type": "text", "text": text }]), Some("end_turn"), count).to_string()];
    }
    let piece = |token: &str| {
        let delta = json!({ "type": "text_delta", "text": token });
        event(&json!({ "type": "content_block_delta", "index": 0, "delta": delta }))
    };
    let block = json!({ "type": "text", "text": "" });
    let mut events = vec![
        event(&json!({ "type": "message_start", "message": message(json!([]), None, 1) })),
        event(&json!({ "type": "content_block_start", "index": 0, "content_block": block })),
        event(&json!({ "type": "ping" })),
    ];
    events.extend(tokens(text).into_iter().map(piece));
    events.push(event(&json!({ "type": "content_block_stop", "index": 0 })));
    let delta = json!({ "stop_reason": "end_turn", "stop_sequence": null });
    events.push(event(&json!({ "type": "message_delta", "delta": delta, "usage": { "output_tokens": count } })));
    events.push(event(&json!({ "type": "message_stop" })));
    events
}

fn event(content: &Json) -> String {
    format!("event: {}\ndata: {content}\n\n", content["type"].as_str().unwrap())
}

/// An error within an answer.
pub(crate) fn error_frame(text: &str) -> String {
    event(&json!({ "type": "error", "error": { "type": "overloaded_error", "message": text } }))
}
