//! What an answer is to be like: whether the model reasons before it, and the form that it is held to.

use jsonschema::Validator;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value as Json};

/// Whether and how much a model reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Think {
    /// Not at all.
    Off,
    /// As much as it wants.
    On,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// A lot.
    High,
}

impl Think {
    /// The level, where it is one.
    pub fn level(self) -> Option<&'static str> {
        match self {
            Self::Off | Self::On => None,
            Self::Low => Some("low"),
            Self::Medium => Some("medium"),
            Self::High => Some("high"),
        }
    }

    /// Its level, or whether the model reasons.
    pub fn as_json(self) -> Json {
        self.level().map_or_else(|| Json::from(self == Self::On), Json::from)
    }
}

impl Serialize for Think {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_json().serialize(serializer)
    }
}

/// The form that an answer is held to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResponseFormat {
    /// A JSON object.
    Json,
    /// JSON that a schema describes.
    JsonSchema(Map<String, Json>),
}

/// A form that was asked for, to hold answers against.
#[derive(Debug, Clone)]
pub struct AskedForm {
    format: ResponseFormat,
    /// The schema, or why it is none.
    schema: Option<Result<Validator, String>>,
}

/// How an answer keeps to the form that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormFit {
    /// It has the form.
    Fits,
    /// It is not JSON, or more than JSON.
    NotJson,
    /// It is JSON, but not an object.
    NotObject,
    /// It is JSON that the schema does not allow.
    ViolatesSchema,
}

impl FormFit {
    /// The word that the tables use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::NotJson => "not_json",
            Self::NotObject => "not_object",
            Self::ViolatesSchema => "violates_schema",
        }
    }
}

impl AskedForm {
    /// The form that a request asks for.
    pub fn of(format: &ResponseFormat) -> Self {
        let schema = match format {
            ResponseFormat::Json => None,
            ResponseFormat::JsonSchema(schema) => {
                let schema = Json::Object(schema.clone());
                Some(jsonschema::validator_for(&schema).map_err(|error| error.to_string()))
            }
        };
        Self { format: format.clone(), schema }
    }

    /// Why no answer can be held against it, if so.
    pub fn fault(&self) -> Option<&str> {
        self.schema.as_ref()?.as_ref().err().map(String::as_str)
    }

    /// How an answer keeps to it; `None` for an answer without text and where the schema is none. The whole text counts:
    /// what a program cannot parse does not have the form.
    pub fn fit(&self, text: &str) -> Option<FormFit> {
        let text = text.trim();
        if text.is_empty() || self.fault().is_some() {
            return None;
        }
        let Ok(value) = serde_json::from_str::<Json>(text) else { return Some(FormFit::NotJson) };
        let fits = match &self.schema {
            Some(Ok(schema)) => schema.is_valid(&value),
            _ => value.is_object(),
        };
        Some(match (fits, &self.schema) {
            (true, _) => FormFit::Fits,
            (false, None) => FormFit::NotObject,
            (false, Some(_)) => FormFit::ViolatesSchema,
        })
    }
}

/// The schema follows from what was asked for.
impl PartialEq for AskedForm {
    fn eq(&self, other: &Self) -> bool {
        self.format == other.format
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_has_the_form_that_was_asked_for_or_it_is_said_how_not() {
        let schema =
            json!({ "type": "object", "required": ["answer"], "properties": { "answer": { "enum": ["A", "B"] } } });
        let schema = AskedForm::of(&ResponseFormat::JsonSchema(schema.as_object().unwrap().clone()));
        let json = AskedForm::of(&ResponseFormat::Json);
        for (text, by_schema, as_json) in [
            (" {\"answer\": \"B\"}\n", Some(FormFit::Fits), Some(FormFit::Fits)),
            ("{\"answer\": \"C\"}", Some(FormFit::ViolatesSchema), Some(FormFit::Fits)),
            ("\"B\"", Some(FormFit::ViolatesSchema), Some(FormFit::NotObject)),
            ("```json\n{\"answer\": \"B\"}\n```", Some(FormFit::NotJson), Some(FormFit::NotJson)),
            ("{\"answer\": \"B\"", Some(FormFit::NotJson), Some(FormFit::NotJson)),
            (" ", None, None),
        ] {
            assert_eq!((schema.fit(text), json.fit(text)), (by_schema, as_json), "{text}");
        }
        let wrong = AskedForm::of(&ResponseFormat::JsonSchema(json!({ "type": 5 }).as_object().unwrap().clone()));
        assert!(wrong.fault().is_some());
        assert_eq!(wrong.fit("{}"), None);
    }
}
