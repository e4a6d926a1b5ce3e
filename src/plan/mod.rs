//! The plan: the spec resolved against defaults, environment and lock file. The only input of the stages.

mod baseline;
mod calibration;
mod check;
mod check_batch;
mod check_prompts;
mod check_synthetic;
mod check_tools;
mod check_trace;
mod check_verdicts;
mod default_charts;
mod endpoint;
mod found;
mod fresh;
mod gauging;
mod golds;
mod headers;
mod judge_plan;
mod judges;
mod judging;
mod listed_prices;
mod meeting;
mod models;
mod names;
mod observing;
mod output;
mod own_endpoint;
mod price_age;
mod price_list;
mod prices;
mod resolve;
mod search;
mod serving;
pub mod shard;
mod sites;
mod traces;
mod until;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::answer_form::AskedForm;
use crate::compare::source::Source;
use crate::dataset::{DatasetPlan, Gauge};
use crate::endpoint::provider::Provider;
use crate::endpoint::wire::Proxies;
use crate::id::{DatasetId, EndpointId, LevelId, ModelId, Per};
use crate::level::Level;
use crate::prompt::PromptForm;
use crate::request::Parameters;
use crate::spec::Document;
use crate::spec::gate::Gate;
use crate::spec::prefer::Preference;
use crate::spec::types::{BudgetSpec, ChartSpec, GenerationSpec, PictureFormat, PictureMedium, UntilSpec};
use crate::store::Location;
pub use names::{PLAIN_NAME, is_plain_name};
use shard::Shard;

pub use endpoint::{EndpointPlan, SecretHeader, Target};
pub use sites::{is_name as is_site_name, names as site_names};

pub use calibration::HumanLabel;
pub use fresh::Fresh;
pub use judge_plan::{JudgePlan, Judges};
pub use meeting::{Meeting, Timetable};
pub use observing::{MetricsPlan, Observing};
pub use output::database_named;
pub use price_list::PriceList;
pub use prices::{MOST_TIERS, Price, Rates};
pub use resolve::{NO_MESSAGES, Options, resolve};
pub use search::{Probe, Search, Step, fewest_responses};
pub use serving::ServePlan;
pub use until::looks;

/// Most requests of a plan. Each takes some 100 bytes before its answer is there, so that these are 5 GB.
pub const MOST_REQUESTS: usize = 50_000_000;

/// Everything a run needs.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Name of the experiment.
    pub name: String,
    /// Description of the experiment.
    pub description: Option<String>,
    /// The datasets.
    pub datasets: Per<DatasetId, DatasetPlan>,
    /// The endpoints that models use.
    pub endpoints: Per<EndpointId, EndpointPlan>,
    /// The models, in the order of tables and charts.
    pub models: Per<ModelId, ModelPlan>,
    /// How answers are generated.
    pub generation: GenerationSpec,
    /// Load levels, in the order in which they are measured.
    pub levels: Per<LevelId, Level>,
    /// The search for the largest load, which sets the levels.
    pub search: Option<Search>,
    /// How requests are sent.
    pub load: LoadPlan,
    /// Proxies for what is not on this machine.
    pub proxies: Proxies,
    /// How answers to each dataset are judged.
    pub judges: Per<DatasetId, Judges>,
    /// Service levels of a good response.
    pub slo: SloPlan,
    /// Currency of the prices, if any.
    pub currency: Option<String>,
    /// Models and machines that have a dated price, by its day.
    pub priced_on: BTreeMap<String, Vec<String>>,
    /// Conditions on the figures.
    pub gating: Gating,
    /// Limits on what a run may spend.
    pub budget: BudgetSpec,
    /// The charts.
    pub charts: Vec<ChartSpec>,
    /// Output folder, store and formats.
    pub output: OutputPlan,
    /// The lock file beside the spec.
    pub lock: PathBuf,
    /// Maximum number of rows per dataset that the command line sets.
    pub limit: Option<usize>,
    /// The site that this run is at, if models have sites and it is known.
    pub site: Option<String>,
    /// The part of the experiment that this run asks, if it is one of several.
    pub shard: Option<Shard>,
    /// How this run and the other clients begin load levels at the same moment, if it is one of several.
    pub meeting: Option<Meeting>,
    /// True if the command line overrides a field of the spec.
    pub is_overridden: bool,
    /// Whether requests are sent again that have an answer; the new answer takes its place.
    pub fresh: Option<Fresh>,
    /// The spec with its source text; the lock file and the manifest record its hash.
    pub document: Document,
}

/// One model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelPlan {
    /// Name in tables.
    pub name: String,
    /// Name at its endpoint.
    pub model: String,
    /// Name in charts.
    pub label: String,
    /// Its endpoint.
    pub endpoint: EndpointId,
    /// The machine that it is measured at, if its times are compared with those of others.
    pub site: Option<Arc<str>>,
    /// Sampling parameters of the first repeat, where a dataset has none of its own.
    pub parameters: Parameters,
    /// How it is asked about each dataset.
    pub asking: Per<DatasetId, Asking>,
    /// Price of its tokens.
    pub price: Option<Price>,
    /// Price of its tokens in answers of a batch API.
    pub batch_price: Option<Price>,
    /// True if it is asked through a batch API.
    pub is_by_batch: bool,
    /// Price per hour of its machine, if its tokens have no price.
    pub machine_per_hour: Option<f64>,
}

/// How a model is asked about a dataset.
#[derive(Debug, Clone, PartialEq)]
pub struct Asking {
    /// The form of its prompts.
    pub form: Arc<PromptForm>,
    /// Sampling parameters of the first repeat.
    pub parameters: Parameters,
    /// The form that its answers are held to, where one is asked for.
    pub answer_form: Option<AskedForm>,
    /// How its server counts the words of made prompts, once that is known.
    pub gauge: Option<Gauge>,
}

/// Conditions on the figures of a run.
#[derive(Debug, Clone, Default)]
pub struct Gating {
    /// The conditions.
    pub gates: Vec<Gate>,
    /// When a model needs no more questions.
    pub until: Option<UntilSpec>,
    /// What decides between the models.
    pub prefer: Vec<Preference>,
    /// Results that they compare with.
    pub baseline: Option<Arc<Source>>,
    /// Whether one that cannot be told ends the run as one that failed.
    pub unsure_fails: bool,
}

/// Service levels of a good response; see [`SloSpec`](crate::spec::types::SloSpec).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SloPlan {
    /// Maximum time to first token.
    pub ttft: Option<Duration>,
    /// Maximum time per output token.
    pub tpot: Option<Duration>,
    /// Maximum latency.
    pub latency: Option<Duration>,
}

impl SloPlan {
    /// True if any limit is set.
    pub fn is_set(&self) -> bool {
        self.ttft.is_some() || self.tpot.is_some() || self.latency.is_some()
    }
}

/// Number of requests, or duration, of each level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Each sample once per repeat, in the order of the dataset.
    Dataset,
    /// A number of requests, in a seeded order that is drawn again when every sample has been asked.
    Requests(usize),
    /// A duration, in the same order.
    Duration(Duration),
}

/// How requests are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadPlan {
    /// Number of requests, or duration, of each level.
    pub extent: Extent,
    /// Whether each sample once means in a seeded order.
    pub is_shuffled: bool,
    /// Seed of arrivals, order and nonces.
    pub seed: u64,
    /// Whether a nonce stands before each prompt.
    pub cache_bust: bool,
    /// Requests per model and level before the measurement.
    pub warmup: u32,
    /// Pause between models of one machine.
    pub pause: Duration,
    /// Time limit for opening a connection.
    pub connect_timeout: Duration,
    /// Time limit for the first byte of a response.
    pub first_byte_timeout: Duration,
    /// Time limit for one attempt.
    pub timeout: Duration,
    /// Time limit between two chunks of a response.
    pub stall_timeout: Duration,
    /// Time limit for a request with all its attempts.
    pub deadline: Duration,
    /// Maximum number of attempts.
    pub attempts: u32,
}

/// Output folder, store and formats.
#[derive(Debug, Clone)]
pub struct OutputPlan {
    /// Folder of the tables and charts.
    pub folder: PathBuf,
    /// The folder around it, with the history of all its experiments.
    pub outer: PathBuf,
    /// The store, shared by the experiments of the parent folder, or by several machines.
    pub store: Location,
    /// Picture formats.
    pub formats: Vec<PictureFormat>,
    /// Where the pictures will be seen.
    pub medium: PictureMedium,
    /// Whether the values of charts are written.
    pub chart_data: bool,
    /// Whether the page of the run is written.
    pub report: bool,
}

impl Plan {
    /// True if the answers to any dataset are judged.
    pub fn is_judged(&self) -> bool {
        self.judges.iter().any(|judges| !judges.score.judge.is_none())
    }

    /// The most output tokens of an answer of a model, to any dataset.
    pub fn output_limit(&self, model: &ModelPlan) -> u32 {
        model.output_limit(&*self.endpoint_of(model).provider)
    }

    /// The endpoint of a model.
    pub fn endpoint_of(&self, model: &ModelPlan) -> &EndpointPlan {
        &self.endpoints[model.endpoint]
    }
}

impl ModelPlan {
    /// The most output tokens of an answer, to any dataset, at a provider.
    pub fn output_limit(&self, provider: &dyn Provider) -> u32 {
        let limits = self.asking.iter().map(|asking| provider.output_limit(asking.parameters.max_tokens));
        limits.max().unwrap_or_else(|| provider.output_limit(self.parameters.max_tokens))
    }

    /// All of its sampling parameters: those of each dataset.
    pub fn all_parameters(&self) -> impl Iterator<Item = &Parameters> {
        self.asking.iter().map(|asking| &asking.parameters)
    }
}
