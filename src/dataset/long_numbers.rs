//! Whole numbers in JSON that are too long for a number of the machine, which would lose their last digits.

/// Digits of the longest number that surely fits.
const FIT: usize = 19;

/// The text with a string in the place of each such number; `None` if there is none.
pub(super) fn as_strings(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    // Of more digits in a row, one stands at a multiple of their number.
    let is_run = |at: usize| bytes[at].is_ascii_digit() && run_around(bytes, at) > FIT;
    if !(0..bytes.len()).step_by(FIT).any(is_run) {
        return None;
    }
    let (mut written, mut taken, mut at, mut is_changed) = (String::with_capacity(text.len() + 64), 0, 0, false);
    while at < bytes.len() {
        let length = match bytes[at] {
            b'"' => string(&bytes[at..]),
            b'-' | b'0'..=b'9' => {
                let length = number(&bytes[at..]);
                let number = &text[at..at + length];
                if is_long(number) {
                    written.extend([&text[taken..at], "\"", number, "\""]);
                    taken = at + length;
                    is_changed = true;
                }
                length
            }
            _ => 1,
        };
        at += length;
    }
    written.push_str(&text[taken..]);
    is_changed.then_some(written)
}

fn run_around(bytes: &[u8], at: usize) -> usize {
    let before = bytes[..at].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    before + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn is_long(number: &str) -> bool {
    let is_whole = !number.contains(['.', 'e', 'E', '+']) && number.rfind('-').unwrap_or(0) == 0;
    is_whole && number.trim_start_matches('-').len() > FIT && number.parse::<u64>().is_err()
}

/// Length of the number that a text begins with.
fn number(text: &[u8]) -> usize {
    text.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')).count()
}

/// Length of the string that a text begins with.
pub(super) fn string(text: &[u8]) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.iter().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_whole_numbers_keep_all_their_digits() {
        let long = "1180591620717411303424";
        for (text, expected) in [
            (format!("{{\"a\":{long},\"é\":[-{long}]}}"), Some(format!("{{\"a\":\"{long}\",\"é\":[\"-{long}\"]}}"))),
            (format!("{{\"a\":\"{long} \\\" {long}\",\"b\":1}}"), None),
            (format!("[0.{long}, {long}e3, {long}.5]"), None),
            (
                "[18446744073709551615, 18446744073709551616]".to_owned(),
                Some("[18446744073709551615, \"18446744073709551616\"]".to_owned()),
            ),
            ("{\"a\":1}".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(as_strings(&text), expected, "{text}");
        }
        for before in 0..40 {
            let text = format!("[{}{long}]", " ".repeat(before));
            assert!(as_strings(&text).is_some(), "{before}");
        }
    }
}
