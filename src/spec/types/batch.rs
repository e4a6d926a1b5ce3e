//! The key `batch` of an endpoint.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::spec::byte_size::ByteSize;
use crate::spec::scalar::HumanDuration;

/// Whether an endpoint is asked through its batch API, written as `true`, `false` or the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BatchSpec {
    /// Requests are asked one by one.
    #[default]
    Off,
    /// Requests are submitted together.
    On(BatchApiSpec),
}

/// How requests are submitted to a batch API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BatchApiSpec {
    /// Longest time between two looks at a batch; the first looks come sooner.
    pub poll: HumanDuration,
    /// Maximum number of requests per batch; by default what the provider takes.
    pub max_requests: Option<NonZeroU32>,
    /// Maximum size of a batch, such as `50MB`; by default what the provider takes.
    pub max_bytes: Option<ByteSize>,
}

impl Default for BatchApiSpec {
    fn default() -> Self {
        Self { poll: HumanDuration::from_secs(60), max_requests: None, max_bytes: None }
    }
}

impl BatchSpec {
    /// The settings, if requests are submitted.
    pub fn settings(self) -> Option<BatchApiSpec> {
        match self {
            Self::Off => None,
            Self::On(settings) => Some(settings),
        }
    }
}

impl<'de> Deserialize<'de> for BatchSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BatchVisitor;

        impl<'de> Visitor<'de> for BatchVisitor {
            type Value = BatchSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or settings such as `{ poll: 30s }`")
            }

            fn visit_bool<E>(self, on: bool) -> Result<BatchSpec, E> {
                Ok(if on { BatchSpec::On(BatchApiSpec::default()) } else { BatchSpec::Off })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<BatchSpec, A::Error> {
                BatchApiSpec::deserialize(MapAccessDeserializer::new(map)).map(BatchSpec::On)
            }
        }

        deserializer.deserialize_any(BatchVisitor)
    }
}

impl Serialize for BatchSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_bool(false),
            Self::On(settings) => settings.serialize(serializer),
        }
    }
}

impl JsonSchema for BatchSpec {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "BatchSpec".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let settings = generator.subschema_for::<BatchApiSpec>();
        json_schema!({ "anyOf": [{ "type": "boolean" }, settings] })
    }
}
