//! Finds API keys in the text of a spec: the variables that hold them, and keys written in place of a variable.

use std::sync::LazyLock;

use regex::Regex;

/// Prefixes of the keys of known providers.
const BEGINNINGS: [&str; 12] =
    ["sk-", "sk_", "pk-", "hf_", "gsk_", "xai-", "AIza", "r8_", "nvapi-", "ghp_", "github_pat_", "AKIA"];

/// Shortest value recognized as a key.
const SHORTEST: usize = 8;

/// From this length on, a word of letters and digits is treated as a key, not as a name.
const LONG: usize = 20;

/// The keys found in a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mentioned {
    /// Names of variables that hold keys.
    pub variables: Vec<String>,
    /// Keys themselves.
    pub values: Vec<String>,
}

/// Finds keys in a text that need not be a valid spec: diagnostics quote its
/// lines, and a key must not be shown.
pub fn mentioned(text: &str) -> Mentioned {
    static ENTRY: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let name = r"(?:api_?key(?:_env)?|url_env|token|secret|password|authorization)";
        Regex::new(&format!(r#"(?i){name}["']?\s*[:=]\s*["']?(?:bearer\s+)?([^\s"',}}\]#]+)"#)).ok()
    });
    let mut found = Mentioned::default();
    for entry in ENTRY.iter().flat_map(|entry| entry.captures_iter(text)) {
        let value = &entry[1];
        match value.strip_prefix("${") {
            Some(reference) => {
                let name = reference.split([':', '}']).next().unwrap_or_default();
                found.variables.push(name.to_owned());
            }
            None if is_key(value) => found.values.push(value.to_owned()),
            None => found.variables.push(value.to_owned()),
        }
    }
    found
}

/// True if a text is a key rather than the name of a variable that holds one.
pub fn is_key(text: &str) -> bool {
    if text.len() < SHORTEST {
        return false;
    }
    let is_name =
        text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !text.starts_with(|c: char| c.is_ascii_digit());
    let has = |of: fn(&char) -> bool| text.chars().any(|c| of(&c));
    let is_random = text.len() >= LONG && has(char::is_ascii_lowercase) && has(char::is_ascii_digit);
    !is_name || is_random || BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_names_of_variables_are_told_apart() {
        for name in ["OPENAI_API_KEY", "KEY", "my_key", "AZURE_OPENAI_API_KEY_2", "A1"] {
            assert!(!is_key(name), "{name}");
        }
        for key in
            ["sk-proj-abc123", "hf_abcdefgh", "gsk_0123456789", "9f8e7d6c5b4a", "a.b.c.d.e.f", "abcdefghijklmnopqrst1"]
        {
            assert!(is_key(key), "{key}");
        }
    }

    #[test]
    fn every_way_to_write_a_key_is_found() {
        let text = "endpoints:\n  a: { openai: { url: x, api_key_env: OPENAI_API_KEY } }\n  b: {openai: {api_key_env: \"sk-12345678\"}}\n\
            api_key = 'sk-abcdefgh'\nload: { max_tokens: 128 }\nx: { api_key_env: ${MY_KEY:-x} }\nAuthorization: Bearer sk-zzzzzzzz\n";
        let found = mentioned(text);
        assert_eq!(found.values, ["sk-12345678", "sk-abcdefgh", "sk-zzzzzzzz"]);
        assert_eq!(found.variables, ["OPENAI_API_KEY", "MY_KEY"]);
    }
}
