//! One model of a plan, and how it is asked.

use std::sync::Arc;

use super::prices::Price;
use crate::answer_form::AskedForm;
use crate::dataset::Gauge;
use crate::endpoint::provider::Provider;
use crate::id::{DatasetId, EndpointId, Per};
use crate::prompt::PromptForm;
use crate::request::Parameters;

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
