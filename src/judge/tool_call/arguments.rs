//! The right arguments of a call: themselves, or for each the values that are allowed, as BFCL has them.

use serde_json::{Map, Value as Json};

/// Characters in texts that make no difference where values are allowed; nor does the case of letters.
const LOOSE: [char; 8] = [' ', ',', '.', '/', '-', '_', '*', '^'];

/// What the arguments of a call have to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Arguments {
    /// Equal to these.
    Equal(Json),
    /// Each one of its values; one that may be "" may be left out.
    Allowed(Map<String, Json>),
}

impl Arguments {
    pub(super) fn fit(&self, given: &Json) -> bool {
        match (self, given) {
            (Self::Equal(due), given) => is_same(due, given),
            (Self::Allowed(due), Json::Object(given)) => are_allowed(due, given),
            (Self::Allowed(_), _) => false,
        }
    }
}

/// The name and the allowed arguments of a call that is written as `{name: {argument: [value, …]}}`.
pub(super) fn allowed(call: &Json) -> Option<(String, Arguments)> {
    let members = call.as_object().filter(|members| members.len() == 1)?;
    let (name, arguments) = members.iter().next()?;
    let arguments = arguments.as_object().filter(|own| own.values().all(Json::is_array))?;
    Some((name.clone(), Arguments::Allowed(arguments.clone())))
}

fn are_allowed(due: &Map<String, Json>, given: &Map<String, Json>) -> bool {
    let is_right = |(name, values): (&String, &Json)| match (values, given.get(name)) {
        (Json::Array(values), Some(value)) => values.iter().any(|allowed| is_allowed(allowed, value)),
        (Json::Array(values), None) => values.iter().any(|allowed| allowed == ""),
        // A struct below an argument may be written with its values alone.
        (value, given) => given.is_some_and(|given| is_allowed(value, given)),
    };
    given.keys().all(|name| due.contains_key(name)) && due.iter().all(is_right)
}

fn is_allowed(allowed: &Json, given: &Json) -> bool {
    match (allowed, given) {
        (Json::String(allowed), Json::String(given)) => plain(allowed) == plain(given),
        (Json::Array(allowed), Json::Array(given)) => {
            allowed.len() == given.len() && allowed.iter().zip(given).all(|(allowed, given)| is_allowed(allowed, given))
        }
        (Json::Object(allowed), Json::Object(given)) => are_allowed(allowed, given),
        _ => is_same(allowed, given),
    }
}

fn plain(text: &str) -> String {
    text.to_lowercase().replace(LOOSE, "").replace('\'', "\"")
}

/// Equality of JSON, in which 1 and 1.0 are one number.
fn is_same(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (Json::Object(left), Json::Object(right)) => {
            let same = |(name, value): (&String, &Json)| right.get(name).is_some_and(|other| is_same(value, other));
            left.len() == right.len() && left.iter().all(same)
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_argument_may_be_one_of_its_values() {
        let due = json!({ "area": {
            "base": [10], "unit": ["units", ""], "city": ["New York, NY", "NYC"], "path": [[1, 2.5], []],
            "place": [{ "lat": [1, 2], "name": ["", "x"] }], "all": [true]
        } });
        let (name, arguments) = allowed(&due).unwrap();
        assert_eq!(name, "area");
        let right = json!({
            "base": 10.0, "unit": "Units", "city": "new york NY", "path": [1, 2.5], "place": { "lat": 2 }, "all": true
        });
        assert!(arguments.fit(&right));
        let with = |name: &str, value: Json| {
            let mut given = right.clone();
            given[name] = value;
            arguments.fit(&given)
        };
        for (name, value, expected) in [
            ("base", json!(11), false),
            ("base", json!("10"), false),
            ("unit", json!("miles"), false),
            ("city", json!("NYC"), true),
            ("city", json!(["NYC"]), false),
            ("path", json!([]), true),
            ("path", json!([1]), false),
            ("place", json!({ "lat": 3 }), false),
            ("place", json!({ "lat": 1, "name": "x" }), true),
            ("place", json!({ "name": "x" }), false),
            ("all", json!(1), false),
            ("other", json!(1), false),
        ] {
            assert_eq!(with(name, value.clone()), expected, "{name} {value}");
        }
        for (name, expected) in [("unit", true), ("base", false)] {
            let mut given = right.as_object().unwrap().clone();
            given.remove(name);
            assert_eq!(arguments.fit(&given.into()), expected, "{name}");
        }
    }

    #[test]
    fn only_a_name_above_lists_of_values_is_such_a_call() {
        assert!(allowed(&json!({ "now": {} })).is_some());
        for call in [
            json!({}),
            json!({ "f": { "a": 1 } }),
            json!({ "f": [1] }),
            json!({ "f": { "a": [1] }, "g": { "a": [1] } }),
            json!({ "name": "f" }),
        ] {
            assert_eq!(allowed(&call), None, "{call}");
        }
    }
}
