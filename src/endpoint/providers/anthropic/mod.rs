//! Anthropic's messages.

mod batch;
mod body;
mod frame;

use std::sync::Arc;

use serde_json::Value as Json;

use crate::endpoint::address;
use crate::endpoint::answer::Answer;
use crate::endpoint::batch_api::BatchApi;
use crate::endpoint::fault::Fault;
use crate::endpoint::frames::Framing;
use crate::endpoint::provider::{Extras, ImageForms, Inspection, OutputLimit, Provider, Registration, Schemas, Server};
use crate::endpoint::thinking::Added;
use crate::request::{Parameters, Prompt, Settings};
use crate::secret::Secret;
use crate::spec::types::{AnthropicSpec, DEFAULT_ANTHROPIC_VERSION};

/// The limit that is sent if the spec sets none, because the API requires one. It is part of request bodies.
const DEFAULT_MAX_TOKENS: u32 = 4096;

/// Anthropic's line in the table of providers.
pub(super) const REGISTRATION: Registration = Registration {
    name: "anthropic",
    apis: || vec![Arc::new(Anthropic { version: DEFAULT_ANTHROPIC_VERSION.to_owned() })],
    base_path: "",
    takes_key: true,
};

/// Anthropic's API.
#[derive(Debug)]
struct Anthropic {
    version: String,
}

/// The server that a spec describes.
pub(super) fn server(spec: &AnthropicSpec) -> Server<'_> {
    Server {
        provider: Arc::new(Anthropic { version: spec.version.clone() }),
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

impl Provider for Anthropic {
    fn name(&self) -> &'static str {
        "anthropic messages"
    }

    fn path(&self) -> &'static str {
        "/v1/messages"
    }

    /// `/v1` at the end makes no difference.
    fn base_url(&self, text: &str) -> Result<String, String> {
        let url = address::before(text, &["/v1/messages", "/messages", "/v1/models"])?;
        Ok(url.strip_suffix("/v1").unwrap_or(&url).to_owned())
    }

    fn headers(&self, key: Option<&Secret>) -> Vec<(&'static str, String)> {
        let key = key.map(|key| ("x-api-key", key.expose().to_owned()));
        key.into_iter().chain([("anthropic-version", self.version.clone())]).collect()
    }

    fn batch_api(&self) -> Option<&'static dyn BatchApi> {
        Some(&batch::Batches)
    }

    fn body(&self, settings: &Settings, prompt: &Prompt) -> Json {
        body::body(self.output_limit(settings.parameters.max_tokens), settings, prompt)
    }

    fn refuse(&self, parameters: &Parameters) -> Option<String> {
        body::refuse(self.output_limit(parameters.max_tokens), &parameters.options)
    }

    fn images(&self) -> ImageForms {
        ImageForms::FilesAndAddresses
    }

    fn schemas(&self) -> Schemas {
        Schemas::OfSomeModels
    }

    fn framing(&self) -> Framing {
        Framing::Events
    }

    fn read(&self, frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
        frame::read(frame, answer)
    }

    fn inspection(&self) -> Inspection {
        Inspection::of_list("/v1/models")
    }

    fn default_output_limit(&self) -> OutputLimit {
        OutputLimit::Sent(DEFAULT_MAX_TOKENS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::fault::ErrorKind;
    use crate::endpoint::finish::Finish;
    use crate::response::Status;

    fn api() -> Arc<dyn Provider> {
        (REGISTRATION.apis)().remove(0)
    }

    #[test]
    fn the_key_and_the_version_have_headers_of_their_own() {
        let headers = [("x-api-key", "sk-1".to_owned()), ("anthropic-version", "2023-06-01".to_owned())];
        assert_eq!(api().headers(Some(&Secret::new("sk-1"))), headers);
        assert_eq!(api().headers(None), headers[1..]);
    }

    #[test]
    fn an_address_may_end_with_the_version() {
        for text in ["https://api.anthropic.com", "https://api.anthropic.com/v1", "https://api.anthropic.com/v1/"] {
            assert_eq!(api().base_url(text).as_deref(), Ok("https://api.anthropic.com"), "{text}");
        }
    }

    #[test]
    fn every_reason_to_stop_has_its_meaning() {
        for (finish, reasons) in [
            (Finish::Complete, ["end_turn", "stop_sequence"].as_slice()),
            (Finish::CalledTool, &["tool_use"]),
            (Finish::Capped, &["max_tokens", "model_context_window_exceeded", "pause_turn"]),
            (Finish::Refused, &["refusal"]),
        ] {
            assert!(reasons.iter().all(|reason| api().finish(reason) == finish), "{reasons:?}");
        }
    }

    #[test]
    fn an_overload_is_told_by_its_text_whatever_the_status() {
        let body = br#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
        for fault in [Fault::of_http(500, body, None), Fault::new(Status::StreamError, "Overloaded (overloaded_error)")]
        {
            let kind = api().classify(&fault);
            let fault = fault.classified(kind);
            assert!(fault.retryable && fault.is_overload(), "{fault:?}");
        }
        assert_eq!(api().classify(&Fault::new(Status::StreamError, "out of memory")), ErrorKind::ByHttpStatus);
    }

    #[test]
    fn the_limit_that_is_sent_is_the_one_that_bodies_hold() {
        assert_eq!(api().default_output_limit(), OutputLimit::Sent(4096));
    }
}
