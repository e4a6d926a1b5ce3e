//! JSON with NaN and Infinity, as Python writes it where numbers are missing.

use super::long_numbers::string;

/// What stands for a missing number, the longest first.
const NUMBERS: [&str; 3] = ["-Infinity", "Infinity", "NaN"];

/// The text with null for each NaN and Infinity outside of strings; `None` if there is none.
pub(super) fn as_null(text: &str) -> Option<String> {
    if !NUMBERS.iter().any(|number| text.contains(number)) {
        return None;
    }
    let (mut written, mut rest, mut is_changed) = (String::with_capacity(text.len()), text, false);
    while let Some(character) = rest.chars().next() {
        let taken = match character {
            '"' => string(rest.as_bytes()),
            _ => match NUMBERS.iter().find(|number| rest.starts_with(**number)) {
                Some(number) => {
                    written.push_str("null");
                    is_changed = true;
                    rest = &rest[number.len()..];
                    continue;
                }
                None => character.len_utf8(),
            },
        };
        written.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    is_changed.then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_numbers_are_null_and_strings_stay() {
        for (text, expected) in [
            (r#"{"a":NaN,"b":[-Infinity, Infinity]}"#, Some(r#"{"a":null,"b":[null, null]}"#)),
            (r#"{"NaN":"is \" NaN","é":NaN}"#, Some(r#"{"NaN":"is \" NaN","é":null}"#)),
            (r#"{"a":"NaN"}"#, None),
            (r#"{"a":1}"#, None),
            (r#""NaN"#, None),
        ] {
            assert_eq!(as_null(text).as_deref(), expected, "{text}");
        }
    }
}
