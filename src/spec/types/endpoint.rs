//! The section `endpoints`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BatchSpec, MetricsSpec, ServeSpec};

/// A server or a recording that answers requests.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointSpec {
    /// An Ollama server, through its native API.
    Ollama(OllamaSpec),
    /// Any server that speaks the OpenAI API: llama-server, vLLM, LM Studio and hosted services.
    Openai(OpenAiSpec),
    /// Anthropic's messages API.
    Anthropic(AnthropicSpec),
    /// A recording of real answers, replayed without a server.
    Replay(ReplaySpec),
}

/// An Ollama server.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OllamaSpec {
    /// Address. A host without scheme or port is read like Ollama's own OLLAMA_HOST.
    #[serde(default = "default_ollama_url")]
    pub url: String,
    /// Which API is asked.
    #[serde(default)]
    pub api: OllamaApi,
    /// Time that the server keeps the model in memory after a request, such as `5m`.
    pub keep_alive: Option<String>,
    /// Unload each model before the next one is measured.
    #[serde(default)]
    pub unload: bool,
    /// Name of the environment variable that holds the key, for servers behind one and Ollama's cloud.
    pub api_key_env: Option<String>,
    /// Further headers of every request, such as `X-Title: benchmark`. Keys belong into `headers_env`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers whose values are in environment variables, by the variable's name, such as `api-key: AZURE_API_KEY`.
    #[serde(default)]
    pub headers_env: BTreeMap<String, String>,
    /// The query of every address, such as `api-version: 2024-10-21`.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// File with certificates that are trusted besides those of the system, in PEM, relative to the spec file; for servers with a certificate of their own.
    pub ca_file: Option<PathBuf>,
    /// Read each second what the server says of its load, cache and tokens while requests are sent: `true` for `/metrics` of its address, or another address. vLLM, SGLang, llama.cpp and TGI are understood.
    #[serde(default)]
    pub metrics: MetricsSpec,
    /// Read the counters of energy of this machine, on which the server has to run, while requests are sent.
    #[serde(default)]
    pub energy: bool,
}

/// The two generation APIs of Ollama.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OllamaApi {
    /// `/api/generate`: one prompt, which the server puts into the model's own template.
    #[default]
    Generate,
    /// `/api/chat`: a list of messages.
    Chat,
}

/// A server that speaks the OpenAI API.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAiSpec {
    /// Base address up to and with `/v1`; with `serve`, such as `http://127.0.0.1:{port}/v1`.
    pub url: String,
    /// Which API is asked.
    #[serde(default)]
    pub api: OpenAiApi,
    /// Name of the environment variable that holds the key. The key itself is never written down.
    pub api_key_env: Option<String>,
    /// Name of the request field that limits the output; newer hosted models require `max_completion_tokens`.
    #[serde(default)]
    pub max_tokens_field: MaxTokensField,
    /// Further headers of every request, such as `X-Title: benchmark`. Keys belong into `headers_env`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers whose values are in environment variables, by the variable's name, such as `api-key: AZURE_API_KEY`.
    #[serde(default)]
    pub headers_env: BTreeMap<String, String>,
    /// The query of every address, such as `api-version: 2024-10-21`.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// File with certificates that are trusted besides those of the system, in PEM, relative to the spec file; for servers with a certificate of their own.
    pub ca_file: Option<PathBuf>,
    /// Read each second what the server says of its load, cache and tokens while requests are sent: `true` for `/metrics` of its address, or another address. vLLM, SGLang, llama.cpp and TGI are understood.
    #[serde(default)]
    pub metrics: MetricsSpec,
    /// Read the counters of energy of this machine, on which the server has to run, while requests are sent.
    #[serde(default)]
    pub energy: bool,
    /// Ask through the provider's batch API, which answers within a day at a lower price: `true`, or its settings. Such
    /// answers have no times.
    #[serde(default)]
    pub batch: BatchSpec,
    /// A server that runs start on this machine and end, so that models and flags can be compared.
    pub serve: Option<ServeSpec>,
}

/// The generation APIs of OpenAI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenAiApi {
    /// `/chat/completions`: a list of messages.
    #[default]
    Chat,
    /// `/completions`: one text that the model continues; a system message is put before it.
    Completions,
    /// `/responses`: a list of messages; it has neither a seed nor texts that end an answer.
    Responses,
}

/// Name of the field that limits the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokensField {
    /// `max_tokens`, which every server understands.
    #[default]
    MaxTokens,
    /// `max_completion_tokens`, which OpenAI's reasoning models require.
    MaxCompletionTokens,
}

/// A server that speaks Anthropic's messages API, which accepts neither a seed nor a context size.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnthropicSpec {
    /// Base address, with or without `/v1` at its end.
    #[serde(default = "default_anthropic_url")]
    pub url: String,
    /// Name of the environment variable that holds the key. The key itself is never written down.
    pub api_key_env: Option<String>,
    /// Version of the API, sent in the header `anthropic-version`.
    #[serde(default = "default_anthropic_version")]
    pub version: String,
    /// Further headers of every request, such as `X-Title: benchmark`. Keys belong into `headers_env`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers whose values are in environment variables, by the variable's name, such as `api-key: AZURE_API_KEY`.
    #[serde(default)]
    pub headers_env: BTreeMap<String, String>,
    /// The query of every address, such as `api-version: 2024-10-21`.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// File with certificates that are trusted besides those of the system, in PEM, relative to the spec file; for servers with a certificate of their own.
    pub ca_file: Option<PathBuf>,
    /// Read each second what the server says of its load, cache and tokens while requests are sent: `true` for `/metrics` of its address, or another address. vLLM, SGLang, llama.cpp and TGI are understood.
    #[serde(default)]
    pub metrics: MetricsSpec,
    /// Read the counters of energy of this machine, on which the server has to run, while requests are sent.
    #[serde(default)]
    pub energy: bool,
    /// Ask through the provider's batch API, which answers within a day at a lower price: `true`, or its settings. Such
    /// answers have no times.
    #[serde(default)]
    pub batch: BatchSpec,
    /// A server that runs start on this machine and end, so that models and flags can be compared.
    pub serve: Option<ServeSpec>,
}

/// A recording to replay.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaySpec {
    /// The recorded file, relative to the spec file.
    pub cassette: PathBuf,
}

fn default_ollama_url() -> String {
    "http://127.0.0.1:11434".into()
}

fn default_anthropic_url() -> String {
    "https://api.anthropic.com".into()
}

/// The default version of Anthropic's API.
pub const DEFAULT_ANTHROPIC_VERSION: &str = "2023-06-01";

fn default_anthropic_version() -> String {
    DEFAULT_ANTHROPIC_VERSION.into()
}
