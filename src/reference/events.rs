//! The page of the events of a run, made of their JSON schema.

use std::fmt::Write;

use serde_json::Value as Json;

use super::markdown::Table;
use super::schema_type::{Types, definition};

const OPENING: &str = "\
# Events

`smallbench apply --json` prints a JSON object per line; its member `event` names it. `smallbench schema --events` prints the schema. A
member that is null is unknown, or does not apply. A *batch* is one model at one load level.
";

/// The most members that are named where an object stands.
const FEW: usize = 6;

/// The page, of the schema of the events.
pub(super) fn page(schema: &Json) -> String {
    let definitions = &schema["$defs"];
    let section = |name: &str| definitions.as_object()?.keys().find(|key| *key == name).map(|key| heading(key));
    let types = Types { definitions, section: &section };
    let events: Vec<&Json> = schema["oneOf"].as_array().into_iter().flatten().collect();
    let mut page = OPENING.to_owned();
    for event in &events {
        let name = event["properties"]["event"]["const"].as_str().unwrap_or_default();
        write(&mut page, name, definition(event).map_or(*event, |name| &definitions[name]), &types);
    }
    let is_event = |name: &str| events.iter().any(|event| definition(event) == Some(name));
    for (name, part) in definitions.as_object().into_iter().flatten().filter(|(name, _)| !is_event(name)) {
        write(&mut page, heading(name), part, &types);
    }
    page
}

/// The heading of a definition, without the prefix of its type.
fn heading(definition: &str) -> &str {
    definition.strip_prefix("Json").unwrap_or(definition)
}

fn write(page: &mut String, name: &str, part: &Json, types: &Types<'_>) {
    let table = match part["oneOf"].as_array() {
        Some(choices) => choices_table(choices),
        None => members_table(part, types),
    };
    let _ = write!(page, "\n## {name}\n\n{}\n\n{}", sentence(part), table.text());
}

fn members_table(part: &Json, types: &Types<'_>) -> Table {
    let mut table = Table::new(&["member", "type", "meaning"]);
    for (member, value) in members(part).filter(|(name, _)| *name != "event") {
        table.row([format!("`{member}`").as_str(), &words(value, types), &sentence(value)]);
    }
    table
}

/// The table of objects of which one member says which they are.
fn choices_table(choices: &[Json]) -> Table {
    let mut table = Table::new(&["which", "members", "meaning"]);
    for choice in choices {
        let (mut which, mut others) = (String::new(), Vec::new());
        for (name, value) in members(choice) {
            match value.get("const") {
                Some(word) => which = format!("`{name}: {word}`"),
                None => others.push(format!("`{name}`: {}", sentence(value))),
            }
        }
        table.row([which.as_str(), &others.join(" "), &sentence(choice)]);
    }
    table
}

fn members(part: &Json) -> impl Iterator<Item = (&String, &Json)> {
    part["properties"].as_object().into_iter().flatten()
}

/// The type of a member; of a list of small objects their members.
fn words(value: &Json, types: &Types<'_>) -> String {
    match value["items"]["properties"].as_object() {
        Some(members) if members.len() <= FEW => {
            let names: Vec<String> = members.keys().map(|name| format!("`{name}`")).collect();
            format!("list of {}", names.join(", "))
        }
        _ => types.words(value),
    }
}

/// The description in one line.
fn sentence(schema: &Json) -> String {
    schema["description"].as_str().unwrap_or_default().replace('\n', " ")
}
