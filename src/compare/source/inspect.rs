//! Logs of inspect as JSON: one model, samples with scores by scorer, epochs as repeats.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde_json::Value;

use super::json::{question_hash, score, text};
use super::{Answer, SourceError, said, unknown, unreadable};
use crate::compare::side::Item;

pub(super) const FORMAT: &str = "inspect";

pub(super) fn read(path: &Path) -> Result<Vec<Answer>, SourceError> {
    let file = BufReader::new(File::open(path).map_err(unreadable(path))?);
    let log: Value = serde_json::from_reader(file).map_err(|error| SourceError::Malformed {
        path: path.to_owned(),
        place: format!("line {}", error.line()),
        message: format!("no JSON: {error}"),
    })?;
    let (Some(model), Some(samples)) = (log["eval"]["model"].as_str(), log["samples"].as_array()) else {
        return Err(unknown(path, "it is no log of inspect with samples (`eval.model`, `samples`)".to_owned()));
    };
    Ok(samples.iter().map(|sample| answer(model, sample)).collect())
}

/// The first score that can be read, and what it is called: a scorer, or one of the values of a scorer that gives several.
fn first_score(sample: &Value) -> Option<(String, f64)> {
    let scorers = sample["scores"].as_object()?.iter();
    let mut scores = scorers.flat_map(|(scorer, scored)| match &scored["value"] {
        Value::Object(values) => {
            values.iter().map(|(name, value)| (format!("{scorer}.{name}"), score(value))).collect()
        }
        value => vec![(scorer.clone(), score(value))],
    });
    scores.find_map(|(name, found)| Some((name, found?)))
}

/// What the model said: the completion, else the first choice.
fn reply(output: &Value) -> String {
    match output["completion"].as_str() {
        Some(completion) => completion.to_owned(),
        None => text(&output["choices"][0]["message"]["content"]),
    }
}

fn answer(model: &str, sample: &Value) -> Answer {
    let (scored_by, found) = first_score(sample).unzip();
    let tokens = sample["output"]["usage"]["output_tokens"].as_f64();
    Answer {
        model: model.to_owned(),
        hash: None,
        question_hash: question_hash(&sample["metadata"]),
        question: text(&sample["input"]),
        target: text(&sample["target"]),
        said: said(&reply(&sample["output"])),
        title: match &sample["id"] {
            Value::String(id) => id.clone(),
            other => format!("#{other}"),
        },
        item: Item {
            score: found,
            latency: sample["output"]["time"].as_f64().or_else(|| sample["total_time"].as_f64()),
            output_tokens: tokens,
            cost: None,
        },
        subject: String::new(),
        scored_by,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sample_is_read() {
        let sample = json!({
            "id": 7, "epoch": 1, "input": [{ "role": "user", "content": "2 + 2?" }], "target": "4",
            "scores": { "match": { "value": "C", "answer": "4" } }, "output": { "completion": "Four: 4", "time": 0.5, "usage": { "output_tokens": 3 } },
        });
        let read = answer("openai/gpt", &sample);
        assert_eq!((&*read.question, &*read.target, &*read.said, &*read.title), ("2 + 2?", "4", "Four: 4", "#7"));
        assert_eq!((read.item.score, read.item.latency, read.item.output_tokens), (Some(1.0), Some(0.5), Some(3.0)));
        assert_eq!(read.scored_by.as_deref(), Some("match"));
        assert_eq!(answer("openai/gpt", &json!({ "id": 1 })).item.score, None);
        let several = json!({ "scores": { "graded": { "value": { "note": "good", "style": 0.5 } } } });
        let read = answer("openai/gpt", &several);
        assert_eq!((read.item.score, read.scored_by.as_deref()), (Some(0.5), Some("graded.style")));
    }
}
