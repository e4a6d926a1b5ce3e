//! The JSON schema of the events: the types that write them, and the columns of the tables in the last.

use schemars::generate::SchemaSettings;
use serde_json::{Value as Json, json};

use super::event::JsonEvent;
use crate::tables::pairs::PAIR_COLUMNS;
use crate::tables::summary::Grouping;
use crate::tables::summary_columns::summary_columns;

/// The JSON schema of the events, generated from the types that write them.
pub fn json_schema() -> Json {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<JsonEvent>().to_value();
    schema["title"] = "smallbench event".into();
    schema["description"] = "A line of `smallbench apply --json`.".into();
    for variant in schema["oneOf"].as_array_mut().into_iter().flatten() {
        variant["unevaluatedProperties"] = false.into();
    }
    let end = &mut schema["$defs"]["JsonEnd"]["properties"];
    let mut models = rows(summary_columns(Grouping::Model).into_iter().map(|column| (column.name, column.meaning)));
    models["properties"]["score"] = json!({ "type": ["number", "null"], "description": "Mean score." });
    models["properties"]["score_interval"] = json!({
        "type": ["array", "null"], "items": { "type": "number" }, "minItems": 2, "maxItems": 2,
        "description": "Its 95 % interval."
    });
    end["models"]["items"] = models;
    end["pairs"]["items"] = rows(PAIR_COLUMNS.iter().map(|column| (column.name.into(), column.meaning.into())));
    let (text, count) = (json!({ "type": "string" }), json!({ "type": "integer" }));
    let outcome = |words: &[&str]| json!({ "enum": words });
    let gates = outcome(&["passed", "failed", "cannot_tell"]);
    let load = outcome(&["found", "none", "unfinished"]);
    for (name, fields) in [
        ("gates", json!({ "gate": text, "subject": text, "outcome": gates, "message": text })),
        ("recommendations", json!({ "level": text, "model": text, "text": text })),
        (
            "stops",
            json!({ "subject": text, "asked": count, "questions": count, "decided": { "type": "boolean" }, "text": text }),
        ),
        (
            "largest_load",
            json!({ "model": text, "outcome": load, "concurrency": { "type": ["integer", "null"] }, "text": text }),
        ),
    ] {
        end[name]["items"] = object(fields);
    }
    let mut checks = object(
        json!({ "name": text, "outcome": outcome(&["passed", "warned", "failed"]), "subject": text, "message": text }),
    );
    checks["required"] = json!(["name", "outcome"]);
    end["checks"]["items"] = checks;
    schema
}

/// Rows of a table: every column is there, and null where it is unknown.
fn rows(columns: impl Iterator<Item = (String, String)>) -> Json {
    let column = |(name, meaning): (String, String)| {
        (name, json!({ "type": ["number", "string", "boolean", "null"], "description": meaning }))
    };
    object(columns.map(column).collect::<serde_json::Map<_, _>>().into())
}

/// An object with these members and no others.
fn object(properties: Json) -> Json {
    let names: Vec<&String> = properties.as_object().into_iter().flat_map(|fields| fields.keys()).collect();
    json!({ "type": "object", "required": names, "properties": properties, "additionalProperties": false })
}
