//! Instance files of Every Eval Ever: a line per answer.

use std::collections::HashMap;
use std::path::Path;

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use super::error::SourceError;
use super::json::{lines, question_hash, score, text};
use super::results::Answer;
use crate::compare::model_name::ModelName;
use crate::compare::side::Item;

pub(super) const FORMAT: &str = "Every Eval Ever";

/// Whether a line is one of such a file.
pub(super) fn is_one(line: &Value) -> bool {
    line["evaluation"].is_object() && line["sample_id"].is_string()
}

pub(super) fn read(path: &Path) -> Result<Vec<Answer>, SourceError> {
    let mut answers = lines(path, answer)?;
    // A line for each metric of an answer: the first counts, as further ones would look like repeats.
    let mut metrics: HashMap<(ModelName, String, String, u64), Option<String>> = HashMap::new();
    answers.retain(|answer| {
        let key = (answer.model.clone(), answer.dataset.clone(), answer.title.clone(), answer.repeat);
        *metrics.entry(key).or_insert_with(|| answer.scored_by.clone()) == answer.scored_by
    });
    Ok(answers)
}

/// Number of the repeat, from 0: smallbench says it as such, the converter of inspect's logs as an epoch from 1.
fn repeat(metadata: &Value) -> u64 {
    let number = |name: &str| metadata[name].as_str().and_then(|number| number.parse::<u64>().ok());
    number("repeat").or_else(|| Some(number("epoch")?.saturating_sub(1))).unwrap_or_default()
}

/// Latency in seconds. Converters write 0 where the source does not say it.
fn latency(performance: &Value) -> Option<f64> {
    performance["latency_ms"]
        .as_f64()
        .filter(|milliseconds| *milliseconds > 0.0)
        .map(|milliseconds| milliseconds / 1000.0)
}

fn answer(line: &Value) -> Result<Answer, String> {
    let Some(model) = line["model_id"].as_str() else { return Err("there is no `model_id`".to_owned()) };
    let evaluation = &line["evaluation"];
    let found = score(&evaluation["score"]).or_else(|| score(&evaluation["is_correct"]));
    Ok(Answer {
        model: model.into(),
        hash: line["sample_hash"].as_str().map(str::to_owned),
        question_hash: question_hash(&line["metadata"]),
        question: text(&line["input"]["raw"]),
        target: text(&line["input"]["reference"]),
        said: text(&line["output"]["raw"]),
        title: line["sample_id"].as_str().unwrap_or_default().to_owned(),
        item: Item {
            score: found,
            latency: latency(&line["performance"]),
            output_tokens: line["token_usage"]["output_tokens"].as_f64(),
            cost: None,
        },
        dataset: line["evaluation_name"].as_str().unwrap_or_default().to_owned(),
        subject: line["metadata"]["subject"].as_str().unwrap_or_default().to_owned(),
        repeat: repeat(&line["metadata"]),
        scored_by: line["evaluation_result_id"].as_str().map(str::to_owned),
        extracted: extracted(&line["answer_attribution"]),
        failed: found.is_none() && !line["error"].is_null(),
        is_correct: evaluation["is_correct"].as_bool(),
        measured: line["evaluation_id"].as_str().and_then(retrieved),
        prompt_tokens: line["token_usage"]["input_tokens"].as_u64(),
    })
}

/// The answer that was read last, which is the one that counts.
fn extracted(attribution: &Value) -> String {
    let steps = attribution.as_array().into_iter().flatten();
    steps.filter_map(|step| step["extracted_value"].as_str()).next_back().unwrap_or_default().to_owned()
}

/// The day in the identifier of an evaluation, which ends in seconds of Unix time.
fn retrieved(evaluation: &str) -> Option<NaiveDate> {
    let seconds: f64 = evaluation.rsplit('/').next()?.parse().ok().filter(|seconds: &f64| seconds.is_finite())?;
    // Whole seconds: of the rest of a number out of range nothing is made.
    Some(DateTime::from_timestamp(seconds as i64, 0)?.date_naive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read() {
        let line = r#"{"model_id": "a/b", "sample_id": "s1", "sample_hash": "h", "input": {"raw": "2 + 2?", "reference": ["4"]}, "output": {"raw": ["Four"]},
            "evaluation": {"score": 1.0, "is_correct": true}, "performance": {"latency_ms": 250}}"#;
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(is_one(&line) && !is_one(&Value::Null));
        let read = answer(&line).unwrap();
        assert_eq!((read.hash.as_deref(), &*read.question, &*read.target), (Some("h"), "2 + 2?", "4"));
        assert_eq!((read.item.latency, &*read.said, read.is_correct), (Some(0.25), "Four", Some(true)));
        let day = |id: &str| retrieved(id).map(|day| day.to_string());
        assert_eq!(day("sums/a/b/1767225600.5").as_deref(), Some("2026-01-01"));
        assert_eq!(["sums", "a/1e300", "a/NaN"].map(day), [None, None, None]);
    }

    #[test]
    fn a_second_metric_of_an_answer_is_no_repeat_and_epochs_are() {
        let line = |metric: &str, epoch: &str, score: f64| {
            let value = serde_json::json!({
                "model_id": "a/b", "evaluation_name": "e", "evaluation_result_id": metric, "sample_id": "1", "sample_hash": "h",
                "input": { "raw": "q", "reference": ["4"] }, "evaluation": { "score": score, "is_correct": score > 0.5 },
                "performance": { "latency_ms": 0.0 }, "metadata": { "epoch": epoch },
            });
            format!("{value}\n")
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.jsonl");
        let lines = [line("acc", "1", 1.0), line("f1", "1", 0.25), line("acc", "2", 0.0), line("f1", "2", 0.5)];
        std::fs::write(&path, lines.concat()).unwrap();
        let found: Vec<_> = read(&path).unwrap().iter().map(|answer| (answer.repeat, answer.item)).collect();
        let item = |score| Item { score: Some(score), ..Item::default() };
        assert_eq!(found, [(0, item(1.0)), (1, item(0.0))]);
    }
}
