//! The log of a run of OpenAI's evals, as its local recorder writes it: the spec of the run, events `sampling` and
//! `match` for each answer, and the final report.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::file::{Files, file_name, lines};
use super::scored::{Part, Scored};
use crate::checksum::sha256;

pub(super) fn files<'p>(part: &Part<'p>) -> Result<Files, String> {
    let created = part.measured()?.format("%Y-%m-%d %H:%M:%S").to_string();
    let eval = format!("{}.{}", part.experiment, part.dataset);
    // The tool draws it at random; here it follows from what was measured.
    let run = sha256(format!("{eval} {} {created}", part.model).as_bytes())[..16].to_owned();
    let spec = json!({ "spec": {
        "completion_fns": [part.model], "eval_name": eval, "base_eval": part.experiment, "split": part.dataset,
        "run_config": { "completion_fns": [part.model], "eval_spec": {} }, "created_by": "smallbench",
        "run_id": run, "created_at": created,
    } });
    let event = |(number, (answer, kind, data)): (usize, (&Scored, &str, Value))| {
        json!({
            "run_id": run, "event_id": number, "sample_id": format!("{}.{}", part.dataset, answer.id), "type": kind,
            "data": data, "created_by": "smallbench", "created_at": created,
        })
    };
    let sampling = |answer: &Scored| {
        let usage = json!({ "prompt_tokens": answer.prompt_tokens, "completion_tokens": answer.output_tokens });
        json!({ "prompt": answer.question, "sampled": [answer.output], "usage": usage, "repeat": answer.repeat })
    };
    let matching = |answer: &Scored| {
        json!({
            "correct": answer.is_correct, "expected": answer.target, "picked": answer.extracted,
            "sampled": answer.output, "options": [answer.target], "score": answer.score,
            "question_hash": answer.question_hash, "repeat": answer.repeat,
        })
    };
    let report = json!({ "final_report": { "accuracy": part.mean(), "samples": part.answers.len() } });
    let of_answer =
        |answer: &&'p Scored| [(*answer, "sampling", sampling(answer)), (*answer, "match", matching(answer))];
    let events = part.answers.iter().flat_map(of_answer).enumerate().map(event);
    let all: Vec<Value> = std::iter::once(spec).chain(events).chain([report]).collect();
    let path: PathBuf = [file_name(&part.model), format!("{}.jsonl", file_name(part.dataset))].iter().collect();
    Ok(vec![(path, lines(all.into_iter()))])
}
