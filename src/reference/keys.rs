//! The page of the keys of a spec, made of its JSON schema.

use std::collections::VecDeque;
use std::fmt::Write;

use serde_json::{Map, Value as Json};

use super::markdown::Table;
use super::schema_type::{Types, code, definition};
use crate::spec::editor_schema;

const OPENING: &str = "\
# Keys of a spec

Each section is a part of the file, named by where it stands: `datasets[]` is an item of the list `datasets`, `NAME` a
name of your choice. A key without a default may be left out unless it is required. Durations are written `500ms`, `30s`,
`5m` or `2h`, rates `2/s` or `90/min`, sizes `500MB` or `2GiB`. `${NAME}` and `${NAME:-default}` in a value stand for an
environment variable. Keys that start with `x-` at the top of the file are not read and may hold YAML anchors.
";

pub(super) fn page() -> String {
    let schema = editor_schema();
    let sections = Section::all(&schema);
    let section = |name: &str| sections.iter().find(|section| section.name == name).map(|found| found.path.as_str());
    let types = Types { definitions: &schema["$defs"], section: &section };
    let mut page = OPENING.to_owned();
    for section in &sections {
        section.write(&mut page, &types);
    }
    page
}

/// A part of a spec that has keys, or words to choose from.
struct Section<'s> {
    /// The name of its definition.
    name: &'s str,
    /// Where it stands first.
    path: String,
    /// Where else it stands.
    also: Vec<String>,
    schema: &'s Json,
}

impl<'s> Section<'s> {
    /// Every section, those near the top of the file first.
    fn all(schema: &'s Json) -> Vec<Self> {
        let mut sections: Vec<Self> = Vec::new();
        let mut waiting = VecDeque::from([("Spec", String::new(), schema)]);
        while let Some((name, path, part)) = waiting.pop_front() {
            if let Some(known) = sections.iter_mut().find(|section| section.name == name) {
                known.also.push(path);
                continue;
            }
            let of_tables = tables(part, &schema["$defs"]).flat_map(keys);
            for (key, value) in keys(part).chain(of_tables) {
                let prefix = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                for (name, path) in parts(value, prefix) {
                    let definition = &schema["$defs"][name];
                    if has_section(definition) {
                        waiting.push_back((name, path, definition));
                    }
                }
            }
            let path = if path.is_empty() { "The file".to_owned() } else { path };
            sections.push(Self { name, path, also: Vec::new(), schema: part });
        }
        sections
    }

    fn write(&self, page: &mut String, types: &Types<'_>) {
        let _ = write!(page, "\n## {}\n\n{}\n", self.path, sentence(self.schema));
        if !self.also.is_empty() {
            let places: Vec<String> = self.also.iter().map(|path| format!("`{path}`")).collect();
            let _ = write!(page, "\nAlso at {}.\n", places.join(", "));
        }
        if self.schema["properties"].is_object() {
            let _ = write!(page, "\n{}", keys_table(self.schema, types).text());
        } else {
            let _ = write!(page, "\n{}", self.words(types).text());
            for table in tables(self.schema, types.definitions) {
                let _ = write!(page, "\nKeys of the table:\n\n{}", keys_table(table, types).text());
            }
        }
    }

    /// The table of the words that it is one of.
    fn words(&self, types: &Types<'_>) -> Table {
        let variants: Vec<&Json> =
            ["oneOf", "anyOf"].iter().filter_map(|way| self.schema[way].as_array()).flatten().collect();
        let mut table = Table::new(&["value", "settings", "meaning"]);
        let mut named: Vec<String> = Vec::new();
        for variant in variants {
            let (name, settings) = match keys(variant).next() {
                Some((word, content)) => (format!("`{word}`"), types.words(content)),
                None => (types.words(variant), String::new()),
            };
            // A word alone stands for its settings' defaults, which is said by its settings.
            if !named.contains(&name) {
                table.row([name.as_str(), &settings, &sentence(variant)]);
                named.push(name);
            }
        }
        table
    }
}

/// The table of the keys of a definition.
fn keys_table(definition: &Json, types: &Types<'_>) -> Table {
    let required: Vec<&str> =
        definition["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let mut table = Table::new(&["key", "type", "default", "meaning", "example"]);
    for (key, value) in keys(definition) {
        let default = if required.contains(&key.as_str()) { "required".to_owned() } else { default(value) };
        let example = value["examples"].as_array().and_then(|examples| examples.first());
        let example = example.map(|example| format!("`{}`", flow(example))).unwrap_or_default();
        let name = format!("`{key}`");
        let meaning = format!("{}{}", sentence(value), each_word(value, types.definitions));
        table.row([name.as_str(), &types.words(value), &default, &meaning, &example]);
    }
    table
}

/// The keys of a part, or the words with settings that it is one of.
fn keys(part: &Json) -> impl Iterator<Item = (&String, &Json)> {
    let variants = ["oneOf", "anyOf"].into_iter().filter_map(|way| part[way].as_array()).flatten();
    std::iter::once(part).chain(variants).filter_map(|part| part["properties"].as_object()).flatten()
}

/// The tables that a part may be written as, where it may also be a scalar or a list.
fn tables<'s>(part: &'s Json, definitions: &'s Json) -> impl Iterator<Item = &'s Json> {
    let variants = part["anyOf"].as_array().into_iter().flatten();
    variants
        .filter_map(|variant| Some(&definitions[definition(variant)?]))
        .filter(|found| found["properties"].is_object())
}

/// The definitions that a value may hold, with where they stand.
fn parts(value: &Json, path: String) -> Vec<(&str, String)> {
    if let Some(name) = definition(value) {
        return vec![(name, path)];
    }
    let mut found = Vec::new();
    for variant in ["anyOf", "oneOf"].into_iter().filter_map(|way| value[way].as_array()).flatten() {
        found.extend(parts(variant, path.clone()));
    }
    if let Some(items) = value.get("items") {
        found.extend(parts(items, format!("{path}[]")));
    }
    if let Some(values) = value.get("additionalProperties").filter(|values| values.is_object()) {
        found.extend(parts(values, format!("{path}.NAME")));
    }
    found
}

/// True if a definition has keys, or words with settings; a list of plain words is shown where it is used.
fn has_section(definition: &Json) -> bool {
    keys(definition).next().is_some() || definition["anyOf"].is_array()
}

/// The description in one line.
fn sentence(schema: &Json) -> String {
    schema["description"].as_str().unwrap_or_default().replace('\n', " ")
}

/// What each word says that a value may be, where a definition lists nothing but words.
fn each_word(value: &Json, definitions: &Json) -> String {
    let lists = parts(value, String::new()).into_iter().map(|(name, _)| &definitions[name]);
    let words = lists.filter(|list| !has_section(list)).filter_map(|list| list["oneOf"].as_array()).flatten();
    words.map(|word| format!(" {}: {}", code(&word["const"]), sentence(word))).collect()
}

/// The default of a key, if it is a value rather than a section.
fn default(value: &Json) -> String {
    match value.get("default") {
        None | Some(Json::Null) => String::new(),
        Some(Json::Object(section)) if section.len() > 1 => String::new(),
        Some(Json::Object(section)) if section.values().any(Json::is_object) => {
            section.keys().map(|word| format!("`{word}`")).collect()
        }
        Some(Json::String(text)) if text.is_empty() => "`\"\"`".to_owned(),
        Some(default) => format!("`{}`", flow(default)),
    }
}

/// A value as YAML writes it in one line.
fn flow(value: &Json) -> String {
    match value {
        Json::String(text) if is_plain(text) => text.clone(),
        Json::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Json::Object(entries) => table(entries),
        Json::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        other => other.to_string(),
    }
}

fn table(entries: &Map<String, Json>) -> String {
    let entry = |(key, value): (&String, &Json)| format!("{}: {}", flow(&Json::String(key.clone())), flow(value));
    match entries.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", ")),
    }
}

/// True if YAML reads the text as itself without quotes, also inside of brackets.
fn is_plain(text: &str) -> bool {
    let amount = text.trim_start_matches(|char: char| char.is_ascii_digit() || char == '.');
    let is_amount = ["ms", "s", "m", "min", "h", "/s", "/min", "/h", "GB", "MB"].contains(&amount);
    let starts = is_amount
        || text.starts_with(|first: char| first.is_ascii_alphabetic() || (first == '.' && text.starts_with("../")));
    let words = ["true", "false", "null", "yes", "no", "on", "off"];
    starts
        && !words.contains(&text.to_ascii_lowercase().as_str())
        && !text.contains([':', '#', ',', '[', ']', '{', '}', '"', '\'', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::markdown::anchor;

    #[test]
    fn values_are_written_as_yaml_reads_them() {
        for value in [
            serde_json::json!("plain words"),
            serde_json::json!("no"),
            serde_json::json!("2.5"),
            serde_json::json!(["30m", "1.5s", "2/s", "1..256", "../a", "2024-10-21"]),
            serde_json::json!("a: b"),
            serde_json::json!(["x, y", 1, 0.5, null, true]),
            serde_json::json!({ "a b": { "c": [1, { "d": "{{ e }}" }] } }),
            serde_json::json!({}),
        ] {
            let read: Json = serde_saphyr::from_str(&flow(&value)).unwrap();
            assert_eq!(read, value, "{}", flow(&value));
        }
    }

    #[test]
    fn every_link_leads_to_a_heading() {
        let page = page();
        let headings: Vec<String> = page.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
        let links = page.split("](#").skip(1).map(|rest| rest.split(')').next().unwrap_or_default());
        let dead: Vec<&str> = links.filter(|link| !headings.iter().any(|heading| heading == link)).collect();
        assert_eq!(dead, [""; 0]);
        let mut once = headings.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), headings.len(), "headings have anchors of their own");
    }
}
