//! JSON in a text: the whole of it, a fence, or an object in prose.

use std::ops::Range;

use serde_json::{Deserializer, Value};

/// A value and where it stands in the text.
pub type FoundValue = (Value, Range<usize>);

/// What there is of JSON in a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// Values, in the order of the text: the whole text, else what stands in fences, else objects in prose.
    Values(Vec<FoundValue>),
    /// Something that was meant as JSON and is none, from where it starts.
    Invalid(Range<usize>),
    /// Nothing of the kind.
    None,
}

/// Finds JSON in a text.
pub fn find(text: &str) -> Json {
    let whole = text.trim();
    let start = text.len() - text.trim_start().len();
    if let Ok(value) = serde_json::from_str(whole) {
        return Json::Values(vec![(value, start..start + whole.len())]);
    }
    let fences = fences(text);
    let values: Vec<FoundValue> = fences.iter().filter_map(|fence| parse(text, fence)).collect();
    if !values.is_empty() {
        return Json::Values(values);
    }
    let values = objects(text);
    if !values.is_empty() {
        return Json::Values(values);
    }
    let meant = fences.iter().find(|fence| fence.labelled).map(|fence| fence.range.clone());
    let opened = || whole.starts_with(['{', '[']).then_some(start..start + whole.len());
    meant.or_else(opened).or_else(|| quoted_key(text)).map_or(Json::None, Json::Invalid)
}

/// The content of a fence.
struct Fence {
    range: Range<usize>,
    /// Whether the fence says that it holds JSON.
    labelled: bool,
}

/// The fences of a text. One that is not closed reaches to its end.
fn fences(text: &str) -> Vec<Fence> {
    const MARK: &str = "```";
    let mut fences = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find(MARK).map(|open| at + open + MARK.len()) {
        let end = text[open..].find(MARK).map_or(text.len(), |close| open + close);
        let content = &text[open..end];
        let label = content.len() - content.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).len();
        let labelled = content[..label].to_ascii_lowercase().starts_with("json");
        fences.push(Fence { range: open + label..end, labelled });
        at = (end + MARK.len()).min(text.len());
    }
    fences
}

/// The object or list that a fence holds.
fn parse(text: &str, fence: &Fence) -> Option<FoundValue> {
    let content = &text[fence.range.clone()];
    let start = fence.range.start + content.len() - content.trim_start().len();
    let content = content.trim();
    let value: Value = serde_json::from_str(content).ok()?;
    (value.is_object() || value.is_array()).then(|| (value, start..start + content.len()))
}

/// The outermost objects in prose.
///
/// At each brace that fits nothing yet, parsing is tried; a text that makes it fail late again and again is given up
/// once twice its length was read in vain.
fn objects(text: &str) -> Vec<FoundValue> {
    let mut objects = Vec::new();
    let mut patience = 2 * text.len() + 4096;
    let mut at = 0;
    while let Some(start) = text[at..].find('{').map(|open| at + open) {
        let mut values = Deserializer::from_str(&text[start..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                at = start + values.byte_offset();
                objects.push((value, start..at));
            }
            Some(Err(error)) if !error.is_eof() => {
                let read = read(&text[start..], &error);
                if read > patience {
                    break;
                }
                patience -= read;
                at = start + 1;
            }
            _ => break,
        }
    }
    objects
}

/// How much of a text was read before an error.
fn read(text: &str, error: &serde_json::Error) -> usize {
    let lines = error.line().saturating_sub(1);
    text.split_inclusive('\n').take(lines).map(str::len).sum::<usize>() + error.column() + 1
}

/// The first brace with a quoted key behind it, which is meant as JSON, up to the end of the text.
fn quoted_key(text: &str) -> Option<Range<usize>> {
    let mut pieces = text.match_indices('{').map(|(at, _)| at);
    let end = text.trim_end().len();
    pieces.find(|at| text[at + 1..].trim_start().starts_with(['"', '\'', '“'])).map(|at| at..end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn values(text: &str) -> Vec<Value> {
        match find(text) {
            Json::Values(values) => {
                for (value, range) in &values {
                    assert_eq!(&serde_json::from_str::<Value>(&text[range.clone()]).unwrap(), value);
                }
                values.into_iter().map(|(value, _)| value).collect()
            }
            Json::Invalid(_) | Json::None => Vec::new(),
        }
    }

    #[test]
    fn it_is_found_where_models_put_it() {
        let cases = [
            (" {\"a\": 1}\n", vec![json!({ "a": 1 })]),
            ("[1, 2]", vec![json!([1, 2])]),
            ("7", vec![json!(7)]),
            ("Sure:\n```json\n{\"a\": 1}\n```\nDone {x}.", vec![json!({ "a": 1 })]),
            ("```\n[1]\n```", vec![json!([1])]),
            ("```JSON {\"a\": 1}```", vec![json!({ "a": 1 })]),
            ("```json\n{\"a\": 1}", vec![json!({ "a": 1 })]),
            ("```python\nx = {}\n```\n```json\n{\"a\": 2}\n```", vec![json!({ "a": 2 })]),
            (
                "see [1], so {\"a\": {\"b\": \"}\"}} and {\"c\": 3}",
                vec![json!({ "a": { "b": "}" } }), json!({ "c": 3 })],
            ),
            ("\\frac{1}{2} gives {\"a\": 0.5}.", vec![json!({ "a": 0.5 })]),
            ("{\"code\": \"```x```\"} is it", vec![json!({ "code": "```x```" })]),
        ];
        for (text, expected) in cases {
            assert_eq!(values(text), expected, "{text}");
        }
    }

    #[test]
    fn what_was_meant_as_json_is_invalid() {
        for text in ["{'a': 1}", "{\"a\": 1", "[1, 2", "```json\na: 1\n```", "Here: {\"a\": 1,}", "{ a }"] {
            assert!(matches!(find(text), Json::Invalid(_)), "{text}");
        }
        for text in ["", "a set {1, 2}", "\\frac{1}{2}", "no", "```\ncode\n```"] {
            assert_eq!(find(text), Json::None, "{text}");
        }
    }

    #[test]
    fn hostile_texts_end_soon() {
        for piece in ["{", "{\"a\":", "{\"a\":[", "[{\"", "```", "```json", "{\"a\":1}", "{ \"", "{\n", "{\"a\": {\n"] {
            let text = piece.repeat(200_000 / piece.len());
            find(&text);
        }
    }

    proptest! {
        #[test]
        fn never_a_panic(text in "[{}\\[\\]\"':,a1 `\\n\\\\é]{0,60}") {
            values(&text);
        }
    }
}
