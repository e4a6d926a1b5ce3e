//! Samples of lm-evaluation-harness. The prompt as it was sent is not in `results.csv`, so `arguments` and `prompt_hash` are
//! left out.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::file::{Files, file_name, lines};
use super::scored::{Part, Scored};
use crate::checksum::sha256;

pub(super) fn files(part: &Part<'_>) -> Result<Files, String> {
    let path: PathBuf = [file_name(&part.model), format!("samples_{}.jsonl", file_name(part.dataset))].iter().collect();
    Ok(vec![(path, lines(part.answers.iter().map(|answer| sample(answer))))])
}

fn sample(answer: &Scored) -> Value {
    let doc = json!({
        "id": answer.id, "question": answer.question, "answer": answer.reference, "subject": answer.subject,
        "question_hash": answer.question_hash,
    });
    json!({
        "doc_id": answer.number,
        // The tool's own hash: of the document in JSON with an indent of two.
        "doc_hash": sha256(format!("{doc:#}").as_bytes()),
        "doc": doc,
        "target": answer.target,
        "target_hash": sha256(answer.target.as_bytes()),
        "resps": [[answer.output]],
        "filtered_resps": [answer.output],
        "filter": "none",
        "metrics": ["score"],
        "score": answer.score,
    })
}
