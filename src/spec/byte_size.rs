//! Numbers of bytes, written with their unit.

use std::borrow::Cow;

use schemars::json_schema;
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use super::inline_schema::inline_schema;

/// A number of bytes, written with its unit: `512MB`, `2GB`, `1.5GiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

impl ByteSize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "above 0 and below 2^53")]
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
        let number = text[..unit_at].trim();
        let number: f64 = number.parse().ok().filter(|_| number.bytes().all(|c| c.is_ascii_digit() || c == b'.'))?;
        let factor = match &text[unit_at..] {
            "kB" | "KB" => 1e3,
            "MB" => 1e6,
            "GB" => 1e9,
            "TB" => 1e12,
            "KiB" => 1024.0,
            "MiB" => 1_048_576.0,
            "GiB" => 1_073_741_824.0,
            _ => return None,
        };
        let bytes = (number * factor).round();
        (1.0..9e15).contains(&bytes).then_some(Self(bytes as u64))
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is not a size; write a number above 0 and a unit, such as `512MB`, `2GB` or `1.5GiB`"
            ))
        })
    }
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}kB", self.0 as f64 / 1e3))
    }
}

inline_schema!(
    ByteSize,
    "ByteSize",
    json_schema!({ "type": "string", "pattern": r"^\s*[0-9]+(\.[0-9]+)?\s*([kKMGT]B|[KMG]iB)\s*$" })
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_unit() {
        for (text, bytes) in
            [("2GB", 2_000_000_000), (" 1.5 GiB ", 1_610_612_736), ("512kB", 512_000), ("1MiB", 1 << 20)]
        {
            assert_eq!(ByteSize::parse(text), Some(ByteSize(bytes)), "{text}");
        }
        for text in ["", "2", "GB", "0GB", "-1GB", "1e3GB", "2gb", "2G", "99999999TB", "nanGB", "infGB"] {
            assert_eq!(ByteSize::parse(text), None, "{text}");
        }
    }
}
