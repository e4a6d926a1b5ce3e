//! The last event of a run: its figures.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::checks::Check;
use crate::engine::outcome::RunSummary;
use crate::gates::until::{Stop, stops};
use crate::gates::{GateOutcome, Recommendation, recommendations};
use crate::plan::Plan;
use crate::report::largest_load::{LargestLoad, largest_load};
use crate::tables::pairs::pair_json;
use crate::tables::summary::{Grouping, Summary};
use crate::tables::summary_columns::summary_columns;

/// The end of a run.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JsonEnd {
    /// A row per model and level: the columns of `model_summary.csv`, and the score with its interval.
    models: Vec<Json>,
    /// A row per pair of models: the columns of `pairs.csv`.
    pairs: Vec<Json>,
    /// The gates, each for each model.
    gates: Vec<Json>,
    /// The checks.
    checks: Vec<Check>,
    /// Number of faults by status.
    faults: BTreeMap<String, usize>,
    /// The largest load that meets the service level, by model (`load.find`).
    largest_load: Vec<Json>,
    /// The recommended model at each level (`prefer`).
    recommendations: Vec<Json>,
    /// How far each model was asked (`until`).
    stops: Vec<Json>,
    /// Number of requests that were not sent.
    unsent: usize,
    /// Number of requests to models that judge that brought no answer.
    unjudged: usize,
    /// Remaining time of timed levels, in seconds.
    time_left_s: f64,
    /// The output folder.
    folder: String,
}

impl JsonEnd {
    /// The figures of a run.
    pub fn of(plan: &Plan, outcome: &RunSummary) -> Self {
        let results = &outcome.results;
        let faults = outcome.unfinished.faults.iter().map(|(status, (count, _))| (status.word().to_owned(), *count));
        let recommended = recommendations(&plan.gating.prefer, results);
        Self {
            models: results.summaries().map(summary_json).collect(),
            pairs: results.pairs.iter().map(pair_json).collect(),
            gates: outcome.gates.iter().map(GateOutcome::json).collect(),
            checks: outcome.checks.clone(),
            faults: faults.collect(),
            largest_load: largest_load(&results.groups, plan).iter().map(LargestLoad::json).collect(),
            recommendations: recommended.iter().map(Recommendation::json).collect(),
            stops: stops(results, plan).iter().map(Stop::json).collect(),
            unsent: outcome.unfinished.unsent,
            unjudged: outcome.unfinished.unjudged,
            time_left_s: outcome.unfinished.time_left.as_secs_f64(),
            folder: outcome.folder.display().to_string(),
        }
    }
}

/// A summary: every column of `model_summary.csv`, and the score under its short name.
fn summary_json(summary: &Summary) -> Json {
    let columns = summary_columns(Grouping::Model).into_iter();
    let mut fields: serde_json::Map<_, _> = columns
        .map(|column| {
            let value = (column.value)(summary).json();
            (column.name, value)
        })
        .collect();
    fields.insert("score".into(), json!(summary.score));
    fields.insert("score_interval".into(), json!(summary.score_interval));
    fields.into()
}
