//! A task that a dataset repository describes in its `eval.yaml`, as the parts of a spec.
//!
//! The format is that of benchmarks on the Hugging Face Hub with `evaluation_framework: inspect-ai`. What a spec cannot say is
//! refused with what to write instead; nothing is approximated in silence.

mod address;
mod judges;
mod prompt;
mod written;

use serde_json::{Map, Value, json};

pub use address::Address;
use judges::Judges;
use prompt::TaskPrompt;
use written::{Choices, File, Shuffle, Task};

/// Name of the file in a dataset repository.
pub const FILE: &str = "eval.yaml";

/// The parts of a spec that say what a task asks and how it is judged, with remarks on what reads differently.
#[derive(Debug, PartialEq)]
pub struct Translated {
    /// `datasets`, `judge`, and what else the task sets.
    pub parts: Map<String, Value>,
    /// A sentence for each thing that a reader has to know.
    pub remarks: Vec<String>,
}

/// Reads the task of an address from the text of its file.
///
/// # Errors
/// All reasons why the task cannot be said in a spec, one per line.
pub fn translate(text: &str, address: &Address) -> Result<Translated, String> {
    let file: File = serde_saphyr::from_str(text).map_err(|error| first_line(&error.to_string()))?;
    let task = chosen(file.tasks, address.task.as_deref())?;
    let mut reasons = Vec::new();
    let asked = TaskPrompt::new(task.solvers.as_deref().unwrap_or_default(), &mut reasons);
    let judges = Judges::new(task.scorers.as_deref().unwrap_or_default(), &mut reasons);
    refuse_fields(&task, &mut reasons);
    if !reasons.is_empty() {
        return Err(reasons.join("\n"));
    }
    let mut remarks = judges.remarks.clone();
    if let Some(reducer) = task.epoch_reducer.as_ref().filter(|reducer| reducer.as_str() != Some("mean")) {
        remarks.push(format!("The task reduces its epochs by {reducer}; the tables have mean, pass@k and majority."));
    }
    let mut parts = Map::new();
    parts.insert("datasets".into(), json!([dataset(&task, address)]));
    judges.write(&mut parts);
    asked.write(&mut parts);
    if let Some(epochs) = task.epochs {
        parts.insert("generation".into(), json!({ "repeats": epochs }));
    }
    Ok(Translated { parts, remarks })
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

/// The task that is named, or the only one.
fn chosen(tasks: Vec<Task>, wanted: Option<&str>) -> Result<Task, String> {
    let ids = tasks.iter().map(|task| format!("`{}`", task.id)).collect::<Vec<_>>().join(", ");
    let is_alone = tasks.len() == 1;
    let found = match wanted {
        Some(id) => tasks.into_iter().find(|task| task.id == id || task.id.rsplit('/').next() == Some(id)),
        None => tasks.into_iter().next().filter(|_| is_alone),
    };
    found.ok_or_else(|| match wanted {
        Some(id) => format!("there is no task `{id}`; the tasks are {ids}"),
        None if ids.is_empty() => "there are no tasks".to_owned(),
        None => format!("there are several tasks; name one of {ids} after the repository"),
    })
}

fn refuse_fields(task: &Task, reasons: &mut Vec<String>) {
    if task.field_spec.input_image.is_some() {
        reasons.push(
            "`field_spec.input_image`: images of tasks are not taken over; write a spec with `columns: { image: … }`"
                .to_owned(),
        );
    }
    if let Some(literal) = task.field_spec.target.strip_prefix("literal:") {
        reasons.push(format!("`field_spec.target`: `{literal}` is the answer to every row; a column has to hold it"));
    }
}

fn dataset(task: &Task, address: &Address) -> Value {
    let fields = &task.field_spec;
    let mut columns = json!({ "question": fields.input, "answer": fields.target });
    if let (Some(choices), Value::Object(columns)) = (&fields.choices, &mut columns) {
        let choices = match choices {
            Choices::Column(column) => json!(column),
            Choices::Columns(several) => json!(several),
        };
        columns.insert("choices".into(), choices);
    }
    let mut hub = json!({ "repo": address.repo, "split": task.split });
    if let Value::Object(hub) = &mut hub {
        if let Some(config) = task.config.as_ref().filter(|config| *config != "default") {
            hub.insert("subsets".into(), json!(config));
        }
        if let Some(revision) = &address.revision {
            hub.insert("revision".into(), json!(revision));
        }
    }
    let name = task.id.rsplit('/').next().unwrap_or_default();
    let mut dataset = json!({ "name": name, "source": { "hub": hub }, "columns": columns });
    let seed = match task.shuffle_choices {
        Some(Shuffle::Asked(true)) => Some(0),
        Some(Shuffle::Seed(seed)) => Some(seed),
        Some(Shuffle::Asked(false)) | None => None,
    };
    if let (Some(seed), Value::Object(dataset)) = (seed, &mut dataset) {
        dataset.insert("shuffle_choices".into(), json!(seed));
    }
    dataset
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::read(text).unwrap()
    }

    const ARITHMETIC: &str = "
name: Sums
description: Sums of two numbers.
evaluation_framework: inspect-ai
tasks:
  - id: sums
    config: main
    split: test
    epochs: 4
    epoch_reducer: pass_at_2
    field_spec: { input: problem, target: total }
    solvers:
      - { name: system_message, args: { template: Be exact. } }
      - { name: prompt_template, args: { template: \"Add {kind}: {prompt}\\nUse {{braces}}.\" } }
      - name: generate
    scorers: [{ name: match, args: { numeric: true } }, { name: includes }]
";

    #[test]
    fn a_task_becomes_the_parts_of_a_spec() {
        let translated = translate(ARITHMETIC, &address("some/sums@v2")).unwrap();
        let expected = json!({
            "datasets": [{
                "name": "sums",
                "source": { "hub": { "repo": "some/sums", "split": "test", "subsets": "main", "revision": "v2" } },
                "columns": { "question": "problem", "answer": "total" },
            }],
            "judge": { "numeric": {} },
            "other_judges": { "includes": { "contains": {} } },
            "prompt": { "system": "Be exact.", "template": "Add {{ kind }}: {{ question }}\nUse {braces}." },
            "generation": { "repeats": 4 },
        });
        assert_eq!(Value::from(translated.parts), expected);
        assert_eq!(translated.remarks.len(), 3, "{:?}", translated.remarks);
    }

    #[test]
    fn choices_are_asked_in_the_default_prompt_or_in_that_of_the_task() {
        let text = |solver: &str| {
            format!(
                "tasks: [{{ id: o/t, field_spec: {{ input: q, target: a, choices: [w, x] }}, shuffle_choices: 7,\n\
                 solvers: [{solver}], scorers: [{{ name: choice }}] }}]"
            )
        };
        let plain = translate(&text("{ name: multiple_choice }"), &address("o/t")).unwrap().parts;
        assert_eq!(plain["datasets"][0]["columns"]["choices"], json!(["w", "x"]));
        assert_eq!(plain["datasets"][0]["shuffle_choices"], json!(7));
        assert_eq!((plain.get("prompt"), &plain["judge"]), (None, &json!({ "choice": {} })));
        let own = "{ name: multiple_choice, args: { template: \"{question}\\n{choices}\\nOne of {letters}:\" } }";
        let own = translate(&text(own), &address("o/t")).unwrap().parts;
        let template = own["prompt"]["template"].as_str().unwrap();
        assert!(template.starts_with("{{ question }}\n{% for choice in choices %}"), "{template}");
    }

    #[test]
    fn what_a_spec_cannot_say_is_refused_all_at_once() {
        let text = "
tasks:
  - id: t
    field_spec: { input: q, target: 'literal:yes', input_image: picture }
    solvers: [{ name: self_critique }, { name: chain_of_thought }, { name: generate }, { name: generate }]
    scorers: [{ name: f1 }, { name: model_graded_qa }, { name: pattern }, { name: my_scorer }]
";
        let reasons = translate(text, &address("o/t")).unwrap_err();
        assert_eq!(reasons.lines().count(), 9, "{reasons}");
    }

    #[test]
    fn the_task_is_named_where_there_are_several() {
        let task = |id| format!("{{ id: {id}, field_spec: {{ input: q, target: t }}, scorers: [{{ name: exact }}] }}");
        let text = &format!("tasks: [{}, {}]", task("a"), task("b"));
        assert!(translate(text, &address("o/t")).unwrap_err().contains("`a`, `b`"));
        assert!(translate(text, &address("o/t/c")).unwrap_err().contains("no task `c`"));
        assert_eq!(translate(text, &address("o/t/b")).unwrap().parts["datasets"][0]["name"], json!("b"));
    }

    #[test]
    fn keys_that_are_not_known_are_refused_where_they_stand() {
        let text = "tasks:\n  - id: t\n    field_spec: { input: q, target: t }\n    sandbox: docker\n";
        let reason = translate(text, &address("o/t")).unwrap_err();
        assert!(reason.contains("sandbox") && reason.contains("line 4"), "{reason}");
    }
}
