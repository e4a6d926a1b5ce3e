//! What a server says that speaks the OpenAI API.

use serde_json::{Value as Json, json};

use super::{Asked, tokens};

/// A page that says something of the server.
pub(crate) fn page(path: &str, models: &[String]) -> Option<Json> {
    let models: Vec<Json> = models.iter().map(|model| json!({ "id": model, "object": "model" })).collect();
    (path == "/v1/models").then(|| json!({ "object": "list", "data": models }))
}

/// The prompt, or the messages, of a request.
pub(crate) fn prompt(path: &str, body: &Json) -> String {
    match path {
        path if is_chat(path) => messages(body),
        RESPONSES => texts(&body["input"]),
        _ => body["prompt"].as_str().unwrap_or_default().into(),
    }
}

/// Where the Responses API is asked.
const RESPONSES: &str = "/v1/responses";

fn is_chat(path: &str) -> bool {
    path.starts_with("/v1/chat/completions")
}

/// The messages of a request as one text.
pub(crate) fn messages(body: &Json) -> String {
    texts(&body["messages"])
}

fn texts(messages: &Json) -> String {
    let messages = messages.as_array().into_iter().flatten();
    // A content is a text, or a list of parts of which some are texts.
    let parts = |content: &Json| content.as_array().cloned().unwrap_or_default();
    let texts = messages.flat_map(|message| match message["content"].as_str() {
        Some(text) => vec![text.to_owned()],
        None => parts(&message["content"]).iter().filter_map(|part| Some(part["text"].as_str()?.to_owned())).collect(),
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// An answer: event by event, or whole.
pub(crate) fn frames(asked: &Asked, text: &str, streamed: bool) -> Vec<String> {
    if asked.path == RESPONSES {
        return response_frames(asked, text, streamed);
    }
    let usage = json!({ "prompt_tokens": asked.prompt.len() / 4, "completion_tokens": tokens(text).len() });
    let chat = is_chat(&asked.path);
    let choice = |member: &str, text: &str, finish: Option<&str>| {
        let value = if chat { json!({ "content": text }) } else { json!(text) };
        json!([{ "index": 0, (if chat { member } else { "text" }): value, "finish_reason": finish }])
    };
    if !streamed {
        return vec![json!({ "choices": choice("message", text, Some("stop")), "usage": usage }).to_string()];
    }
    let chunk = |text: &str, finish: Option<&str>| json!({ "choices": choice("delta", text, finish) });
    let mut chunks: Vec<Json> = tokens(text).into_iter().map(|token| chunk(token, None)).collect();
    chunks.push(chunk("", Some("stop")));
    chunks.push(json!({ "choices": [], "usage": usage }));
    let events = chunks.into_iter().map(|chunk| format!("data: {chunk}\n\n"));
    events.chain(["data: [DONE]\n\n".to_owned()]).collect()
}

/// An answer of the Responses API.
fn response_frames(asked: &Asked, text: &str, streamed: bool) -> Vec<String> {
    let usage = json!({ "input_tokens": asked.prompt.len() / 4, "output_tokens": tokens(text).len() });
    let message = json!({ "type": "message", "content": [{ "type": "output_text", "text": text }] });
    let response =
        json!({ "object": "response", "status": "completed", "error": null, "output": [message], "usage": usage });
    if !streamed {
        return vec![response.to_string()];
    }
    let event = |kind: &str, member: &str, value: Json| {
        let event = json!({ "type": kind, member: value });
        format!("event: {kind}\ndata: {event}\n\n")
    };
    let started = event("response.created", "response", json!({ "status": "in_progress", "output": [] }));
    let deltas = tokens(text).into_iter().map(|token| event("response.output_text.delta", "delta", token.into()));
    let ended = event("response.completed", "response", response);
    std::iter::once(started).chain(deltas).chain([ended]).collect()
}

/// An error within an answer.
pub(crate) fn error_frame(text: &str) -> String {
    format!("data: {}\n\n", json!({ "error": { "message": text } }))
}
