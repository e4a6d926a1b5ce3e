//! What the script knows of a run besides its columns.

use serde::Serialize;

use super::money::{Prices, prices};
use super::pack::PackedColumn;
use super::pairs::Flips;
use super::rated::Rated;
use super::subjects::class_name;
use crate::id::Id;
use crate::judge::CLASSES;
use crate::plan::Plan;
use crate::response::STATUSES;

/// The facts.
#[derive(Serialize)]
pub(super) struct Facts<'f> {
    rows: usize,
    columns: &'f [PackedColumn],
    groups: Vec<GroupFacts>,
    datasets: Vec<&'f str>,
    /// Words and names of the classes of verdicts, by their codes.
    classes: Vec<(&'static str, &'static str)>,
    statuses: Vec<&'static str>,
    flips: &'f [Flips],
    /// Limits in seconds of the time to the first token, the time per token and the latency.
    slo: [Option<f64>; 3],
    currency: &'f str,
    prices: Vec<Option<Prices>>,
}

/// A model at a level.
#[derive(Serialize)]
struct GroupFacts {
    label: String,
    model: String,
    level: String,
    color: usize,
    /// Length of the windows in which its answers are counted, in seconds.
    seconds: f64,
}

impl<'f> Facts<'f> {
    /// The facts of a run.
    pub(super) fn new(plan: &'f Plan, groups: &[Rated<'_>], columns: &'f [PackedColumn], flips: &'f [Flips]) -> Self {
        let slo = &plan.slo;
        let facts = |rated: &Rated<'_>| GroupFacts {
            label: rated.group.batch.label(),
            model: rated.group.batch.model.label.clone(),
            level: rated.group.summary.level.clone(),
            color: rated.group.batch.model_id.place(),
            seconds: rated.counted.seconds,
        };
        Self {
            rows: groups.iter().map(|rated| rated.figures().len()).sum(),
            columns,
            groups: groups.iter().map(facts).collect(),
            datasets: plan.datasets.iter().map(|dataset| dataset.name.as_str()).collect(),
            classes: CLASSES.map(|class| (class.word(), class_name(class))).to_vec(),
            statuses: STATUSES.map(|status| status.word()).to_vec(),
            flips,
            slo: [slo.ttft, slo.tpot, slo.latency].map(|limit| limit.map(|limit| limit.as_secs_f64())),
            currency: plan.currency.as_deref().unwrap_or("USD"),
            prices: groups.iter().map(|rated| prices(rated.group)).collect(),
        }
    }
}
