//! What lm-evaluation-harness and lighteval sum up in `results_DATE.json`: a mean with its standard error for each metric of a task.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde_json::Value;

use super::below::files_below;
use super::error::{SourceError, unreadable};
use super::json::{day, flatten, parsed};
use super::results::Source;
use super::{lighteval, lm_eval};
use crate::compare::mean::{LeftOut, Mean};
use crate::compare::model_name::ModelName;
use crate::files::{open_file, read_bounded};

/// Maximum size of a file in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// How deep such files lie in an output folder: `results`, the organisation, the model, the date.
const DEPTH: usize = 4;

/// How deep groups of tasks are in one another.
const DEEPEST: usize = 8;

/// Members that say with what the results were made; others differ from run to run, or may hold keys, as the arguments of a model do.
const FACTS: [&str; 10] = [
    "versions",
    "n-shot",
    "config/model",
    "config/limit",
    "config/gen_kwargs",
    "git_hash",
    "lm_eval_version",
    "chat_template_sha",
    "config_general/lighteval_sha",
    "config_general/max_samples",
];

/// Files that may be such results in a folder and below it, the later ones last.
pub(super) fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    files_below(folder, DEPTH, &|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with("results") && path.extension().is_some_and(|ending| ending == "json")
    })
}

/// Reads a file; none if it is something else.
pub(super) fn read(path: &Path) -> Result<Option<Source>, SourceError> {
    let size = open_file(path).and_then(|file| file.metadata()).map_err(unreadable(path))?.len();
    if size > MOST_BYTES {
        return Ok(None);
    }
    let bytes = read_bounded(path, MOST_BYTES).map_err(unreadable(path))?;
    let Ok(value) = parsed::<Value>(&bytes) else { return Ok(None) };
    let Some(results) = Results::of(path, &value) else { return Ok(None) };
    let source = results.source();
    if source.means.is_empty() {
        let names: Vec<String> = source.left_out.iter().map(LeftOut::name).collect();
        let what = if names.is_empty() { "no metric".to_owned() } else { names.join(", ") };
        let message = format!("it holds no mean between 0 and 1 of which more is better, but {what}");
        return Err(SourceError::unknown(path, message));
    }
    Ok(Some(source))
}

/// Adds what a folder sums up of models of which it has no answers. Of two files that sum up one task the later counts.
pub(super) fn add(source: &mut Source, folder: &Path, answered: &[PathBuf]) -> Result<(), SourceError> {
    let mut means: BTreeMap<(ModelName, String, String), Mean> = BTreeMap::new();
    let mut facts: Option<BTreeMap<String, String>> = None;
    for path in files(folder).map_err(unreadable(folder))? {
        let has_answers = answered.iter().any(|file| file.parent() == path.parent());
        let Some(found) = (if has_answers { None } else { read(&path)? }) else { continue };
        source.format = if source.format.is_empty() { found.format } else { source.format };
        source.left_out.extend(found.left_out);
        // What is not the same for all models is a fact of none of them.
        facts = Some(match facts {
            Some(known) => known.into_iter().filter(|(name, value)| found.facts.get(name) == Some(value)).collect(),
            None => found.facts,
        });
        let own = found.means.into_iter().filter(|mean| source.answers.iter().all(|answer| answer.model != mean.model));
        means.extend(own.map(|mean| ((mean.model.clone(), mean.dataset.clone(), mean.scored_by.clone()), mean)));
    }
    source.left_out.sort();
    source.left_out.dedup();
    source.means.extend(means.into_values());
    source.facts.extend(facts.unwrap_or_default());
    Ok(())
}

/// The results of one model.
struct Results<'v> {
    value: &'v Value,
    model: ModelName,
    measured: Option<NaiveDate>,
    is_lighteval: bool,
}

impl<'v> Results<'v> {
    fn of(path: &Path, value: &'v Value) -> Option<Self> {
        let is_lighteval = value["config_general"].is_object();
        let tasks = value["results"].as_object()?;
        if !value["eval"].is_null() || tasks.is_empty() || !tasks.values().all(Value::is_object) {
            return None;
        }
        let stem = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let measured = stem.split_once('_').and_then(|(_, date)| day(date));
        Some(Self { value, model: model(path, value).into(), measured, is_lighteval })
    }

    fn source(&self) -> Source {
        let mut facts = BTreeMap::new();
        for name in FACTS {
            let value = self.value.pointer(&format!("/{name}")).unwrap_or(&Value::Null);
            flatten(&name.replace('/', "."), value, &mut facts);
        }
        let mut source = Source {
            format: if self.is_lighteval { lighteval::FORMAT } else { lm_eval::FORMAT },
            facts,
            ..Source::default()
        };
        for (task, metrics) in self.value["results"].as_object().into_iter().flatten() {
            // The whole of unlike tasks is the score of none.
            if !(self.is_lighteval && task == "all") {
                self.add_task(&mut source, task, metrics);
            }
        }
        source
    }

    fn add_task(&self, source: &mut Source, task: &str, metrics: &Value) {
        for (key, value) in metrics.as_object().into_iter().flatten() {
            let metric = Metric::of(key);
            let Some(score) = value.as_f64().filter(|_| metric.is_score()) else { continue };
            if !(0.0..=1.0).contains(&score) || self.is_better_below(task, metric.name) {
                source.left_out.push(LeftOut { dataset: task.to_owned(), scored_by: metric.shown() });
                continue;
            }
            source.means.push(Mean {
                model: self.model.clone(),
                dataset: task.to_owned(),
                scored_by: metric.shown(),
                score,
                standard_error: metrics[metric.error()].as_f64().filter(|error| error.is_finite() && *error >= 0.0),
                questions: self.questions(task, DEEPEST),
                measured: self.measured,
            });
        }
    }

    /// Questions of a task, or of the tasks of a group; none where one of them does not say.
    fn questions(&self, task: &str, deepest: usize) -> Option<u64> {
        let said = [
            &self.value["n-samples"][task]["effective"],
            &self.value["results"][task]["sample_len"],
            &self.config(task)["effective_num_docs"],
        ];
        let known = said.into_iter().find_map(Value::as_u64).filter(|count| *count > 0);
        let parts = || self.value["group_subtasks"][task].as_array().filter(|parts| !parts.is_empty() && deepest > 0);
        let sum = || parts()?.iter().map(|part| self.questions(part.as_str()?, deepest - 1)).sum();
        known.or_else(sum)
    }

    /// What lighteval says of a task, whose name there may lack the number of examples.
    fn config(&self, task: &str) -> &Value {
        let configs = &self.value["config_tasks"];
        let short = task.rsplit_once('|').map_or(task, |(name, _)| name);
        configs.get(task).or_else(|| configs.get(short)).unwrap_or(&Value::Null)
    }

    fn is_better_below(&self, task: &str, metric: &str) -> bool {
        let config = self.config(task);
        let listed = [&config["metrics"], &config["metric"]].into_iter().filter_map(Value::as_array).flatten();
        let mut own = listed.filter(|known| known["metric_name"] == metric);
        self.value["higher_is_better"][task][metric] == false || own.any(|known| known["higher_is_better"] == false)
    }
}

/// The name of the model: as it is said, else that of the folder.
fn model(path: &Path, value: &Value) -> String {
    let (config, general) = (&value["config"], &value["config_general"]);
    let said = [
        &value["model_name"],
        &general["model_name"],
        &general["model_config"]["model_name"],
        &config["model_args"]["pretrained"],
        &config["model_args"]["model"],
    ];
    let said = said.into_iter().find_map(Value::as_str).filter(|name| !name.is_empty()).map(str::to_owned);
    let in_arguments = || {
        let arguments = config["model_args"].as_str()?.split(',').filter_map(|argument| argument.split_once('='));
        let mut named = arguments.filter(|(key, _)| ["pretrained", "model"].contains(key));
        named.next().map(|(_, name)| name.to_owned())
    };
    let folder = || path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    said.or_else(in_arguments).or_else(folder).unwrap_or_else(|| "model".to_owned())
}

/// A metric by its key: `acc,none` is `acc` as it is, `exact_match,strict-match` what a filter let through of it, and `acc` the form
/// without filters.
struct Metric<'k> {
    name: &'k str,
    filter: Option<&'k str>,
}

impl<'k> Metric<'k> {
    fn of(key: &'k str) -> Self {
        key.split_once(',')
            .map_or(Self { name: key, filter: None }, |(name, filter)| Self { name, filter: Some(filter) })
    }

    /// False for the error of a metric, and for counts.
    fn is_score(&self) -> bool {
        !self.name.ends_with("_stderr") && !["sample_len", "sample_count"].contains(&self.name)
    }

    /// The key of its standard error.
    fn error(&self) -> String {
        let filter = self.filter.map_or_else(String::new, |filter| format!(",{filter}"));
        format!("{}_stderr{filter}", self.name)
    }

    fn shown(&self) -> String {
        match self.filter {
            None | Some("none") => self.name.to_owned(),
            Some(filter) => format!("{} ({filter})", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn source(value: &Value) -> Option<Source> {
        Results::of(Path::new("gemma/results_2026-01-02T03-04-05.json"), value).map(|results| results.source())
    }

    #[test]
    fn a_group_has_the_questions_of_its_tasks() {
        let read = source(&json!({
            "results": { "mmlu": { "acc,none": 0.5, "acc_stderr,none": 0.01 }, "other": { "acc,none": 0.5 }, "loop": { "acc,none": 1 } },
            "group_subtasks": { "mmlu": ["stem", "a"], "stem": ["b"], "other": ["a", "unknown"], "loop": ["loop"] },
            "n-samples": { "a": { "effective": 3 }, "b": { "effective": 4 } },
            "config": { "model_args": "base_url=http://x,model=gpt,api_key=k" },
        }))
        .unwrap();
        let found: Vec<_> = read.means.iter().map(|mean| (&*mean.dataset, mean.questions)).collect();
        assert_eq!(found, [("loop", None), ("mmlu", Some(7)), ("other", None)]);
        assert_eq!((&*read.means[0].model, read.means[0].measured), ("gpt", NaiveDate::from_ymd_opt(2026, 1, 2)));
        assert!(!format!("{:?}", read.facts).contains("api_key"));
    }

    #[test]
    fn results_before_filters_and_of_the_first_leaderboard_are_read() {
        let old = json!({
            "results": { "hendrycksTest-virology": { "acc": 0.25, "acc_stderr": 0.03, "acc_norm": 0.5, "acc_norm_stderr": 0.04 } },
            "versions": { "hendrycksTest-virology": 1 }, "config": { "model": "hf-causal", "model_args": { "pretrained": "a/b" } },
        });
        let board = json!({
            "results": { "harness|arc:challenge|25": { "acc": 0.5, "acc_stderr": 0.01 }, "all": { "acc": 0.5 } },
            "config_general": { "model_name": "a/b" },
        });
        for (value, names) in [(old, vec!["acc", "acc_norm"]), (board, vec!["acc"])] {
            let read = source(&value).unwrap();
            assert_eq!(read.means.iter().map(|mean| mean.scored_by.as_str()).collect::<Vec<_>>(), names);
            assert!(read.means.iter().all(|mean| mean.standard_error.is_some() && &*mean.model == "a/b"));
        }
    }

    #[test]
    fn what_is_better_below_is_left_out_in_both_tools() {
        let metric = |name: &str| json!({ "metric_name": name, "higher_is_better": name != "loss" });
        let read = source(&json!({
            "config_general": {}, "results": { "t|0": { "loss": 0.5, "acc": 0.5, "bleu": 31.5 } },
            "config_tasks": { "t": { "metric": [metric("loss"), metric("acc")] } },
        }))
        .unwrap();
        let left: Vec<String> = read.left_out.iter().map(LeftOut::name).collect();
        assert_eq!(
            (left, &*read.means[0].scored_by, &*read.means[0].model),
            (vec!["t|0 bleu".into(), "t|0 loss".into()], "acc", "gemma")
        );
    }

    #[test]
    fn other_files_are_none() {
        for value in [
            json!({ "results": [] }),
            json!({ "results": {} }),
            json!({ "results": { "a": 1 } }),
            json!({ "eval": {}, "results": { "a": {} } }),
        ] {
            assert!(source(&value).is_none(), "{value}");
        }
    }
}
