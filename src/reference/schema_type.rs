//! The type of a value in the words of a reader, from its JSON schema.

use serde_json::Value as Json;

use super::markdown::anchor;

/// The types of a schema, with the places of those that have a section.
pub(super) struct Types<'s> {
    /// The definitions of the schema.
    pub(super) definitions: &'s Json,
    /// The path of the section of a definition, if it has one.
    pub(super) section: &'s dyn Fn(&str) -> Option<&'s str>,
}

impl Types<'_> {
    /// The type, such as "integer, at least 1".
    pub(super) fn words(&self, schema: &Json) -> String {
        if let Some(name) = definition(schema) {
            return self.of_definition(name);
        }
        for way in ["anyOf", "oneOf"] {
            if let Some(variants) = schema[way].as_array() {
                return either(variants.iter().map(|variant| self.words(variant)));
            }
        }
        if let Some(values) = schema["enum"].as_array() {
            return either(values.iter().filter(|value| !value.is_null()).map(code));
        }
        if let Some(value) = schema.get("const") {
            return code(value);
        }
        match &schema["type"] {
            Json::Array(types) => either(types.iter().filter_map(Json::as_str).map(|name| self.of_type(name, schema))),
            Json::String(name) => self.of_type(name, schema),
            _ => "anything".to_owned(),
        }
    }

    fn of_definition(&self, name: &str) -> String {
        match (self.section)(name) {
            Some(path) => format!("[{path}](#{})", anchor(path)),
            None => self.words(&self.definitions[name]),
        }
    }

    fn of_type(&self, name: &str, schema: &Json) -> String {
        match name {
            "null" => String::new(),
            "array" => match schema.get("items") {
                Some(items) if items.is_object() => format!("list of {}", self.words(items)),
                _ => "list".to_owned(),
            },
            "object" => match schema.get("additionalProperties") {
                Some(values) if values.is_object() => format!("names with {}", self.words(values)),
                _ => "table".to_owned(),
            },
            "string" => text(schema).to_owned(),
            _ => format!("{name}{}", range(schema)),
        }
    }
}

/// The definition that a schema refers to.
pub(super) fn definition(schema: &Json) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// What a text says, by the pattern that it has to fit.
fn text(schema: &Json) -> &'static str {
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    let has = |part: &str| pattern.contains(part);
    match () {
        () if has("(ms|s|m|min|h)") => "duration",
        () if has("/\\s*(s|m|min|h)") => "rate",
        () if has("iB") => "size",
        () => "string",
    }
}

/// The limits of a number.
fn range(schema: &Json) -> String {
    let bound = |name: &str| schema.get(name).filter(|bound| !bound.is_null()).map(whole);
    match (bound("minimum"), bound("maximum")) {
        (Some(least), Some(most)) => format!(", {least} to {most}"),
        (Some(least), None) => format!(", at least {least}"),
        (None, Some(most)) => format!(", at most {most}"),
        (None, None) => String::new(),
    }
}

/// A number without a fraction of zero.
fn whole(number: &Json) -> String {
    let text = number.to_string();
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// A value as code.
pub(super) fn code(value: &Json) -> String {
    format!("`{}`", value.as_str().map_or_else(|| whole(value), str::to_owned))
}

/// Types of which one holds; each is named once.
fn either(types: impl Iterator<Item = String>) -> String {
    let mut named: Vec<String> = Vec::new();
    for name in types.filter(|name| !name.is_empty()) {
        if !named.contains(&name) {
            named.push(name);
        }
    }
    named.join(" or ")
}
