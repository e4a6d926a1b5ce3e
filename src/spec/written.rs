//! A spec as it is shown: with all defaults, without the keys that are not set.

use serde_json::Value;

use super::types::Spec;

/// The spec as a value that reads as the same spec; a key that is not set is left out, unless it would then have a default
/// (`seed: null` sends none).
///
/// # Errors
/// Never in practice: every part of a spec has a form in JSON.
pub fn written(spec: &Spec) -> serde_json::Result<Value> {
    let whole = serde_json::to_value(spec)?;
    let read: Spec = serde_json::from_value(set(whole.clone(), &Value::Null))?;
    Ok(set(whole, &serde_json::to_value(read)?))
}

/// A value without the members that are null, or an object of nothing else, where null is what is read without them.
fn set(value: Value, read: &Value) -> Value {
    match value {
        Value::Object(members) => {
            // The only member of an object says which of several kinds it is, also if it sets nothing: `{ timeline: {} }`.
            let is_tag = members.len() == 1;
            let is_said = |(key, value): &(String, Value)| match value {
                Value::Null => !read[key].is_null(),
                Value::Object(members) => is_tag || !members.is_empty(),
                _ => true,
            };
            let members = members.into_iter().map(|(key, value)| {
                let value = set(value, &read[&key]);
                (key, value)
            });
            members.filter(is_said).collect()
        }
        Value::Array(values) => values.into_iter().enumerate().map(|(at, value)| set(value, &read[at])).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::spec::expand::Environment;
    use crate::spec::load;

    #[test]
    fn what_is_not_set_is_not_shown() {
        let spec = json!({ "a": null, "b": { "c": null, "d": {} }, "e": [{ "f": 0, "g": [] }, null], "h": false });
        assert_eq!(set(spec, &Value::Null), json!({ "e": [{ "f": 0, "g": [] }, null], "h": false }));
        let kinds = json!({ "charts": [{ "timeline": { "size": null, "title": null } }], "judge": { "choice": {} } });
        assert_eq!(set(kinds, &Value::Null), json!({ "charts": [{ "timeline": {} }], "judge": { "choice": {} } }));
    }

    #[test]
    fn what_is_written_reads_as_the_same_spec() {
        let read = |name: &Path, text: &[u8]| load(name, text, &Environment::new(), &[]).unwrap().spec;
        let whole = |spec: &Spec| serde_json::to_value(spec).unwrap();
        let mut count = 0;
        for file in std::fs::read_dir("experiments").unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            let spec = read(&path, &std::fs::read(&path).unwrap());
            let text = serde_json::to_vec(&written(&spec).unwrap()).unwrap();
            assert_eq!(whole(&read(Path::new("experiments/again.yaml"), &text)), whole(&spec), "{}", path.display());
            count += 1;
        }
        assert!(count > 10);
    }
}
