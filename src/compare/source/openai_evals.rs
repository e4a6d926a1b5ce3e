//! Logs of OpenAI's evals: the spec of a run, then an event per line, among them what was sampled and how it was scored.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use super::error::SourceError;
use super::json::{day, each_line, question_hash, score, text};
use super::results::Answer;
use crate::compare::side::Item;

pub(super) const FORMAT: &str = "OpenAI evals";

/// Events that score an answer, the most telling first.
const SCORING: [&str; 3] = ["match", "metrics", "raw_sample"];

/// Members that hold a score.
const SCORES: [&str; 5] = ["score", "correct", "accuracy", "is_correct", "f1_score"];

/// Whether a line is the first of such a log.
pub(super) fn is_one(line: &Value) -> bool {
    line["spec"].is_object() && line["spec"]["completion_fns"].is_array()
}

/// A sample and the number of its repeat, which only logs of smallbench have.
type Asked = (String, u64);

fn of_repeat(sample: &str, data: &Value) -> Asked {
    (sample.to_owned(), data["repeat"].as_u64().unwrap_or_default())
}

/// What was asked and said of a sample.
#[derive(Default)]
struct Sampled {
    prompt: String,
    said: String,
    output_tokens: Option<f64>,
}

pub(super) fn read(path: &Path) -> Result<Vec<Answer>, SourceError> {
    let (mut spec, mut answers) = (Value::Null, Vec::new());
    let (mut sampled, mut scored_by): (HashMap<Asked, Sampled>, HashMap<Asked, String>) = Default::default();
    each_line(path, |line| {
        if is_one(line) {
            spec = line["spec"].clone();
            return Ok(());
        }
        let (Some(sample), Some(kind)) = (line["sample_id"].as_str(), line["type"].as_str()) else {
            return if line.is_object() { Ok(()) } else { Err("it is no event".to_owned()) };
        };
        let data = &line["data"];
        if kind == "sampling" {
            let usage = &data["usage"]["completion_tokens"];
            let (prompt, said) = (text(&data["prompt"]), text(&data["sampled"]));
            sampled.insert(of_repeat(sample, data), Sampled { prompt, said, output_tokens: usage.as_f64() });
        } else if SCORING.contains(&kind)
            && scored_by.entry(of_repeat(sample, data)).or_insert_with(|| kind.to_owned()) == kind
        {
            // Further kinds of events about a sample would look like repeats of it.
            answers.push(answer(&spec, sample, data));
        }
        Ok(())
    })?;
    for answer in &mut answers {
        let Some(found) = sampled.get(&(answer.title.clone(), answer.repeat)) else { continue };
        if answer.question.is_empty() {
            answer.question.clone_from(&found.prompt);
        }
        if answer.said.is_empty() {
            answer.said.clone_from(&found.said);
        }
        answer.item.output_tokens = found.output_tokens;
    }
    Ok(answers)
}

fn answer(spec: &Value, sample: &str, data: &Value) -> Answer {
    let found = SCORES.into_iter().find_map(|name| Some((name, score(&data[name])?)));
    let model = spec["completion_fns"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Answer {
        model: model.collect::<Vec<_>>().join(" + ").into(),
        hash: Some(format!("{} {sample}", spec["eval_name"].as_str().unwrap_or_default())),
        question_hash: question_hash(data),
        repeat: data["repeat"].as_u64().unwrap_or_default(),
        target: text(&data["expected"]),
        said: text(&data["sampled"]),
        extracted: text(&data["picked"]),
        title: sample.to_owned(),
        dataset: spec["split"].as_str().or(spec["eval_name"].as_str()).unwrap_or_default().to_owned(),
        is_correct: data["correct"].as_bool(),
        measured: spec["created_at"].as_str().and_then(day),
        item: Item { score: found.map(|(_, score)| score), ..Item::default() },
        ..Answer::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn log(events: &[Value]) -> Vec<Answer> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        let spec = json!({ "spec": { "completion_fns": ["gpt"], "eval_name": "sums.dev.v0", "split": "dev" } });
        let report = json!({ "final_report": { "accuracy": 0.5 } });
        let lines = std::iter::once(&spec).chain(events).chain([&report]).map(Value::to_string);
        std::fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
        read(&path).unwrap()
    }

    fn event(sample: &str, kind: &str, data: &Value) -> Value {
        json!({ "run_id": "r", "event_id": 0, "sample_id": sample, "type": kind, "data": data })
    }

    #[test]
    fn what_was_sampled_and_how_it_was_scored_is_one_answer() {
        let prompt = json!([{ "role": "user", "content": "2 + 2?" }]);
        let answers = log(&[
            event(
                "a.1",
                "sampling",
                &json!({ "prompt": prompt, "sampled": ["four"], "usage": { "completion_tokens": 3 } }),
            ),
            event("a.1", "match", &json!({ "correct": true, "expected": "4", "picked": "4", "sampled": "four" })),
            event("a.1", "metrics", &json!({ "accuracy": 1 })),
            event("a.2", "metrics", &json!({ "score": 0.25 })),
        ]);
        assert_eq!(answers.len(), 2);
        let first = &answers[0];
        assert_eq!((&*first.model, &*first.dataset, &*first.title), ("gpt", "dev", "a.1"));
        assert_eq!((&*first.question, &*first.said, &*first.target), ("2 + 2?", "four", "4"));
        assert_eq!((first.item.score, first.is_correct, first.item.output_tokens), (Some(1.0), Some(true), Some(3.0)));
        assert_eq!(answers[1].item.score, Some(0.25));
    }
}
