//! A sample of a log of inspect.

use serde::Deserialize;
use serde_json::Value;

use super::super::json::{question_hash, score, text};
use super::super::results::Answer;
use super::head::Head;
use crate::compare::side::Item;

/// What is read of a sample. The events, which are most of a log, are passed over.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sample {
    id: Value,
    epoch: Value,
    input: Value,
    target: Value,
    scores: Value,
    output: Value,
    metadata: Value,
    error: Value,
    total_time: Value,
}

/// A score: what it is called, which is a scorer or one of the values of a scorer that gives several; its value, and the
/// answer that the scorer found.
struct Score {
    name: String,
    value: f64,
    answer: String,
}

/// The first score that can be read.
fn first_score(scores: &Value) -> Option<Score> {
    let scorers = scores.as_object()?.iter();
    let mut scores = scorers.flat_map(|(scorer, scored)| {
        let named = match &scored["value"] {
            Value::Object(values) => {
                values.iter().map(|(name, value)| (format!("{scorer}.{name}"), score(value))).collect()
            }
            value => vec![(scorer.clone(), score(value))],
        };
        named.into_iter().map(|(name, value)| Some(Score { name, value: value?, answer: text(&scored["answer"]) }))
    });
    scores.find_map(|score| score)
}

/// What the model said: the completion, else the first choice.
fn reply(output: &Value) -> String {
    match output["completion"].as_str() {
        Some(completion) => completion.to_owned(),
        None => text(&output["choices"][0]["message"]["content"]),
    }
}

/// The answer of a sample.
pub(super) fn answer(head: &Head, sample: &Sample) -> Answer {
    let found = first_score(&sample.scores);
    let usage = &sample.output["usage"];
    Answer {
        model: head.model.clone(),
        dataset: head.task.clone(),
        subject: sample.metadata["subject"].as_str().unwrap_or_default().to_owned(),
        repeat: sample.epoch.as_u64().unwrap_or(1).saturating_sub(1),
        question_hash: question_hash(&sample.metadata),
        question: text(&sample.input),
        target: text(&sample.target),
        said: reply(&sample.output),
        extracted: found.as_ref().map(|score| score.answer.clone()).unwrap_or_default(),
        title: match &sample.id {
            Value::String(id) => id.clone(),
            other => format!("#{other}"),
        },
        failed: found.is_none() && !sample.error.is_null(),
        measured: head.created,
        item: Item {
            score: found.as_ref().map(|score| score.value),
            latency: sample.output["time"].as_f64().or_else(|| sample.total_time.as_f64()),
            output_tokens: usage["output_tokens"].as_f64(),
            cost: None,
        },
        prompt_tokens: usage["input_tokens"].as_u64(),
        scored_by: found.map(|score| score.name),
        ..Answer::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(sample: Value) -> Answer {
        let eval = json!({ "model": "openai/gpt", "task": "sums", "created": "2026-01-01T10:00:00+00:00" });
        answer(&Head::new(&eval, &Value::Null).unwrap(), &serde_json::from_value(sample).unwrap())
    }

    #[test]
    fn a_sample_is_read() {
        let read_one = read(json!({
            "id": 7, "epoch": 2, "input": [{ "role": "user", "content": "2 + 2?" }], "target": "4", "events": [{ "deep": [1] }],
            "scores": { "match": { "value": "C", "answer": "4" } },
            "output": { "completion": "Four: 4", "time": 0.5, "usage": { "input_tokens": 9, "output_tokens": 3 } },
        }));
        let said = (&*read_one.question, &*read_one.target, &*read_one.said, &*read_one.extracted, &*read_one.title);
        assert_eq!(said, ("2 + 2?", "4", "Four: 4", "4", "#7"));
        let item = read_one.item;
        assert_eq!((item.score, item.latency, item.output_tokens), (Some(1.0), Some(0.5), Some(3.0)));
        assert_eq!((read_one.repeat, read_one.prompt_tokens, &*read_one.dataset), (1, Some(9), "sums"));
        assert_eq!(read_one.scored_by.as_deref(), Some("match"));
    }

    #[test]
    fn what_has_no_score_has_none() {
        let failed = read(json!({ "id": 1, "error": { "message": "gone" } }));
        assert_eq!((failed.item.score, failed.failed, failed.repeat), (None, true, 0));
        let several = read(json!({ "scores": { "graded": { "value": { "note": "good", "style": 0.5 } } } }));
        assert_eq!((several.item.score, several.scored_by.as_deref()), (Some(0.5), Some("graded.style")));
        assert!(serde_json::from_value::<Sample>(json!({ "scores": [], "output": 3, "id": {} })).is_ok());
    }
}
