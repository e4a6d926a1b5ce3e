//! The limits that the schema sets (smallest, largest, not empty), held by the program as well.

use serde_json::Value as Json;

use super::diagnostic::{MOST_SHOWN, Problem};
use super::tree::{Node, Value};

/// Most characters of a text other than a template. Nothing that a spec names is longer.
const LONGEST_TEXT: usize = 4096;

/// Adds a problem for each value of the tree that lies outside the schema's limits.
pub(super) fn check(root: &Node, problems: &mut Vec<Problem>) {
    let schema = super::json_schema();
    check_node(root, schema, &schema["$defs"], problems);
    if let Value::Table(table) = &root.value {
        let others = table.entries.iter().filter(|entry| entry.key != "prompt");
        others.for_each(|entry| check_texts(&entry.value, problems));
    }
}

/// Refuses texts and keys that are longer than anything of use.
fn check_texts(node: &Node, problems: &mut Vec<Problem>) {
    let is_long = |text: &str| text.len() > LONGEST_TEXT && text.chars().count() > LONGEST_TEXT;
    let too_long = |what: &str| Problem::new(format!("the {what} is too long: at most {LONGEST_TEXT} characters"));
    match &node.value {
        Value::Text(text) if is_long(text) => push_once(problems, too_long("text").at(node.place.clone())),
        Value::List(items) => items.iter().for_each(|item| check_texts(item, problems)),
        Value::Table(table) => {
            for entry in &table.entries {
                if is_long(&entry.key) {
                    push_once(problems, too_long("key").at(entry.key_place.clone()));
                }
                check_texts(&entry.value, problems);
            }
        }
        _ => {}
    }
}

fn check_node(node: &Node, schema: &Json, definitions: &Json, problems: &mut Vec<Problem>) {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix("#/$defs/")) {
        check_node(node, &definitions[name], definitions, problems);
    }
    for way in ["anyOf", "oneOf"] {
        for variant in schema[way].as_array().into_iter().flatten() {
            check_node(node, variant, definitions, problems);
        }
    }
    match &node.value {
        #[expect(clippy::cast_precision_loss, reason = "limits are small numbers")]
        Value::Integer(value) => check_number(node, *value as f64, schema, problems),
        Value::Float(value) => check_number(node, *value, schema, problems),
        Value::Text(text) => {
            check_count(node, "text", text.chars().count(), &schema["minLength"], problems);
            check_length(node, text, &schema["maxLength"], problems);
        }
        Value::List(items) => {
            check_count(node, "list", items.len(), &schema["minItems"], problems);
            for item in items {
                check_node(item, &schema["items"], definitions, problems);
            }
        }
        Value::Table(table) => {
            for entry in &table.entries {
                let property = schema["properties"].get(&entry.key).unwrap_or(&schema["additionalProperties"]);
                check_node(&entry.value, property, definitions, problems);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn check_number(node: &Node, value: f64, schema: &Json, problems: &mut Vec<Problem>) {
    let message = match (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
        (Some(least), _) if value < least => format!("{value} is too small: at least {least}"),
        (_, Some(most)) if value > most => format!("{value} is too large: at most {most}"),
        _ if value.is_nan() => "not a number".to_owned(),
        _ => return,
    };
    push_once(problems, Problem::new(message).at(node.place.clone()));
}

fn check_length(node: &Node, text: &str, most: &Json, problems: &mut Vec<Problem>) {
    let Some(most) = most.as_u64() else { return };
    if u64::try_from(text.chars().count()).is_ok_and(|count| count > most) {
        let problem = Problem::new(format!("the text is too long: at most {most} characters"));
        push_once(problems, problem.at(node.place.clone()));
    }
}

fn check_count(node: &Node, what: &str, count: usize, least: &Json, problems: &mut Vec<Problem>) {
    let Some(least) = least.as_u64() else { return };
    if u64::try_from(count).is_ok_and(|count| count < least) {
        let noun = if what == "list" { "item" } else { "character" };
        let state = if count == 0 { "empty" } else { "too short" };
        push_once(
            problems,
            Problem::new(format!("the {what} is {state}: at least {least} {noun}")).at(node.place.clone()),
        );
    }
}

/// A value that serde has refused already is not refused twice.
fn push_once(problems: &mut Vec<Problem>, problem: Problem) {
    if problems.len() <= MOST_SHOWN && problems.iter().all(|known| known.place != problem.place) {
        problems.push(problem);
    }
}
