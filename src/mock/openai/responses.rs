//! OpenAI's Responses API: named events, and items of reasoning and of text.

use hyper::StatusCode;
use serde_json::{Value as Json, json};

use super::super::answer::MockAnswer;
use super::super::api::{Api, CREATED_S};
use super::error::error;

/// The Responses API.
pub(super) struct Responses;

impl Api for Responses {
    fn name(&self) -> &'static str {
        "openai responses"
    }

    fn path(&self) -> &'static str {
        "/v1/responses"
    }

    fn opening(&self, answer: &MockAnswer) -> String {
        let thinks = answer.tokens.first().is_some_and(|token| token.thinking);
        event(&json!({ "type": "response.created", "response": response(answer, "in_progress", &json!([])) }))
            + &item_added(0, thinks)
    }

    fn token(&self, answer: &MockAnswer, index: usize) -> String {
        let token = &answer.tokens[index];
        let thinking_tokens = answer.thinking_tokens();
        let item = usize::from(thinking_tokens > 0 && !token.thinking);
        let kind = if token.thinking { "response.reasoning_text.delta" } else { "response.output_text.delta" };
        let delta = event(&json!({ "type": kind, "output_index": item, "content_index": 0, "delta": token.text }));
        let is_turn = index > 0 && index == thinking_tokens;
        if is_turn { item_added(1, false) + &delta } else { delta }
    }

    fn ending(&self, answer: &MockAnswer) -> String {
        let kind = if answer.capped { "response.incomplete" } else { "response.completed" };
        event(&json!({ "type": kind, "response": self.whole(answer) }))
    }

    fn whole(&self, answer: &MockAnswer) -> Json {
        let mut output = Vec::new();
        if answer.thinking_tokens() > 0 {
            let content = json!([{ "type": "reasoning_text", "text": answer.text(true) }]);
            output.push(json!({ "type": "reasoning", "id": "rs_mock", "summary": [], "content": content }));
        }
        if answer.thinking_tokens() < answer.tokens.len() {
            let content = json!([{ "type": "output_text", "text": answer.text(false), "annotations": [] }]);
            output.push(json!({ "type": "message", "id": "msg_mock", "role": "assistant", "content": content }));
        }
        let status = if answer.capped { "incomplete" } else { "completed" };
        let mut whole = response(answer, status, &output.into());
        if answer.capped {
            whole["incomplete_details"] = json!({ "reason": "max_output_tokens" });
        }
        whole["usage"] = usage(answer);
        whole
    }

    fn refusal(&self, status: StatusCode, text: &str) -> Json {
        error(status, text)
    }

    fn piece(&self, event: &str, text: &str) -> String {
        format!("event: {event}\ndata: {text}\n\n")
    }
}

/// An event; its name is its type.
fn event(content: &Json) -> String {
    Responses.piece(content["type"].as_str().unwrap_or_default(), &content.to_string())
}

fn item_added(index: usize, thinking: bool) -> String {
    let kind = if thinking { "reasoning" } else { "message" };
    event(&json!({ "type": "response.output_item.added", "output_index": index, "item": { "type": kind } }))
}

fn response(answer: &MockAnswer, status: &str, output: &Json) -> Json {
    json!({
        "id": "resp_mock", "object": "response", "created_at": CREATED_S, "status": status, "model": answer.model,
        "output": output, "error": null, "incomplete_details": null, "usage": null,
    })
}

fn usage(answer: &MockAnswer) -> Json {
    let output = u32::try_from(answer.tokens.len()).unwrap_or(u32::MAX);
    json!({
        "input_tokens": answer.prompt_tokens, "input_tokens_details": { "cached_tokens": 0 },
        "output_tokens": output, "output_tokens_details": { "reasoning_tokens": answer.thinking_tokens() },
        "total_tokens": u64::from(answer.prompt_tokens) + u64::from(output),
    })
}
