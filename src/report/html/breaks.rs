//! Places where a narrow page may break a name: behind its signs, so that words stay whole.

use minijinja::{HtmlEscape, Value};

use crate::printable::{is_reordering, unturned};

/// Signs behind which a name may be broken.
const SIGNS: &str = "/\\:_-.@|+=";

/// Words up to this many letters fit any column.
const SHORT: usize = 12;

/// A text as HTML, with a `<wbr>` at each such place.
pub(super) fn breakable(text: &str) -> Value {
    let text = if text.contains(is_reordering) { unturned(text) } else { text.to_owned() };
    let words = text.split_inclusive(char::is_whitespace).map(|word| {
        let parts: Vec<String> = parts(word).into_iter().map(|part| HtmlEscape(part).to_string()).collect();
        parts.join("<wbr>")
    });
    Value::from_safe_string(words.collect())
}

/// The parts of a word, each with the sign at its end. Numbers such as `1.5` and ends of words are not parted.
fn parts(word: &str) -> Vec<&str> {
    if word.chars().count() <= SHORT {
        return vec![word];
    }
    let letters: Vec<(usize, char)> = word.char_indices().collect();
    let mut parts = Vec::new();
    let mut start = 0;
    for around in letters.windows(3) {
        let [(_, before), (_, sign), (end, behind)] = [around[0], around[1], around[2]];
        let is_number = before.is_ascii_digit() && behind.is_ascii_digit() && sign == '.';
        if SIGNS.contains(sign) && behind.is_alphanumeric() && !is_number {
            parts.push(&word[start..end]);
            start = end;
        }
    }
    parts.push(&word[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_break_behind_their_signs() {
        let shown = |text: &str| breakable(text).to_string();
        assert_eq!(shown("qwen2:1.5b"), "qwen2:1.5b");
        assert_eq!(shown("meta-llama/Llama-3.1-8B"), "meta-<wbr>llama&#x2f;<wbr>Llama-<wbr>3.1-<wbr>8B");
        assert_eq!(shown("abstract_algebra (cais/mmlu)"), "abstract_<wbr>algebra (cais&#x2f;mmlu)");
        assert_eq!(shown("<script>alert_1</script>-x"), "&lt;script&gt;alert_<wbr>1&lt;&#x2f;<wbr>script&gt;-<wbr>x");
        assert_eq!(shown("−4.0 points [−16.5, +8.7], p = 0.644"), "−4.0 points [−16.5, +8.7], p = 0.644");
        assert_eq!(shown("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(shown("----------------"), "----------------");
        assert_eq!(shown(""), "");
    }
}
