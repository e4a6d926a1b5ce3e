//! Ollama's API: lines of JSON, durations in nanoseconds, and pages about the models.

use std::time::Duration;

use hyper::StatusCode;
use serde_json::{Value as Json, json};

use super::answer::MockAnswer;
use super::api::{Api, CREATED, Details, MockPage, Models, Provider};
use super::behaviour::Behaviour;
use crate::checksum::sha256;

/// The version that the server gives itself.
const VERSION: &str = "0.13.5";

/// Size of every model, in bytes.
const SIZE: u64 = 1_600_000_000;

/// Ollama's line in the table of providers.
pub(super) const PROVIDER: Provider = Provider {
    apis: &[&Ollama { is_chat: false }, &Ollama { is_chat: true }],
    prefix: "",
    page,
    details: Some(Details { path: "/api/show", write: show }),
};

/// One of Ollama's APIs.
struct Ollama {
    /// True for chat, false for generate.
    is_chat: bool,
}

impl Api for Ollama {
    fn name(&self) -> &'static str {
        if self.is_chat { "ollama chat" } else { "ollama generate" }
    }

    fn path(&self) -> &'static str {
        if self.is_chat { "/api/chat" } else { "/api/generate" }
    }

    fn streams_by_default(&self) -> bool {
        true
    }

    fn stream_media_type(&self) -> &'static str {
        "application/x-ndjson"
    }

    fn cuts_long_prompts(&self) -> bool {
        true
    }

    fn moved(&self, model: &str, unloaded: bool) -> Option<Json> {
        let mut last = self.part(model, "", None);
        last["done"] = true.into();
        last["done_reason"] = if unloaded { "unload" } else { "load" }.into();
        Some(last)
    }

    fn token(&self, answer: &MockAnswer, index: usize) -> String {
        let token = &answer.tokens[index];
        let (text, thinking) = if token.thinking { ("", Some(&*token.text)) } else { (&*token.text, None) };
        self.piece("", &self.part(answer.model, text, thinking).to_string())
    }

    fn ending(&self, answer: &MockAnswer) -> String {
        self.piece("", &with_end(self.part(answer.model, "", None), answer).to_string())
    }

    fn whole(&self, answer: &MockAnswer) -> Json {
        let thinking = Some(answer.text(true)).filter(|thinking| !thinking.is_empty());
        with_end(self.part(answer.model, &answer.text(false), thinking.as_deref()), answer)
    }

    fn refusal(&self, _status: StatusCode, text: &str) -> Json {
        json!({ "error": text })
    }

    fn piece(&self, _event: &str, text: &str) -> String {
        format!("{text}\n")
    }
}

impl Ollama {
    fn part(&self, model: &str, text: &str, thinking: Option<&str>) -> Json {
        let mut part = json!({ "model": model, "created_at": CREATED, "done": false });
        let place = if self.is_chat {
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
}

fn with_end(mut last: Json, answer: &MockAnswer) -> Json {
    let nanoseconds = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let durations = answer.durations;
    last["done"] = true.into();
    last["done_reason"] = if answer.capped { "length" } else { "stop" }.into();
    last["prompt_eval_count"] = answer.prompt_tokens.into();
    last["eval_count"] = answer.tokens.len().into();
    last["total_duration"] = nanoseconds(durations.total()).into();
    last["load_duration"] = nanoseconds(durations.load).into();
    last["prompt_eval_duration"] = nanoseconds(durations.prompt).into();
    last["eval_duration"] = nanoseconds(durations.output).into();
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

fn page(path: &str, models: &Models<'_>) -> Option<MockPage> {
    Some(match path {
        "/" => MockPage::Text("Ollama is running"),
        // Where llama-server, vLLM and others say that they are ready; the default of `serve.health`.
        "/health" => MockPage::Json(json!({ "status": "ok" })),
        "/api/tags" => MockPage::Json(tags(models.all)),
        "/api/ps" => MockPage::Json(ps(&models.loaded, models.context_length)),
        "/api/version" => MockPage::Json(json!({ "version": VERSION })),
        _ => return None,
    })
}

/// `/api/tags`.
fn tags(models: &[String]) -> Json {
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
fn ps(models: &[&str], context_length: u32) -> Json {
    let loaded = models.iter().map(|model| {
        let name = tagged(model);
        json!({
            "name": name, "model": name, "size": SIZE, "digest": digest(model), "details": details(),
            "expires_at": "2318-01-01T00:00:00Z", "size_vram": 0, "context_length": context_length,
        })
    });
    json!({ "models": loaded.collect::<Vec<_>>() })
}

/// `/api/show`.
fn show(behaviour: &Behaviour) -> Json {
    let capabilities = if behaviour.thinking_tokens > 0 { vec!["completion", "thinking"] } else { vec!["completion"] };
    json!({
        "license": "", "modelfile": "", "parameters": "", "template": "{{ .Prompt }}",
        "details": details(), "capabilities": capabilities, "modified_at": CREATED,
        "model_info": {
            "general.architecture": "mock", "general.parameter_count": 1_000_000_000,
            "mock.context_length": behaviour.context_length,
        },
    })
}
