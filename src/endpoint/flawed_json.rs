//! JSON with flaws in its strings: half surrogates, bare control characters, bytes that are not UTF-8.
//!
//! A server that cuts an answer inside a character may send `\ud83d` alone. It is valid JSON but not valid text, so it is read
//! as U+FFFD, like bytes that are not UTF-8. Servers that put texts into JSON without a library leave line ends in them.

use std::borrow::Cow;

use serde::Deserialize;

/// Reads JSON; half surrogates and bytes that are not UTF-8 become U+FFFD, and bare control characters stay. What is read may
/// borrow from the bytes, or from `spare`, which holds them where they had to be mended.
pub(super) fn from_slice<'frame, T: Deserialize<'frame>>(
    bytes: &'frame [u8],
    spare: &'frame mut Vec<u8>,
) -> serde_json::Result<T> {
    let error = match serde_json::from_slice(bytes) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let text = String::from_utf8_lossy(bytes);
    *spare = match (mended(text.as_bytes()), text) {
        (Some(mended), _) => mended,
        (None, Cow::Owned(text)) => text.into_bytes(),
        (None, Cow::Borrowed(_)) => return Err(error),
    };
    serde_json::from_slice(spare)
}

/// The text with each half surrogate escape replaced, and each bare control character of a string escaped; `None` if there
/// is none.
fn mended(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut taken, mut at, mut is_string) = (Vec::new(), 0, 0, false);
    while at < bytes.len() {
        let (length, mended) = match bytes[at] {
            b'\\' => match unit(bytes, at) {
                Some(0xd800..=0xdbff) if matches!(unit(bytes, at + 6), Some(0xdc00..=0xdfff)) => (12, None),
                Some(0xd800..=0xdfff) => (6, Some("\\ufffd".to_owned())),
                Some(_) => (6, None),
                None => (2, None),
            },
            b'"' => {
                is_string = !is_string;
                (1, None)
            }
            control @ 0..=0x1f if is_string => (1, Some(format!("\\u{control:04x}"))),
            _ => (1, None),
        };
        if let Some(mended) = mended {
            out.extend_from_slice(&bytes[taken..at]);
            out.extend_from_slice(mended.as_bytes());
            taken = at + length;
        }
        at += length;
    }
    let is_mended = taken > 0;
    out.extend_from_slice(&bytes[taken..]);
    is_mended.then_some(out)
}

/// The code unit of a `\uXXXX` escape at a position.
fn unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::super::lenient::Text;
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
            let mut spare = Vec::new();
            let text: Text<'_> = from_slice(json.as_bytes(), &mut spare).unwrap();
            assert_eq!(&*text, expected, "{json}");
        }
        let bare = "\n\"one\ntwo\tthree \\\" \\ud83d\"\n";
        assert_eq!(&*from_slice::<Text<'_>>(bare.as_bytes(), &mut Vec::new()).unwrap(), "one\ntwo\tthree \" \u{fffd}");
        let latin = b"\"caf\xe9 \\ud83d\"";
        assert_eq!(&*from_slice::<Text<'_>>(latin, &mut Vec::new()).unwrap(), "caf\u{fffd} \u{fffd}");
        for json in [r#""\ud83""#, r#""\u"#, "\"\\", "{"] {
            assert!(from_slice::<String>(json.as_bytes(), &mut Vec::new()).is_err(), "{json}");
        }
    }
}
