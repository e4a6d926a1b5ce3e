//! What checks look at.

use std::collections::BTreeMap;

use super::surplus::Surplus;
use crate::dataset::Dataset;
use crate::id::{EndpointId, ModelId, Per};
use crate::plan::Plan;
use crate::request::Prompt;
use crate::tables::agreement::JudgeAgreement;
use crate::tables::comparisons::PairwiseLine;
use crate::tables::group::Group;

/// Everything that checks look at.
#[derive(Clone, Copy)]
pub struct Ground<'g> {
    /// The plan.
    pub plan: &'g Plan,
    /// What was measured, by model and level.
    pub groups: &'g [Group],
    /// The datasets that are asked.
    pub datasets: &'g [Dataset],
    /// The context size of each model in tokens, if the server reports it.
    pub contexts: &'g Per<ModelId, Option<u64>>,
    /// The digest of each model, if the server reports it.
    pub digests: &'g Per<ModelId, Option<String>>,
    /// The prompt of a request, by its index in the plan.
    pub prompt: &'g (dyn Fn(usize) -> Option<&'g Prompt> + Sync),
    /// What endpoints sent in this run without a request.
    pub surplus: &'g BTreeMap<EndpointId, Surplus>,
    /// How many responses of a model in this run held several answers.
    pub several: &'g BTreeMap<ModelId, u64>,
    /// How far models of judges agree.
    pub agreements: &'g [&'g JudgeAgreement],
    /// How every two models compare, by judges that compare them.
    pub comparisons: &'g [&'g PairwiseLine],
}
