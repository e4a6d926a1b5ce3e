//! Evaluation results of a model card on the Hugging Face Hub, `model-index`, for the head of its README. JSON strings are
//! YAML, so names need no rules of their own.

use std::path::PathBuf;

use serde_json::json;

use super::file::{Files, file_name};
use super::scored::Part;
use crate::format::counted;

pub(super) fn files(part: &Part<'_>) -> Result<Files, String> {
    let (name, metric) = if part.is_proportion() { ("Accuracy", "accuracy") } else { ("Mean score", "score") };
    let text = |text: &str| json!(text).to_string();
    let measured = part.measured()?.format("%Y-%m-%d");
    let source = format!("smallbench, {}, {} of {measured}", part.experiment, counted(part.answers.len(), "answer"));
    // A `source` has to have an address, or the Hub's own tools refuse the card. As a string a name cannot end the comment.
    let out = format!(
        r"# {source}
model-index:
- name: {model}
  results:
  - task:
      type: text-generation
    dataset:
      name: {dataset}
      type: {dataset}
    metrics:
    - type: {metric}
      name: {name}
      value: {value}
",
        model = text(&part.model),
        dataset = text(part.dataset),
        value = json!(part.mean()),
        source = text(&source),
    );
    let path: PathBuf = [file_name(&part.model), format!("{}.yaml", file_name(part.dataset))].iter().collect();
    Ok(vec![(path, out)])
}
