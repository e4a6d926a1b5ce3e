//! What a prompt leaves out of the rows of a dataset, although questions may be about it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::dataset::Dataset;
use crate::id::DatasetId;
use crate::plan::Plan;
use crate::prompt;

/// Parts of the names of columns that questions are about.
const NAMES: [&str; 38] = [
    "passage",
    "context",
    "article",
    "story",
    "text",
    "body",
    "paragraph",
    "document",
    "dialog",
    "conversation",
    "premise",
    "hypothesis",
    "scenario",
    "background",
    "narrative",
    "abstract",
    "excerpt",
    "sentence",
    "situation",
    "table",
    "code",
    "image",
    "picture",
    "audio",
    "video",
    "figure",
    "instruction",
    "definition",
    "system",
    "hint",
    "lecture",
    "facts",
    "evidence",
    // Of logic puzzles, of proofs, of questions about databases, and of what is claimed.
    "puzzle",
    "clue",
    "theory",
    "schema",
    "statement",
];

/// Parts of the names of columns that say more of the answer, or the same again.
const OTHERS: [&str; 16] = [
    "answer",
    "solution",
    "explanation",
    "rationale",
    "output",
    "response",
    "target",
    "label",
    "url",
    "source",
    "lang",
    "unicode",
    "formatted",
    "full",
    "id",
    "split",
];

/// Columns of tools, by their names.
const TOOLS: [&str; 3] = ["tools", "functions", "function"];

/// Rows that are looked at.
const ROWS: usize = 100;

/// Warnings about what the templates do not show.
pub(super) fn warnings(plan: &Plan, id: DatasetId, dataset: &Dataset) -> Vec<String> {
    let templates: BTreeSet<&str> = plan.models.iter().flat_map(|model| model.asking[id].form.templates()).collect();
    let are_offered = plan.datasets[id].columns.tools.is_some()
        || plan.models.iter().any(|model| !model.asking[id].parameters.options.tools.is_empty());
    let tools = tools(dataset, &templates).filter(|_| !are_offered);
    let stand_alone = plan.models.iter().any(|model| model.asking[id].form.is_default());
    passage(dataset, &templates, stand_alone).into_iter().chain(unknown(dataset, &templates)).chain(tools).collect()
}

/// The questions are about a passage that no template shows; a chat that is asked as it stands has no template.
fn passage(dataset: &Dataset, templates: &BTreeSet<&str>, chats_stand_alone: bool) -> Option<String> {
    let mut about = dataset.samples.iter().filter(|sample| sample.passage.is_some()).peekable();
    let has_passage = about.peek().is_some();
    let is_chat = chats_stand_alone && about.any(|sample| !sample.messages.is_empty() && sample.dialogue.is_none());
    let mut names: Vec<&str> = roots(dataset).collect();
    names.push("passage");
    let is_shown = || templates.iter().any(|text| prompt::uses(text, &names));
    (has_passage && (is_chat || !is_shown())).then(|| {
        format!(
            "the questions of `{}` are about a passage (`{}`), which the prompt leaves out; \
             put `{{{{ passage }}}}` into the template, or set `columns: {{ passage: [] }}`",
            dataset.name,
            dataset.passage.join("`, `")
        )
    })
}

/// Tools that rows bring along and that nobody offers.
fn tools(dataset: &Dataset, templates: &BTreeSet<&str>) -> Option<String> {
    let mut rows = dataset.samples.iter().take(ROWS);
    let has = |column: &str| rows.clone().filter_map(|sample| sample.columns.get(column)).any(holds(|_| true));
    let column = TOOLS.into_iter().find(|column| has(column))?;
    rows.next().filter(|_| !templates.iter().any(|text| prompt::uses(text, &[column])))?;
    Some(format!(
        "the tools in the column `{column}` of `{}` are not offered to models; set `columns: {{ tools: {column} }}`, or show them in the \
         template: `{{{{ {column} }}}}`",
        dataset.name
    ))
}

/// Columns without a role that by their names may hold what the questions are about.
fn unknown(dataset: &Dataset, templates: &BTreeSet<&str>) -> Option<String> {
    let passages: Vec<&str> = roots(dataset).collect();
    let rows = || dataset.samples.iter().take(ROWS);
    let names: BTreeSet<&String> = rows().flat_map(|sample| sample.columns.keys()).collect();
    let is_left_out = |name: &&&String| {
        let is_used =
            passages.contains(&name.as_str()) || templates.iter().any(|text| prompt::uses(text, &[name.as_str()]));
        let is_shown = |text: &str| rows().any(|sample| sample.question.contains(text));
        let is_material =
            |value: &Value| value.as_str().map_or(value.is_object() || value.is_array(), |text| !is_shown(text));
        may_be_material(name)
            && !is_used
            && rows().filter_map(|sample| sample.columns.get(**name)).any(holds(is_material))
    };
    let left_out: Vec<&str> = names.iter().filter(is_left_out).map(|name| name.as_str()).collect();
    let first = left_out.first()?;
    Some(format!(
        "the prompt leaves out `{}` of `{}`; if the questions are about it, set `columns: {{ passage: {first} }}` or put it into the \
         template",
        left_out.join("`, `"),
        dataset.name
    ))
}

/// True for a value that is not empty and of which something else holds.
fn holds(is_material: impl Fn(&Value) -> bool) -> impl Fn(&Value) -> bool {
    move |value| {
        let is_empty = match value {
            Value::String(text) => text.trim().is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::Null | Value::Bool(_) | Value::Number(_) => true,
        };
        !is_empty && is_material(value)
    }
}

fn may_be_material(column: &str) -> bool {
    let column = column.to_lowercase();
    let words: Vec<&str> = column.split(|c: char| !c.is_alphabetic()).collect();
    NAMES.iter().any(|name| column.contains(name)) && !OTHERS.iter().any(|name| words.contains(name))
}

fn roots(dataset: &Dataset) -> impl Iterator<Item = &str> {
    dataset.passage.iter().map(|name| name.split('.').next().unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_questions_may_be_about() {
        for column in ["text", "Body", "sentence2", "hypothesis", "image", "code_snippet", "table_html", "dialogue"] {
            assert!(may_be_material(column), "{column}");
        }
        for column in ["explanation", "text_id", "answer_text", "source_text", "subject", "cot_content", "rationale"] {
            assert!(!may_be_material(column), "{column}");
        }
    }
}
