//! OpenAI's Responses API, which vLLM, llama-server, Ollama and LM Studio speak as well.

mod body;
mod frame;

use serde_json::Value as Json;

use super::address;
use super::batch::Batches;
use crate::endpoint::answer::Answer;
use crate::endpoint::batch_api::BatchApi;
use crate::endpoint::fault::Fault;
use crate::endpoint::frames::Framing;
use crate::endpoint::provider::{ImageForms, Inspection, Provider, Schemas};
use crate::endpoint::thinking::Added;
use crate::request::{Parameters, Prompt, Settings};

/// The Responses API.
#[derive(Debug)]
pub(super) struct Responses;

impl Provider for Responses {
    fn name(&self) -> &'static str {
        "openai responses"
    }

    fn path(&self) -> &'static str {
        "/responses"
    }

    fn body(&self, settings: &Settings, prompt: &Prompt) -> Json {
        body::body(settings, prompt)
    }

    fn refuse(&self, parameters: &Parameters) -> Option<String> {
        body::refuse(parameters)
    }

    fn schemas(&self) -> Schemas {
        Schemas::All
    }

    fn batch_api(&self) -> Option<&'static dyn BatchApi> {
        Some(&Batches)
    }

    fn images(&self) -> ImageForms {
        ImageForms::FilesAndAddresses
    }

    fn most_alternatives(&self) -> Option<u32> {
        Some(20)
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

    fn remedy_for_path(&self) -> &'static str {
        "does the `url` end with /v1, and does the server have the Responses API? If not, set `api: chat`"
    }

    fn inspection(&self) -> Inspection {
        Inspection::of_list("/models")
    }
}
