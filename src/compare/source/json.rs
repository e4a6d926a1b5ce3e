//! JSON of other tools: lines of a file, and numbers and texts however they are written.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::Value;

use super::{Answer, SourceError, unreadable};

/// Reads a file of JSON lines; a line without a score is left out.
pub(super) fn lines(
    path: &Path,
    answer: impl Fn(&Value) -> Result<Option<Answer>, String>,
) -> Result<Vec<Answer>, SourceError> {
    let file = BufReader::new(File::open(path).map_err(unreadable(path))?);
    let mut answers = Vec::new();
    for (number, line) in file.lines().enumerate() {
        let line = line.map_err(unreadable(path))?;
        if line.trim().is_empty() {
            continue;
        }
        let malformed =
            |message| SourceError::Malformed { path: path.to_owned(), place: format!("line {}", number + 1), message };
        let value: Value = serde_json::from_str(&line).map_err(|error| malformed(format!("no JSON: {error}")))?;
        answers.extend(answer(&value).map_err(malformed)?);
    }
    Ok(answers)
}

/// A score: a number, a flag, or the words for right and wrong.
pub(super) fn score(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64().filter(|score| score.is_finite()),
        Value::Bool(right) => Some(f64::from(u8::from(*right))),
        Value::String(word) => match word.as_str() {
            "C" => Some(1.0),
            "I" | "N" => Some(0.0),
            "P" => Some(0.5),
            other => other.parse().ok().filter(|score: &f64| score.is_finite()),
        },
        _ => None,
    }
}

/// A text, or a list of messages as one.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(text).collect::<Vec<_>>().join("\n"),
        Value::Object(object) => object.get("content").or_else(|| object.get("text")).map(text).unwrap_or_default(),
        _ => String::new(),
    }
}

/// Every value under a name, by its path: `models[0].digest`. Unknown ones are left out.
pub(super) fn flatten(name: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Object(object) => object.iter().for_each(|(key, value)| flatten(&format!("{name}.{key}"), value, into)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, value)| flatten(&format!("{name}[{place}]"), value, into));
        }
        Value::String(text) => drop(into.insert(name.to_owned(), text.clone())),
        other => drop(into.insert(name.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scores_are_read_in_every_form() {
        let found = [json!(0.5), json!(true), json!("C"), json!("I"), json!("0.25"), json!("yes"), json!(null)];
        assert_eq!(
            found.map(|value| score(&value)),
            [Some(0.5), Some(1.0), Some(1.0), Some(0.0), Some(0.25), None, None]
        );
    }

    #[test]
    fn facts_are_named_by_their_path() {
        let mut facts = BTreeMap::new();
        flatten("models", &json!([{ "name": "a", "digest": null, "size": 3 }]), &mut facts);
        let found: Vec<_> = facts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, [("models[0].name", "a"), ("models[0].size", "3")]);
    }
}
