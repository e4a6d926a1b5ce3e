//! A dialect: how one API writes requests and answers. Pure; it never sees a socket or a clock.

use serde_json::Value as Json;

use super::answer::{Added, Answer};
use super::fault::Fault;
use super::frames::Framing;
use super::{anthropic, ollama, openai};
use crate::request::{Prompt, Settings};
use crate::secret::Secret;
use crate::spec::types::{DEFAULT_ANTHROPIC_VERSION, MaxTokensField, OllamaApi, OpenAiApi};

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
    /// OpenAI's chat completions or completions.
    OpenAi {
        /// Chat or completions.
        api: OpenAiApi,
        /// Name of the field that limits the output.
        max_tokens_field: MaxTokensField,
    },
    /// Anthropic's messages.
    Anthropic {
        /// Version of the API.
        version: String,
    },
}

impl Dialect {
    /// Name of kind and API, as keys and cassettes hold it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ollama { api: OllamaApi::Generate, .. } => "ollama generate",
            Self::Ollama { api: OllamaApi::Chat, .. } => "ollama chat",
            Self::OpenAi { api: OpenAiApi::Chat, .. } => "openai chat",
            Self::OpenAi { api: OpenAiApi::Completions, .. } => "openai completions",
            Self::Anthropic { .. } => "anthropic messages",
        }
    }

    /// The dialect of a name, with its other settings at their defaults.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Ollama { api: OllamaApi::Generate, keep_alive: None },
            Self::Ollama { api: OllamaApi::Chat, keep_alive: None },
            Self::OpenAi { api: OpenAiApi::Chat, max_tokens_field: MaxTokensField::MaxTokens },
            Self::OpenAi { api: OpenAiApi::Completions, max_tokens_field: MaxTokensField::MaxTokens },
            Self::Anthropic { version: DEFAULT_ANTHROPIC_VERSION.to_owned() },
        ]
        .into_iter()
        .find(|dialect| dialect.name() == name)
    }

    /// Path of a request below the endpoint's URL.
    pub fn path(&self) -> &'static str {
        match self {
            Self::Ollama { api: OllamaApi::Generate, .. } => "/api/generate",
            Self::Ollama { api: OllamaApi::Chat, .. } => "/api/chat",
            Self::OpenAi { api: OpenAiApi::Chat, .. } => "/chat/completions",
            Self::OpenAi { api: OpenAiApi::Completions, .. } => "/completions",
            Self::Anthropic { .. } => "/v1/messages",
        }
    }

    /// Headers of every request: the key where there is one, and what else the API wants to see.
    pub fn headers(&self, secret: Option<&Secret>) -> Vec<(&'static str, String)> {
        let key = secret.map(|secret| match self {
            Self::Ollama { .. } | Self::OpenAi { .. } => ("authorization", format!("Bearer {}", secret.expose())),
            Self::Anthropic { .. } => ("x-api-key", secret.expose().to_owned()),
        });
        let version = match self {
            Self::Ollama { .. } | Self::OpenAi { .. } => None,
            Self::Anthropic { version } => Some(("anthropic-version", version.clone())),
        };
        key.into_iter().chain(version).collect()
    }

    /// Body of a request.
    pub fn body(&self, settings: &Settings, prompt: &Prompt) -> Json {
        match self {
            Self::Ollama { api, keep_alive } => ollama::body(*api, keep_alive.as_deref(), settings, prompt),
            Self::OpenAi { api, max_tokens_field } => openai::body(*api, *max_tokens_field, settings, prompt),
            Self::Anthropic { .. } => anthropic::body(settings, prompt),
        }
    }

    /// Takes out of a request what the server has just refused, if it can do without; true if so.
    pub fn simplify(&self, body: &mut Json, fault: &Fault) -> bool {
        match self {
            Self::Ollama { .. } | Self::Anthropic { .. } => false,
            Self::OpenAi { .. } => openai::simplify(body, fault),
        }
    }

    /// Body of a request that only takes a model out of memory; `None` where the API has none.
    pub fn unload_body(&self, model: &str) -> Option<Json> {
        match self {
            Self::Ollama { api, .. } => Some(ollama::unload_body(*api, model)),
            Self::OpenAi { .. } | Self::Anthropic { .. } => None,
        }
    }

    /// How the body of an answer is cut into frames.
    pub fn framing(&self, stream: bool) -> Framing {
        match self {
            _ if !stream => Framing::Whole,
            Self::Ollama { .. } => Framing::Lines,
            Self::OpenAi { .. } | Self::Anthropic { .. } => Framing::Events,
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
            Self::Anthropic { .. } => anthropic::read(frame, answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] =
        ["ollama generate", "ollama chat", "openai chat", "openai completions", "anthropic messages"];

    #[test]
    fn names_stay_what_keys_and_recordings_hold() {
        for name in NAMES {
            assert_eq!(Dialect::from_name(name).map(|dialect| dialect.name()), Some(name));
        }
        assert_eq!(Dialect::from_name("ollama"), None);
    }

    #[test]
    fn every_dialect_has_its_headers() {
        let bearer = [("authorization", "Bearer sk-1".to_owned())];
        let version = ("anthropic-version", "2023-06-01".to_owned());
        let own = [("x-api-key", "sk-1".to_owned()), version];
        for name in NAMES {
            let dialect = Dialect::from_name(name).unwrap();
            let (with, without) = (dialect.headers(Some(&Secret::new("sk-1"))), dialect.headers(None));
            let (expected, keyless) =
                if name == "anthropic messages" { (&own[..], &own[1..]) } else { (&bearer[..], &[][..]) };
            assert_eq!((with.as_slice(), without.as_slice()), (expected, keyless), "{name}");
        }
    }

    #[test]
    fn only_ollama_can_be_told_to_forget_a_model() {
        let told = NAMES.map(|name| Dialect::from_name(name).unwrap().unload_body("m").is_some());
        assert_eq!(told, [true, true, false, false, false]);
    }
}
