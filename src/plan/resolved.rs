//! The plan: a spec resolved, and all that stages accept.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::path::PathBuf;

use super::endpoint::EndpointPlan;
use super::fresh::Fresh;
use super::gating::Gating;
use super::judge_plan::Judges;
use super::load::{LoadPlan, SloPlan};
use super::meeting::Meeting;
use super::model::ModelPlan;
use super::output::OutputPlan;
use super::search::{Probe, Search};
use super::shard::Shard;
use crate::dataset::DatasetPlan;
use crate::endpoint::wire::Proxies;
use crate::id::{DatasetId, EndpointId, LevelId, ModelId, Per};
use crate::level::Level;
use crate::spec::Document;
use crate::spec::types::{BudgetSpec, ChartSpec, GenerationSpec};

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

    /// Measures these levels of a search and no others.
    pub fn probe(&mut self, probes: BTreeSet<Probe>) {
        let levels: BTreeSet<NonZeroU32> = probes.iter().map(|(_, count)| *count).collect();
        if let Some(search) = &mut self.search {
            self.levels = levels.into_iter().map(Level::Concurrency).collect();
            search.probes = probes;
        }
    }

    /// The most levels that one model is measured at.
    pub fn most_levels(&self) -> usize {
        self.search.as_ref().map_or(self.levels.len(), Search::most_probes)
    }
}
