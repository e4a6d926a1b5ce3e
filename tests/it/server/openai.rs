//! What a server says that speaks the OpenAI API.

use serde_json::{Value as Json, json};

use super::{Asked, tokens};

/// A page that says something of the server.
pub(crate) fn page(path: &str, models: &[String]) -> Option<Json> {
    let models: Vec<Json> = models.iter().map(|model| json!({ "id": model, "object": "model" })).collect();
    (path == "/v1/models").then(|| json!({ "object": "list", "data": models }))
}

/// The messages of a request as one text.
pub(crate) fn prompt(body: &Json) -> String {
    let messages = body["messages"].as_array().into_iter().flatten();
    messages.filter_map(|message| message["content"].as_str()).collect::<Vec<_>>().join("\n")
}

/// An answer: event by event, or whole.
pub(crate) fn frames(asked: &Asked, text: &str, streamed: bool) -> Vec<String> {
    let usage = json!({ "prompt_tokens": asked.prompt.len() / 4, "completion_tokens": tokens(text).len() });
    if !streamed {
        let message = json!({ "role": "assistant", "content": text });
        let choices = json!([{ "index": 0, "message": message, "finish_reason": "stop" }]);
        return vec![json!({ "object": "chat.completion", "choices": choices, "usage": usage }).to_string()];
    }
    let chunk = |delta: Json, finish: Option<&str>| {
        let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
        json!({ "object": "chat.completion.chunk", "choices": [choice] })
    };
    let mut chunks: Vec<Json> =
        tokens(text).into_iter().map(|token| chunk(json!({ "content": token }), None)).collect();
    chunks.push(chunk(json!({}), Some("stop")));
    chunks.push(json!({ "object": "chat.completion.chunk", "choices": [], "usage": usage }));
    let events = chunks.into_iter().map(|chunk| format!("data: {chunk}\n\n"));
    events.chain(["data: [DONE]\n\n".to_owned()]).collect()
}

/// An error within an answer.
pub(crate) fn error_frame(text: &str) -> String {
    format!("data: {}\n\n", json!({ "error": { "message": text } }))
}
