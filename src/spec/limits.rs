//! Checks the limits that the schema sets: minimum, maximum, length, number of items.

use serde_json::Value as Json;

use super::diagnostic::{MOST_SHOWN, Problem};
use super::schema::json_schema;
use super::tree::{Node, Value};
use crate::format::counted;

/// Maximum length of a string other than a template, in characters.
const LONGEST_TEXT: usize = 4096;

/// Adds a problem for each value outside the schema's limits.
pub(super) fn check(root: &Node, problems: &mut Vec<Problem>) {
    let schema = json_schema();
    check_node(root, schema, &schema["$defs"], problems);
    if let Value::Table(table) = &root.value {
        let others = table.entries.iter().filter(|entry| entry.key != "prompt");
        others.for_each(|entry| check_texts(&entry.value, problems));
    }
}

/// Rejects strings and keys that are too long to be meant.
fn check_texts(node: &Node, problems: &mut Vec<Problem>) {
    let is_long = |text: &str| text.len() > LONGEST_TEXT && text.chars().count() > LONGEST_TEXT;
    let too_long =
        |what: &str| Problem::new(format!("the {what} is too long; the maximum is {LONGEST_TEXT} characters"));
    match &node.value {
        Value::Text(text) if is_long(text) => push_once(problems, too_long("string").at(node.span.clone())),
        Value::List(items) => items.iter().for_each(|item| check_texts(item, problems)),
        Value::Table(table) => {
            for entry in &table.entries {
                if is_long(&entry.key) {
                    push_once(problems, too_long("key").at(entry.key_span.clone()));
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
            check_count(node, "string", text.chars().count(), &schema["minLength"], problems);
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
        (Some(least), _) if value < least => format!("{value} is too small; the minimum is {least}"),
        (_, Some(most)) if value > most => format!("{value} is too large; the maximum is {most}"),
        _ if value.is_nan() => "not a number".to_owned(),
        _ => return,
    };
    push_once(problems, Problem::new(message).at(node.span.clone()));
}

fn check_length(node: &Node, text: &str, most: &Json, problems: &mut Vec<Problem>) {
    let Some(most) = most.as_u64() else { return };
    if u64::try_from(text.chars().count()).is_ok_and(|count| count > most) {
        let problem = Problem::new(format!("the string is too long; the maximum is {most} characters"));
        push_once(problems, problem.at(node.span.clone()));
    }
}

fn check_count(node: &Node, what: &str, count: usize, least: &Json, problems: &mut Vec<Problem>) {
    let Some(least) = least.as_u64() else { return };
    if u64::try_from(count).is_ok_and(|count| count < least) {
        let needed = counted(least, if what == "list" { "item" } else { "character" });
        let state = if count == 0 { "empty" } else { "too short" };
        push_once(
            problems,
            Problem::new(format!("the {what} is {state}; it needs at least {needed}")).at(node.span.clone()),
        );
    }
}

/// Skips a value that serde has rejected, so that it is reported once.
fn push_once(problems: &mut Vec<Problem>, problem: Problem) {
    if problems.len() <= MOST_SHOWN && problems.iter().all(|known| known.span != problem.span) {
        problems.push(problem);
    }
}
