//! Ollama's API: lines of JSON, durations in nanoseconds, and pages about the models.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::api::{Api, CREATED};
use super::said::Said;
use crate::checksum::sha256;

/// The version that the server gives itself.
const VERSION: &str = "0.13.5";

/// Size of every model, in bytes.
const SIZE: u64 = 1_600_000_000;

fn part(api: Api, model: &str, text: &str, thinking: Option<&str>) -> Json {
    let mut part = json!({ "model": model, "created_at": CREATED, "done": false });
    let place = if api == Api::OllamaChat {
        part["message"] = json!({ "role": "assistant", "content": text });
        &mut part["message"]
    } else {
        part["response"] = text.into();
        &mut part
    };
    if let Some(thinking) = thinking {
        place["thinking"] = thinking.into();
    }
    part
}

pub(super) fn token(api: Api, said: &Said, index: usize) -> String {
    let token = &said.tokens[index];
    let (text, thinking) = if token.thinking { ("", Some(&*token.text)) } else { (&*token.text, None) };
    api.piece("", &part(api, said.model, text, thinking).to_string())
}

pub(super) fn ending(api: Api, said: &Said) -> String {
    api.piece("", &with_end(part(api, said.model, "", None), said).to_string())
}

pub(super) fn whole(api: Api, said: &Said) -> Json {
    let thinking = Some(said.text(true)).filter(|thinking| !thinking.is_empty());
    with_end(part(api, said.model, &said.text(false), thinking.as_deref()), said)
}

fn with_end(mut last: Json, said: &Said) -> Json {
    let nanoseconds = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let durations = said.durations;
    last["done"] = true.into();
    last["done_reason"] = if said.capped { "length" } else { "stop" }.into();
    last["prompt_eval_count"] = said.prompt_tokens.into();
    last["eval_count"] = said.tokens.len().into();
    last["total_duration"] = nanoseconds(durations.total()).into();
    last["load_duration"] = nanoseconds(durations.load).into();
    last["prompt_eval_duration"] = nanoseconds(durations.prompt).into();
    last["eval_duration"] = nanoseconds(durations.output).into();
    last
}

/// The answer to a request without a prompt, which only loads a model or unloads it.
pub(super) fn moved(api: Api, model: &str, unloaded: bool) -> Json {
    let mut last = part(api, model, "", None);
    last["done"] = true.into();
    last["done_reason"] = if unloaded { "unload" } else { "load" }.into();
    last
}

/// The name with its tag.
fn tagged(model: &str) -> String {
    if model.contains(':') { model.to_owned() } else { format!("{model}:latest") }
}

/// 64 hexadecimal digits that depend on the name.
fn digest(model: &str) -> String {
    sha256(tagged(model).as_bytes())
}

fn details() -> Json {
    json!({
        "parent_model": "", "format": "gguf", "family": "mock", "families": ["mock"],
        "parameter_size": "1B", "quantization_level": "Q4_0",
    })
}

/// `/api/tags`.
pub(super) fn tags(models: &[String]) -> Json {
    let tag = |model: &String| {
        let name = tagged(model);
        json!({
            "name": name, "model": name, "modified_at": CREATED, "size": SIZE, "digest": digest(model),
            "details": details(),
        })
    };
    json!({ "models": models.iter().map(tag).collect::<Vec<_>>() })
}

/// `/api/ps`, of the models that are loaded.
pub(super) fn ps<'m>(models: impl Iterator<Item = &'m String>, context_length: u32) -> Json {
    let loaded = models.map(|model| {
        let name = tagged(model);
        json!({
            "name": name, "model": name, "size": SIZE, "digest": digest(model), "details": details(),
            "expires_at": "2318-01-01T00:00:00Z", "size_vram": 0, "context_length": context_length,
        })
    });
    json!({ "models": loaded.collect::<Vec<_>>() })
}

/// `/api/show`.
pub(super) fn show(context_length: u32, thinking: bool) -> Json {
    let capabilities = if thinking { vec!["completion", "thinking"] } else { vec!["completion"] };
    json!({
        "license": "", "modelfile": "", "parameters": "", "template": "{{ .Prompt }}",
        "details": details(), "capabilities": capabilities, "modified_at": CREATED,
        "model_info": {
            "general.architecture": "mock", "general.parameter_count": 1_000_000_000,
            "mock.context_length": context_length,
        },
    })
}

/// `/api/version`.
pub(super) fn version() -> Json {
    json!({ "version": VERSION })
}
