//! The right answers of a sample: its own, and others that a column of the dataset lists.

use std::borrow::Cow;

use serde_json::Value;

use crate::sample::Sample;

/// The texts of all right answers of a sample.
pub fn all_expected(sample: &Sample) -> impl Iterator<Item = &str> {
    sample.golds().filter_map(|gold| sample.text_of(gold))
}

/// Every right answer: the sample's own, then those of a column, which may be nested: `answer.aliases`.
///
/// A column holds one answer or a list of them; numbers and booleans count by their text.
pub fn golds<'a>(sample: &'a Sample, column: Option<&str>) -> Vec<Cow<'a, str>> {
    let mut golds: Vec<Cow<'a, str>> =
        sample.golds().filter_map(|gold| sample.text_of(gold)).map(Cow::Borrowed).collect();
    match column.and_then(|path| value(sample, path)) {
        Some(Value::Array(values)) => golds.extend(values.iter().filter_map(scalar)),
        Some(value) => golds.extend(scalar(value)),
        None => {}
    }
    golds.retain(|gold| !gold.trim().is_empty());
    golds
}

/// The value of a column by its name, else by a path of names with dots between them.
pub fn value<'a>(sample: &'a Sample, path: &str) -> Option<&'a Value> {
    if let Some(value) = sample.columns.get(path) {
        return Some(value);
    }
    let mut names = path.split('.');
    let first = sample.columns.get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name))
}

/// The text of a value that holds one thing.
pub fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::sample::Answer;

    /// A sample with a text for its answer and columns.
    pub(crate) fn sample(answer: &str, choices: &[&str], columns: &Value) -> Sample {
        let choices: Vec<String> = choices.iter().map(ToString::to_string).collect();
        let answer = match choices.iter().position(|choice| choice == answer) {
            Some(index) => Answer::Choice(index),
            None => Answer::Text(answer.into()),
        };
        Sample {
            choices: choices.into(),
            answer: Some(answer),
            columns: columns.as_object().cloned().unwrap_or_default().into(),
            ..Sample::new(0, "q".into())
        }
    }

    #[test]
    fn a_column_adds_answers() {
        let sample = sample("UK", &[], &json!({ "answer": { "aliases": ["Britain", 44, ""] }, "a.b": "Albion" }));
        assert_eq!(golds(&sample, None), ["UK"]);
        assert_eq!(golds(&sample, Some("answer.aliases")), ["UK", "Britain", "44"]);
        assert_eq!(golds(&sample, Some("a.b")), ["UK", "Albion"]);
        assert_eq!(golds(&sample, Some("answer.none")), ["UK"]);
    }

    #[test]
    fn a_choice_counts_by_its_text() {
        assert_eq!(all_expected(&sample("b", &["a", "b"], &json!({}))).next(), Some("b"));
    }
}
