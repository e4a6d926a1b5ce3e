//! A dialect: how one API writes requests and answers. Pure; it never sees a socket or a clock.

use serde_json::Value as Json;

use super::answer::{Added, Answer};
use super::fault::Fault;
use super::frames::Framing;
use super::{ollama, openai};
use crate::request::{Prompt, Settings};
use crate::secret::Secret;
use crate::spec::types::{MaxTokensField, OllamaApi};

/// The API that an endpoint speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialect {
    /// Ollama's native API.
    Ollama {
        /// Generate or chat.
        api: OllamaApi,
        /// How long the model stays in memory.
        keep_alive: Option<String>,
    },
    /// OpenAI's chat completions.
    OpenAi {
        /// Name of the field that limits the output.
        max_tokens_field: MaxTokensField,
    },
}

impl Dialect {
    /// Name of kind and API, as keys and cassettes hold it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ollama { api: OllamaApi::Generate, .. } => "ollama generate",
            Self::Ollama { api: OllamaApi::Chat, .. } => "ollama chat",
            Self::OpenAi { .. } => "openai chat",
        }
    }

    /// The dialect of a name, with its other settings at their defaults.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Ollama { api: OllamaApi::Generate, keep_alive: None },
            Self::Ollama { api: OllamaApi::Chat, keep_alive: None },
            Self::OpenAi { max_tokens_field: MaxTokensField::MaxTokens },
        ]
        .into_iter()
        .find(|dialect| dialect.name() == name)
    }

    /// Path of a request below the endpoint's URL.
    pub fn path(&self) -> &'static str {
        match self {
            Self::Ollama { api: OllamaApi::Generate, .. } => "/api/generate",
            Self::Ollama { api: OllamaApi::Chat, .. } => "/api/chat",
            Self::OpenAi { .. } => "/chat/completions",
        }
    }

    /// Body of a request.
    pub fn body(&self, settings: &Settings, prompt: &Prompt) -> Json {
        match self {
            Self::Ollama { api, keep_alive } => ollama::body(*api, keep_alive.as_deref(), settings, prompt),
            Self::OpenAi { max_tokens_field } => openai::body(*max_tokens_field, settings, prompt),
        }
    }

    /// Headers that each request carries.
    pub fn headers(&self, secret: Option<&Secret>) -> Vec<(&'static str, String)> {
        secret.map(|secret| ("authorization", format!("Bearer {}", secret.expose()))).into_iter().collect()
    }

    /// Takes out of a request what the server has just refused, if it can do without; true if so.
    pub fn simplify(&self, body: &mut Json, fault: &Fault) -> bool {
        match self {
            Self::Ollama { .. } => false,
            Self::OpenAi { .. } => openai::simplify(body, fault),
        }
    }

    /// Body of a request that only brings the model into memory.
    pub fn warmup_body(&self, settings: &Settings) -> Json {
        match self {
            Self::Ollama { api, keep_alive } => ollama::load_body(*api, keep_alive.as_deref(), &settings.model),
            Self::OpenAi { max_tokens_field } => openai::warmup_body(*max_tokens_field, &settings.model),
        }
    }

    /// Body of a request that takes a model out of memory.
    pub fn unload_body(&self, _model: &str) -> Option<Json> {
        None
    }

    /// How the body of an answer is cut into frames.
    pub fn framing(&self, stream: bool) -> Framing {
        match self {
            _ if !stream => Framing::Whole,
            Self::Ollama { .. } => Framing::Lines,
            Self::OpenAi { .. } => Framing::Events,
        }
    }

    /// Reads one frame into the answer.
    ///
    /// # Errors
    /// The frame reports an error, or is no frame of this dialect.
    pub fn read(&self, frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
        match self {
            Self::Ollama { .. } => ollama::read(frame, answer),
            Self::OpenAi { .. } => openai::read(frame, answer),
        }
    }
}
