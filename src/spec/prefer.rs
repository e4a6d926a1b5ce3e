//! What decides between models: rules such as `score within 2 points of the best` and `cost`, the first counting most.

use std::borrow::Cow;
use std::fmt;

use schemars::json_schema;
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use super::inline_schema::inline_schema;

/// A rule that keeps some of the models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Preference {
    /// Those whose score is shown to be at most this number of points below the best.
    Within(f64),
    /// Those that score highest.
    Score,
    /// Those that cost least.
    Cost,
    /// Those that answer fastest.
    Latency,
    /// Those that write least.
    OutputTokens,
}

const WORDS: [(&str, Preference); 4] = [
    ("score", Preference::Score),
    ("cost", Preference::Cost),
    ("latency", Preference::Latency),
    ("output_tokens", Preference::OutputTokens),
];

impl Preference {
    fn parse(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        if let ["score", "within", points, "points" | "point", "of", "the", "best"] = words.as_slice() {
            let points = points.parse().ok().filter(|points: &f64| *points > 0.0 && *points < 100.0);
            return points
                .map(Self::Within)
                .ok_or_else(|| format!("`{text}` needs a number of points above 0 and below 100"));
        }
        let known = WORDS.into_iter().find(|known| words.as_slice() == [known.0]).map(|known| known.1);
        known.ok_or_else(|| {
            format!(
                "`{text}` is no rule; write `score within 2 points of the best`, `score`, `cost`, `latency` or \
                 `output_tokens`"
            )
        })
    }
}

impl fmt::Display for Preference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(1.0) => f.write_str("score within 1 point of the best"),
            Self::Within(points) => write!(f, "score within {points} points of the best"),
            other => f.write_str(WORDS.into_iter().find(|known| known.1 == *other).map_or("", |known| known.0)),
        }
    }
}

impl<'de> Deserialize<'de> for Preference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl Serialize for Preference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

inline_schema!(Preference, "Preference", {
    let pattern = r"^\s*(score(\s+within\s+\S+\s+points?\s+of\s+the\s+best)?|cost|latency|output_tokens)\s*$";
    json_schema!({ "type": "string", "pattern": pattern, "examples": ["score within 2 points of the best", "cost"] })
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_and_written_alike() {
        for text in ["score within 2 points of the best", "score within 0.5 points of the best", "cost", "latency"] {
            assert_eq!(Preference::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Preference::parse(" score  within 1 point of the best"), Ok(Preference::Within(1.0)));
        for (text, why) in [
            ("cheap", "is no rule"),
            ("score within 0 points of the best", "a number of points above 0"),
            ("score within two points of the best", "a number of points above 0"),
            ("score within 2", "is no rule"),
        ] {
            assert!(Preference::parse(text).unwrap_err().contains(why), "{text}");
        }
    }
}
