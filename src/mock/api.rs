//! What an API of a provider is: how it writes answers, refusals and pages.

use hyper::StatusCode;
use serde_json::Value as Json;

use super::answer::MockAnswer;
use super::behaviour::Behaviour;

/// When every answer was made, so that the same request has the same bytes.
pub(super) const CREATED: &str = "2026-01-01T00:00:00Z";

/// The same, in seconds since 1970.
pub(super) const CREATED_S: u32 = 1_767_225_600;

/// A provider: its APIs, and what its server says about its models.
pub(super) struct Provider {
    /// Its APIs; the first writes the refusals of paths that are not an API.
    pub(super) apis: &'static [&'static dyn Api],
    /// What its paths begin with. A path belongs to the provider with the longest prefix of it.
    pub(super) prefix: &'static str,
    /// The page of a path, if there is one.
    pub(super) page: fn(&str, &Models<'_>) -> Option<MockPage>,
    /// The details of a model, if the provider has a request for them.
    pub(super) details: Option<Details>,
}

/// The details of a model.
pub(super) struct Details {
    /// The path on which they are asked for.
    pub(super) path: &'static str,
    /// Writes them.
    pub(super) write: fn(&Behaviour) -> Json,
}

/// One API.
pub(super) trait Api: Sync {
    /// Its name, the same as that of the endpoint.
    fn name(&self) -> &'static str;

    /// The path on which it is asked for an answer.
    fn path(&self) -> &'static str;

    /// True if it has a place for reasoning.
    fn has_thinking(&self) -> bool {
        true
    }

    /// True if it streams unless a request says otherwise.
    fn streams_by_default(&self) -> bool {
        false
    }

    /// The media type of a stream.
    fn stream_media_type(&self) -> &'static str {
        "text/event-stream"
    }

    /// True if it cuts a prompt that is longer than the context; others refuse it.
    fn cuts_long_prompts(&self) -> bool {
        false
    }

    /// The answer to a request without a prompt, if that only loads a model or unloads it.
    fn moved(&self, _model: &str, _unloaded: bool) -> Option<Json> {
        None
    }

    /// What comes before the first token of a stream.
    fn opening(&self, _answer: &MockAnswer) -> String {
        String::new()
    }

    /// One token of a stream.
    fn token(&self, answer: &MockAnswer, index: usize) -> String;

    /// What ends a stream.
    fn ending(&self, answer: &MockAnswer) -> String;

    /// An answer in one piece.
    fn whole(&self, answer: &MockAnswer) -> Json;

    /// The body of a refusal.
    fn refusal(&self, status: StatusCode, text: &str) -> Json;

    /// One piece of a stream around any text, JSON or not. `event` is the name of the event if the API has names.
    fn piece(&self, event: &str, text: &str) -> String;
}

/// What pages say about models.
pub(super) struct Models<'m> {
    /// Every model.
    pub(super) all: &'m [String],
    /// Those that are in memory.
    pub(super) loaded: Vec<&'m str>,
    /// The context of each, in tokens.
    pub(super) context_length: u32,
}

/// A page that is fetched with a GET.
pub(super) enum MockPage {
    /// Plain text.
    Text(&'static str),
    /// JSON.
    Json(Json),
}
