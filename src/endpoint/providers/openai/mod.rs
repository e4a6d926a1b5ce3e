//! OpenAI's chat completions and completions, as OpenAI, llama-server, vLLM, LM Studio and many others speak them.

mod body;
mod frame;

use std::sync::Arc;

use serde_json::Value as Json;

use crate::endpoint::answer::{Added, Answer};
use crate::endpoint::fault::{ErrorKind, Fault};
use crate::endpoint::frames::Framing;
use crate::endpoint::models::read_list;
use crate::endpoint::provider::{Inspection, Page, Provider, Registration, Server};
use crate::request::{Prompt, Settings};
use crate::response::Status;
use crate::spec::types::{MaxTokensField, OpenAiApi, OpenAiSpec};

/// OpenAI's line in the table of providers.
pub(super) const REGISTRATION: Registration = Registration {
    name: "openai",
    apis: || {
        let api = |api| Arc::new(OpenAi { api, max_tokens_field: MaxTokensField::default() }) as _;
        [OpenAiApi::Chat, OpenAiApi::Completions].map(api).into()
    },
    base_path: "/v1",
    takes_key: true,
};

/// One of OpenAI's APIs.
#[derive(Debug)]
struct OpenAi {
    api: OpenAiApi,
    /// Name of the field that limits the output.
    max_tokens_field: MaxTokensField,
}

/// The server that a spec describes.
pub(super) fn server(spec: &OpenAiSpec) -> Server<'_> {
    Server {
        provider: Arc::new(OpenAi { api: spec.api, max_tokens_field: spec.max_tokens_field }),
        url: &spec.url,
        key_variable: spec.api_key_env.as_deref(),
        unloads: false,
    }
}

impl Provider for OpenAi {
    fn name(&self) -> &'static str {
        match self.api {
            OpenAiApi::Chat => "openai chat",
            OpenAiApi::Completions => "openai completions",
        }
    }

    fn path(&self) -> &'static str {
        match self.api {
            OpenAiApi::Chat => "/chat/completions",
            OpenAiApi::Completions => "/completions",
        }
    }

    fn body(&self, settings: &Settings, prompt: &Prompt) -> Json {
        body::body(self.api, self.max_tokens_field, settings, prompt)
    }

    fn simplify(&self, body: &mut Json, fault: &Fault) -> bool {
        body::simplify(body, fault)
    }

    fn framing(&self) -> Framing {
        Framing::Events
    }

    fn read(&self, frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
        frame::read(frame, answer)
    }

    /// Gateways pass on the words of the API behind them.
    fn finish(&self, reason: &str) -> Status {
        match reason {
            "length" | "max_tokens" | "model_context_window_exceeded" => Status::Capped,
            "content_filter" | "refusal" => Status::Refused,
            _ => Status::Ok,
        }
    }

    /// Gateways pass on the errors of the API behind them.
    fn classify(&self, message: &str) -> ErrorKind {
        if message.to_lowercase().contains("insufficient_quota") {
            ErrorKind::EmptyQuota
        } else if message.contains("overloaded_error") {
            ErrorKind::Overload
        } else {
            ErrorKind::ByHttpStatus
        }
    }

    fn inspection(&self) -> Inspection {
        Inspection {
            models: Page { path: "/models", read: |body| Ok(read_list(body)) },
            lists_all: false,
            version: None,
            details: None,
            loaded: None,
        }
    }
}
