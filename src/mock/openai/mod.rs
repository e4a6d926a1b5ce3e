//! OpenAI's API: chat completions, completions of a text, and what all of its APIs share.

mod error;
mod responses;

use hyper::StatusCode;
use serde_json::{Value as Json, json};

use super::answer::MockAnswer;
use super::api::{Api, CREATED_S, MockPage, Models, Provider};
use error::error;
use responses::Responses;

/// OpenAI's line in the table of providers.
pub(super) const PROVIDER: Provider = Provider {
    apis: &[&OpenAi { is_chat: true }, &OpenAi { is_chat: false }, &Responses],
    prefix: "/v1",
    page,
    details: None,
};

/// One of OpenAI's APIs.
struct OpenAi {
    /// True for chat completions, false for completions of a text.
    is_chat: bool,
}

impl Api for OpenAi {
    fn name(&self) -> &'static str {
        if self.is_chat { "openai chat" } else { "openai completions" }
    }

    fn path(&self) -> &'static str {
        if self.is_chat { "/v1/chat/completions" } else { "/v1/completions" }
    }

    fn has_thinking(&self) -> bool {
        self.is_chat
    }

    /// The chunk that names the role, which is no token.
    fn opening(&self, answer: &MockAnswer) -> String {
        let role = json!({ "role": "assistant", "content": "" });
        if self.is_chat { self.chunk(answer, role, None) } else { String::new() }
    }

    fn token(&self, answer: &MockAnswer, index: usize) -> String {
        let token = &answer.tokens[index];
        let content = match (self.is_chat, token.thinking) {
            (false, _) => json!(token.text),
            (true, true) => json!({ "reasoning_content": token.text }),
            (true, false) => json!({ "content": token.text }),
        };
        self.chunk(answer, content, None)
    }

    fn ending(&self, answer: &MockAnswer) -> String {
        let nothing = if self.is_chat { json!({}) } else { json!("") };
        let mut ending = self.chunk(answer, nothing, Some(finish_reason(answer)));
        if answer.with_usage {
            let mut last = self.envelope(answer, true, &json!([]));
            last["usage"] = usage(answer);
            ending.push_str(&self.piece("", &last.to_string()));
        }
        ending.push_str(&self.piece("", "[DONE]"));
        ending
    }

    fn whole(&self, answer: &MockAnswer) -> Json {
        let mut choice = json!({ "index": 0, "finish_reason": finish_reason(answer), "logprobs": null });
        if self.is_chat {
            choice["message"] = json!({ "role": "assistant", "content": answer.text(false), "refusal": null });
            if answer.thinking_tokens() > 0 {
                choice["message"]["reasoning_content"] = answer.text(true).into();
            }
        } else {
            choice["text"] = answer.text(false).into();
        }
        let mut whole = self.envelope(answer, false, &json!([choice]));
        whole["usage"] = usage(answer);
        whole
    }

    fn refusal(&self, status: StatusCode, text: &str) -> Json {
        error(status, text)
    }

    fn piece(&self, _event: &str, text: &str) -> String {
        format!("data: {text}\n\n")
    }
}

impl OpenAi {
    fn envelope(&self, answer: &MockAnswer, streamed: bool, choices: &Json) -> Json {
        let (id, object) = match (self.is_chat, streamed) {
            (false, _) => ("cmpl-mock", "text_completion"),
            (true, true) => ("chatcmpl-mock", "chat.completion.chunk"),
            (true, false) => ("chatcmpl-mock", "chat.completion"),
        };
        json!({
            "id": id, "object": object, "created": CREATED_S, "model": answer.model, "choices": choices,
            "system_fingerprint": "fp_mock",
        })
    }

    /// A chunk; only the last says why the answer ends.
    fn chunk(&self, answer: &MockAnswer, content: Json, finish: Option<&str>) -> String {
        let mut choice = json!({ "index": 0, "finish_reason": finish, "logprobs": null });
        choice[if self.is_chat { "delta" } else { "text" }] = content;
        let mut chunk = self.envelope(answer, true, &json!([choice]));
        if answer.with_usage {
            chunk["usage"] = Json::Null;
        }
        self.piece("", &chunk.to_string())
    }
}

fn finish_reason(answer: &MockAnswer) -> &'static str {
    if answer.capped { "length" } else { "stop" }
}

fn usage(answer: &MockAnswer) -> Json {
    let output = u32::try_from(answer.tokens.len()).unwrap_or(u32::MAX);
    json!({
        "prompt_tokens": answer.prompt_tokens, "completion_tokens": output,
        "total_tokens": u64::from(answer.prompt_tokens) + u64::from(output),
        "prompt_tokens_details": { "cached_tokens": 0 },
        "completion_tokens_details": { "reasoning_tokens": answer.thinking_tokens() },
    })
}

fn page(path: &str, models: &Models<'_>) -> Option<MockPage> {
    (path == "/v1/models").then(|| MockPage::Json(list(models.all)))
}

/// `/v1/models`, which Anthropic has as well.
fn list(models: &[String]) -> Json {
    let model = |model: &String| json!({ "id": model, "object": "model", "created": CREATED_S, "owned_by": "mock" });
    json!({ "object": "list", "data": models.iter().map(model).collect::<Vec<_>>() })
}
