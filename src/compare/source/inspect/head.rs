//! What a log of inspect says of all its samples.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use super::super::json::{day, flatten};
use super::super::results::{Answer, Source};
use crate::compare::mean::Mean;
use crate::compare::model_name::ModelName;

const FORMAT: &str = "inspect";

/// What a log says of all its samples.
pub(super) struct Head {
    pub(super) model: ModelName,
    pub(super) task: String,
    /// The day on which the log was begun.
    pub(super) created: Option<NaiveDate>,
    /// How many questions the dataset has, as far as they were asked.
    questions: Option<u64>,
    facts: BTreeMap<String, String>,
}

/// Metrics that are means of scores, and their standard errors; others are spreads or the user's own.
const MEANS: [&str; 2] = ["accuracy", "mean"];
const ERRORS: [&str; 2] = ["stderr", "bootstrap_stderr"];

/// Parts of `eval` that say with what a log was made; the others differ from log to log, are as long as the dataset, or may
/// hold keys, as the arguments of a model do.
const FACTS: [&str; 10] = [
    "task",
    "task_version",
    "task_args",
    "dataset/name",
    "dataset/samples",
    "model",
    "model_generate_config",
    "config",
    "packages",
    "revision",
];

impl Head {
    /// Reads the head from `eval` and `status` of a log.
    pub(super) fn new(eval: &Value, status: &Value) -> Result<Self, String> {
        let Some(model) = eval["model"].as_str() else {
            return Err("it is not a log of inspect: there is no `eval.model`".to_owned());
        };
        let mut facts = BTreeMap::new();
        for name in FACTS {
            if let Some(value) = eval.pointer(&format!("/{name}")) {
                flatten(&name.replace('/', "."), value, &mut facts);
            }
        }
        flatten("status", status, &mut facts);
        let text = |name: &str| eval[name].as_str().unwrap_or_default().to_owned();
        Ok(Self {
            model: model.into(),
            task: text("task"),
            created: day(&text("created")),
            questions: eval["dataset"]["sample_ids"]
                .as_array()
                .map(|ids| ids.len() as u64)
                .or(eval["dataset"]["samples"].as_u64()),
            facts,
        })
    }

    /// The answers, or the scores of a log that has none; none where it has neither.
    pub(super) fn source(&self, answers: Vec<Answer>, results: &Value) -> Option<Source> {
        let means = if answers.is_empty() { self.means(results) } else { Vec::new() };
        let has_any = !answers.is_empty() || !means.is_empty();
        has_any.then(|| Source { format: FORMAT, answers, means, facts: self.facts.clone(), ..Source::default() })
    }

    /// The means that scorers sum up. Standard errors are over questions: epochs are reduced before.
    fn means(&self, results: &Value) -> Vec<Mean> {
        let mut means = Vec::new();
        for score in results["scores"].as_array().into_iter().flatten() {
            let value = |metric: &str| score["metrics"][metric]["value"].as_f64();
            let error = ERRORS.into_iter().find_map(value);
            let scores = MEANS.into_iter().filter_map(|metric| Some((metric, value(metric)?)));
            means.extend(scores.filter(|(_, score)| (0.0..=1.0).contains(score)).map(|(metric, value)| Mean {
                model: self.model.clone(),
                dataset: self.task.clone(),
                scored_by: format!("{} {metric}", score["name"].as_str().unwrap_or("score")),
                score: value,
                standard_error: error,
                questions: score["scored_samples"].as_u64().or(self.questions),
                measured: self.created,
            }));
        }
        means
    }
}
