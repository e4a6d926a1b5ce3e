//! What an Ollama server says.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{Asked, hash, tokens};

/// A page that says something of the server.
pub(crate) fn page(path: &str, models: &[String], generation: usize) -> Option<Json> {
    let tag = |model: &String| {
        let name = full(model);
        let digest = format!("{:016x}", hash(&format!("{model} {generation}"))).repeat(4);
        json!({ "name": name, "model": name, "digest": digest, "size": 1_600_000_000 })
    };
    match path {
        "/api/tags" => Some(json!({ "models": models.iter().map(tag).collect::<Vec<_>>() })),
        _ => None,
    }
}

/// Its version.
pub(crate) fn version(patch: usize) -> Json {
    json!({ "version": format!("0.13.{patch}") })
}

fn full(model: &str) -> String {
    if model.contains(':') { model.to_owned() } else { format!("{model}:latest") }
}

/// What it says of one model.
pub(crate) fn description(body: &Json, models: &[String]) -> Option<Json> {
    let wanted = body["model"].as_str()?;
    models.iter().any(|model| model == wanted || full(model) == wanted).then(|| {
        json!({
            "details": { "family": "llama", "parameter_size": "1.1B", "quantization_level": "Q4_0" },
            "model_info": { "general.architecture": "llama", "llama.context_length": 2048 },
        })
    })
}

/// The models in memory.
pub(crate) fn resident(models: &BTreeSet<String>) -> Json {
    let entry =
        |model: &String| json!({ "name": full(model), "size": 1_700_000_000, "size_vram": 0, "context_length": 4096 });
    json!({ "models": models.iter().map(entry).collect::<Vec<_>>() })
}

/// The prompt, or the messages, of a request.
pub(crate) fn prompt(path: &str, body: &Json) -> String {
    if path == "/api/chat" { super::openai::messages(body) } else { body["prompt"].as_str().unwrap_or_default().into() }
}

/// The answer to a request without a prompt.
pub(crate) fn loaded(asked: &Asked) -> Json {
    json!({ "model": asked.model, "response": "", "done": true, "done_reason": "load" })
}

/// An answer: line by line, or whole.
pub(crate) fn frames(asked: &Asked, text: &str, streamed: bool) -> Vec<String> {
    let part = |text: &str| {
        let key = if asked.path == "/api/chat" { "message" } else { "response" };
        let value = if key == "message" { json!({ "role": "assistant", "content": text }) } else { json!(text) };
        json!({ "model": asked.model, "created_at": "2026-01-01T00:00:00Z", key: value, "done": false })
    };
    let mut last = part(if streamed { "" } else { text });
    let counted = hash(&asked.prompt);
    let end = json!({
        "done": true, "done_reason": "stop",
        "prompt_eval_count": asked.prompt.len() / 4, "eval_count": tokens(text).len(),
        "load_duration": 1_000_000 + counted % 1000, "prompt_eval_duration": 20_000_000 + counted % 10_000,
        "eval_duration": 30_000_000 + counted % 20_000, "total_duration": 60_000_000 + counted % 50_000,
    });
    last.as_object_mut().unwrap().extend(end.as_object().unwrap().clone());
    let parts = tokens(text).into_iter().filter(|_| streamed).map(part);
    parts.chain([last]).map(|line| format!("{line}\n")).collect()
}

/// An error within an answer.
pub(crate) fn error_frame(text: &str) -> String {
    format!("{}\n", json!({ "error": text }))
}
