//! Ollama, by its native API: `/api/generate` and `/api/chat`.

mod address;
mod body;
mod frame;
mod models;

use std::sync::Arc;

use serde_json::Value as Json;

use crate::endpoint::answer::Answer;
use crate::endpoint::fault::Fault;
use crate::endpoint::frames::Framing;
use crate::endpoint::provider::{Extras, ImageForms, Inspection, OutputLimit, Provider, Registration, Schemas, Server};
use crate::endpoint::thinking::Added;
use crate::request::{Parameters, Prompt, Settings};
use crate::spec::types::{OllamaApi, OllamaSpec};

/// Output tokens that the context has room for, if the spec sets no limit. Ollama has no limit of its own: it generates
/// until the context is full. The number decides the `num_ctx` of requests and so is part of their keys.
const ROOM_FOR_OUTPUT: u32 = 1024;

/// Ollama's line in the table of providers.
pub(super) const REGISTRATION: Registration = Registration {
    name: "ollama",
    apis: || [OllamaApi::Generate, OllamaApi::Chat].map(|api| Arc::new(Ollama { api, keep_alive: None }) as _).into(),
    base_path: "",
    takes_key: true,
};

/// One of Ollama's APIs.
#[derive(Debug)]
struct Ollama {
    api: OllamaApi,
    /// How long the model stays in memory.
    keep_alive: Option<String>,
}

/// The server that a spec describes.
pub(super) fn server(spec: &OllamaSpec) -> Server<'_> {
    Server {
        provider: Arc::new(Ollama { api: spec.api, keep_alive: spec.keep_alive.clone() }),
        url: &spec.url,
        key_variable: spec.api_key_env.as_deref(),
        unloads: spec.unload,
        extras: Extras {
            headers: &spec.headers,
            headers_env: &spec.headers_env,
            query: &spec.query,
            ca_file: spec.ca_file.as_deref(),
            metrics: &spec.metrics,
            energy: spec.energy,
        },
        serve: None,
        batch: None,
    }
}

impl Provider for Ollama {
    fn name(&self) -> &'static str {
        match self.api {
            OllamaApi::Generate => "ollama generate",
            OllamaApi::Chat => "ollama chat",
        }
    }

    fn path(&self) -> &'static str {
        match self.api {
            OllamaApi::Generate => "/api/generate",
            OllamaApi::Chat => "/api/chat",
        }
    }

    fn base_url(&self, text: &str) -> Result<String, String> {
        address::base_url(text)
    }

    fn body(&self, settings: &Settings, prompt: &Prompt) -> Json {
        body::body(self.api, self.keep_alive.as_deref(), settings, prompt)
    }

    fn refuse(&self, parameters: &Parameters) -> Option<String> {
        body::refuse(self.api, &parameters.options)
    }

    fn takes_messages(&self) -> bool {
        self.api == OllamaApi::Chat
    }

    fn images(&self) -> ImageForms {
        ImageForms::Files
    }

    fn most_alternatives(&self) -> Option<u32> {
        Some(20)
    }

    fn schemas(&self) -> Schemas {
        Schemas::All
    }

    fn framing(&self) -> Framing {
        Framing::Lines
    }

    fn read(&self, frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
        frame::read(frame, answer)
    }

    fn inspection(&self) -> Inspection {
        models::INSPECTION
    }

    fn unload(&self, model: &str) -> Option<(&'static str, Json)> {
        Some((self.path(), body::unload(self.api, model)))
    }

    fn cuts_long_prompts(&self) -> bool {
        true
    }

    fn default_output_limit(&self) -> OutputLimit {
        OutputLimit::Assumed(ROOM_FOR_OUTPUT)
    }

    fn remedy(&self, _endpoint: &str) -> String {
        "start it with `ollama serve`, or set OLLAMA_HOST or the endpoint's `url` to where it runs".to_owned()
    }

    fn remedy_for_models(&self, models: &[String]) -> Option<String> {
        Some(models.iter().map(|model| format!("`ollama pull {model}`")).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::finish::Finish;

    const OLLAMA: Ollama = Ollama { api: OllamaApi::Chat, keep_alive: None };

    #[test]
    fn an_answer_without_a_limit_has_the_room_that_keys_and_bodies_hold() {
        assert_eq!(OLLAMA.default_output_limit(), OutputLimit::Assumed(1024));
    }

    #[test]
    fn a_model_that_was_only_loaded_has_not_answered() {
        let finish = ["length", "stop", "load", "unload"].map(|reason| OLLAMA.finish(reason));
        assert_eq!(finish, [Finish::Capped, Finish::Complete, Finish::Failed, Finish::Failed]);
    }

    #[test]
    fn models_are_unloaded_by_the_path_of_their_api_and_pulled_by_name() {
        assert_eq!(OLLAMA.unload("m").map(|(path, _)| path), Some("/api/chat"));
        let models = ["a".to_owned(), "b:1b".to_owned()];
        assert_eq!(OLLAMA.remedy_for_models(&models).as_deref(), Some("`ollama pull a`, `ollama pull b:1b`"));
    }
}
