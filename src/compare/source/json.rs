//! JSON of other tools: lines of a file, and numbers and texts however they are written.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::{SourceError, malformed, unreadable};
use super::results::Answer;
use crate::files::{in_units, open_file};

/// Maximum length of a line in bytes.
const MOST_LINE: u64 = 256 << 20;

/// Reads a file of JSON lines, each of which is an answer.
pub(super) fn lines(
    path: &Path,
    answer: impl Fn(&Value) -> Result<Answer, String>,
) -> Result<Vec<Answer>, SourceError> {
    let mut answers = Vec::new();
    each_line(path, |line| {
        answers.push(answer(line)?);
        Ok(())
    })?;
    Ok(answers)
}

/// Reads a file of JSON lines.
pub(super) fn each_line(path: &Path, mut take: impl FnMut(&Value) -> Result<(), String>) -> Result<(), SourceError> {
    let mut file = BufReader::new(open_file(path).map_err(unreadable(path))?);
    let mut line = Vec::new();
    for number in 1.. {
        let at_line = |message| malformed(path, format!("line {number}"), message);
        line.clear();
        let read = file.by_ref().take(MOST_LINE).read_until(b'\n', &mut line).map_err(unreadable(path))?;
        if read as u64 == MOST_LINE {
            return Err(at_line(format!("it is longer than {}", in_units(MOST_LINE))));
        }
        if read == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let value = parsed(&line).map_err(|error| at_line(format!("no JSON: {error}")))?;
        take(&value).map_err(at_line)?;
    }
    Ok(())
}

/// The first line of a file, as much of it as is JSON.
pub(super) fn first_line(path: &Path) -> Result<Value, SourceError> {
    let mut line = Vec::new();
    let file = BufReader::new(open_file(path).map_err(unreadable(path))?);
    file.take(MOST_LINE).read_until(b'\n', &mut line).map_err(unreadable(path))?;
    Ok(parsed(&line).unwrap_or_default())
}

/// Bytes as JSON. Python writes `NaN` and `Infinity` where JSON has no such numbers; they are read as unknown.
pub(super) fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(bytes).or_else(|error| {
        let plain = str::from_utf8(bytes).ok().and_then(without_infinities);
        plain.map_or(Err(error), |plain| serde_json::from_str(&plain))
    })
}

/// The line with `null` for each of them that stands outside of texts; none if there is none.
fn without_infinities(line: &str) -> Option<String> {
    let (mut out, mut rest, mut is_text, mut found) = (String::with_capacity(line.len()), line, false, false);
    while let Some(first) = rest.chars().next() {
        let number = ["NaN", "-Infinity", "Infinity"].into_iter().find(|word| !is_text && rest.starts_with(word));
        if let Some(word) = number {
            (found, rest) = (true, &rest[word.len()..]);
            out.push_str("null");
            continue;
        }
        is_text ^= first == '"';
        let taken =
            if is_text && first == '\\' { rest.chars().take(2).map(char::len_utf8).sum() } else { first.len_utf8() };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    found.then_some(out)
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

/// The hash of the question by smallbench, which its exports keep among what they say of a question.
pub(super) fn question_hash(said: &Value) -> Option<String> {
    said["question_hash"].as_str().filter(|hash| !hash.is_empty()).map(str::to_owned)
}

/// The day that a text begins with, such as a time in RFC 3339.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()
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
    fn numbers_that_json_does_not_have_are_unknown() {
        let line = br#"{"acc": NaN, "low": -Infinity, "text": "a \" NaN", "deep": [Infinity, 1]}"#;
        let read: Value = parsed(line).unwrap();
        assert_eq!(read, json!({ "acc": null, "low": null, "text": "a \" NaN", "deep": [null, 1] }));
        assert!([&b"{NaN"[..], b"{", b"\xff NaN"].iter().all(|bytes| parsed::<Value>(bytes).is_err()));
    }

    #[test]
    fn facts_are_named_by_their_path() {
        let mut facts = BTreeMap::new();
        flatten("models", &json!([{ "name": "a", "digest": null, "size": 3 }]), &mut facts);
        let found: Vec<_> = facts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, [("models[0].name", "a"), ("models[0].size", "3")]);
    }
}
