//! The key `metrics` of an endpoint.

use std::fmt;

use schemars::json_schema;
use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::spec::inline_schema::inline_schema;

/// Where a server says what it does, written as `true`, `false` or an address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum MetricsSpec {
    /// Nobody asks.
    #[default]
    Off,
    /// At `/metrics` of its own address.
    Own,
    /// At this address.
    At(String),
}

impl<'de> Deserialize<'de> for MetricsSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MetricsVisitor;

        impl Visitor<'_> for MetricsVisitor {
            type Value = MetricsSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`true`, `false` or the address of the server's metrics")
            }

            fn visit_bool<E>(self, on: bool) -> Result<MetricsSpec, E> {
                Ok(if on { MetricsSpec::Own } else { MetricsSpec::Off })
            }

            fn visit_str<E>(self, text: &str) -> Result<MetricsSpec, E> {
                Ok(MetricsSpec::At(text.to_owned()))
            }
        }

        deserializer.deserialize_any(MetricsVisitor)
    }
}

impl Serialize for MetricsSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_bool(false),
            Self::Own => serializer.serialize_bool(true),
            Self::At(address) => serializer.serialize_str(address),
        }
    }
}

inline_schema!(MetricsSpec, "Metrics", json_schema!({ "type": ["boolean", "string"] }));
