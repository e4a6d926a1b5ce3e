//! Checks of how a text starts, ends and is wrapped.

use std::sync::LazyLock;

use regex::Regex;

/// The answers that a constrained response may hold.
const CONSTRAINED: [&str; 3] = ["My answer is yes.", "My answer is no.", "My answer is maybe."];

#[expect(clippy::unwrap_used, reason = "the patterns are constant and a test compiles them")]
fn constant(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

static PS: LazyLock<Regex> = LazyLock::new(|| constant(r"p\.\s?s\."));
static PPS: LazyLock<Regex> = LazyLock::new(|| constant(r"p\.\s?p\.\s?s"));

/// Whether a text has a postscript with a marker, which need not start a line.
pub fn has_postscript(text: &str, marker: &str) -> bool {
    let text = text.to_lowercase();
    match marker.trim() {
        "P.S." => PS.is_match(&text),
        "P.P.S" => PPS.is_match(&text),
        marker => !marker.is_empty() && text.contains(&marker.to_lowercase()),
    }
}

/// Whether a text starts with the request that it has to repeat.
pub fn repeats_prompt(text: &str, prompt: &str) -> bool {
    text.trim().to_lowercase().starts_with(&prompt.trim().to_lowercase())
}

/// Whether a text ends with a phrase, in any case; quotation marks around the text do not count.
pub fn ends_with(text: &str, phrase: &str) -> bool {
    text.trim().trim_matches('"').to_lowercase().ends_with(&phrase.trim().to_lowercase())
}

/// Whether a text is in double quotation marks.
pub fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    text.len() > 1 && text.starts_with('"') && text.ends_with('"')
}

/// Whether a text holds one of the answers that are allowed.
pub fn is_constrained(text: &str) -> bool {
    CONSTRAINED.iter().any(|answer| text.contains(answer))
}

/// Whether a text is JSON, in a fence or not.
pub fn is_json(text: &str) -> bool {
    let mut rest = text.trim();
    for mark in ["```json", "```Json", "```JSON", "```"] {
        rest = rest.strip_prefix(mark).unwrap_or(rest);
    }
    let rest = rest.strip_suffix("```").unwrap_or(rest);
    serde_json::from_str::<serde::de::IgnoredAny>(rest.trim()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postscripts() {
        assert!(has_postscript("Yours. p. s. Bring bread.", "P.S."));
        assert!(has_postscript("P.P.S Bring milk.", "P.P.S"));
        assert!(!has_postscript("P.S. Bring bread.", "P.P.S") && !has_postscript("PS: bread", "P.S."));
        assert!(has_postscript("NB: bread", "nb:") && !has_postscript("bread", ""));
    }

    #[test]
    fn starts_and_ends() {
        assert!(repeats_prompt(" Write a line. Roses", "write a LINE.") && !repeats_prompt("Roses", "Write"));
        assert!(
            ends_with("\"Good. Is that all?\"\n", "is that all?") && !ends_with("Is that all? Yes", "Is that all?")
        );
        assert!(is_quoted(" \"a\" ") && !is_quoted("\"") && !is_quoted("\u{201c}a\u{201d}"));
        assert!(is_constrained("Well. My answer is no. Sorry") && !is_constrained("My answer is no"));
    }

    #[test]
    fn json() {
        assert!(is_json("```json\n{\"a\": [1]}\n```") && is_json("[]") && is_json("``` 1 ```"));
        assert!(!is_json("Here: {}") && !is_json("") && !is_json("{'a': 1}"));
    }
}
