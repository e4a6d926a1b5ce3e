//! Instance files of Every Eval Ever: a line per answer.

use std::path::Path;

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use super::json::{lines, question_hash, score, text};
use super::{Answer, SourceError};
use crate::compare::side::Item;

pub(super) const FORMAT: &str = "Every Eval Ever";

/// Whether a line is one of such a file.
pub(super) fn is_one(line: &Value) -> bool {
    line["evaluation"].is_object() && line["sample_id"].is_string()
}

pub(super) fn read(path: &Path) -> Result<Vec<Answer>, SourceError> {
    lines(path, answer)
}

fn answer(line: &Value) -> Result<Answer, String> {
    let Some(model) = line["model_id"].as_str() else { return Err("there is no `model_id`".to_owned()) };
    let evaluation = &line["evaluation"];
    let found = score(&evaluation["score"]).or_else(|| score(&evaluation["is_correct"]));
    Ok(Answer {
        model: model.to_owned(),
        hash: line["sample_hash"].as_str().map(str::to_owned),
        question_hash: question_hash(&line["metadata"]),
        question: text(&line["input"]["raw"]),
        target: text(&line["input"]["reference"]),
        said: text(&line["output"]["raw"]),
        title: line["sample_id"].as_str().unwrap_or_default().to_owned(),
        item: Item {
            score: found,
            latency: line["performance"]["latency_ms"].as_f64().map(|milliseconds| milliseconds / 1000.0),
            output_tokens: line["token_usage"]["output_tokens"].as_f64(),
            cost: None,
        },
        dataset: line["evaluation_name"].as_str().unwrap_or_default().to_owned(),
        subject: line["metadata"]["subject"].as_str().unwrap_or_default().to_owned(),
        repeat: line["metadata"]["repeat"].as_str().and_then(|repeat| repeat.parse().ok()).unwrap_or_default(),
        extracted: extracted(&line["answer_attribution"]),
        failed: found.is_none() && !line["error"].is_null(),
        is_correct: evaluation["is_correct"].as_bool(),
        measured: line["evaluation_id"].as_str().and_then(retrieved),
        prompt_tokens: line["token_usage"]["input_tokens"].as_u64(),
        ..Answer::default()
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
}
