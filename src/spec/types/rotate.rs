//! The key `rotate` of the judge `choice`.

use std::fmt;

use schemars::json_schema;
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::spec::inline_schema::inline_schema;

/// In how many orders a question is asked, written as `true`, `false` or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotate {
    /// In one.
    #[default]
    Off,
    /// In all rotations of up to four choices, and in four of more.
    On,
    /// In this number of rotations, or in all if there are fewer.
    Times(usize),
}

/// Rotations of `true`.
const USUALLY: usize = 4;

/// Fewest and most rotations that may be asked for.
const RANGE: std::ops::RangeInclusive<usize> = 2..=26;

impl Rotate {
    /// The most rotations of a question; none if it is asked in one order.
    pub fn most(self) -> Option<usize> {
        match self {
            Self::Off => None,
            Self::On => Some(USUALLY),
            Self::Times(times) => Some(times),
        }
    }
}

impl<'de> Deserialize<'de> for Rotate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RotateVisitor;

        impl Visitor<'_> for RotateVisitor {
            type Value = Rotate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "`true`, `false` or a number of rotations from {} to {}", RANGE.start(), RANGE.end())
            }

            fn visit_bool<E>(self, on: bool) -> Result<Rotate, E> {
                Ok(if on { Rotate::On } else { Rotate::Off })
            }

            fn visit_u64<E: de::Error>(self, times: u64) -> Result<Rotate, E> {
                let known = usize::try_from(times).ok().filter(|times| RANGE.contains(times));
                known.map(Rotate::Times).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(times), &self))
            }

            fn visit_i64<E: de::Error>(self, times: i64) -> Result<Rotate, E> {
                let unsigned = u64::try_from(times);
                unsigned
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(times), &self))
                    .and_then(|times| self.visit_u64(times))
            }
        }

        deserializer.deserialize_any(RotateVisitor)
    }
}

impl Serialize for Rotate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_bool(false),
            Self::On => serializer.serialize_bool(true),
            Self::Times(times) => times.serialize(serializer),
        }
    }
}

inline_schema!(Rotate, "Rotate", {
    let number = json_schema!({ "type": "integer", "minimum": RANGE.start(), "maximum": RANGE.end() });
    json_schema!({ "anyOf": [{ "type": "boolean" }, number] })
});
