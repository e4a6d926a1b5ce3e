//! The spec as a user writes it: one type per section, one doc comment per key.
//!
//! The doc comments become the descriptions in the JSON schema, so they address the author of a
//! spec. Enums are externally tagged and nothing is flattened or untagged: those serde shapes lose
//! the source position of an error.

mod batch;
mod dataset;
mod defaults;
mod endpoint;
mod generation;
pub(crate) mod judge;
mod load;
mod metrics;
mod output;
mod pricing;
mod rotate;
mod serve;
mod synthetic;
mod trace;
mod until;

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::gate::Gate;
use crate::spec::prefer::Preference;

pub use batch::{BatchApiSpec, BatchSpec};
#[cfg(test)]
pub use dataset::AnswerSpec;
pub use dataset::{
    AnswerReadSpec, AnswerReading, BadRow, ChoicesSpec, ColumnsSpec, DatasetSpec, SourceSpec, TextEncoding,
};
pub use endpoint::{
    AnthropicSpec, DEFAULT_ANTHROPIC_VERSION, EndpointSpec, MaxTokensField, OllamaApi, OllamaSpec, OpenAiApi,
    OpenAiSpec,
};
pub use generation::{ExamplesAs, GenerationSpec, MessageSpec, ModelGenerationSpec, ModelSpec, PromptSpec};
pub use judge::{
    ChoiceMethod, ChoiceSpec, CommandSpec, CompareAs, ContainsSpec, ExactSpec, IfevalSpec, JsonSpec, JudgeSpec,
    ModelJudgeSpec, NumericSpec, OnContradiction, Percent, Pick, Rank, RegexSpec, ToolCallSpec, VerdictForm,
};
pub use load::{ArrivalsSpec, FindSpec, LoadSpec, SloSpec};
pub use metrics::MetricsSpec;
pub use output::{
    Average, ChartSpec, DurationsChartSpec, HeatmapChartSpec, OutputSpec, PictureFormat, PictureMedium, PlainChartSpec,
    PostgresSpec, ScatterChartSpec, StoreSpec, TimeMeasure, TokenMeasure, TradeoffChartSpec, TradeoffMeasure,
};
pub use pricing::{BudgetSpec, PriceSpec, PriceTierSpec, PricingSpec};
pub use rotate::Rotate;
pub use serve::ServeSpec;
pub use synthetic::SyntheticSpec;
pub use trace::TraceSpec;
pub use until::UntilSpec;

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
    /// Spec that this one extends, relative to it: tables are merged key by key, lists and values are replaced.
    /// Paths within both are relative to the spec that is run.
    #[serde(skip_serializing)]
    #[expect(dead_code, reason = "it is merged before the spec is typed, and is here for the schema")]
    pub extends: Option<PathBuf>,
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
    /// Machines whose times are compared, by names of your choice. Every model is measured at each of them, by a run there
    /// that `--site` tells where it is; `smallbench merge` puts their stores together.
    #[serde(default)]
    pub sites: Vec<String>,
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
    /// Further judges, each under a name of your choice. They do not change the score; their verdicts are in `verdicts.csv`.
    #[serde(default)]
    pub other_judges: BTreeMap<String, JudgeSpec>,
    /// Prices of tokens. A model without a price has no cost; it does not count as zero.
    pub pricing: Option<PricingSpec>,
    /// Limits on what a run may spend.
    pub budget: Option<BudgetSpec>,
    /// Conditions on the figures of each model, such as `score >= 0.6`, `score >= baseline - 0.02` or
    /// `p95_latency <= 800ms`. They are judged on the 95 % interval: passed, failed, or cannot tell.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// Stop asking a model before it was asked every question, once its answers say enough.
    pub until: Option<UntilSpec>,
    /// What decides between the models, the first rule counting most, such as `score within 2 points of the best`, then
    /// `cost`. Rules are `score within N points of the best`, `score`, `cost`, `latency` and `output_tokens`, judged on
    /// intervals of pairs; the summary names the model that they support, or says that there is none.
    #[serde(default)]
    pub prefer: Vec<Preference>,
    /// Results that gates compare with: a file of `smallbench baseline`, an output folder, or its `results.csv`; relative to the spec.
    pub baseline: Option<PathBuf>,
    /// The charts to draw; by default at most six, by what the experiment has.
    pub charts: Option<Vec<ChartSpec>>,
    /// Output folder and picture formats.
    #[serde(default)]
    pub output: OutputSpec,
}

impl Spec {
    /// The models that judge, of the experiment and of its datasets.
    pub fn judge_models(&self) -> impl Iterator<Item = &ModelSpec> {
        let own = self
            .datasets
            .iter()
            .flat_map(|dataset| dataset.judge.iter().chain(dataset.other_judges.iter().flat_map(BTreeMap::values)));
        let judges = std::iter::once(&self.judge).chain(self.other_judges.values()).chain(own);
        judges.flat_map(|judge| match judge {
            JudgeSpec::Model(model) => model.models.as_slice(),
            _ => &[],
        })
    }
}

impl Spec {
    /// True if the answers to any dataset are judged.
    pub fn is_judged(&self) -> bool {
        self.datasets.iter().any(|dataset| *dataset.judge_or(&self.judge) != JudgeSpec::None)
    }
}
