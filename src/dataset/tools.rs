//! Tools of rows: definitions in the forms of APIs and of datasets.

use serde_json::{Map, Value, json};

use super::rows::kind_of;
use crate::tool::Tool;

/// Names of types in datasets about programming languages, each with that of JSON Schema.
const TYPES: [(&str, &str); 9] = [
    ("dict", "object"),
    ("list", "array"),
    ("tuple", "array"),
    ("float", "number"),
    ("double", "number"),
    ("int", "integer"),
    ("long", "integer"),
    ("bool", "boolean"),
    ("str", "string"),
];

/// Members of a schema that hold values, in which a `type` is not one of the schema.
const VALUES: [&str; 4] = ["default", "enum", "const", "examples"];

/// The tools that a value lists, alone, as a list, or as the JSON of either in a text; none where it is null.
pub(super) fn tools(value: Value) -> Result<Vec<Tool>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.trim().is_empty() => Ok(Vec::new()),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::String(_)) | Err(_) => Err("is a text that is not JSON".to_owned()),
            Ok(value) => tools(value),
        },
        Value::Array(items) => {
            let tools: Vec<Tool> = items.into_iter().map(one).collect::<Result<_, _>>()?;
            let repeated = tools.iter().enumerate().find(|(at, tool)| tools[..*at].iter().any(|t| t.name == tool.name));
            match repeated {
                Some((_, tool)) => Err(format!("has two tools that are called `{}`", tool.name)),
                None => Ok(tools),
            }
        }
        value => Ok(vec![one(value)?]),
    }
}

/// One tool: `{name, description, parameters}`, also as the member `function`, or with `input_schema`.
fn one(value: Value) -> Result<Tool, String> {
    let Value::Object(mut members) = value else {
        return Err(format!("holds {}, not a tool with `name` and `parameters`", kind_of(&value)));
    };
    if let Some(Value::Object(function)) = members.remove("function") {
        members = function;
    }
    let Some(Value::String(name)) = members.remove("name").filter(|name| name.as_str() != Some("")) else {
        return Err("has a tool without a `name`".to_owned());
    };
    let description = members.remove("description").and_then(|text| text.as_str().map(str::to_owned));
    let schema = ["parameters", "input_schema"].iter().find_map(|member| members.remove(*member));
    let parameters = match schema.unwrap_or_default() {
        Value::Null => as_schema(Map::new()),
        // Parquet has one type for the arguments of all tools, so schemas are texts there.
        Value::String(text) => serde_json::from_str(&text).ok().and_then(as_schema),
        Value::Object(schema) => as_schema(schema),
        _ => None,
    };
    let parameters = parameters
        .ok_or_else(|| format!("has `parameters` of the tool `{name}` that are not a JSON Schema of an object"))?;
    Ok(Tool { name, description, parameters })
}

/// The schema of an object, with types that JSON Schema has; `None` if it is not one.
fn as_schema(mut schema: Map<String, Value>) -> Option<Map<String, Value>> {
    if schema.is_empty() {
        return json!({ "type": "object", "properties": {} }).as_object().cloned();
    }
    with_types(&mut schema);
    let is_schema = match schema.get("type") {
        None => schema.contains_key("properties"),
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
        Some(kind) => kind == "object",
    };
    is_schema.then_some(schema)
}

fn with_types(schema: &mut Map<String, Value>) {
    for (name, value) in schema.iter_mut().filter(|(name, _)| !VALUES.contains(&name.as_str())) {
        match value {
            Value::String(kind) if name == "type" => {
                let known = TYPES.iter().find(|(written, _)| written == kind);
                if let Some((_, meant)) = known {
                    (*meant).clone_into(kind);
                }
            }
            Value::Object(inner) => with_types(inner),
            Value::Array(items) => items.iter_mut().filter_map(Value::as_object_mut).for_each(with_types),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_read_in_the_forms_of_apis_and_of_datasets() {
        let schema = json!({ "type": "object", "properties": { "city": { "type": "string" } } });
        let expected = Tool {
            name: "rain".into(),
            description: Some("Rain.".into()),
            parameters: schema.as_object().unwrap().clone(),
        };
        let plain = json!({ "name": "rain", "description": "Rain.", "parameters": schema });
        for value in [
            plain.clone(),
            json!([plain]),
            json!([{ "type": "function", "function": plain }]),
            json!({ "name": "rain", "description": "Rain.", "input_schema": schema }),
            json!([plain]).to_string().into(),
            json!({ "name": "rain", "description": "Rain.", "parameters": schema.to_string() }),
            json!({ "name": "rain", "description": "Rain.",
                    "parameters": { "type": "dict", "properties": { "city": { "type": "str" } } } }),
        ] {
            assert_eq!(tools(value.clone()).as_deref(), Ok(std::slice::from_ref(&expected)), "{value}");
        }
        for value in [Value::Null, json!(""), json!([])] {
            assert_eq!(tools(value).unwrap(), []);
        }
        let without = tools(json!({ "name": "now" })).unwrap();
        assert_eq!(Value::from(without[0].parameters.clone()), json!({ "type": "object", "properties": {} }));
    }

    #[test]
    fn a_parameter_may_be_called_type_and_values_stay_as_they_are() {
        let schema = json!({ "type": "dict", "properties": {
            "type": { "type": "float", "default": { "type": "dict" } },
            "list": { "type": "list", "items": { "type": "int", "enum": ["int"] } },
        } });
        let read = tools(json!({ "name": "f", "parameters": schema })).unwrap();
        let expected = json!({ "type": "object", "properties": {
            "type": { "type": "number", "default": { "type": "dict" } },
            "list": { "type": "array", "items": { "type": "integer", "enum": ["int"] } },
        } });
        assert_eq!(Value::from(read[0].parameters.clone()), expected);
    }

    #[test]
    fn what_is_no_tool_is_refused() {
        for (value, why) in [
            (json!("rain"), "not JSON"),
            (json!(7), "holds a number"),
            (json!([{ "description": "x" }]), "without a `name`"),
            (json!({ "name": "f", "parameters": { "city": { "type": "str" } } }), "not a JSON Schema"),
            (json!({ "name": "f", "parameters": [] }), "not a JSON Schema"),
            (json!({ "name": "f", "parameters": { "type": 7, "properties": {} } }), "not a JSON Schema"),
            (json!([{ "name": "f" }, { "name": "f" }]), "two tools that are called `f`"),
        ] {
            let refused = tools(value.clone()).unwrap_err();
            assert!(refused.contains(why), "{value}: {refused}");
        }
    }
}
