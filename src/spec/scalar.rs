//! Scalars of the spec that serde has no type for: durations, sizes, rates, and one value or a list.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

use super::inline_schema::inline_schema;
use crate::answer_form::Think;
use crate::level::Rate;

/// A duration, written as a number with a unit: `500ms`, `30s`, `5m`, `1.5h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HumanDuration(pub Duration);

impl HumanDuration {
    /// A duration of whole seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The maximum, ten years: short enough that adding it to any clock does not overflow.
    pub(crate) const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

    /// Parses a number with its unit, up to the maximum.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_any(text).filter(|duration| duration.0 <= Self::LONGEST)
    }

    fn parse_any(text: &str) -> Option<Self> {
        let text = text.trim();
        let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
        let number: f64 = text[..unit_at].trim().parse().ok()?;
        let factor = match &text[unit_at..] {
            "ms" => 1e-3,
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        Duration::try_from_secs_f64(number * factor).ok().map(Self)
    }
}

impl fmt::Display for HumanDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_millis();
        if milliseconds.is_multiple_of(1000) {
            write!(f, "{}s", milliseconds / 1000)
        } else {
            write!(f, "{milliseconds}ms")
        }
    }
}

impl<'de> Deserialize<'de> for HumanDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let duration = Self::parse_any(&text);
        if duration.is_some_and(|duration| duration.0 > Self::LONGEST) {
            return Err(de::Error::custom(format!("`{text}` is too long; the maximum is 87600h (ten years)")));
        }
        duration.ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is not a duration; write a number and a unit, such as `500ms`, `30s`, `5m` or `2h`"
            ))
        })
    }
}

impl Serialize for HumanDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

inline_schema!(
    HumanDuration,
    "HumanDuration",
    json_schema!({ "type": "string", "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*(ms|s|m|min|h)\s*$" })
);

/// Whether a model reasons, written as `false`, `true`, `low`, `medium` or `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThinkText(pub Think);

impl<'de> Deserialize<'de> for ThinkText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ThinkVisitor;

        impl Visitor<'_> for ThinkVisitor {
            type Value = ThinkText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`false`, `true`, `low`, `medium` or `high`")
            }

            fn visit_bool<E>(self, on: bool) -> Result<ThinkText, E> {
                Ok(ThinkText(if on { Think::On } else { Think::Off }))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ThinkText, E> {
                let known = [Think::Low, Think::Medium, Think::High].into_iter();
                let level = known.into_iter().find(|think| think.level() == Some(text));
                level.map(ThinkText).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(ThinkVisitor)
    }
}

impl Serialize for ThinkText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

inline_schema!(ThinkText, "Think", json_schema!({ "enum": [false, true, "low", "medium", "high"] }));

/// A rate, written as a number and a unit of time: `2/s`, `90/min`, `0.5/s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RateText(pub Rate);

impl RateText {
    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_once('/')?;
        let number = number.trim();
        // As in the schema: no sign, no exponent.
        let number: f64 = number.parse().ok().filter(|_| number.bytes().all(|c| c.is_ascii_digit() || c == b'.'))?;
        let seconds = match unit.trim() {
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        Rate::new(number / seconds).map(Self)
    }
}

impl<'de> Deserialize<'de> for RateText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(RateVisitor)
    }
}

/// Gives a number without a unit the same message alone and in a list.
struct RateVisitor;

impl Visitor<'_> for RateVisitor {
    type Value = RateText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rate")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<RateText, E> {
        RateText::parse(text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is not a rate; write a number above 0 and a unit, such as `2/s`, `90/min` or `0.5/s`"
            ))
        })
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<RateText, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<RateText, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<RateText, E> {
        self.visit_str(&number.to_string())
    }
}

impl Serialize for RateText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

inline_schema!(
    RateText,
    "Rate",
    json_schema!({ "type": "string", "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*/\s*(s|m|min|h)\s*$" })
);

/// A string, number or boolean, as text: a value that a column is compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scalar(pub String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor).map(Self)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a number or a boolean")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    // As JSON writes it, which is how a row's number becomes text.
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<String, E> {
        Ok(serde_json::Number::from_f64(value).map_or_else(|| value.to_string(), |number| number.to_string()))
    }
}

inline_schema!(Scalar, "Scalar", json_schema!({ "type": ["string", "number", "boolean"] }));

/// One value, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> std::ops::Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrManyVisitor(PhantomData))
    }
}

struct OneOrManyVisitor<T>(PhantomData<T>);

/// A number or boolean where a string is expected is meant as text, alone as in a list.
fn one_or_its_text<'de, T: Deserialize<'de>, E: de::Error>(
    one: impl Deserializer<'de, Error = E>,
    value: impl fmt::Display,
) -> Result<OneOrMany<T>, E> {
    T::deserialize(one)
        .or_else(|error: E| T::deserialize(value.to_string().into_deserializer()).map_err(|_: E| error))
        .map(|one| OneOrMany(vec![one]))
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrManyVisitor<T> {
    type Value = OneOrMany<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one value or a list of values")
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(|one| OneOrMany(vec![one]))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        one_or_its_text(value.into_deserializer(), value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        one_or_its_text(value.into_deserializer(), value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        one_or_its_text(value.into_deserializer(), value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        T::deserialize(value.into_deserializer()).map(|one| OneOrMany(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(OneOrMany(values))
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_with_their_unit() {
        for (text, per_second) in [("2/s", 2.0), ("90/min", 1.5), (" 0.5 / s ", 0.5), ("3600/h", 1.0)] {
            assert_eq!(RateText::parse(text).unwrap().0.per_second(), per_second, "{text}");
        }
        for text in ["", "2", "/s", "0/s", "-1/s", "2/d", "inf/s", "nan/s", "1e9/s", "2/s/s"] {
            assert_eq!(RateText::parse(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_read_with_their_unit() {
        let cases = [("500ms", 0.5), ("30s", 30.0), ("5m", 300.0), ("1.5h", 5400.0), ("2 min", 120.0)];
        for (text, seconds) in cases {
            assert_eq!(HumanDuration::parse(text).unwrap().0.as_secs_f64(), seconds, "{text}");
        }
        for text in ["", "30", "s", "-1s", "1d", "infs", "nans", "1e999h"] {
            assert_eq!(HumanDuration::parse(text), None, "{text}");
        }
    }
}
