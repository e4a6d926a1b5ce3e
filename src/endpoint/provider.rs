//! What a provider is: how its API writes requests and answers, and what its server can be asked about its models.
//! Pure; it never sees a socket or a clock.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value as Json;

use super::address;
use super::answer::Answer;
use super::batch_api::BatchApi;
use super::fault::{ErrorKind, Fault};
use super::finish::{self, Finish};
use super::frames::Framing;
use super::kind;
use super::models::{KnownModel, LoadedModel, read_list};
use super::thinking::Added;
use crate::request::{Parameters, Prompt, Settings};
use crate::secret::Secret;
use crate::spec::types::{BatchApiSpec, MetricsSpec, ServeSpec};

/// Output tokens that an answer without any limit is assumed to have at most.
const ASSUMED_OUTPUT: u32 = 8192;

/// Whether an API can hold answers to a JSON schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schemas {
    /// It has no option for it.
    None,
    /// Some of its models can be.
    OfSomeModels,
    /// Its servers do.
    All,
}

/// How an API takes images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageForms {
    /// Not at all.
    None,
    /// By their bytes.
    Files,
    /// By their bytes, or by an address that its server fetches.
    FilesAndAddresses,
}

/// One API of a provider, with the settings of an endpoint.
pub trait Provider: Debug + Send + Sync {
    /// Name of provider and API, such as `ollama chat`. Request keys, stores and recordings hold it: it never changes.
    fn name(&self) -> &'static str;

    /// Path of a request below the endpoint's URL.
    fn path(&self) -> &'static str;

    /// The base URL that a `url` in a spec stands for, without a slash at its end.
    ///
    /// # Errors
    /// The text is no address.
    fn base_url(&self, text: &str) -> Result<String, String> {
        address::base_url(text)
    }

    /// Headers of every request: the key where there is one, and what else the API requires.
    fn headers(&self, key: Option<&Secret>) -> Vec<(&'static str, String)> {
        key.map(|key| ("authorization", format!("Bearer {}", key.expose()))).into_iter().collect()
    }

    /// Body of a request.
    fn body(&self, settings: &Settings, prompt: &Prompt) -> Json;

    /// Why these parameters cannot be sent, and what to do; `None` if they can.
    fn refuse(&self, _parameters: &Parameters) -> Option<String> {
        None
    }

    /// Whether answers can be held to a JSON schema.
    fn schemas(&self) -> Schemas {
        Schemas::None
    }

    /// How many alternatives of a token the server gives at most, with their log-probabilities; `None` if it gives none.
    fn most_alternatives(&self) -> Option<u32> {
        None
    }

    /// How the body of a streamed answer is cut into frames. An answer in one piece is one frame.
    fn framing(&self) -> Framing;

    /// Reads one frame into the answer.
    ///
    /// # Errors
    /// The frame reports an error, or is not a frame of this API.
    fn read(&self, frame: &[u8], answer: &mut Answer) -> Result<Added, Fault>;

    /// Words for the end of an answer that mean something of their own here: in lower case, without `_`, `-` and
    /// spaces.
    fn own_words(&self) -> &'static [(&'static str, Finish)] {
        &[]
    }

    /// How an answer ended, by the server's own word for it.
    fn finish(&self, word: &str) -> Finish {
        finish::meaning(self.own_words(), word)
    }

    /// What an error says beyond its HTTP status. Gateways pass on the words of other APIs, so these are known unless a
    /// provider has its own.
    fn classify(&self, fault: &Fault) -> ErrorKind {
        kind::classify(fault.as_told())
    }

    /// What the server can be asked about its models.
    fn inspection(&self) -> Inspection;

    /// Path and body of a request that only unloads a model; `None` if the API has none.
    fn unload(&self, _model: &str) -> Option<(&'static str, Json)> {
        None
    }

    /// True if the server cuts a prompt that is longer than its context without reporting it. The client then asks for
    /// a context in which the prompt fits.
    fn cuts_long_prompts(&self) -> bool {
        false
    }

    /// True if it takes a chat of several messages; else a request is one text, with or without a system message.
    fn takes_messages(&self) -> bool {
        true
    }

    /// Its batch API; `None` if it has none.
    fn batch_api(&self) -> Option<&'static dyn BatchApi> {
        None
    }

    /// How it takes images.
    fn images(&self) -> ImageForms {
        ImageForms::None
    }

    /// What limits an answer if the spec does not.
    fn default_output_limit(&self) -> OutputLimit {
        OutputLimit::Assumed(ASSUMED_OUTPUT)
    }

    /// The most output tokens of an answer, for budget, context and estimate alike: the limit of the spec, or the
    /// default.
    fn output_limit(&self, max_tokens: Option<u32>) -> u32 {
        max_tokens.unwrap_or(self.default_output_limit().tokens())
    }

    /// What to do if the server of an endpoint does not answer.
    fn remedy(&self, endpoint: &str) -> String {
        format!("start the server, or set the `url` of endpoint `{endpoint}` to where it runs")
    }

    /// What to think of before a server at this address is asked by this API; `None` if there is nothing.
    fn doubt(&self, _url: &str) -> Option<&'static str> {
        None
    }

    /// What to look at if nothing is at the path of the API.
    fn remedy_for_path(&self) -> &'static str {
        "look whether the `url` ends before the paths of the API"
    }

    /// What to do if the server does not have these models.
    fn remedy_for_models(&self, _models: &[String]) -> Option<String> {
        None
    }
}

/// What limits the output tokens of an answer if the spec does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutputLimit {
    /// The API requires a limit, so this one is sent.
    Sent(u32),
    /// No limit is sent, and no answer is assumed to have more.
    Assumed(u32),
}

impl OutputLimit {
    /// The most tokens.
    pub fn tokens(self) -> u32 {
        match self {
            Self::Sent(tokens) | Self::Assumed(tokens) => tokens,
        }
    }
}

/// What a server can be asked about itself and its models: paths, and what reads the answers.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The list of its models.
    pub models: ServerDocument<Vec<KnownModel>>,
    /// True if the server has no other models than those it lists.
    pub lists_all: bool,
    /// Its version.
    pub version: Option<ServerDocument<String>>,
    /// The details of one model.
    pub details: Option<Details>,
    /// The models that are in its memory.
    pub loaded: Option<ServerDocument<Vec<LoadedModel>>>,
}

impl Inspection {
    /// Of a server that only lists models, in the form of the OpenAI API; it may have others.
    pub(super) fn of_list(path: &'static str) -> Self {
        let models = ServerDocument { path, read: |body| Ok(read_list(body)) };
        Self { models, lists_all: false, version: None, details: None, loaded: None }
    }
}

/// A document that a GET fetches.
#[derive(Debug, Clone)]
pub struct ServerDocument<T> {
    /// Path below the endpoint's URL.
    pub path: &'static str,
    /// Reads it.
    pub read: fn(&[u8]) -> Result<T, Fault>,
}

/// A question about one model.
#[derive(Debug, Clone)]
pub struct Details {
    /// Path below the endpoint's URL.
    pub path: &'static str,
    /// Body of the POST for a model.
    pub body: fn(&str) -> Json,
    /// Adds what the answer says to what is known of the model.
    pub add: fn(&mut KnownModel, &[u8]),
}

/// A provider's line in the table of [providers](super::providers).
#[derive(Debug, Clone, Copy)]
pub struct Registration {
    /// Its name in a spec.
    pub name: &'static str,
    /// Its APIs with default settings, the default one first.
    pub apis: fn() -> Vec<Arc<dyn Provider>>,
    /// The end of the `url` of an endpoint, below which the paths of the API lie.
    pub base_path: &'static str,
    /// True if an endpoint has an `api_key_env`.
    pub takes_key: bool,
}

impl PartialEq for Registration {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Registration {}

/// A server as a spec describes it.
#[derive(Debug, Clone)]
pub struct Server<'s> {
    /// Its API.
    pub provider: Arc<dyn Provider>,
    /// Its address, as written.
    pub url: &'s str,
    /// Name of the environment variable that holds the key.
    pub key_variable: Option<&'s str>,
    /// True if each model is unloaded before the next one is measured.
    pub unloads: bool,
    /// What else its requests carry.
    pub extras: Extras<'s>,
    /// How it is started, if a run does that.
    pub serve: Option<&'s ServeSpec>,
    /// How its batch API is used, if it is.
    pub batch: Option<BatchApiSpec>,
}

/// What an endpoint has besides its API: what its requests carry by name, and what is read beside them.
#[derive(Debug, Clone, Copy)]
pub struct Extras<'s> {
    /// Headers.
    pub headers: &'s BTreeMap<String, String>,
    /// Headers whose values are in environment variables.
    pub headers_env: &'s BTreeMap<String, String>,
    /// The query of every address.
    pub query: &'s BTreeMap<String, String>,
    /// A file with certificates to trust.
    pub ca_file: Option<&'s Path>,
    /// Where the server says what it does.
    pub metrics: &'s MetricsSpec,
    /// Whether the counters of energy of its machine are read.
    pub energy: bool,
}
