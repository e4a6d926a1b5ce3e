//! The spec as a user writes it: one type per section, one doc comment per key.
//!
//! The doc comments become the descriptions in the JSON schema, so they speak to the author of a
//! spec. Enums are externally tagged and nothing is flattened or untagged: those serde shapes lose
//! the source position of an error.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scalar::{OneOrMany, RateText, Span};

/// An experiment: which models answer which questions, how, and which pictures come out of it.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Version of the spec format; this program reads version 1.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// Name of the experiment: letters, digits, `_`, `-` and `.`; names the output folder and the lock file.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// One sentence for people; printed in the report.
    pub description: Option<String>,
    /// The questions. Several data sets are reported one by one and together.
    #[schemars(length(min = 1))]
    pub datasets: Vec<DatasetSpec>,
    /// The servers that answer, by a name of your choice.
    pub endpoints: BTreeMap<String, EndpointSpec>,
    /// The models to compare, in the order in which tables and charts list them.
    #[schemars(length(min = 1))]
    pub models: Vec<ModelSpec>,
    /// What is asked.
    #[serde(default)]
    pub prompt: PromptSpec,
    /// How answers are generated.
    #[serde(default)]
    pub generation: GenerationSpec,
    /// How hard the endpoint is pressed, and how patient the client is.
    #[serde(default)]
    pub load: LoadSpec,
    /// What a good response is: service levels that goodput and attainment are counted against.
    pub slo: Option<SloSpec>,
    /// How an answer is read and scored.
    #[serde(default)]
    pub judge: JudgeSpec,
    /// What tokens cost. A model without a price has no cost: unknown is never zero.
    pub pricing: Option<PricingSpec>,
    /// Limits on what a run may spend.
    pub budget: Option<BudgetSpec>,
    /// The charts to draw; without this key, all of them.
    pub charts: Option<Vec<ChartSpec>>,
    /// Where results are written, and in which picture formats.
    #[serde(default)]
    pub output: OutputSpec,
}

/// One data set: where its rows come from and how its columns are read.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetSpec {
    /// Name in tables and charts; by default the last part of the repository or file name.
    pub name: Option<String>,
    /// Where the rows come from.
    pub source: SourceSpec,
    /// Which columns hold the question, the choices and the answer, where the usual names do not fit.
    #[serde(default)]
    pub columns: ColumnsSpec,
    /// Keep only rows whose column holds one of the values: `{ subject: [algebra, logic] }`.
    #[serde(default)]
    pub filter: BTreeMap<String, OneOrMany<String>>,
    /// Seed of a shuffle that comes before the limit; without it the rows keep their order.
    pub shuffle: Option<u64>,
    /// Ask only the first so many rows, after filter and shuffle.
    #[schemars(range(min = 1))]
    pub limit: Option<usize>,
    /// Worked examples that the prompt shows before the question.
    pub few_shot: Option<FewShotSpec>,
}

/// Where rows come from.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceSpec {
    /// A data set repository on the Hugging Face Hub.
    Hub(HubSourceSpec),
    /// A local file.
    File(FileSourceSpec),
}

/// A data set repository on the Hugging Face Hub.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HubSourceSpec {
    /// Repository, as `owner/name`.
    pub repo: String,
    /// Subsets (the Hub's "configs"), one or several; `all` means the subset of that name or, where there is none, every subset.
    pub subsets: Option<OneOrMany<String>>,
    /// Split to ask.
    #[serde(default = "default_split")]
    pub split: String,
    /// Branch, tag or commit. What it resolves to is pinned in the lock file.
    #[serde(default = "default_revision")]
    pub revision: String,
}

/// A local file of rows.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSourceSpec {
    /// Parquet, CSV, JSONL or JSON (a list of objects), told by the file name; relative to the spec file.
    pub path: PathBuf,
}

/// Which columns hold what. Every key takes one column name.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnsSpec {
    /// The question; by default the first of `question`, `prompt`, `input`, `problem`, `query`, `question_stem`, `ctx` that is there.
    pub question: Option<String>,
    /// The choices: a list column, or a struct with a list `text` (and `label`), or several columns by name; by default `choices`, `options` or `endings`.
    pub choices: Option<OneOrMany<String>>,
    /// The right answer: an index from 0, a letter, a label or the text of a choice; by default `answer`, `answerKey`, `answer_key`, `label`, `target` or `output`.
    pub answer: Option<String>,
    /// The subject; by default `subject`, `category` or `topic`, else the subset's name.
    pub subject: Option<String>,
    /// An identifier of the row; by default `id`, else none.
    pub id: Option<String>,
}

/// Worked examples for the prompt, from rows that are never asked.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FewShotSpec {
    /// Split that holds the examples (Hub sources); by default `dev`.
    pub split: Option<String>,
    /// File that holds the examples (file sources), relative to the spec file.
    pub path: Option<PathBuf>,
    /// How many examples; those of the question's own subject come first. 0 switches them off.
    pub count: usize,
}

/// A server that answers.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointSpec {
    /// An Ollama server, by its native API.
    Ollama(OllamaSpec),
    /// Any server that speaks the OpenAI API: llama-server, vLLM, LM Studio and the hosted ones.
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
    /// Address; a host without scheme or port is understood as Ollama's own OLLAMA_HOST is.
    #[serde(default = "default_ollama_url")]
    pub url: String,
    /// Which API is asked.
    #[serde(default)]
    pub api: OllamaApi,
    /// How long the server keeps the model in memory after a request, such as `5m`.
    pub keep_alive: Option<String>,
    /// Take each model out of memory before the next one is measured.
    #[serde(default)]
    pub unload: bool,
}

/// The two generation APIs of Ollama.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OllamaApi {
    /// `/api/generate`: one prompt, put into the model's own template by the server.
    #[default]
    Generate,
    /// `/api/chat`: a list of messages.
    Chat,
}

/// A server that speaks the OpenAI API.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAiSpec {
    /// Base address up to and with `/v1`.
    pub url: String,
    /// Which API is asked.
    #[serde(default)]
    pub api: OpenAiApi,
    /// Name of the environment variable that holds the key. The key itself is never written down.
    pub api_key_env: Option<String>,
    /// Name of the request field that limits the output; newer hosted models want `max_completion_tokens`.
    #[serde(default)]
    pub max_tokens_field: MaxTokensField,
}

/// The two generation APIs of OpenAI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenAiApi {
    /// `/chat/completions`: a list of messages.
    #[default]
    Chat,
    /// `/completions`: one text, which the model goes on with; a system message goes in front of it.
    Completions,
}

/// Name of the field that limits the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MaxTokensField {
    /// `max_tokens`, which every server understands.
    #[default]
    MaxTokens,
    /// `max_completion_tokens`, which OpenAI's reasoning models insist on.
    MaxCompletionTokens,
}

/// A server that speaks Anthropic's messages API, which has neither a seed nor a size of the context.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnthropicSpec {
    /// Base address; `/v1` at its end makes no difference.
    #[serde(default = "default_anthropic_url")]
    pub url: String,
    /// Name of the environment variable that holds the key. The key itself is never written down.
    pub api_key_env: Option<String>,
    /// Version of the API, as the header `anthropic-version` says it.
    #[serde(default = "default_anthropic_version")]
    pub version: String,
}

/// A recording to replay.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaySpec {
    /// The recorded file, relative to the spec file.
    pub cassette: PathBuf,
}

/// One model.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// Name in tables, and the name the endpoint knows it by; each only once.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The name the endpoint knows it by, where it differs: so one model can be asked on two endpoints.
    pub model: Option<String>,
    /// Which endpoint answers.
    pub endpoint: String,
    /// Name in charts; by default the name.
    pub label: Option<String>,
}

/// What is asked. Templates are Jinja: `question`, `choices`, `subject`, `examples`, `letter(i)` and
/// every other column of the row by its name.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptSpec {
    /// A system message, itself a template.
    pub system: Option<String>,
    /// The template of the prompt; by default the question, its choices by letter, and the instruction to answer with a letter.
    pub template: Option<String>,
}

/// How answers are generated.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GenerationSpec {
    /// Most tokens an answer may have.
    #[schemars(range(min = 1))]
    pub max_tokens: Option<u32>,
    /// Sampling temperature; 0 is the most likely token each time.
    #[schemars(range(min = 0.0))]
    pub temperature: Option<f64>,
    /// Nucleus sampling: the smallest set of tokens with this much probability.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub top_p: Option<f64>,
    /// Sample from the so many most likely tokens.
    #[schemars(range(min = 1))]
    pub top_k: Option<u32>,
    /// Seed of the server's sampler; repeats count up from it.
    pub seed: Option<i64>,
    /// Texts that end an answer.
    pub stop: Vec<String>,
    /// Ask each question so many times.
    #[schemars(range(min = 1))]
    pub repeats: u32,
    /// Receive answers token by token, which is what time to first token needs.
    pub stream: bool,
    /// Size of the context in tokens (Ollama's `num_ctx`); by default the server's own.
    #[schemars(range(min = 1))]
    pub num_ctx: Option<u32>,
}

/// How hard the endpoint is pressed, and how patient the client is.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoadSpec {
    /// Closed loop: requests in flight at a time; several values are measured one after another. By default 1, unless there are rates.
    pub concurrency: Option<OneOrMany<NonZeroU32>>,
    /// Open loop: arrivals per second, minute or hour, such as `2/s` or `90/min`; several values are measured one after another, after the closed loops. Latency counts from the arrival.
    pub rate: Option<OneOrMany<RateText>>,
    /// How the arrivals of an open loop are spread.
    pub arrivals: ArrivalsSpec,
    /// Send for so long at each level, instead of each question once; a dataset that is shorter is asked again, in another order.
    pub duration: Option<Span>,
    /// Send so many requests at each level, instead of each question once; a dataset that is shorter is asked again, in another order.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub requests: Option<usize>,
    /// Seed of arrivals, order and nonces.
    pub seed: u64,
    /// Put a seeded nonce before each prompt, so that no prompt shares a prefix that the server may have in its cache.
    pub cache_bust: bool,
    /// Requests before the measurement, per model and level, with prompts that are no part of the data; they count in no figure.
    #[schemars(range(max = 100_000))]
    pub warmup: u32,
    /// Pause between two models that share an endpoint.
    pub pause: Span,
    /// Longest time for connecting.
    pub connect_timeout: Span,
    /// Longest time until the first byte of an answer; by default the time of a whole request, because a
    /// server may load a model first.
    pub first_byte_timeout: Option<Span>,
    /// Longest time for a whole request.
    pub timeout: Span,
    /// Longest time from one complete piece of an answer to the next; single bytes do not count.
    pub stall_timeout: Span,
    /// Longest time for a request with all its attempts and the waits between them.
    pub deadline: Span,
    /// How often a request is tried before it counts as failed.
    #[schemars(range(min = 1))]
    pub attempts: u32,
}

/// How the arrivals of an open loop are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalsSpec {
    /// Exponential gaps, as independent users make them.
    #[default]
    Poisson,
    /// Equal gaps.
    Constant,
}

/// What a good response is. A response is good if it meets every limit that is set; one that failed is not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SloSpec {
    /// Longest time to the first token; needs `generation.stream`.
    pub ttft: Option<Span>,
    /// Longest time per output token after the first; needs `generation.stream`.
    pub tpot: Option<Span>,
    /// Longest latency; in an open loop it counts from the arrival.
    pub latency: Option<Span>,
}

/// How an answer is read and scored.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgeSpec {
    /// The letter or the text of a choice, read with care: an echo of the options is not an answer.
    #[default]
    Choice,
    /// The first standalone letter, in any case, whatever it stands in: what many simple scripts do.
    FirstLetter,
    /// The whole answer equals the expected text.
    Exact(ExactSpec),
    /// The last number of the answer equals the expected number.
    Numeric(NumericSpec),
}

/// Comparison of whole texts.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExactSpec {
    /// Upper and lower case are the same.
    pub ignore_case: bool,
}

/// Comparison of numbers.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NumericSpec {
    /// Largest absolute difference that still counts as equal.
    #[schemars(range(min = 0.0))]
    pub tolerance: f64,
}

/// What tokens cost.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PricingSpec {
    /// Currency of every price, such as `USD`.
    #[serde(default = "default_currency")]
    pub currency: String,
    /// Prices by the model's name.
    #[serde(default)]
    pub models: BTreeMap<String, PriceSpec>,
    /// What an hour of the machine costs, by the endpoint's name: for models of your own that have no price per token.
    #[serde(default)]
    pub machines: BTreeMap<String, MachinePriceSpec>,
}

/// The price of a machine.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MachinePriceSpec {
    /// Per hour, shared among the requests that are in flight at the same time.
    #[schemars(range(min = 0.0))]
    pub per_hour: f64,
    /// Where the price was read.
    pub source: Option<String>,
    /// When the price was read, as YYYY-MM-DD.
    pub as_of: Option<String>,
}

/// The price of one model, per million tokens.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceSpec {
    /// Per million prompt tokens.
    #[schemars(range(min = 0.0))]
    pub input: f64,
    /// Per million output tokens; reasoning counts as output.
    #[schemars(range(min = 0.0))]
    pub output: f64,
    /// Per million prompt tokens read from the provider's cache; by default the input price.
    #[schemars(range(min = 0.0))]
    pub cached_input: Option<f64>,
    /// Per million prompt tokens written into the provider's cache; by default the input price.
    #[schemars(range(min = 0.0))]
    pub cache_write: Option<f64>,
    /// Where the price was read.
    pub source: Option<String>,
    /// When the price was read, as YYYY-MM-DD.
    pub as_of: Option<String>,
}

/// Limits on what a run may spend.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetSpec {
    /// Most money a run may cost, in the currency of `pricing`.
    #[schemars(range(min = 0.0))]
    pub max_cost: Option<f64>,
    /// Most requests a run may send.
    pub max_requests: Option<u64>,
    /// Longest time a run may spend on sending.
    pub max_time: Option<Span>,
    /// Ask before a run that may cost more than this; elsewhere than on a terminal it wants `--yes`. By default 1.
    #[schemars(range(min = 0.0))]
    pub ask_above: Option<f64>,
}

/// One chart.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartSpec {
    /// Mean score per model, with the number of answers and a 95 % Wilson interval.
    Score(ScoreChartSpec),
    /// Client latency and the server's own durations per model, as grouped bars.
    Durations(DurationsChartSpec),
    /// One point per response.
    Scatter(ScatterChartSpec),
    /// One picture per model: prompt tokens by output tokens, coloured by a measure.
    Heatmap(HeatmapChartSpec),
    /// Throughput and latency over the levels of a sweep, with the knee.
    LoadCurve(LoadCurveChartSpec),
    /// Share of responses that took no longer than so long, per model.
    LatencyEcdf(LatencyEcdfChartSpec),
    /// A bar per request over the time of the run, with its phases.
    Timeline(TimelineChartSpec),
}

/// Throughput and latency over the levels of a sweep.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoadCurveChartSpec {
    /// Title over the chart.
    pub title: Option<String>,
}

/// Share of responses by their latency.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LatencyEcdfChartSpec {
    /// Title over the chart.
    pub title: Option<String>,
}

/// A bar per request over the time of the run.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TimelineChartSpec {
    /// Title over the chart.
    pub title: Option<String>,
}

/// Mean score per model.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreChartSpec {
    /// Title over the chart.
    pub title: Option<String>,
}

/// Durations per model.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DurationsChartSpec {
    /// Title over the chart.
    pub title: Option<String>,
    /// Which average a bar shows.
    pub statistic: Average,
}

/// Which average a bar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Average {
    /// The arithmetic mean, which one outlier can move.
    Mean,
    /// The median, which it cannot.
    #[default]
    Median,
}

/// One point per response.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScatterChartSpec {
    /// Measure on the horizontal axis.
    pub x: TokenMeasure,
    /// Measure on the vertical axis.
    pub y: TimeMeasure,
    /// Logarithmic horizontal axis.
    #[serde(default = "default_true")]
    pub log_x: bool,
    /// Logarithmic vertical axis, which keeps a few long calls from flattening the rest.
    #[serde(default = "default_true")]
    pub log_y: bool,
    /// Title over the chart.
    pub title: Option<String>,
}

/// Counts of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenMeasure {
    /// Tokens of the prompt, as the server counted them.
    PromptTokens,
    /// Tokens of the answer.
    OutputTokens,
    /// Both together.
    TotalTokens,
}

/// Durations, and what is drawn like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeMeasure {
    /// From the request to the last token, on the client's clock.
    Latency,
    /// From the request to the first token, on the client's clock.
    Ttft,
    /// The server's own total.
    TotalDuration,
    /// The server's time for loading the model.
    LoadDuration,
    /// The server's time for reading the prompt.
    PromptEvalDuration,
    /// The server's time for writing the answer.
    EvalDuration,
    /// What the response cost, from the pricing table.
    Cost,
}

/// Prompt tokens by output tokens, coloured by a measure.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeatmapChartSpec {
    /// What the colour shows: the median of the responses in the cell.
    pub color: TimeMeasure,
    /// Title over each picture.
    pub title: Option<String>,
}

/// Where results are written.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OutputSpec {
    /// Folder, relative to the spec file; by default `outputs/NAME`. The store of all experiments lies beside it.
    pub dir: Option<PathBuf>,
    /// Picture formats.
    pub formats: Vec<PictureFormat>,
}

/// A picture format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    /// Pixels, twice the size of the drawing.
    Png,
    /// The drawing itself.
    Svg,
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
        }
    }
}

impl Default for LoadSpec {
    fn default() -> Self {
        Self {
            concurrency: None,
            rate: None,
            arrivals: ArrivalsSpec::default(),
            duration: None,
            requests: None,
            seed: 42,
            cache_bust: false,
            warmup: 1,
            pause: Span::from_secs(0),
            connect_timeout: Span::from_secs(10),
            first_byte_timeout: None,
            timeout: Span::from_secs(300),
            stall_timeout: Span::from_secs(60),
            deadline: Span::from_secs(1800),
            attempts: 6,
        }
    }
}

impl Default for OutputSpec {
    fn default() -> Self {
        Self { dir: None, formats: vec![PictureFormat::Png, PictureFormat::Svg] }
    }
}

fn default_split() -> String {
    "test".into()
}

fn default_revision() -> String {
    "main".into()
}

fn default_ollama_url() -> String {
    "http://127.0.0.1:11434".into()
}

fn default_anthropic_url() -> String {
    "https://api.anthropic.com".into()
}

/// The version of Anthropic's API that is spoken where a spec names none.
pub const DEFAULT_ANTHROPIC_VERSION: &str = "2023-06-01";

fn default_anthropic_version() -> String {
    DEFAULT_ANTHROPIC_VERSION.into()
}

fn default_currency() -> String {
    "USD".into()
}

fn default_true() -> bool {
    true
}
