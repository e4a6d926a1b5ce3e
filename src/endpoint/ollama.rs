//! Ollama's native API: `/api/generate` and `/api/chat`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::answer::{Added, Answer};
use super::fault::Fault;
use super::surrogates;
use super::text::Text;
use crate::request::{Parameters, Prompt, Settings};
use crate::response::Status;
use crate::spec::types::OllamaApi;

/// Body of a request.
pub(super) fn body(api: OllamaApi, keep_alive: Option<&str>, settings: &Settings, prompt: &Prompt) -> Json {
    let mut body = json!({
        "model": settings.model,
        "stream": settings.parameters.stream,
        "options": options(&settings.parameters),
        // A prompt that is longer than the context is an error, not another question.
        "truncate": false,
    });
    match api {
        OllamaApi::Generate => {
            body["prompt"] = (*prompt.text).into();
            if let Some(system) = &prompt.system {
                body["system"] = (**system).into();
            }
        }
        OllamaApi::Chat => {
            let mut messages = Vec::new();
            if let Some(system) = &prompt.system {
                messages.push(json!({ "role": "system", "content": &**system }));
            }
            messages.push(json!({ "role": "user", "content": &*prompt.text }));
            body["messages"] = messages.into();
        }
    }
    if let Some(keep_alive) = keep_alive {
        body["keep_alive"] = keep_alive.into();
    }
    body
}

/// A request without a prompt and with no time to stay: Ollama takes the model out of memory.
pub(super) fn unload_body(api: OllamaApi, model: &str) -> Json {
    let mut body = json!({ "model": model, "stream": false, "keep_alive": 0 });
    if api == OllamaApi::Chat {
        body["messages"] = json!([]);
    }
    body
}

fn options(parameters: &Parameters) -> Json {
    let mut options = Map::new();
    let mut set = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            options.insert(name.to_owned(), value);
        }
    };
    set("num_predict", parameters.max_tokens.map(Json::from));
    set("temperature", parameters.temperature.map(Json::from));
    set("top_p", parameters.top_p.map(Json::from));
    set("top_k", parameters.top_k.map(Json::from));
    set("seed", parameters.seed.map(Json::from));
    set("num_ctx", parameters.num_ctx.map(Json::from));
    set("stop", (!parameters.stop.is_empty()).then(|| parameters.stop.clone().into()));
    options.into()
}

/// A line of a stream, or a whole answer: both have the same members. Durations are nanoseconds;
/// a member that is absent is unknown.
#[derive(Deserialize)]
struct Line<'frame> {
    #[serde(borrow)]
    response: Option<Text<'frame>>,
    #[serde(borrow)]
    thinking: Option<Text<'frame>>,
    #[serde(borrow)]
    message: Option<Message<'frame>>,
    #[serde(default)]
    done: bool,
    #[serde(borrow)]
    done_reason: Option<Text<'frame>>,
    prompt_eval_count: Option<u64>,
    eval_count: Option<u64>,
    total_duration: Option<u64>,
    load_duration: Option<u64>,
    prompt_eval_duration: Option<u64>,
    eval_duration: Option<u64>,
    error: Option<Json>,
}

#[derive(Deserialize)]
struct Message<'frame> {
    #[serde(borrow)]
    content: Option<Text<'frame>>,
    #[serde(borrow)]
    thinking: Option<Text<'frame>>,
}

/// Reads one line.
pub(super) fn read(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if answer.finished {
        // Whatever a server says after it has said that it is done is not part of the answer.
        return Ok(Added::default());
    }
    let mut spare = Vec::new();
    let line: Line<'_> = surrogates::from_slice(frame, &mut spare)
        .map_err(|error| Fault::new(Status::Malformed, format!("not an answer of Ollama's API: {error}")))?;
    if let Some(error) = line.error.filter(|error| !error.is_null()) {
        let text = error.as_str().map_or_else(|| error.to_string(), str::to_owned);
        return Err(Fault::new(Status::StreamError, text));
    }
    if line.response.is_none() && line.message.is_none() && !line.done {
        return Err(Fault::new(Status::Malformed, "not an answer of Ollama's API: neither `response` nor `message`"));
    }
    let message = line.message.as_ref();
    let content = line.response.as_deref().or_else(|| message.and_then(|message| message.content.as_deref()));
    let thinking = line.thinking.as_deref().or_else(|| message.and_then(|message| message.thinking.as_deref()));
    let added = answer.add(content, thinking);
    if line.done {
        answer.finish();
        answer.over = true;
        answer.finish_reason = line.done_reason.map(Text::into_owned);
        answer.usage.prompt_tokens = line.prompt_eval_count;
        answer.usage.output_tokens = line.eval_count;
        answer.server.total = line.total_duration.map(Duration::from_nanos);
        answer.server.load = line.load_duration.map(Duration::from_nanos);
        answer.server.prompt_eval = line.prompt_eval_duration.map(Duration::from_nanos);
        answer.server.eval = line.eval_duration.map(Duration::from_nanos);
    }
    Ok(added)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::level::Level;

    fn settings() -> Settings {
        let parameters =
            Parameters { max_tokens: Some(128), temperature: Some(0.0), seed: Some(42), ..Parameters::default() };
        Settings {
            endpoint: String::new(),
            model: "gemma:2b".into(),
            digest: None,
            parameters,
            repeat: 0,
            level: Level::Concurrency(NonZeroU32::MIN),
        }
    }

    #[test]
    fn requests_have_the_documented_shape() {
        let prompt = Prompt::new(Some("be brief".into()), "q".into());
        let options = json!({ "num_predict": 128, "temperature": 0.0, "seed": 42 });
        assert_eq!(
            body(OllamaApi::Generate, None, &settings(), &prompt),
            json!({ "model": "gemma:2b", "stream": false, "options": options, "truncate": false,
                "prompt": "q", "system": "be brief" })
        );
        assert_eq!(
            body(OllamaApi::Chat, Some("5m"), &settings(), &prompt),
            json!({ "model": "gemma:2b", "stream": false, "options": options, "truncate": false, "keep_alive": "5m", "messages": [
                { "role": "system", "content": "be brief" }, { "role": "user", "content": "q" },
            ] })
        );
    }

    #[test]
    fn a_model_is_unloaded_without_a_prompt() {
        assert_eq!(unload_body(OllamaApi::Generate, "m"), json!({ "model": "m", "stream": false, "keep_alive": 0 }));
        assert_eq!(
            unload_body(OllamaApi::Chat, "m"),
            json!({ "model": "m", "stream": false, "messages": [], "keep_alive": 0 })
        );
    }

    #[test]
    fn a_stream_of_generate_is_read() {
        let mut answer = Answer::default();
        let lines: [&[u8]; 4] = [
            br#"{"model":"m","response":"","done":false}"#,
            br#"{"model":"m","response":" B","done":false}"#,
            br#"{"model":"m","response":".","done":false}"#,
            br#"{"model":"m","response":"","done":true,"done_reason":"stop","total_duration":5000000000,
                "prompt_eval_count":26,"eval_count":2,"eval_duration":4709213000,"context":[1]}"#,
        ];
        let added: Vec<bool> = lines.iter().map(|line| read(line, &mut answer).unwrap().content).collect();
        assert_eq!(added, [false, true, true, false]);
        assert_eq!((answer.text.as_str(), answer.finished), (" B.", true));
        assert_eq!(answer.usage.output_tokens, Some(2));
        assert_eq!(answer.server.total, Some(Duration::from_secs(5)));
        assert_eq!(answer.server.load, None);
    }

    #[test]
    fn thinking_is_kept_apart() {
        let mut answer = Answer::default();
        let added = read(br#"{"message":{"role":"assistant","content":"","thinking":"hm"},"done":false}"#, &mut answer);
        assert_eq!(added.unwrap(), Added { reasoning: true, ..Added::default() });
        assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("", "hm"));
    }

    #[test]
    fn errors_and_nonsense_are_faults() {
        let mut answer = Answer::default();
        let error = read(br#"{"error":"out of memory"}"#, &mut answer).unwrap_err();
        assert_eq!((error.status, error.message.as_str()), (Status::StreamError, "out of memory"));
        for frame in [&b"{}"[..], b"[]", b"<html>", b"{\"response\":1}", b"\xff", b""] {
            assert_eq!(read(frame, &mut answer).unwrap_err().status, Status::Malformed);
        }
    }
}
