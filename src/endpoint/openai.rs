//! OpenAI's chat completions, as OpenAI, llama-server, vLLM, LM Studio and many others speak them.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::answer::{Added, Answer};
use super::fault::{Fault, error_text};
use super::surrogates;
use crate::request::{Prompt, Settings};
use crate::response::Status;
use crate::spec::types::MaxTokensField;

fn limit_name(field: MaxTokensField) -> &'static str {
    match field {
        MaxTokensField::MaxTokens => "max_tokens",
        MaxTokensField::MaxCompletionTokens => "max_completion_tokens",
    }
}

/// Body of a request.
pub(super) fn body(field: MaxTokensField, settings: &Settings, prompt: &Prompt) -> Json {
    let parameters = &settings.parameters;
    let mut messages = Vec::new();
    if let Some(system) = &prompt.system {
        messages.push(json!({ "role": "system", "content": &**system }));
    }
    messages.push(json!({ "role": "user", "content": &*prompt.text }));
    let mut body = json!({ "model": settings.model, "messages": messages, "stream": parameters.stream });
    if parameters.stream {
        body["stream_options"] = json!({ "include_usage": true });
    }
    let mut set = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            body[name] = value;
        }
    };
    set(limit_name(field), parameters.max_tokens.map(Json::from));
    set("temperature", parameters.temperature.map(Json::from));
    set("top_p", parameters.top_p.map(Json::from));
    set("top_k", parameters.top_k.map(Json::from));
    set("seed", parameters.seed.map(Json::from));
    set("stop", (!parameters.stop.is_empty()).then(|| parameters.stop.clone().into()));
    body
}

/// Some servers do not know `stream_options` and say so; they are asked once more without it.
pub(super) fn simplify(body: &mut Json, fault: &Fault) -> bool {
    let refused = matches!(fault.http_status, Some(400 | 422)) && fault.message.contains("stream_options");
    refused && body.as_object_mut().is_some_and(|body| body.remove("stream_options").is_some())
}

/// The shortest real request; the API has none that only loads a model.
pub(super) fn warmup_body(field: MaxTokensField, model: &str) -> Json {
    let mut body = json!({ "model": model, "stream": false, "messages": [{ "role": "user", "content": "Hello" }] });
    body[limit_name(field)] = 1.into();
    body
}

/// A chunk of a stream, or a whole answer: one has `delta` where the other has `message`.
#[derive(Deserialize)]
struct Chunk {
    choices: Option<Vec<Choice>>,
    usage: Option<UsageObject>,
    timings: Option<Timings>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Message>,
    message: Option<Message>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
    reasoning_content: Option<String>,
    reasoning: Option<String>,
}

#[derive(Deserialize)]
struct UsageObject {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
    completion_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    cached_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
}

/// llama-server's own measurements, in milliseconds.
#[derive(Deserialize)]
struct Timings {
    prompt_ms: Option<f64>,
    predicted_ms: Option<f64>,
    cache_n: Option<u64>,
}

/// Reads the data of one event, or a whole body.
pub(super) fn read(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if frame.trim_ascii() == b"[DONE]" {
        return Ok(Added::default());
    }
    let malformed =
        |detail: String| Fault::new(Status::Malformed, format!("not an answer of the OpenAI API: {detail}"));
    let json: Json = surrogates::from_slice(frame).map_err(|error| malformed(error.to_string()))?;
    if let Some(text) = error_text(&json) {
        return Err(Fault::new(Status::StreamError, text));
    }
    if !["choices", "usage", "timings"].iter().any(|member| json.get(member).is_some()) {
        return Err(malformed("no `choices`".to_owned()));
    }
    let chunk: Chunk = serde_json::from_value(json).map_err(|error| malformed(error.to_string()))?;
    let mut added = Added::default();
    if let Some(choice) = chunk.choices.unwrap_or_default().into_iter().next() {
        if let Some(message) = choice.delta.or(choice.message) {
            let reasoning = message.reasoning_content.or(message.reasoning);
            added = answer.add(message.content.or(message.refusal).as_deref(), reasoning.as_deref());
        }
        if choice.finish_reason.is_some() {
            answer.finish_reason = choice.finish_reason;
            answer.finished = true;
        }
    }
    take_counts(answer, chunk.usage, chunk.timings.as_ref());
    Ok(added)
}

/// The last usage object counts: some servers send an empty one in every chunk.
fn take_counts(answer: &mut Answer, usage: Option<UsageObject>, timings: Option<&Timings>) {
    if let Some(usage) = usage {
        answer.usage.prompt_tokens = usage.prompt_tokens;
        answer.usage.output_tokens = usage.completion_tokens;
        answer.usage.cached_prompt_tokens = usage.prompt_tokens_details.and_then(|details| details.cached_tokens);
        answer.usage.reasoning_tokens = usage.completion_tokens_details.and_then(|details| details.reasoning_tokens);
    }
    if let Some(timings) = timings {
        let milliseconds = |value: Option<f64>| value.and_then(|value| Duration::try_from_secs_f64(value / 1e3).ok());
        answer.server.prompt_eval = milliseconds(timings.prompt_ms);
        answer.server.eval = milliseconds(timings.predicted_ms);
        answer.server.total = match (answer.server.prompt_eval, answer.server.eval) {
            (Some(prompt), Some(eval)) => Some(prompt + eval),
            _ => None,
        };
        answer.usage.cached_prompt_tokens = answer.usage.cached_prompt_tokens.or(timings.cache_n);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(frames: &[&str]) -> Result<Answer, Fault> {
        let mut answer = Answer::default();
        for frame in frames {
            read(frame.as_bytes(), &mut answer)?;
        }
        Ok(answer)
    }

    #[test]
    fn a_stream_is_read_with_its_usage() {
        let answer = read_all(&[
            r#"{"choices":[{"delta":{"role":"assistant","content":null},"finish_reason":null}],"usage":null}"#,
            r#"{"choices":[{"delta":{"content":"B"},"finish_reason":null}]}"#,
            r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":4}},
                "timings":{"prompt_n":5,"prompt_ms":10.5,"predicted_ms":2.0,"cache_n":4}}"#,
            "[DONE]",
        ])
        .unwrap();
        assert_eq!((answer.text.as_str(), answer.finished), ("B", true));
        assert_eq!(answer.usage.cached_prompt_tokens, Some(4));
        assert_eq!(answer.server.total, Some(Duration::from_micros(12_500)));
        assert_eq!(answer.server.load, None);
    }

    #[test]
    fn a_whole_answer_is_read() {
        let answer = read_all(&[
            r#"{"choices":[{"message":{"role":"assistant","content":"B","reasoning_content":"hm"},"finish_reason":"length"}],
                "usage":{"prompt_tokens":9,"completion_tokens":1}}"#,
        ])
        .unwrap();
        assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("B", "hm"));
        assert_eq!(answer.finish_reason.as_deref(), Some("length"));
    }

    #[test]
    fn odd_but_lawful_chunks_are_read() {
        for frame in [r#"{"choices":null,"usage":null}"#, r#"{"choices":[]}"#, " [DONE] "] {
            assert!(read_all(&[frame]).is_ok(), "{frame}");
        }
    }

    #[test]
    fn errors_and_nonsense_are_faults() {
        let error = read_all(&[r#"{"error":{"message":"overloaded"}}"#]).unwrap_err();
        assert_eq!((error.status, error.message.as_str()), (Status::StreamError, "overloaded"));
        for frame in ["{}", "[]", "null", "<html>", r#"{"choices":1}"#, ""] {
            assert_eq!(read_all(&[frame]).unwrap_err().status, Status::Malformed, "{frame}");
        }
    }
}
