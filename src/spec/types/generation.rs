//! The sections `models`, `prompt` and `generation`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json};

use crate::answer_form::ResponseFormat;
use crate::message::Role;
use crate::spec::scalar::ThinkText;
use crate::tool::Tool;

/// One model.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// Unique name in tables, and by default the model's name on the endpoint.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The model's name on the endpoint, if it differs; lets you ask one model on two endpoints.
    pub model: Option<String>,
    /// Name of its endpoint.
    pub endpoint: String,
    /// Name of the machine that it is measured at; by default at each of `sites`.
    pub site: Option<String>,
    /// Name in charts and on the terminal, where more than 60 letters are cut; by default `name`.
    pub label: Option<String>,
    /// How this model's answers are generated, where that differs from `generation` and from that of a dataset.
    pub generation: Option<ModelGenerationSpec>,
    /// How this model is asked, where that differs from `prompt` and from that of a dataset.
    pub prompt: Option<PromptSpec>,
    /// Further headers of its requests, over those of its endpoint. Keys belong into `headers_env`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers whose values are in environment variables, by the variable's name, over those of its endpoint.
    #[serde(default)]
    pub headers_env: BTreeMap<String, String>,
    /// Values of settings of `generation`, of which every combination is a model of its own, named by what differs:
    /// `{ think: [false, true], temperature: [0, 0.7] }`.
    #[serde(skip_serializing)]
    pub vary: Option<BTreeMap<String, Vec<Json>>>,
}

/// How answers of one model, or to one dataset, are generated, where that differs from the experiment's; `null` leaves a setting to the server.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct ModelGenerationSpec {
    /// Maximum number of output tokens.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub max_tokens: Option<Option<u32>>,
    /// Sampling temperature; 0 always takes the most likely token.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0))]
    pub temperature: Option<Option<f64>>,
    /// Nucleus sampling: sample from the smallest set of tokens with this total probability.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub top_p: Option<Option<f64>>,
    /// Sample from the N most likely tokens.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub top_k: Option<Option<u32>>,
    /// Seed of the server's sampler; each repeat adds 1.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub seed: Option<Option<i64>>,
    /// Strings that end an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Vec<String>>,
    /// Context size in tokens (Ollama's `num_ctx`); `null` is the server's own.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub num_ctx: Option<Option<u32>>,
    /// Least probability of a token, relative to the most likely one.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_p: Option<Option<f64>>,
    /// Penalty of tokens that are already in the text.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub presence_penalty: Option<Option<f64>>,
    /// Penalty of tokens by how often they are already in the text.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub frequency_penalty: Option<Option<f64>>,
    /// Factor against repeated tokens (Ollama, llama-server, vLLM); 1 is none.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub repeat_penalty: Option<Option<f64>>,
    /// Whether a model reasons before it answers: `false`, `true`, `low`, `medium` or `high`.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub think: Option<Option<ThinkText>>,
    /// Tools that the model may call, in place of the experiment's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Tool>>,
    /// The form that answers are held to: `json`, or `json_schema` with a schema.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub response_format: Option<Option<ResponseFormat>>,
    /// Members that are merged into the body of every request, over those of the experiment; `null` removes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_body: Option<Map<String, Json>>,
}

/// A value that is there, be it null.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl ModelGenerationSpec {
    /// The experiment's settings, with those of the model in their place.
    pub fn over(&self, experiment: &GenerationSpec) -> GenerationSpec {
        GenerationSpec {
            max_tokens: self.max_tokens.unwrap_or(experiment.max_tokens),
            temperature: self.temperature.unwrap_or(experiment.temperature),
            top_p: self.top_p.unwrap_or(experiment.top_p),
            top_k: self.top_k.unwrap_or(experiment.top_k),
            seed: self.seed.unwrap_or(experiment.seed),
            stop: self.stop.clone().unwrap_or_else(|| experiment.stop.clone()),
            num_ctx: self.num_ctx.unwrap_or(experiment.num_ctx),
            min_p: self.min_p.unwrap_or(experiment.min_p),
            presence_penalty: self.presence_penalty.unwrap_or(experiment.presence_penalty),
            frequency_penalty: self.frequency_penalty.unwrap_or(experiment.frequency_penalty),
            repeat_penalty: self.repeat_penalty.unwrap_or(experiment.repeat_penalty),
            think: self.think.unwrap_or(experiment.think),
            tools: self.tools.clone().unwrap_or_else(|| experiment.tools.clone()),
            response_format: self.response_format.clone().unwrap_or_else(|| experiment.response_format.clone()),
            extra_body: self.merged_body(experiment),
            ..experiment.clone()
        }
    }

    /// Members of both, the own ones in place of the experiment's.
    fn merged_body(&self, experiment: &GenerationSpec) -> Option<Map<String, Json>> {
        let own = self.extra_body.iter().flatten().map(|(name, value)| (name.clone(), value.clone()));
        match (&experiment.extra_body, &self.extra_body) {
            (None, None) => None,
            (members, _) => Some(members.clone().unwrap_or_default().into_iter().chain(own).collect()),
        }
    }
}

/// The prompt templates, in Jinja. Variables: `question`, `passage`, `choices`, `subject`, `examples`, `letter(i)` and
/// every other column of the row by its name.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptSpec {
    /// Template of the system message; by default none.
    pub system: Option<String>,
    /// Template of the prompt; by default the passage, the question, its choices with letters, and the instruction to answer with a letter.
    pub template: Option<String>,
    /// Templates of several messages in place of one: `[{ role: user, content: "{{ question }}" }]`. The first may be that of the system.
    #[schemars(length(min = 1, max = 100))]
    pub messages: Option<Vec<MessageSpec>>,
    /// Templates of further messages of the user, each of which is asked with the model's own answers to those before it:
    /// `["Are you sure?"]`. Every answer is judged; not for a single model.
    #[schemars(length(min = 1, max = 20))]
    pub follow_ups: Option<Vec<String>>,
    /// How worked examples are shown: `text` leaves them to the template; `turns` asks each as the question is asked, and gives its
    /// answer as a message of the model.
    pub examples: Option<ExamplesAs>,
}

/// The template of one message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageSpec {
    /// Who says it: `system`, `user` or `assistant`.
    pub role: Role,
    /// Its template.
    pub content: String,
}

/// How worked examples are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExamplesAs {
    /// In the text of the prompt, where the template puts `examples`.
    #[default]
    Text,
    /// As turns of the chat before the question.
    Turns,
}

/// How answers are generated.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GenerationSpec {
    /// Maximum number of output tokens.
    #[schemars(range(min = 1))]
    pub max_tokens: Option<u32>,
    /// Sampling temperature; 0 always takes the most likely token.
    #[schemars(range(min = 0.0))]
    pub temperature: Option<f64>,
    /// Nucleus sampling: sample from the smallest set of tokens with this total probability.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub top_p: Option<f64>,
    /// Sample from the N most likely tokens.
    #[schemars(range(min = 1))]
    pub top_k: Option<u32>,
    /// Seed of the server's sampler; each repeat adds 1.
    pub seed: Option<i64>,
    /// Strings that end an answer.
    pub stop: Vec<String>,
    /// Number of times each question is asked.
    #[schemars(range(min = 1))]
    pub repeats: u32,
    /// Stream answers; required to measure time to first token and time per output token.
    pub stream: bool,
    /// Context size in tokens (Ollama's `num_ctx`); by default the server's own.
    #[schemars(range(min = 1))]
    pub num_ctx: Option<u32>,
    /// Least probability of a token, relative to the most likely one.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_p: Option<f64>,
    /// Penalty of tokens that are already in the text.
    pub presence_penalty: Option<f64>,
    /// Penalty of tokens by how often they are already in the text.
    pub frequency_penalty: Option<f64>,
    /// Factor against repeated tokens (Ollama, llama-server, vLLM); 1 is none.
    pub repeat_penalty: Option<f64>,
    /// Whether a model reasons before it answers: `false`, `true`, `low`, `medium` or `high`; by default as the server does.
    pub think: Option<ThinkText>,
    /// Number of most likely tokens that the server is asked for at each place, with their log-probabilities; by default
    /// as many as it gives if a judge reads them, else none.
    #[schemars(range(min = 1, max = 20))]
    pub top_logprobs: Option<u32>,
    /// Tools that the model may call. Its calls are kept and never carried out; `judge: tool_call` compares them.
    pub tools: Vec<Tool>,
    /// The form that answers are held to: `json`, or `json_schema` with a schema.
    pub response_format: Option<ResponseFormat>,
    /// Members that are merged into the body of every request, for options that have no key here; `null` removes one.
    pub extra_body: Option<Map<String, Json>>,
}

impl Default for GenerationSpec {
    fn default() -> Self {
        Self {
            max_tokens: Some(128),
            temperature: Some(0.0),
            top_p: None,
            top_k: None,
            seed: Some(42),
            stop: Vec::new(),
            repeats: 1,
            stream: true,
            num_ctx: None,
            min_p: None,
            presence_penalty: None,
            frequency_penalty: None,
            repeat_penalty: None,
            think: None,
            top_logprobs: None,
            tools: Vec::new(),
            response_format: None,
            extra_body: None,
        }
    }
}
