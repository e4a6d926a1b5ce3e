//! The judge `tool_call`: the model calls the right tools with the right arguments, or none where none is due.

mod arguments;

use serde_json::Value as Json;

use self::arguments::{Arguments, allowed};
use super::golds;
use super::said::silent;
use super::verdict::{Class, Ending, Output, Verdict};
use crate::sample::Sample;
use crate::spec::types::ToolCallSpec;
use crate::tool::ToolCall;

/// A call that is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Due {
    name: String,
    arguments: Arguments,
}

/// The right answers of a sample, each the calls that it consists of: those of the column, else the expected answers.
///
/// # Errors
/// There is none, or one of them is no list of calls; the message says so.
pub fn due(sample: &Sample, options: &ToolCallSpec) -> Result<Vec<Vec<Due>>, &'static str> {
    if let Some(value) = golds::value(sample, &options.calls) {
        return of_value(value).map(|calls| vec![calls]).ok_or(UNREADABLE);
    }
    let golds: Option<Vec<Vec<Due>>> = golds::all_expected(sample).map(of_text).collect();
    match golds {
        Some(golds) if golds.is_empty() => Err(NO_CALLS),
        golds => golds.ok_or(UNREADABLE),
    }
}

const NO_CALLS: &str =
    "has no right calls; write them into a column `calls`, or name theirs: `tool_call: { calls: COLUMN }`";

const UNREADABLE: &str = "has right calls that cannot be read; write `{\"name\": …, \"arguments\": {…}}`, or \
                          `{NAME: {ARGUMENT: [VALUE, …]}}` with the values that are allowed, a list of such calls, or `[]` where \
                          no call is due";

fn of_text(text: &str) -> Option<Vec<Due>> {
    of_value(&serde_json::from_str(text).ok().filter(|value: &Json| !value.is_string())?)
}

/// The calls that a value lists; a list may be empty, and `null` is.
fn of_value(value: &Json) -> Option<Vec<Due>> {
    match value {
        Json::Null => Some(Vec::new()),
        Json::Array(calls) => calls.iter().map(one_due).collect(),
        Json::String(text) => of_text(text),
        call => Some(vec![one_due(call)?]),
    }
}

/// A call as datasets write it: by name and arguments, or by its name above the values that each argument may have.
fn one_due(call: &Json) -> Option<Due> {
    plain_due(call).or_else(|| allowed(call).map(|(name, arguments)| Due { name, arguments }))
}

/// A call alone, or as the member `function`; the arguments as an object or as its text.
fn plain_due(call: &Json) -> Option<Due> {
    let call = call.get("function").filter(|function| function.is_object()).unwrap_or(call);
    let name = call.get("name")?.as_str()?.to_owned();
    let arguments = match call.get("arguments").or_else(|| call.get("parameters")) {
        None | Some(Json::Null) => Json::Object(serde_json::Map::new()),
        Some(Json::String(text)) => serde_json::from_str(text).ok()?,
        Some(arguments) => arguments.clone(),
    };
    arguments.is_object().then_some(Due { name, arguments: Arguments::Equal(arguments) })
}

/// Judges the calls of an output. In any order; one right answer of several is enough.
pub fn judge(sample: &Sample, output: Output<'_>, options: &ToolCallSpec) -> Verdict {
    let Ok(golds) = due(sample, options) else { return Verdict::none(Class::Unjudged, "gold_unreadable") };
    if output.calls.is_empty() {
        return match golds.iter().any(Vec::is_empty) {
            true => silent_and_right(output),
            false => silent(output, "no_call"),
        };
    }
    let read: Vec<Json> = output.calls.iter().map(ToolCall::as_json).collect();
    let extracted = Some(Json::Array(read.clone()).to_string());
    // None is less than any difference.
    let (class, rule) = match golds.iter().map(|gold| difference(gold, &read)).min().flatten() {
        None => (Class::Correct, "calls_equal"),
        Some(difference) => (Class::Wrong, difference.rule()),
    };
    let score = f64::from(u8::from(class == Class::Correct));
    Verdict { extracted, score, ..Verdict::none(class, rule) }
}

/// The verdict on an output without a call where none is due: right if it ended by itself.
fn silent_and_right(output: Output<'_>) -> Verdict {
    const RULE: &str = "no_call_due";
    match output.ending {
        Ending::Complete => Verdict { score: 1.0, ..Verdict::none(Class::Correct, RULE) },
        _ => silent(output, RULE),
    }
}

/// How calls differ from those that are due, the smallest difference first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// The same tools, other arguments.
    Arguments,
    /// The same tools, and arguments that are no JSON object.
    Malformed,
    /// Other tools, or another number of calls.
    Tools,
    /// A call although none is due.
    NotDue,
}

impl Difference {
    fn rule(self) -> &'static str {
        match self {
            Self::Arguments => "arguments_differ",
            Self::Malformed => "arguments_malformed",
            Self::Tools => "tools_differ",
            Self::NotDue => "call_not_due",
        }
    }
}

fn difference(due: &[Due], read: &[Json]) -> Option<Difference> {
    if due.is_empty() {
        return Some(Difference::NotDue);
    }
    let name = |call: &Json| call.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
    let (mut wanted, mut called): (Vec<String>, Vec<String>) =
        (due.iter().map(|due| due.name.clone()).collect(), read.iter().map(name).collect());
    wanted.sort();
    called.sort();
    if wanted != called {
        return Some(Difference::Tools);
    }
    let fits = |due: &Due, call: &Json| due.name == name(call) && due.arguments.fit(&call["arguments"]);
    let fitting: Vec<Vec<usize>> =
        read.iter().map(|call| (0..due.len()).filter(|place| fits(&due[*place], call)).collect()).collect();
    if are_paired(&fitting, due.len()) {
        return None;
    }
    let is_malformed = read.iter().any(|call| !call["arguments"].is_object());
    Some(if is_malformed { Difference::Malformed } else { Difference::Arguments })
}

/// True if every call can have a due one of its own, of those that it fits. One that fits several leaves to another what only
/// that fits.
fn are_paired(fitting: &[Vec<usize>], due: usize) -> bool {
    let mut taken: Vec<Option<usize>> = vec![None; due];
    (0..fitting.len()).all(|call| pair(call, fitting, &mut taken, &mut vec![false; due]))
}

/// Finds a due call for a call, which others may have to change theirs for.
fn pair(call: usize, fitting: &[Vec<usize>], taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for place in &fitting[call] {
        if std::mem::replace(&mut seen[*place], true) {
            continue;
        }
        if taken[*place].is_none_or(|other| pair(other, fitting, taken, seen)) {
            taken[*place] = Some(call);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::golds::tests::sample;
    use super::*;

    fn judged(gold: &str, calls: &[(&str, &str)], ending: Ending) -> (Class, &'static str) {
        let calls: Vec<ToolCall> = calls
            .iter()
            .map(|(name, arguments)| ToolCall { name: (*name).to_owned(), arguments: (*arguments).to_owned() })
            .collect();
        let output = Output { text: "", ending, alternatives: &[], calls: &calls };
        let verdict = judge(&sample(gold, &[], &json!({})), output, &ToolCallSpec::default());
        (verdict.class, verdict.rule)
    }

    const RAIN: &str = r#"{"name": "rain", "arguments": {"city": "Oslo", "days": 2}}"#;

    #[test]
    fn a_call_is_right_by_its_name_and_arguments() {
        for (calls, expected) in [
            (&[("rain", r#"{"days": 2.0, "city": "Oslo"}"#)][..], (Class::Correct, "calls_equal")),
            (&[("rain", r#"{"city": "Oslo"}"#)], (Class::Wrong, "arguments_differ")),
            (&[("rain", r#"{"city": "oslo", "days": 2}"#)], (Class::Wrong, "arguments_differ")),
            (&[("rain", r#"{"city": "Oslo", "#)], (Class::Wrong, "arguments_malformed")),
            (&[("snow", r#"{"city": "Oslo", "days": 2}"#)], (Class::Wrong, "tools_differ")),
            (&[("rain", "{}"), ("rain", "{}")], (Class::Wrong, "tools_differ")),
            (&[], (Class::NoAnswer, "no_call")),
        ] {
            assert_eq!(judged(RAIN, calls, Ending::Complete), expected, "{calls:?}");
        }
    }

    #[test]
    fn several_calls_may_come_in_any_order() {
        let gold = r#"[{"name": "f", "arguments": {"a": 1}}, {"function": {"name": "f", "arguments": "{\"a\": 2}"}}]"#;
        let two = [("f", r#"{"a": 2}"#), ("f", r#"{"a": 1}"#)];
        assert_eq!(judged(gold, &two, Ending::Complete), (Class::Correct, "calls_equal"));
        let twice = [("f", r#"{"a": 1}"#), ("f", r#"{"a": 1}"#)];
        assert_eq!(judged(gold, &twice, Ending::Complete), (Class::Wrong, "arguments_differ"));
    }

    #[test]
    fn values_may_be_allowed_for_each_argument() {
        let simple = r#"[{"area": {"base": [10], "height": [5, 5.5], "unit": ["units", ""]}}]"#;
        for (arguments, expected) in [
            (r#"{"base": 10, "height": 5}"#, "calls_equal"),
            (r#"{"base": 10, "height": 5.5, "unit": "UNITS"}"#, "calls_equal"),
            (r#"{"base": 10, "height": 6}"#, "arguments_differ"),
            (r#"{"base": 10}"#, "arguments_differ"),
            (r#"{"base": 10, "height": 5, "depth": 1}"#, "arguments_differ"),
            (r#"{"base": 10, "height": "#, "arguments_malformed"),
        ] {
            assert_eq!(judged(simple, &[("area", arguments)], Ending::Complete).1, expected, "{arguments}");
        }
        assert_eq!(judged(r#"[{"now": {}}]"#, &[("now", "{}")], Ending::Complete).1, "calls_equal");
        // The first call fits both, and the second only what the first would take.
        let parallel = r#"[{"play": {"artist": ["A", "B"]}}, {"play": {"artist": ["A"]}}]"#;
        let both = |first: &str, second: &str| {
            let calls = [first, second].map(|artist| format!("{{\"artist\": \"{artist}\"}}"));
            judged(parallel, &[("play", &calls[0]), ("play", &calls[1])], Ending::Complete).1
        };
        assert_eq!(
            (both("A", "B"), both("B", "A"), both("B", "B")),
            ("calls_equal", "calls_equal", "arguments_differ")
        );
    }

    #[test]
    fn where_none_is_due_none_is_right() {
        for gold in ["[]", "null"] {
            assert_eq!(judged(gold, &[], Ending::Complete), (Class::Correct, "no_call_due"));
            assert_eq!(judged(gold, &[("f", "{}")], Ending::Complete), (Class::Wrong, "call_not_due"));
            assert_eq!(judged(gold, &[], Ending::Capped).0, Class::Truncated);
        }
        assert_eq!(judged(RAIN, &[], Ending::Capped).0, Class::Truncated);
        assert_eq!(judged(RAIN, &[], Ending::Refused).0, Class::Refusal);
    }

    #[test]
    fn a_gold_is_a_call_or_a_list_of_calls() {
        for gold in
            ["rain", "\"[]\"", "{}", "[1]", r#"{"name": "f", "arguments": [1]}"#, r#"{"name": "f", "arguments": "x"}"#]
        {
            assert_eq!(of_text(gold), None, "{gold}");
        }
        assert!(of_text(r#"{"name": "f"}"#).is_some());
    }

    #[test]
    fn calls_stand_in_a_column_or_are_the_expected_answer() {
        let options = ToolCallSpec::default();
        let calls = json!([{ "name": "f", "arguments": { "a": 1 } }]);
        let expected = Ok(vec![of_value(&calls).unwrap()]);
        for columns in [json!({ "calls": calls }), json!({ "calls": calls[0] }), json!({ "calls": calls.to_string() })]
        {
            assert_eq!(due(&sample("anything", &[], &columns), &options), expected, "{columns}");
        }
        assert_eq!(due(&sample(&calls.to_string(), &[], &json!({})), &options), expected);
        let nested = ToolCallSpec { calls: "truth.calls".into() };
        assert_eq!(due(&sample("", &[], &json!({ "truth": { "calls": calls } })), &nested), expected);
        assert!(due(&sample("anything", &[], &json!({})), &options).is_err());
    }
}
