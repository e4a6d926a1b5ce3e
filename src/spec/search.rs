//! A range of counts, such as `1..256`.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;

use schemars::json_schema;
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use super::inline_schema::inline_schema;

/// Counts from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountRange {
    /// The smallest.
    pub low: NonZeroU32,
    /// The largest.
    pub high: NonZeroU32,
}

impl CountRange {
    fn parse(text: &str) -> Option<Self> {
        let (low, high) = text.split_once("..")?;
        let count = |text: &str| text.trim().parse::<NonZeroU32>().ok();
        let (low, high) = (count(low)?, count(high)?);
        (low <= high).then_some(Self { low, high })
    }
}

impl fmt::Display for CountRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.low, self.high)
    }
}

impl<'de> Deserialize<'de> for CountRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is no range of counts; write the smallest and the largest, such as `1..256`"
            ))
        })
    }
}

impl Serialize for CountRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

inline_schema!(
    CountRange,
    "CountRange",
    json_schema!({ "type": "string", "pattern": r"^\s*[0-9]+\s*\.\.\s*[0-9]+\s*$", "examples": ["1..256"] })
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_written() {
        assert_eq!(CountRange::parse("1..256").unwrap().to_string(), "1..256");
        assert_eq!(CountRange::parse(" 4 .. 4 ").unwrap().to_string(), "4..4");
        for text in ["", "8", "0..8", "8..1", "1..=8", "a..b", "1.5..2", "-1..2"] {
            assert_eq!(CountRange::parse(text), None, "{text}");
        }
    }
}
