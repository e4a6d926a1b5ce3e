//! The JSON schema of a spec.

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::Value as Json;

use super::types::Spec;

/// The JSON schema of a spec, generated from the types that read it.
pub fn json_schema() -> &'static Json {
    static SCHEMA: LazyLock<Json> = LazyLock::new(make_schema);
    &SCHEMA
}

fn make_schema() -> Json {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Spec>().to_value();
    schema["title"] = "smallbench experiment".into();
    schema["patternProperties"] = serde_json::json!({
        "^x-": { "description": "Anything: it is not read, but may hold what YAML anchors repeat elsewhere." }
    });
    // A preset has a source.
    if let Some(required) = schema["$defs"]["DatasetSpec"]["required"].as_array_mut() {
        required.retain(|key| key != "source");
    }
    allow_bare_words(&mut schema);
    schema
}

/// Adds the bare word to the schema of each variant whose settings all have defaults.
fn allow_bare_words(schema: &mut Json) {
    let optional: Vec<String> = schema["$defs"]
        .as_object()
        .map(|definitions| {
            let bare = definitions
                .iter()
                .filter(|(_, definition)| definition["type"] == "object" && definition.get("required").is_none());
            bare.map(|(name, _)| format!("#/$defs/{name}")).collect()
        })
        .unwrap_or_default();
    let Some(definitions) = schema["$defs"].as_object_mut() else { return };
    for definition in definitions.values_mut() {
        let Some(variants) = definition.get_mut("oneOf").and_then(Json::as_array_mut) else { continue };
        let words: Vec<Json> = variants
            .iter()
            .filter_map(|variant| {
                let (word, content) = variant["properties"].as_object()?.iter().next()?;
                let target = content["$ref"].as_str()?;
                let is_optional = optional.iter().any(|name| name == target);
                is_optional.then(|| serde_json::json!({ "const": word, "description": variant["description"] }))
            })
            .collect();
        variants.extend(words);
    }
}
