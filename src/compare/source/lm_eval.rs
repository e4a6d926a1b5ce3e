//! Samples of lm-evaluation-harness: `samples_TASK_DATE.jsonl`, a line per question, in a folder per model.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde_json::Value;

use super::below::files_below;
use super::error::SourceError;
use super::json::{day, lines, question_hash, score, text};
use super::results::Answer;
use crate::compare::side::Item;

pub(super) const FORMAT: &str = "lm-evaluation-harness";

/// Metrics that say whether an answer is right, the most telling first.
const METRICS: [&str; 6] = ["exact_match", "acc_norm", "acc", "pass@1", "f1", "em"];

/// Where a question may stand in a document.
const QUESTIONS: [&str; 8] = ["question", "query", "problem", "input", "goal", "ctx", "sentence", "prompt"];

/// The files of samples in a folder, and in the folders of models in it.
pub(super) fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let found = files_below(folder, 1, &is_samples)?;
    // Of two runs of a task the later counts.
    let mut latest: BTreeMap<(PathBuf, String), PathBuf> = BTreeMap::new();
    for path in found {
        latest.insert((path.parent().map(Path::to_owned).unwrap_or_default(), task_of(&path)), path);
    }
    Ok(latest.into_values().collect())
}

/// The task of a file: `gsm8k` of `samples_gsm8k_2026-01-01T10-00-00.jsonl`.
fn task_of(path: &Path) -> String {
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = name.strip_prefix("samples_").unwrap_or(&name);
    let is_date = |end: &str| end.len() >= 10 && end.starts_with(|c: char| c.is_ascii_digit()) && end.contains('-');
    match name.rsplit_once('_') {
        Some((task, end)) if is_date(end) => task.to_owned(),
        _ => name.to_owned(),
    }
}

/// The day in the name of a file.
fn measured(path: &Path) -> Option<NaiveDate> {
    day(path.file_stem()?.to_string_lossy().rsplit_once('_')?.1)
}

fn is_samples(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.starts_with("samples_") && path.extension().is_some_and(|ending| ending == "jsonl")
}

pub(super) fn read(path: &Path) -> Result<Vec<Answer>, SourceError> {
    let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let model = folder.filter(|name| !name.is_empty()).unwrap_or_else(|| path.display().to_string());
    let task = task_of(path);
    let measured = measured(path);
    lines(path, |sample| Ok(Answer { measured, ..answer(&model, &task, sample)? }))
}

fn answer(model: &str, task: &str, sample: &Value) -> Result<Answer, String> {
    let Some(hash) = sample["doc_hash"].as_str() else {
        return Err("there is no `doc_hash`: this is no sample of lm-evaluation-harness".to_owned());
    };
    let listed = sample["metrics"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let metric = METRICS.into_iter().chain(listed).find_map(|name| Some((name, score(&sample[name])?)));
    let document = &sample["doc"];
    let question = QUESTIONS.into_iter().map(|name| text(&document[name])).find(|text| !text.is_empty());
    Ok(Answer {
        // The same answer read by another filter is another measurement.
        model: match sample["filter"].as_str() {
            None | Some("none") => model.into(),
            Some(filter) => format!("{model} ({filter})").into(),
        },
        hash: Some(format!("{task} {} {hash}", sample["filter"].as_str().unwrap_or("none"))),
        question_hash: question_hash(document),
        question: question.unwrap_or_else(|| document.to_string()),
        target: text(&sample["target"]),
        said: sample["resps"][0][0].as_str().unwrap_or_default().to_owned(),
        title: format!("{task}#{}", sample["doc_id"]),
        item: Item { score: metric.map(|(_, score)| score), ..Item::default() },
        subject: task.to_owned(),
        dataset: task.to_owned(),
        extracted: text(&sample["filtered_resps"][0]),
        scored_by: metric.map(|(name, _)| name.to_owned()),
        ..Answer::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sample_is_read() {
        let sample = json!({
            "doc_id": 4, "doc": { "question": "2 + 2?" }, "doc_hash": "ab", "metrics": ["acc"], "acc": 1.0, "filter": "none",
            "target": "4", "resps": [["It is 4."]],
        });
        let read = answer("gemma", "arc", &sample).unwrap();
        assert_eq!(
            (&*read.model, read.hash.as_deref(), &*read.question, &*read.title),
            ("gemma", Some("arc none ab"), "2 + 2?", "arc#4")
        );
        assert_eq!((&*read.target, &*read.said), ("4", "It is 4."));
        assert_eq!((read.item.score, read.scored_by.as_deref()), (Some(1.0), Some("acc")));
        assert_eq!(answer("gemma", "arc", &json!({ "doc_hash": "ab" })).unwrap().item.score, None);
        assert!(answer("gemma", "arc", &json!({ "acc": 1 })).unwrap_err().contains("doc_hash"));
    }

    #[test]
    fn a_file_is_named_after_its_task() {
        for (name, task) in [
            ("samples_gsm8k_cot_2026-01-01T10-00-00.123.jsonl", "gsm8k_cot"),
            ("samples_arc_easy.jsonl", "arc_easy"),
            ("other.jsonl", "other"),
        ] {
            assert_eq!(task_of(Path::new(name)), task);
        }
    }
}
