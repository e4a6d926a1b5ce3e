//! Logs of inspect as JSON, version 2, one for each model and dataset.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::file::{Files, document, file_name};
use super::scored::{Part, Scored};
use crate::checksum::sha256;

pub(super) fn files(part: &Part<'_>) -> Result<Files, String> {
    let created = part.measured()?.format("%Y-%m-%dT%H:%M:%S+00:00").to_string();
    let samples: Vec<Value> = part.answers.iter().map(|answer| sample(&part.model, answer)).collect();
    let epochs = part.answers.iter().map(|answer| answer.repeat + 1).max().unwrap_or(1);
    let named = sha256(format!("{}\n{}\n{}\n{created}", part.experiment, part.model, part.dataset).as_bytes());
    let log = json!({
        "version": 2,
        "status": "success",
        "eval": {
            "eval_id": named[..22], "run_id": named[22..44], "task_id": named[42..64], "created": created,
            "task": part.dataset, "task_version": 0,
            "dataset": { "name": part.dataset, "samples": samples.len() }, "model": part.model,
            "config": { "epochs": epochs }, "packages": { "smallbench": env!("CARGO_PKG_VERSION") },
        },
        "results": {
            "total_samples": samples.len(), "completed_samples": samples.len(),
            "scores": [{
                "name": SCORER, "scorer": SCORER, "metrics": { "mean": { "name": "mean", "value": part.mean() } },
            }],
        },
        "stats": { "started_at": created, "completed_at": created },
        "samples": samples,
    });
    let path: PathBuf = [file_name(&part.model), format!("{}.json", file_name(part.dataset))].iter().collect();
    Ok(vec![(path, document(&log))])
}

/// What scores are called.
const SCORER: &str = "smallbench";

fn sample(model: &str, answer: &Scored) -> Value {
    let reply = json!({ "role": "assistant", "content": answer.output, "source": "generate" });
    let mut output = json!({
        "model": model, "choices": [{ "message": reply, "stop_reason": stop_reason(&answer.finish_reason) }],
        "completion": answer.output,
    });
    if let Some(latency) = answer.latency {
        output["time"] = json!(latency);
    }
    if let Some((input, written)) = answer.prompt_tokens.zip(answer.output_tokens) {
        output["usage"] = json!({ "input_tokens": input, "output_tokens": written, "total_tokens": input + written });
    }
    json!({
        "id": answer.id, "epoch": answer.repeat + 1, "input": answer.question, "target": answer.target,
        "messages": [{ "role": "user", "content": answer.question }, reply],
        "output": output,
        "scores": { SCORER: { "value": answer.score, "answer": answer.extracted, "explanation": answer.rule } },
        "metadata": { "question_hash": answer.question_hash, "subject": answer.subject },
    })
}

/// Why generation ended, in inspect's words.
fn stop_reason(reason: &str) -> &'static str {
    match reason {
        "stop" | "end_turn" | "stop_sequence" => "stop",
        "length" | "max_tokens" => "max_tokens",
        "content_filter" | "refusal" => "content_filter",
        _ => "unknown",
    }
}
