//! The spec as a user writes it: one type per section, one doc comment per key.
//!
//! The doc comments become the descriptions in the JSON schema, so they address the author of a
//! spec. Enums are externally tagged and nothing is flattened or untagged: those serde shapes lose
//! the source position of an error.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scalar::{HumanDuration, OneOrMany, RateText};

/// An experiment: models, questions, how they are asked, and the charts to draw.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Version of the spec format. The only version is 1.
    #[schemars(extend("const" = 1))]
    pub version: u32,
    /// Name of the experiment: letters, digits, `_`, `-` and `.`; also the name of the output folder and of the lock file.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// One sentence that describes the experiment; printed in `summary.md`.
    pub description: Option<String>,
    /// The questions. Several datasets are reported separately and together.
    #[schemars(length(min = 1))]
    pub datasets: Vec<DatasetSpec>,
    /// The servers, each under a name of your choice.
    pub endpoints: BTreeMap<String, EndpointSpec>,
    /// The models to compare, in the order of tables and charts.
    #[schemars(length(min = 1))]
    pub models: Vec<ModelSpec>,
    /// The prompt templates.
    #[serde(default)]
    pub prompt: PromptSpec,
    /// How answers are generated.
    #[serde(default)]
    pub generation: GenerationSpec,
    /// Load levels, time limits and retries.
    #[serde(default)]
    pub load: LoadSpec,
    /// Service levels that define a good response, for goodput and attainment.
    pub slo: Option<SloSpec>,
    /// How an answer is read and scored.
    #[serde(default)]
    pub judge: JudgeSpec,
    /// Prices of tokens. A model without a price has no cost; it does not count as zero.
    pub pricing: Option<PricingSpec>,
    /// Limits on what a run may spend.
    pub budget: Option<BudgetSpec>,
    /// The charts to draw; by default, all of them.
    pub charts: Option<Vec<ChartSpec>>,
    /// Output folder and picture formats.
    #[serde(default)]
    pub output: OutputSpec,
}

/// One dataset: the source of its rows and the roles of its columns.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetSpec {
    /// Name in tables and charts; by default the last part of the repository or file name.
    pub name: Option<String>,
    /// Where the rows come from.
    pub source: SourceSpec,
    /// Columns that hold the question, the choices and the answer, if they do not have one of the usual names.
    #[serde(default)]
    pub columns: ColumnsSpec,
    /// Keep only rows whose column holds one of the values: `{ subject: [algebra, logic] }`.
    #[serde(default)]
    pub filter: BTreeMap<String, OneOrMany<String>>,
    /// Seed of a shuffle that precedes the limit; without it the rows keep their order.
    pub shuffle: Option<u64>,
    /// Maximum number of rows to ask, counted after filter and shuffle.
    #[schemars(range(min = 1))]
    pub limit: Option<usize>,
    /// Worked examples shown in the prompt before the question.
    pub few_shot: Option<FewShotSpec>,
}

/// Where rows come from.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceSpec {
    /// A dataset repository on the Hugging Face Hub.
    Hub(HubSourceSpec),
    /// A local file.
    File(FileSourceSpec),
}

/// A dataset repository on the Hugging Face Hub.
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
    /// Path of a Parquet, CSV, JSONL or JSON file (a list of objects), relative to the spec file; the extension selects the format.
    pub path: PathBuf,
}

/// Roles of columns. Each key takes one column name unless it allows a list.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnsSpec {
    /// The question; by default the first of `question`, `prompt`, `input`, `problem`, `query`, `question_stem`, `ctx` that exists.
    pub question: Option<String>,
    /// The choices: a list column, or a struct with a list `text` (and `label`), or several columns by name; by default `choices`, `options` or `endings`.
    pub choices: Option<OneOrMany<String>>,
    /// The right answer: an index from 0, a letter, a label or the text of a choice; by default `answer`, `answerKey`, `answer_key`, `label`, `target` or `output`.
    pub answer: Option<String>,
    /// The subject; by default `subject`, `category` or `topic`, else the subset's name.
    pub subject: Option<String>,
    /// Identifier of the row; by default `id`, else none.
    pub id: Option<String>,
}

/// Worked examples for the prompt, from rows that are not asked.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FewShotSpec {
    /// Split that holds the examples (Hub sources); by default `dev`.
    pub split: Option<String>,
    /// File that holds the examples (file sources), relative to the spec file.
    pub path: Option<PathBuf>,
    /// Number of examples; those of the question's own subject come first. 0 disables them.
    pub count: usize,
}

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
    /// Base address up to and with `/v1`.
    pub url: String,
    /// Which API is asked.
    #[serde(default)]
    pub api: OpenAiApi,
    /// Name of the environment variable that holds the key. The key itself is never written down.
    pub api_key_env: Option<String>,
    /// Name of the request field that limits the output; newer hosted models require `max_completion_tokens`.
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
    /// `/completions`: one text that the model continues; a system message is put before it.
    Completions,
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
    /// Unique name in tables, and by default the model's name on the endpoint.
    #[schemars(length(min = 1))]
    pub name: String,
    /// The model's name on the endpoint, if it differs; lets you ask one model on two endpoints.
    pub model: Option<String>,
    /// Name of its endpoint.
    pub endpoint: String,
    /// Name in charts and on the terminal; by default `name`.
    pub label: Option<String>,
}

/// The prompt templates, in Jinja. Variables: `question`, `choices`, `subject`, `examples`, `letter(i)` and
/// every other column of the row by its name.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptSpec {
    /// Template of the system message; by default none.
    pub system: Option<String>,
    /// Template of the prompt; by default the question, its choices with letters, and the instruction to answer with a letter.
    pub template: Option<String>,
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
}

/// Load levels, time limits and retries.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoadSpec {
    /// Closed loop: number of requests kept in flight. Several values are measured one after another. By default 1, unless `rate` is set.
    pub concurrency: Option<OneOrMany<NonZeroU32>>,
    /// Open loop: arrivals per second, minute or hour, such as `2/s` or `90/min`. Several values are measured one after another, after the closed loops. Latency counts from the arrival.
    pub rate: Option<OneOrMany<RateText>>,
    /// How the arrivals of an open loop are spread.
    pub arrivals: ArrivalsSpec,
    /// Duration of each level, instead of asking each question once. A shorter dataset is asked again, in another order.
    pub duration: Option<HumanDuration>,
    /// Number of requests at each level, instead of asking each question once. A shorter dataset is asked again, in another order.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub requests: Option<usize>,
    /// Seed of arrivals, order and nonces.
    pub seed: u64,
    /// Put a seeded nonce before each prompt, so that no prompt shares a prefix that the server may have cached.
    pub cache_bust: bool,
    /// Warm-up requests per model and level, with prompts that are not in the dataset. They are excluded from all figures.
    #[schemars(range(max = 100_000))]
    pub warmup: u32,
    /// Pause between two models that share an endpoint.
    pub pause: HumanDuration,
    /// Time limit for opening a connection.
    pub connect_timeout: HumanDuration,
    /// Time limit for the first byte of a response; by default `timeout`, because a server may have to
    /// load the model first.
    pub first_byte_timeout: Option<HumanDuration>,
    /// Time limit for one attempt of a request.
    pub timeout: HumanDuration,
    /// Time limit between two chunks of a response; incomplete chunks do not count.
    pub stall_timeout: HumanDuration,
    /// Time limit for a request with all its attempts and the waits between them.
    pub deadline: HumanDuration,
    /// Maximum number of attempts before a request counts as failed.
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

/// Service levels. A response is good if it meets every limit that is set; a failed request is not good.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SloSpec {
    /// Maximum time to first token; needs `generation.stream: true`.
    pub ttft: Option<HumanDuration>,
    /// Maximum time per output token after the first; needs `generation.stream: true`.
    pub tpot: Option<HumanDuration>,
    /// Maximum latency; in an open loop it counts from the arrival.
    pub latency: Option<HumanDuration>,
}

/// How an answer is read and scored.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JudgeSpec {
    /// The letter or the text of a choice; an echo of the options does not count as an answer.
    #[default]
    Choice,
    /// The first standalone letter, in upper or lower case, as many simple scripts read answers.
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
    /// Ignore the difference between upper and lower case.
    pub ignore_case: bool,
}

/// Comparison of numbers.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NumericSpec {
    /// Maximum absolute difference that counts as equal.
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
    /// Price per hour of a machine, by the endpoint's name; for models that you host and that have no price per token.
    #[serde(default)]
    pub machines: BTreeMap<String, MachinePriceSpec>,
}

/// The price of a machine.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MachinePriceSpec {
    /// Price per hour; shared equally among the requests in flight.
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
    /// Price per million prompt tokens.
    #[schemars(range(min = 0.0))]
    pub input: f64,
    /// Price per million output tokens; reasoning counts as output.
    #[schemars(range(min = 0.0))]
    pub output: f64,
    /// Price per million prompt tokens read from the provider's cache; by default the input price.
    #[schemars(range(min = 0.0))]
    pub cached_input: Option<f64>,
    /// Price per million prompt tokens written to the provider's cache; by default the input price.
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
    /// Maximum cost of a run, in the currency of `pricing`.
    #[schemars(range(min = 0.0))]
    pub max_cost: Option<f64>,
    /// Maximum number of requests that a run sends, retries included.
    pub max_requests: Option<u64>,
    /// Maximum time that a run spends on sending.
    pub max_time: Option<HumanDuration>,
    /// Ask for confirmation before a run that may cost more than this; without a terminal, `--yes` is required. By default 1.
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
    /// Cumulative distribution of latency per model.
    LatencyEcdf(LatencyEcdfChartSpec),
    /// One bar per request over the time of the run, with its phases.
    Timeline(TimelineChartSpec),
}

/// Throughput and latency over the levels of a sweep.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LoadCurveChartSpec {
    /// Title of the chart.
    pub title: Option<String>,
}

/// Cumulative distribution of latency.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LatencyEcdfChartSpec {
    /// Title of the chart.
    pub title: Option<String>,
}

/// One bar per request over the time of the run.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TimelineChartSpec {
    /// Title of the chart.
    pub title: Option<String>,
}

/// Mean score per model.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreChartSpec {
    /// Title of the chart.
    pub title: Option<String>,
}

/// Durations per model.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DurationsChartSpec {
    /// Title of the chart.
    pub title: Option<String>,
    /// Which average a bar shows.
    pub statistic: Average,
}

/// Which average a bar shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Average {
    /// The arithmetic mean, which is sensitive to outliers.
    Mean,
    /// The median, which is not.
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
    /// Logarithmic vertical axis, so that a few long requests do not flatten the rest.
    #[serde(default = "default_true")]
    pub log_y: bool,
    /// Title of the chart.
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

/// Durations and other quantities of the vertical axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeMeasure {
    /// From the request to the last token, on the client's clock.
    Latency,
    /// From the request to the first token, on the client's clock.
    Ttft,
    /// The server's own total.
    TotalDuration,
    /// The server's time to load the model.
    LoadDuration,
    /// The server's time to evaluate the prompt.
    PromptEvalDuration,
    /// The server's time to generate the answer.
    EvalDuration,
    /// Cost of the response, by the prices in `pricing`.
    Cost,
}

/// Prompt tokens by output tokens, coloured by a measure.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeatmapChartSpec {
    /// Measure shown as colour: the median of the responses in the cell.
    pub color: TimeMeasure,
    /// Title of each picture.
    pub title: Option<String>,
}

/// Output folder and picture formats.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OutputSpec {
    /// Folder, relative to the spec file; by default `outputs/NAME`. The store, shared by all experiments, is beside it.
    pub dir: Option<PathBuf>,
    /// Picture formats.
    pub formats: Vec<PictureFormat>,
}

/// A picture format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    /// PNG, at twice the size of the SVG.
    Png,
    /// SVG.
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
            pause: HumanDuration::from_secs(0),
            connect_timeout: HumanDuration::from_secs(10),
            first_byte_timeout: None,
            timeout: HumanDuration::from_secs(300),
            stall_timeout: HumanDuration::from_secs(60),
            deadline: HumanDuration::from_secs(1800),
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

/// The default version of Anthropic's API.
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
