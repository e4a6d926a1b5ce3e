//! Secrets: values that can be sent, and neither printed nor stored.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// What stands where a secret stood.
const REDACTED: &str = "[redacted]";

/// Shortest secret that is looked for in other spellings: those of a shorter one are found in ordinary text.
const SPELT: usize = 8;

/// Fewest characters of a secret: fewer are found in any text, and hide nothing.
const SHORTEST: usize = 4;

/// What people set where a server wants some key and looks at none. To hide these words would hide no secret, and would
/// take them out of the answers of models.
const PLACEHOLDERS: [&str; 20] = [
    "none",
    "null",
    "empty",
    "dummy",
    "fake",
    "test",
    "placeholder",
    "unused",
    "ignored",
    "not-needed",
    "no-key",
    "no-key-required",
    "your-api-key",
    "api-key",
    "token",
    "local",
    "ollama",
    "lm-studio",
    "llama",
    "vllm",
];

/// Shortest piece of base64 that stands for a secret.
const SHORTEST_CODE: usize = 8;

/// An API key or token. `Debug` and `Display` show asterisks.
#[derive(Clone)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps a value. White space around it, which a copied key often has, is cut.
    pub fn new(value: &str) -> Self {
        Self(value.trim().into())
    }

    fn is_one(&self) -> bool {
        let is_placeholder = PLACEHOLDERS.iter().any(|word| self.0.eq_ignore_ascii_case(word));
        self.0.chars().count() >= SHORTEST && !is_placeholder
    }

    /// The value, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Every secret of the process: one list, whose clones share what is added later. All that is written or printed
/// goes through [`Secrets::redact`].
#[derive(Clone, Default)]
pub struct Secrets(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    values: BTreeSet<String>,
    /// Short values, letter by letter.
    short: Option<AhoCorasick>,
    /// Long values in every spelling, in any case.
    long: Option<AhoCorasick>,
}

impl Secrets {
    /// Adds a secret. A few characters are none, and neither is a word that stands for no key.
    pub fn add(&self, secret: &Secret) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if secret.is_one() && known.values.insert(secret.expose().to_owned()) {
            known.prepare();
        }
    }

    /// The text without any secret: as it is, in other case, escaped as in JSON or a URL, in base64 or hexadecimal.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = self.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for range in found {
            out.push_str(&text[from..range.start]);
            out.push_str(REDACTED);
            from = range.end;
        }
        out.push_str(&text[from..]);
        Cow::Owned(out)
    }

    /// The same of a text that is not needed any more: it is copied only if it holds a secret.
    pub fn redacted(&self, text: String) -> String {
        match self.redact(&text) {
            Cow::Owned(clean) => clean,
            Cow::Borrowed(_) => text,
        }
    }

    /// Where secrets stand in a text, in order and apart.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let matchers = known.short.iter().chain(&known.long);
        let mut found: Vec<Range<usize>> =
            matchers.flat_map(|matcher| matcher.find_overlapping_iter(text).map(|found| found.range())).collect();
        found.sort_by_key(|range| range.start);
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for range in found {
            match apart.last_mut().filter(|last| range.start <= last.end) {
                Some(last) => last.end = last.end.max(range.end),
                None => apart.push(range),
            }
        }
        apart
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Known {
    fn prepare(&mut self) {
        let (long, short): (Vec<_>, Vec<_>) = self.values.iter().partition(|value| value.len() >= SPELT);
        // A list of patterns that is too large to search for cannot be made of keys.
        let matcher = |patterns: Vec<String>, any_case: bool| {
            let mut builder = AhoCorasick::builder();
            builder.match_kind(MatchKind::Standard).ascii_case_insensitive(any_case);
            if patterns.is_empty() { None } else { builder.build(patterns).ok() }
        };
        self.short = matcher(short.into_iter().cloned().collect(), false);
        self.long = matcher(long.into_iter().flat_map(|value| spellings(value)).collect(), true);
    }
}

/// How a secret can stand in a text that a server, a library or an encoder has made.
fn spellings(value: &str) -> Vec<String> {
    let json = serde_json::Value::from(value).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let escaped: String = value.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let hex = |prefix: &str| value.bytes().map(|byte| format!("{prefix}{byte:02x}")).collect::<String>();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let url: String = value
        .bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") })
        .collect();
    let mut all = vec![value.to_owned(), json.replace('/', "\\/"), json, escaped, hex("%"), hex(""), url];
    for shift in 0..3 {
        all.extend([code(value, shift, &STANDARD_NO_PAD), code(value, shift, &URL_SAFE_NO_PAD)]);
    }
    all.retain(|spelling| spelling.len() >= SHORTEST_CODE);
    all
}

/// The part of the base64 of `shift` unknown bytes, the secret, and more unknown bytes that depends on nothing but
/// the secret.
fn code(value: &str, shift: usize, engine: &impl Engine) -> String {
    let mut bytes = vec![0; shift];
    bytes.extend_from_slice(value.as_bytes());
    let whole = bytes.len() * 8 / 6;
    let code = engine.encode(bytes);
    code[(shift * 8).div_ceil(6)..whole].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "sk-Té/9a\"2c71+d0";

    fn secrets(values: &[&str]) -> Secrets {
        let secrets = Secrets::default();
        values.iter().for_each(|value| secrets.add(&Secret::new(value)));
        secrets
    }

    #[test]
    fn a_secret_does_not_show() {
        let secret = Secret::new(" sk-123\n");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        assert_eq!(secrets(&["sk-123"]).redact("key sk-123, again sk-123"), "key [redacted], again [redacted]");
        assert_eq!(secrets(&[""]).redact("abc"), "abc");
    }

    #[test]
    fn every_spelling_of_a_secret_is_found() {
        let secrets = secrets(&[KEY]);
        for spelling in [
            KEY.to_owned(),
            KEY.to_ascii_uppercase(),
            serde_json::json!({ "key": KEY }).to_string(),
            serde_json::json!({ "key": KEY }).to_string().replace('/', "\\/"),
            "https://h/?key=sk-T%C3%A9%2F9a%222c71%2bd0&x=1".to_owned(),
            KEY.bytes().map(|byte| format!("%{byte:02X}")).collect(),
            KEY.bytes().map(|byte| format!("{byte:02x}")).collect(),
            KEY.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect(),
        ] {
            assert!(secrets.redact(&spelling).contains(REDACTED), "{spelling}");
        }
        for around in ["", "a", "ab", "abc"] {
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let code = engine.encode(format!("{around}{KEY}:more"));
                assert!(secrets.redact(&code).contains(REDACTED), "{around:?}: {code}");
            }
        }
    }

    #[test]
    fn overlapping_secrets_leave_nothing_of_each_other() {
        let secrets = secrets(&["abcdefgh", "efghijkl", "ijk"]);
        assert_eq!(secrets.redact("xabcdefghijkly"), "x[redacted]y");
    }

    #[test]
    fn clones_share_what_is_added() {
        let secrets = Secrets::default();
        let clone = secrets.clone();
        assert_eq!(clone.redact("sk-12345678"), "sk-12345678");
        secrets.add(&Secret::new("sk-12345678"));
        assert_eq!(clone.redact("sk-12345678"), REDACTED);
    }

    #[test]
    fn what_stands_for_no_key_stays_in_answers() {
        for key in ["x", "B", "key", "EMPTY", "none", "ollama"] {
            let answer = format!("The key is {key}, so x = 3: B.");
            assert_eq!(secrets(&[key]).redact(&answer), answer);
        }
    }

    #[test]
    fn a_short_secret_is_found_as_it_is_only() {
        assert_eq!(secrets(&["abcd"]).redact("abcd ABCD"), "[redacted] ABCD");
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_cut_within_a_character(text: String, key in "[ -~é]{0,20}") {
            let secrets = secrets(&[&key]);
            secrets.redact(&text);
            secrets.redact(&format!("{text}{key}{text}"));
        }
    }
}
