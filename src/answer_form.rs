//! What an answer is to be like: whether the model reasons before it, and the form that it is held to.

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
}

impl Serialize for Think {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.level() {
            Some(level) => serializer.serialize_str(level),
            None => serializer.serialize_bool(*self == Self::On),
        }
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
