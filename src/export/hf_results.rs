//! Evaluation results in the repository of a model on the Hugging Face Hub, `.eval_results/*.yaml`, which count on the
//! leaderboard of a registered benchmark. JSON strings are YAML, so names need no rules of their own.

use std::path::PathBuf;

use serde_json::json;

use super::benchmark::{Benchmark, Unit};
use super::file::{Files, file_name};
use super::scored::Part;
use crate::format::counted;

pub(super) fn files(part: &Part<'_>, benchmark: &Benchmark) -> Result<Files, String> {
    let text = |text: &str| json!(text).to_string();
    let measured = part.measured()?.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let value = match benchmark.unit {
        Unit::Proportion => part.mean(),
        Unit::Percent => part.mean() * 100.0,
    };
    let out = format!(
        "- dataset:\n    id: {id}\n    task_id: {task}\n  value: {value}\n  date: {date}\n  notes: {notes}\n",
        id = text(&benchmark.dataset),
        task = text(&benchmark.task),
        value = json!(value),
        date = text(&measured),
        notes = text(&format!("smallbench, {}, {}", part.experiment, counted(part.answers.len(), "answer"))),
    );
    let name = format!("{}.yaml", file_name(part.dataset));
    Ok(vec![([&*file_name(&part.model), ".eval_results", &name].iter().collect::<PathBuf>(), out)])
}
