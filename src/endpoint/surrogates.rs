//! Half surrogates in JSON: a server that cuts an answer inside a character may send `\ud83d` alone.
//! It is lawful JSON and no lawful text, so it is read as U+FFFD, like any other broken character.

use serde::de::DeserializeOwned;

/// Reads JSON; half surrogates become U+FFFD.
pub(super) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice(bytes).or_else(|error| match mended(bytes) {
        Some(mended) => serde_json::from_slice(&mended),
        None => Err(error),
    })
}

/// The text with each half surrogate escape replaced; `None` if there is none.
fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            at += 1;
            continue;
        }
        let length = match unit(bytes, at) {
            Some(0xd800..=0xdbff) if matches!(unit(bytes, at + 6), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                let out = out.get_or_insert_with(|| bytes.to_vec());
                out[at + 2..at + 6].copy_from_slice(b"fffd");
                6
            }
            Some(_) => 6,
            None => 2,
        };
        at += length;
    }
    out
}

/// The code unit of a `\uXXXX` escape at a position.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_surrogates_are_broken_characters_and_whole_ones_stay() {
        let cases = [
            (r#""a\ud83d""#, "a\u{fffd}"),
            (r#""\udc00b""#, "\u{fffd}b"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d \ud83d""#, "\\ud83d \u{fffd}"),
        ];
        for (json, expected) in cases {
            assert_eq!(from_slice::<String>(json.as_bytes()).unwrap(), expected, "{json}");
        }
        for json in [r#""\ud83""#, r#""\u"#, "\"\\", "{"] {
            assert!(from_slice::<String>(json.as_bytes()).is_err(), "{json}");
        }
    }
}
