//! The JSON schema as it is published: with an identity, and an example of each key.

use serde_json::{Map, Value as Json};

use super::schema::json_schema;

/// The name of the schema, which stays while specs of version 1 are read.
const ID: &str = "urn:smallbench:schema:experiment:1";

/// The examples, by the types that hold the keys.
const EXAMPLES: &str = include_str!("examples.yaml");

/// The schema with an example of each key.
pub fn editor_schema() -> Json {
    let mut schema = json_schema().clone();
    schema["$id"] = ID.into();
    for (holder, examples) in examples() {
        let section = if holder == "Spec" { &mut schema } else { &mut schema["$defs"][&holder] };
        let Some(keys) = section["properties"].as_object_mut() else { continue };
        for (key, example) in examples {
            if let Some(key) = keys.get_mut(&key).and_then(Json::as_object_mut) {
                key.entry("examples").or_insert_with(|| Json::Array(vec![example]));
            }
        }
    }
    schema
}

/// The examples of each type.
fn examples() -> Vec<(String, Map<String, Json>)> {
    let file: Map<String, Json> = serde_saphyr::from_str(EXAMPLES).unwrap_or_default();
    let of_each = |(holders, examples): (String, Json)| {
        let Json::Object(examples) = examples else { return Vec::new() };
        holders.split(", ").map(|holder| (holder.to_owned(), examples.clone())).collect::<Vec<_>>()
    };
    file.into_iter().flat_map(of_each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The types that hold keys, with their schemas.
    fn sections(schema: &Json) -> Vec<(String, &Map<String, Json>)> {
        let definitions = schema["$defs"].as_object().unwrap().iter().map(|(name, section)| (name.clone(), section));
        let all = std::iter::once(("Spec".to_owned(), schema)).chain(definitions);
        all.filter_map(|(name, section)| Some((name, section["properties"].as_object()?))).collect()
    }

    #[test]
    fn every_key_has_an_example() {
        let schema = editor_schema();
        let mut without = Vec::new();
        for (holder, keys) in sections(&schema) {
            without.extend(
                keys.iter()
                    .filter(|(_, key)| !key["examples"].is_array() && !key.to_string().contains("\"examples\""))
                    .map(|(key, _)| format!("{holder}.{key}")),
            );
        }
        assert_eq!(without, [""; 0], "add them to src/spec/examples.yaml");
    }

    #[test]
    fn every_example_is_of_a_key_and_fits_the_schema() {
        let schema = json_schema();
        let mut faults = Vec::new();
        for (holder, examples) in examples() {
            let section = if holder == "Spec" { schema } else { &schema["$defs"][&holder] };
            for (key, example) in examples {
                let Some(found) = section["properties"].get(&key) else {
                    faults.push(format!("{holder} has no key {key}"));
                    continue;
                };
                let mut found = found.clone();
                found["$defs"] = schema["$defs"].clone();
                let validator = jsonschema::validator_for(&found).unwrap();
                faults.extend(validator.iter_errors(&example).map(|error| format!("{holder}.{key}: {error}")));
            }
        }
        assert_eq!(faults, [""; 0]);
    }
}
