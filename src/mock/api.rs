//! How each API writes an answer: one place to choose, one file for each.

use hyper::StatusCode;
use serde_json::{Value as Json, json};

use super::said::Said;
use super::{anthropic, ollama, openai};

/// An API that the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Api {
    OllamaGenerate,
    OllamaChat,
    OpenAiChat,
    OpenAiCompletions,
    Anthropic,
}

/// When every answer was made, so that the same request has the same bytes.
pub(super) const CREATED: &str = "2026-01-01T00:00:00Z";

/// The same, in seconds since 1970.
pub(super) const CREATED_S: u32 = 1_767_225_600;

impl Api {
    /// The API of a path that is asked for an answer.
    pub(super) fn of(path: &str) -> Option<Self> {
        match path {
            "/api/generate" => Some(Self::OllamaGenerate),
            "/api/chat" => Some(Self::OllamaChat),
            "/v1/chat/completions" => Some(Self::OpenAiChat),
            "/v1/completions" => Some(Self::OpenAiCompletions),
            "/v1/messages" => Some(Self::Anthropic),
            _ => None,
        }
    }

    /// The API in which a path is refused.
    pub(super) fn nearest(path: &str) -> Self {
        match path {
            path if path.starts_with("/v1/messages") => Self::Anthropic,
            path if path.starts_with("/v1") => Self::OpenAiChat,
            _ => Self::OllamaGenerate,
        }
    }

    pub(super) fn is_ollama(self) -> bool {
        matches!(self, Self::OllamaGenerate | Self::OllamaChat)
    }

    /// True if it has a place for reasoning.
    pub(super) fn has_thinking(self) -> bool {
        self != Self::OpenAiCompletions
    }

    /// True if it streams where a request does not say.
    pub(super) fn streams_by_default(self) -> bool {
        self.is_ollama()
    }

    /// The media type of a stream, or of an answer in one piece.
    pub(super) fn media_type(self, streamed: bool) -> &'static str {
        match streamed {
            false => "application/json",
            true if self.is_ollama() => "application/x-ndjson",
            true => "text/event-stream",
        }
    }

    /// What comes before the first token of a stream.
    pub(super) fn opening(self, said: &Said) -> String {
        match self {
            Self::OllamaGenerate | Self::OllamaChat | Self::OpenAiCompletions => String::new(),
            Self::OpenAiChat => openai::opening(said),
            Self::Anthropic => anthropic::opening(said),
        }
    }

    /// One token of a stream.
    pub(super) fn token(self, said: &Said, index: usize) -> String {
        match self {
            Self::OllamaGenerate | Self::OllamaChat => ollama::token(self, said, index),
            Self::OpenAiChat | Self::OpenAiCompletions => openai::token(self, said, index),
            Self::Anthropic => anthropic::token(said, index),
        }
    }

    /// What ends a stream.
    pub(super) fn ending(self, said: &Said) -> String {
        match self {
            Self::OllamaGenerate | Self::OllamaChat => ollama::ending(self, said),
            Self::OpenAiChat | Self::OpenAiCompletions => openai::ending(self, said),
            Self::Anthropic => anthropic::ending(said),
        }
    }

    /// An answer in one piece.
    pub(super) fn whole(self, said: &Said) -> Json {
        match self {
            Self::OllamaGenerate | Self::OllamaChat => ollama::whole(self, said),
            Self::OpenAiChat | Self::OpenAiCompletions => openai::whole(self, said),
            Self::Anthropic => anthropic::whole(said),
        }
    }

    /// The body of a refusal.
    pub(super) fn refusal(self, status: StatusCode, text: &str) -> Json {
        match self {
            Self::OllamaGenerate | Self::OllamaChat => json!({ "error": text }),
            Self::OpenAiChat | Self::OpenAiCompletions => openai::refusal(status, text),
            Self::Anthropic => anthropic::refusal(status, text),
        }
    }

    /// One piece of a stream around any text, JSON or not. `event` is the name of the event where the
    /// API has names.
    pub(super) fn piece(self, event: &str, text: &str) -> String {
        match self {
            Self::OllamaGenerate | Self::OllamaChat => format!("{text}\n"),
            Self::OpenAiChat | Self::OpenAiCompletions => format!("data: {text}\n\n"),
            Self::Anthropic => format!("event: {event}\ndata: {text}\n\n"),
        }
    }
}
