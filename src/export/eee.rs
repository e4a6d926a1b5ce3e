//! Every Eval Ever 0.3.0: an aggregate and its instances, in the layout of its data store.

use std::path::Path;

use serde_json::{Value, json};

use super::file::{Files, document, file_name, lines};
use super::scored::{Part, Scored};
use crate::checksum::sha256;
use crate::statistics::wilson;

/// Version of the schema that is written.
const SCHEMA: &str = "0.3.0";

pub(super) fn files(part: &Part<'_>) -> Result<Files, String> {
    let time = part.measured()?.and_utc().timestamp().to_string();
    let evaluation = format!("{}/{}/{time}", part.dataset, part.model);
    let instances = lines(part.answers.iter().map(|answer| instance(&evaluation, part, answer)));
    let checksum = sha256(instances.as_bytes());
    let (developer, model) = part.model.rsplit_once('/').unwrap_or(("unknown", &part.model));
    let folder = Path::new("data").join(file_name(part.dataset)).join(file_name(developer)).join(file_name(model));
    let name = identifier(&checksum);
    let samples = folder.join(format!("{name}_samples.jsonl"));
    let mut aggregate = aggregate(&evaluation, &time, part);
    aggregate["detailed_evaluation_results"] = json!({
        // With `/` on every system.
        "format": "jsonl", "file_path": samples.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"),
        "hash_algorithm": "sha256", "checksum": checksum, "total_rows": part.answers.len(),
    });
    Ok(vec![(folder.join(format!("{name}.json")), document(&aggregate)), (samples, instances)])
}

/// An identifier in the form of a UUID of version 4, from a hash and so the same for the same answers.
fn identifier(hash: &str) -> String {
    format!("{}-{}-4{}-a{}-{}", &hash[..8], &hash[8..12], &hash[13..16], &hash[17..20], &hash[20..32])
}

fn aggregate(evaluation: &str, time: &str, part: &Part<'_>) -> Value {
    json!({
        "schema_version": SCHEMA,
        "evaluation_id": evaluation,
        "retrieved_timestamp": time,
        "source_metadata": {
            "source_name": part.experiment, "source_type": "evaluation_run", "source_organization_name": "unknown",
            "evaluator_relationship": "other",
        },
        "model_info": {
            "name": part.model, "id": part.model,
            "additional_details": { "deployment_type": "unknown", "model_availability": "unknown" },
        },
        "eval_library": { "name": "smallbench", "version": env!("CARGO_PKG_VERSION") },
        "evaluation_results": [{
            "evaluation_name": part.dataset,
            "source_data": { "dataset_name": part.dataset, "source_type": "other" },
            "metric_config": {
                "metric_id": "score", "metric_unit": "proportion", "lower_is_better": false, "score_type": "continuous",
                "min_score": 0.0, "max_score": 1.0,
            },
            "score_details": { "score": part.mean(), "uncertainty": uncertainty(part) },
        }],
    })
}

/// The interval where it is that of a proportion.
fn uncertainty(part: &Part<'_>) -> Value {
    let mut value = json!({ "num_samples": part.answers.len() });
    let known = part.is_proportion().then(|| wilson(part.mean(), part.answers.len() as u64)).flatten();
    if let Some((lower, upper)) = known {
        value["confidence_interval"] =
            json!({ "lower": lower, "upper": upper, "confidence_level": 0.95, "method": "wilson" });
    }
    value
}

fn instance(evaluation: &str, part: &Part<'_>, answer: &Scored) -> Value {
    let attribution = |rule: &str| {
        json!({
            "turn_idx": 0, "source": "output.raw", "extracted_value": answer.extracted, "extraction_method": rule,
            "is_terminal": true,
        })
    };
    let mut output = json!({ "raw": [answer.output] });
    if !answer.reasoning.is_empty() {
        output["reasoning_trace"] = json!([answer.reasoning]);
    }
    let mut value = json!({
        "schema_version": SCHEMA,
        "evaluation_id": evaluation,
        "model_id": part.model,
        "evaluation_name": part.dataset,
        "sample_id": answer.id,
        "sample_hash": sha256(format!("{}{}", answer.question, answer.reference).as_bytes()),
        "interaction_type": "single_turn",
        "input": { "raw": answer.question, "reference": [answer.reference] },
        "output": output,
        "answer_attribution": Some(&*answer.rule).filter(|rule| !rule.is_empty()).map(attribution).into_iter().collect::<Vec<_>>(),
        "evaluation": { "score": answer.score, "is_correct": answer.is_correct },
        "performance": { "latency_ms": milliseconds(answer.latency), "time_to_first_token_ms": milliseconds(answer.ttft) },
        "metadata": {
            "question_hash": answer.question_hash, "subject": answer.subject, "repeat": answer.repeat.to_string(),
        },
    });
    // The format has the three only together.
    if let Some((input, written)) = answer.prompt_tokens.zip(answer.output_tokens) {
        value["token_usage"] = json!({
            "input_tokens": input, "output_tokens": written, "total_tokens": input + written,
            "reasoning_tokens": answer.reasoning_tokens,
        });
    }
    value
}

fn milliseconds(seconds: Option<f64>) -> Option<f64> {
    seconds.map(|seconds| seconds * 1000.0)
}
