//! Results as the Hugging Face Hub holds them: `model-index` in the head of a model card, and `.eval_results/*.yaml`. They are means
//! alone: no answers, and no interval.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::below::files_below;
use super::error::{SourceError, malformed, unreadable};
use super::json::day;
use crate::compare::mean::Mean;
use crate::files::read_bounded;

pub(super) const FORMAT: &str = "Hugging Face results";

/// Maximum size of a file in bytes.
const MOST_BYTES: u64 = 8 << 20;

/// The folder of results in the repository of a model.
const RESULTS: &str = ".eval_results";

/// Files with results in a folder, and in those of models in it.
pub(super) fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    files_below(folder, 2, &holds_results)
}

/// True for a file of `.eval_results`, and for a card or a head of one that has a `model-index`.
fn holds_results(path: &Path) -> bool {
    let is_yaml = path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let is_card = path.file_name().is_some_and(|name| name == "README.md");
    if is_yaml && path.parent().is_some_and(|folder| folder.ends_with(RESULTS)) {
        return true;
    }
    let text = || read_bounded(path, MOST_BYTES).unwrap_or_default();
    (is_yaml || is_card) && String::from_utf8_lossy(&text()).lines().any(|line| line.starts_with("model-index:"))
}

pub(super) fn read(path: &Path) -> Result<Vec<Mean>, SourceError> {
    let bytes = read_bounded(path, MOST_BYTES).map_err(unreadable(path))?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_start_matches('\u{feff}');
    let is_card = path.extension().is_some_and(|ending| ending == "md");
    let head = if is_card { head(text) } else { text };
    let value: Value = serde_saphyr::from_str(head)
        .map_err(|error| malformed(path, "head".to_owned(), format!("no YAML: {error}")))?;
    let means = match &value {
        Value::Array(results) => results.iter().filter_map(|result| of_repository(path, result)).collect(),
        other => of_card(other),
    };
    if means.is_empty() {
        let message = "it holds neither a `model-index` nor a list of results with `dataset` and `value`";
        return Err(SourceError::unknown(path, message));
    }
    Ok(means)
}

/// What stands between the lines `---` of a card.
fn head(text: &str) -> &str {
    let inside = text.strip_prefix("---").and_then(|rest| rest.split_once("\n---"));
    inside.map_or("", |(head, _)| head)
}

/// A result in the repository of a model, whose name is that of the folder above.
fn of_repository(path: &Path, result: &Value) -> Option<Mean> {
    let dataset = &result["dataset"];
    let (id, task) = (dataset["id"].as_str()?, dataset["task_id"].as_str());
    let folder = path.parent()?;
    let repository = if folder.ends_with(RESULTS) { folder.parent() } else { Some(folder) };
    let model = repository.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    Some(Mean {
        model: model.filter(|name| !name.is_empty()).unwrap_or_else(|| "model".to_owned()).into(),
        dataset: task.map_or_else(|| id.to_owned(), |task| format!("{id} {task}")),
        score: share(&result["value"])?,
        scored_by: String::new(),
        measured: result["date"].as_str().and_then(day),
        ..Mean::default()
    })
}

/// The results of every model of a `model-index`.
fn of_card(card: &Value) -> Vec<Mean> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut means = Vec::new();
    for model in list(&card["model-index"]) {
        for result in list(&model["results"]) {
            for metric in list(&result["metrics"]) {
                means.extend(of_metric(&model, &result, &metric));
            }
        }
    }
    means
}

fn of_metric(model: &Value, result: &Value, metric: &Value) -> Option<Mean> {
    let dataset = &result["dataset"];
    let name = dataset["name"].as_str().or(dataset["type"].as_str())?;
    Some(Mean {
        model: model["name"].as_str().unwrap_or("model").into(),
        dataset: name.to_owned(),
        scored_by: metric["type"].as_str().or(metric["name"].as_str()).unwrap_or_default().to_owned(),
        score: share(&metric["value"])?,
        ..Mean::default()
    })
}

/// A value as a share. What is above 1 is of 100; cards do not say it.
fn share(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim_end_matches('%').trim().parse().ok())?;
    // By its digits: 37.83 is 0.3783, and not the next number to it.
    let share = if number > 1.0 { format!("{number}e-2").parse().ok()? } else { number };
    (0.0..=1.0).contains(&share).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = "---\nlicense: mit\nmodel-index:\n- name: tiny\n  results:\n  - task: { type: text-generation }\n    \
                        dataset: { name: GSM8k (5-shot), type: gsm8k }\n    metrics:\n    - { type: acc, value: 37.83 }\n    \
                        - { type: f1, value: many }\n  - dataset: { type: arc }\n    metrics: [{ type: acc_norm, value: 0.5 }]\n\
                        ---\n# tiny\n---\n";

    #[test]
    fn a_card_has_a_mean_for_each_metric_that_is_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("README.md");
        std::fs::write(&path, CARD).unwrap();
        let means = read(&path).unwrap();
        let shown: Vec<_> =
            means.iter().map(|mean| (&*mean.model, &*mean.dataset, &*mean.scored_by, mean.score)).collect();
        assert_eq!(shown, [("tiny", "GSM8k (5-shot)", "acc", 0.3783), ("tiny", "arc", "acc_norm", 0.5)]);
        assert_eq!(files(folder.path()).unwrap(), [path]);
    }

    #[test]
    fn results_of_a_repository_are_of_its_model() {
        let folder = tempfile::tempdir().unwrap();
        let results = folder.path().join("org-model/.eval_results");
        std::fs::create_dir_all(&results).unwrap();
        let text = "- dataset: { id: a/b, task_id: c }\n  value: 41.2\n  date: \"2026-01-15\"\n- dataset: { id: a/d }\n  value: \"12 %\"\n";
        std::fs::write(results.join("x.yaml"), text).unwrap();
        let means = read(&files(folder.path()).unwrap()[0]).unwrap();
        let shown: Vec<_> = means.iter().map(|mean| (&*mean.model, &*mean.dataset, mean.score)).collect();
        assert_eq!(shown, [("org-model", "a/b c", 0.412), ("org-model", "a/d", 0.12)]);
        assert_eq!(means[0].measured.map(|day| day.to_string()).as_deref(), Some("2026-01-15"));
    }

    #[test]
    fn what_holds_no_result_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["version: 1\nname: x\n", "[1, 2]", "- dataset: {}\n", "x: [", "---\n", ""] {
            let path = folder.path().join("x.yaml");
            std::fs::write(&path, text).unwrap();
            assert!(read(&path).is_err() && files(folder.path()).unwrap().is_empty(), "{text}");
        }
    }
}
