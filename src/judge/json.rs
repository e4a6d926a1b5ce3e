//! The judge `json`: the answer is JSON, and fits a schema or holds the right value.

mod find;

use std::borrow::Cow;
use std::ops::Range;

use find::{FoundValue, Json, find};
use serde_json::Value;

use super::compare::{Comparison, as_set, compare};
use super::golds::{golds, scalar};
use super::said::{said, silent};
use super::verdict::{Class, Ending, Evidence, Fate, Output, Rank, Verdict};
use super::zone::zone;
use crate::sample::Sample;
use crate::spec::types::{CompareAs as As, JsonSpec, Pick};

/// The judge, with its schema compiled.
#[derive(Debug)]
pub struct JsonJudge {
    spec: JsonSpec,
    schema: Option<jsonschema::Validator>,
}

impl JsonJudge {
    /// The judge of a spec.
    ///
    /// # Errors
    /// The schema is no JSON Schema; the message says why.
    pub fn new(spec: &JsonSpec) -> Result<Self, String> {
        let compile =
            |schema| jsonschema::validator_for(schema).map_err(|error| format!("the schema is not valid: {error}"));
        Ok(Self { spec: spec.clone(), schema: spec.schema.as_ref().map(compile).transpose()? })
    }

    /// True if an answer is right by the schema alone.
    pub fn needs_no_gold(&self) -> bool {
        self.schema.is_some() && self.spec.pointer.is_none()
    }

    /// Judges an output.
    pub fn judge(&self, sample: &Sample, output: Output<'_>) -> Verdict {
        let violation = |value: &Value| self.schema.as_ref()?.validate(value).err().map(|error| error.to_string());
        judge(sample, output, &self.spec, Some(&violation))
    }
}

/// Says how a value violates the schema; `None` if it fits.
pub type Violation<'a> = &'a (dyn Fn(&Value) -> Option<String> + Sync);

impl JsonSpec {
    /// The pointer in its standard form.
    fn path(&self) -> Option<Cow<'_, str>> {
        let pointer = self.pointer.as_deref()?;
        if pointer.is_empty() || pointer.starts_with('/') {
            return Some(Cow::Borrowed(pointer));
        }
        Some(Cow::Owned(format!("/{}", pointer.replace('~', "~0").replace('/', "~1"))))
    }
}

/// Judges an output; `violation` checks the schema of the options, where there is one.
pub fn judge(sample: &Sample, output: Output<'_>, options: &JsonSpec, violation: Option<Violation<'_>>) -> Verdict {
    let Some(said) = said(output.text, &zone(output.text, sample)) else {
        return silent(output, "empty");
    };
    // Of a text in pieces, only the whole is known to stand in the output.
    let place = |range: Range<usize>| match said.text {
        Cow::Borrowed(_) => range.start + said.span.start..range.end + said.span.start,
        Cow::Owned(_) => said.span.clone(),
    };
    let (value, range) = match find(&said.text) {
        Json::None => return silent(output, "no_json"),
        Json::Invalid(_) if output.ending != Ending::Complete => return silent(output, "invalid_json"),
        Json::Invalid(range) => {
            return Verdict { span: Some(place(range)), ..Verdict::none(Class::Wrong, "invalid_json") };
        }
        Json::Values(values) => match pick(values, options.pick) {
            Some(found) => found,
            None => return silent(output, "no_json"),
        },
    };
    let span = place(range);
    if let Some(words) = violation.and_then(|violation| violation(&value)) {
        return violated(words, span);
    }
    if options.schema.is_some() && options.pointer.is_none() {
        return Verdict::found(true, value.to_string(), "schema_fits", None, span);
    }
    of_value(&value, sample, options, span)
}

fn pick(values: Vec<FoundValue>, pick: Pick) -> Option<FoundValue> {
    match pick {
        Pick::First => values.into_iter().next(),
        Pick::Last => values.into_iter().next_back(),
    }
}

fn violated(words: String, span: Range<usize>) -> Verdict {
    const RULE: &str = "schema_violation";
    let evidence = Evidence { rank: Rank::Final, rule: RULE, value: words, span: span.clone(), fate: Fate::Decided };
    Verdict { span: Some(span), evidence: vec![evidence], ..Verdict::none(Class::Wrong, RULE) }
}

/// The verdict on the value that the pointer leads to.
fn of_value(whole: &Value, sample: &Sample, options: &JsonSpec, span: Range<usize>) -> Verdict {
    let value = options.path().map_or(Some(whole), |path| whole.pointer(&path));
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Verdict { span: Some(span), ..Verdict::none(Class::NoAnswer, "no_value") };
    };
    let golds = golds(sample, options.answers.as_deref());
    let comparison = match (value, options.compare) {
        (Value::Array(values), As::Set) => {
            as_set(&values.iter().filter_map(scalar).map(Cow::into_owned).collect::<Vec<_>>(), &golds)
        }
        (Value::Array(_) | Value::Object(_), As::Text) => structure(value, &golds),
        (Value::Array(values), _) if values.len() != 1 => Comparison::NoAnswer("no_value"),
        _ => match single(value) {
            Some(text) => compare(&text, &golds, sample, options.compare),
            None => Comparison::NoAnswer("no_value"),
        },
    };
    let rule = if matches!(comparison, Comparison::Answer(true, _)) { "value_equal" } else { "value_differs" };
    comparison.verdict(rule, span)
}

/// The text of a value that holds one thing, or of the only member of a list.
fn single(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Array(values) => values.first().and_then(scalar),
        _ => scalar(value),
    }
}

/// Compares a list or an object with right answers that are written as JSON.
fn structure(value: &Value, golds: &[Cow<'_, str>]) -> Comparison {
    let golds: Vec<Value> = golds.iter().filter_map(|gold| serde_json::from_str(gold).ok()).collect();
    if golds.is_empty() {
        return Comparison::NoGold("gold_is_no_json");
    }
    Comparison::Answer(golds.iter().any(|gold| equal(gold, value)), value.to_string())
}

/// Whether two values are equal; 1 and 1.0 are, and the order of fields does not count.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::golds::tests::sample;
    use super::*;

    fn judged(text: &str, gold: &str, options: Value) -> (Class, &'static str) {
        let sample = sample(gold, &["copper", "tin"], &json!({}));
        let options: JsonSpec = serde_json::from_value(options).unwrap();
        let needs_a = |value: &Value| value.get("a").is_none().then(|| "\"a\" is required".to_owned());
        let violation: Option<Violation<'_>> = options.schema.as_ref().map(|_| &needs_a as Violation<'_>);
        let verdict = judge(
            &sample,
            Output { text, ending: Ending::Complete, alternatives: &[], calls: &[] },
            &options,
            violation,
        );
        assert!(verdict.span.is_none_or(|span| text.get(span).is_some()));
        (verdict.class, verdict.rule)
    }

    #[test]
    fn classes_and_rules() {
        let a = json!({ "pointer": "/a" });
        let number = json!({ "pointer": "a", "compare": "number" });
        let schema = json!({ "schema": { "required": ["a"] } });
        let cases = [
            ("I do not know.", "x", &a, (Class::NoAnswer, "no_json")),
            ("{'a': 'x'}", "x", &a, (Class::Wrong, "invalid_json")),
            ("{\"b\": 1}", "x", &a, (Class::NoAnswer, "no_value")),
            ("{\"a\": null}", "x", &a, (Class::NoAnswer, "no_value")),
            ("{\"a\": \"X.\"}", "x", &a, (Class::Correct, "value_equal")),
            ("{\"a\": \"y\"}", "x", &a, (Class::Wrong, "value_differs")),
            ("{\"a\": [1, 2]}", "[1.0, 2]", &a, (Class::Correct, "value_equal")),
            ("{\"a\": [2, 1]}", "[1, 2]", &a, (Class::Wrong, "value_differs")),
            ("{\"a\": {\"b\": 1}}", "x", &a, (Class::Unjudged, "gold_is_no_json")),
            ("{\"a\": 3.50}", "3.5", &number, (Class::Correct, "value_equal")),
            ("{\"a\": \"1,000\"}", "1000", &number, (Class::Correct, "value_equal")),
            ("{\"a\": true}", "1", &number, (Class::NoAnswer, "no_number")),
            ("{\"a\": 1}", "x", &schema, (Class::Correct, "schema_fits")),
            ("{\"b\": 1}", "x", &schema, (Class::Wrong, "schema_violation")),
        ];
        for (text, gold, options, expected) in cases {
            assert_eq!(judged(text, gold, options.clone()), expected, "{text}");
        }
    }

    #[test]
    fn letters_and_sets() {
        let letter = json!({ "pointer": "/a", "compare": "letter" });
        let set = json!({ "pointer": "/a", "compare": "set" });
        let cases = [
            ("{\"a\": \"B\"}", "tin", &letter, Class::Correct),
            ("{\"a\": [\"B\"]}", "tin", &letter, Class::Correct),
            ("{\"a\": [\"A\", \"B\"]}", "tin", &letter, Class::NoAnswer),
            ("{\"a\": \"Copper\"}", "tin", &letter, Class::Wrong),
            ("{\"a\": [\"y\", \"x\"]}", "x, y", &set, Class::Correct),
            ("{\"a\": \"y; x\"}", "[\"x\", \"y\"]", &set, Class::Correct),
            ("{\"a\": [\"x\"]}", "x, y", &set, Class::Wrong),
        ];
        for (text, gold, options, class) in cases {
            assert_eq!(judged(text, gold, options.clone()).0, class, "{text}");
        }
    }

    #[test]
    fn the_one_that_counts_is_picked() {
        let text = "First {\"a\": \"x\"}, then {\"a\": \"y\"}.";
        assert_eq!(judged(text, "x", json!({ "pointer": "/a" })).0, Class::Correct);
        assert_eq!(judged(text, "y", json!({ "pointer": "/a", "pick": "last" })).0, Class::Correct);
    }

    #[test]
    fn a_cut_object_is_truncated() {
        let output = Output { text: "{\"a\": \"x", ending: Ending::Capped, alternatives: &[], calls: &[] };
        let verdict = judge(&sample("x", &[], &json!({})), output, &JsonSpec::default(), None);
        assert_eq!((verdict.class, verdict.rule), (Class::Truncated, "capped"));
    }

    #[test]
    fn a_violation_is_kept_as_evidence() {
        let output = Output { text: "{}", ending: Ending::Complete, alternatives: &[], calls: &[] };
        let violation = |_: &Value| Some("too small".to_owned());
        let verdict = judge(&sample("x", &[], &json!({})), output, &JsonSpec::default(), Some(&violation));
        assert_eq!(verdict.evidence.first().map(|evidence| evidence.value.as_str()), Some("too small"));
    }
}
