//! Logs of inspect as JSON: one model, samples with scores by scorer, epochs as repeats.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde_json::Value;

use super::json::{score, text};
use super::{Answer, SourceError, unknown, unreadable};
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
    Ok(samples.iter().filter_map(|sample| answer(model, sample)).collect())
}

fn answer(model: &str, sample: &Value) -> Option<Answer> {
    let scores = sample["scores"].as_object()?;
    let found = scores.values().find_map(|scored| score(&scored["value"]))?;
    let question = text(&sample["input"]);
    let tokens = sample["output"]["usage"]["output_tokens"].as_f64();
    Some(Answer {
        model: model.to_owned(),
        hash: None,
        question: format!("{question}\n{}", text(&sample["target"])),
        title: match &sample["id"] {
            Value::String(id) => id.clone(),
            other => format!("#{other}"),
        },
        item: Item {
            score: Some(found),
            latency: sample["output"]["time"].as_f64().or_else(|| sample["total_time"].as_f64()),
            output_tokens: tokens,
            cost: None,
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_sample_is_read() {
        let sample = json!({
            "id": 7, "epoch": 1, "input": [{ "role": "user", "content": "2 + 2?" }], "target": "4",
            "scores": { "match": { "value": "C", "answer": "4" } }, "output": { "time": 0.5, "usage": { "output_tokens": 3 } },
        });
        let read = answer("openai/gpt", &sample).unwrap();
        assert_eq!((&*read.question, &*read.title), ("2 + 2?\n4", "#7"));
        assert_eq!((read.item.score, read.item.latency, read.item.output_tokens), (Some(1.0), Some(0.5), Some(3.0)));
        assert_eq!(answer("openai/gpt", &json!({ "id": 1 })), None);
    }
}
