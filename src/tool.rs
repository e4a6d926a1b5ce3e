//! Tools that a model may call, and its calls, which are kept and never carried out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// A tool that is offered to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name.
    #[schemars(length(min = 1))]
    pub name: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// JSON Schema of its arguments; by default it takes none.
    #[serde(default = "no_arguments")]
    pub parameters: Map<String, Json>,
}

fn no_arguments() -> Map<String, Json> {
    let schema = json!({ "type": "object", "properties": {} });
    schema.as_object().cloned().unwrap_or_default()
}

/// A call of a tool by a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Name of the tool.
    pub name: String,
    /// Its arguments as the model wrote them: the text of a JSON object, if the model knows how to write one.
    pub arguments: String,
}

impl ToolCall {
    /// The arguments as JSON; `None` if they are none. No arguments are an empty object.
    pub fn parsed(&self) -> Option<Json> {
        if self.arguments.trim().is_empty() {
            return Some(json!({}));
        }
        serde_json::from_str(&self.arguments).ok()
    }

    /// The call as JSON, with arguments that are none as a text.
    pub fn as_json(&self) -> Json {
        let arguments = self.parsed().unwrap_or_else(|| self.arguments.clone().into());
        json!({ "name": self.name, "arguments": arguments })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_json_or_shown_as_they_are() {
        let call = |arguments: &str| ToolCall { name: "f".into(), arguments: arguments.into() };
        for (arguments, expected) in [
            (r#"{"a": 1}"#, json!({ "name": "f", "arguments": { "a": 1 } })),
            ("", json!({ "name": "f", "arguments": {} })),
            ("{a: 1", json!({ "name": "f", "arguments": "{a: 1" })),
        ] {
            assert_eq!(call(arguments).as_json(), expected, "{arguments}");
        }
    }
}
