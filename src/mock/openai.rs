//! OpenAI's API: chat completions, and completions of a text.

use hyper::StatusCode;
use serde_json::{Value as Json, json};

use super::api::{Api, CREATED_S};
use super::said::Said;

fn envelope(api: Api, said: &Said, streamed: bool, choices: &Json) -> Json {
    let (id, object) = match (api, streamed) {
        (Api::OpenAiCompletions, _) => ("cmpl-mock", "text_completion"),
        (_, true) => ("chatcmpl-mock", "chat.completion.chunk"),
        (_, false) => ("chatcmpl-mock", "chat.completion"),
    };
    json!({
        "id": id, "object": object, "created": CREATED_S, "model": said.model, "choices": choices,
        "system_fingerprint": "fp_mock",
    })
}

/// A chunk; only the last says why the answer ends.
fn chunk(api: Api, said: &Said, content: Json, finish: Option<&str>) -> String {
    let mut choice = json!({ "index": 0, "finish_reason": finish, "logprobs": null });
    choice[if api == Api::OpenAiCompletions { "text" } else { "delta" }] = content;
    let mut chunk = envelope(api, said, true, &json!([choice]));
    if said.with_usage {
        chunk["usage"] = Json::Null;
    }
    api.piece("", &chunk.to_string())
}

/// The chunk that names the role, which is no token.
pub(super) fn opening(said: &Said) -> String {
    chunk(Api::OpenAiChat, said, json!({ "role": "assistant", "content": "" }), None)
}

pub(super) fn token(api: Api, said: &Said, index: usize) -> String {
    let token = &said.tokens[index];
    let content = match (api, token.thinking) {
        (Api::OpenAiCompletions, _) => json!(token.text),
        (_, true) => json!({ "reasoning_content": token.text }),
        (_, false) => json!({ "content": token.text }),
    };
    chunk(api, said, content, None)
}

pub(super) fn ending(api: Api, said: &Said) -> String {
    let nothing = if api == Api::OpenAiCompletions { json!("") } else { json!({}) };
    let mut ending = chunk(api, said, nothing, Some(finish_reason(said)));
    if said.with_usage {
        let mut last = envelope(api, said, true, &json!([]));
        last["usage"] = usage(said);
        ending.push_str(&api.piece("", &last.to_string()));
    }
    ending.push_str(&api.piece("", "[DONE]"));
    ending
}

pub(super) fn whole(api: Api, said: &Said) -> Json {
    let mut choice = json!({ "index": 0, "finish_reason": finish_reason(said), "logprobs": null });
    if api == Api::OpenAiCompletions {
        choice["text"] = said.text(false).into();
    } else {
        choice["message"] = json!({ "role": "assistant", "content": said.text(false), "refusal": null });
        if said.thinking_tokens() > 0 {
            choice["message"]["reasoning_content"] = said.text(true).into();
        }
    }
    let mut whole = envelope(api, said, false, &json!([choice]));
    whole["usage"] = usage(said);
    whole
}

fn finish_reason(said: &Said) -> &'static str {
    if said.capped { "length" } else { "stop" }
}

fn usage(said: &Said) -> Json {
    let output = u32::try_from(said.tokens.len()).unwrap_or(u32::MAX);
    json!({
        "prompt_tokens": said.prompt_tokens, "completion_tokens": output,
        "total_tokens": u64::from(said.prompt_tokens) + u64::from(output),
        "prompt_tokens_details": { "cached_tokens": 0 },
        "completion_tokens_details": { "reasoning_tokens": said.thinking_tokens() },
    })
}

/// An error with the words that the API has for it.
pub(super) fn refusal(status: StatusCode, text: &str) -> Json {
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

/// `/v1/models`.
pub(super) fn models(models: &[String]) -> Json {
    let model = |model: &String| json!({ "id": model, "object": "model", "created": CREATED_S, "owned_by": "mock" });
    json!({ "object": "list", "data": models.iter().map(model).collect::<Vec<_>>() })
}
