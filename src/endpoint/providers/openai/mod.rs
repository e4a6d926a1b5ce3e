//! OpenAI's chat completions, completions and responses, as OpenAI, llama-server, vLLM, LM Studio and many others speak them.

mod address;
mod batch;
mod body;
mod form;
mod frame;
mod responses;
mod usage;

use std::sync::Arc;

use serde_json::Value as Json;

use crate::endpoint::answer::Answer;
use crate::endpoint::batch_api::BatchApi;
use crate::endpoint::fault::Fault;
use crate::endpoint::frames::Framing;
use crate::endpoint::provider::{Extras, ImageForms, Inspection, Provider, Registration, Schemas, Server};
use crate::endpoint::thinking::Added;
use crate::request::{Parameters, Prompt, Settings};
use crate::spec::types::{MaxTokensField, OpenAiApi, OpenAiSpec};
use form::Form;
use responses::Responses;

/// OpenAI's line in the table of providers.
pub(super) const REGISTRATION: Registration = Registration {
    name: "openai",
    apis: || {
        let apis = [OpenAiApi::Chat, OpenAiApi::Completions, OpenAiApi::Responses];
        apis.map(|api| provider(api, MaxTokensField::default())).into()
    },
    base_path: "/v1",
    takes_key: true,
};

/// The provider of one of OpenAI's APIs.
fn provider(api: OpenAiApi, max_tokens_field: MaxTokensField) -> Arc<dyn Provider> {
    let completions = |form| Arc::new(OpenAi { form, max_tokens_field });
    match api {
        OpenAiApi::Chat => completions(Form::Chat),
        OpenAiApi::Completions => completions(Form::Text),
        OpenAiApi::Responses => Arc::new(Responses),
    }
}

/// Chat completions, or completions.
#[derive(Debug)]
struct OpenAi {
    form: Form,
    /// Name of the field that limits the output.
    max_tokens_field: MaxTokensField,
}

/// The server that a spec describes.
pub(super) fn server(spec: &OpenAiSpec) -> Server<'_> {
    Server {
        provider: provider(spec.api, spec.max_tokens_field),
        url: &spec.url,
        key_variable: spec.api_key_env.as_deref(),
        unloads: false,
        extras: Extras {
            headers: &spec.headers,
            headers_env: &spec.headers_env,
            query: &spec.query,
            ca_file: spec.ca_file.as_deref(),
            metrics: &spec.metrics,
            energy: spec.energy,
        },
        serve: spec.serve.as_ref(),
        batch: spec.batch.settings(),
    }
}

impl Provider for OpenAi {
    fn name(&self) -> &'static str {
        match self.form {
            Form::Chat => "openai chat",
            Form::Text => "openai completions",
        }
    }

    fn path(&self) -> &'static str {
        match self.form {
            Form::Chat => "/chat/completions",
            Form::Text => "/completions",
        }
    }

    fn body(&self, settings: &Settings, prompt: &Prompt) -> Json {
        body::body(self.form, self.max_tokens_field, settings, prompt)
    }

    fn refuse(&self, parameters: &Parameters) -> Option<String> {
        body::refuse(self.form, &parameters.options)
    }

    fn schemas(&self) -> Schemas {
        match self.form {
            Form::Chat => Schemas::All,
            Form::Text => Schemas::None,
        }
    }

    fn takes_messages(&self) -> bool {
        self.form == Form::Chat
    }

    fn batch_api(&self) -> Option<&'static dyn BatchApi> {
        Some(&batch::Batches)
    }

    fn images(&self) -> ImageForms {
        match self.form {
            Form::Chat => ImageForms::FilesAndAddresses,
            Form::Text => ImageForms::None,
        }
    }

    fn most_alternatives(&self) -> Option<u32> {
        match self.form {
            Form::Chat => Some(20),
            Form::Text => Some(5),
        }
    }

    fn framing(&self) -> Framing {
        Framing::Events
    }

    fn read(&self, frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
        frame::read(frame, answer)
    }

    fn base_url(&self, text: &str) -> Result<String, String> {
        address::base_url(text)
    }

    fn doubt(&self, url: &str) -> Option<&'static str> {
        address::is_ollama(url).then_some(
            "Ollama's OpenAI API reports neither durations nor cached tokens, and loses some errors within a stream; use an \
             `ollama` endpoint to have them",
        )
    }

    fn remedy_for_path(&self) -> &'static str {
        "does the `url` end with /v1?"
    }

    fn inspection(&self) -> Inspection {
        Inspection::of_list("/models")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::finish::Finish;
    use crate::endpoint::provider::OutputLimit;
    use crate::secret::Secret;

    const OPENAI: OpenAi = OpenAi { form: Form::Chat, max_tokens_field: MaxTokensField::MaxTokens };

    #[test]
    fn another_api_of_ollama_is_named() {
        assert!(OPENAI.doubt("http://127.0.0.1:11434/v1").is_some());
        assert_eq!(OPENAI.doubt("http://127.0.0.1:8080/v1"), None);
    }

    #[test]
    fn the_key_is_a_bearer() {
        assert_eq!(OPENAI.headers(Some(&Secret::new("sk-1"))), [("authorization", "Bearer sk-1".to_owned())]);
        assert_eq!(OPENAI.headers(None), []);
    }

    #[test]
    fn every_reason_to_stop_has_its_meaning() {
        for (finish, reasons) in [
            (Finish::Complete, ["stop", "eos"].as_slice()),
            (Finish::CalledTool, &["tool_calls", "function_call"]),
            (Finish::Capped, &["length", "max_tokens", "model_context_window_exceeded", "model_length"]),
            (Finish::Refused, &["content_filter", "refusal"]),
            (Finish::Failed, &["error", "abort"]),
        ] {
            assert!(reasons.iter().all(|reason| OPENAI.finish(reason) == finish), "{reasons:?}");
        }
    }

    #[test]
    fn errors_that_a_status_does_not_tell_apart_are_told_by_their_text() {
        let seen = |http_status, body: &[u8]| {
            let fault = Fault::of_http(http_status, body, None);
            let kind = OPENAI.classify(&fault);
            let fault = fault.classified(kind);
            (fault.retryable, fault.is_overload())
        };
        assert_eq!(seen(429, b""), (true, true));
        assert_eq!(seen(429, br#"{"error":{"message":"pay first","code":"insufficient_quota"}}"#), (false, true));
        assert_eq!(seen(500, b""), (true, false));
        assert_eq!(seen(500, br#"{"error":{"type":"overloaded_error","message":"Overloaded"}}"#), (true, true));
    }

    #[test]
    fn an_answer_without_a_limit_is_assumed_to_end() {
        assert_eq!(OPENAI.default_output_limit(), OutputLimit::Assumed(8192));
    }
}
