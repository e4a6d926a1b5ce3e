//! Addresses as Ollama's own client understands them: a base URL, or a bare host as in `OLLAMA_HOST`.

use crate::endpoint::address;

/// The port that Ollama listens on.
const PORT: u16 = 11434;

/// What users copy behind the address.
const PATHS: [&str; 8] =
    ["/api/generate", "/api/chat", "/api/tags", "/v1/chat/completions", "/v1/completions", "/v1/models", "/api", "/v1"];

/// Ollama's address, with the scheme and port that its own client would assume.
///
/// # Errors
/// The text has none of these forms.
pub(super) fn base_url(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.contains("://") {
        return base(text);
    }
    let (authority, path) = text.split_once('/').map_or((text, ""), |(authority, path)| (authority, path));
    let has_port = match authority.rfind(']') {
        Some(bracket) => authority[bracket..].contains(':'),
        None => authority.contains(':'),
    };
    let host = if authority.starts_with(':') { "127.0.0.1" } else { "" };
    let port = if has_port { String::new() } else { format!(":{PORT}") };
    base(&format!("http://{host}{authority}{port}/{path}"))
}

fn base(text: &str) -> Result<String, String> {
    address::before(text, &PATHS).map(|url| reachable(&url))
}

/// `0.0.0.0` is what a server listens on; a client reaches it on the loopback address.
fn reachable(url: &str) -> String {
    url.replacen("://0.0.0.0", "://127.0.0.1", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_understood_as_ollama_does() {
        let cases = [
            ("127.0.0.1", "http://127.0.0.1:11434"),
            ("0.0.0.0", "http://127.0.0.1:11434"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            (":9999", "http://127.0.0.1:9999"),
            ("gpu-box", "http://gpu-box:11434"),
            ("gpu-box:80", "http://gpu-box"),
            ("[::1]", "http://[::1]:11434"),
            ("[::1]:5", "http://[::1]:5"),
            ("http://gpu-box:1234/", "http://gpu-box:1234"),
            ("https://ollama.example/base/", "https://ollama.example/base"),
            ("gpu-box/base", "http://gpu-box:11434/base"),
        ];
        for (text, expected) in cases {
            assert_eq!(base_url(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "ftp://x", "http://", "a b", "http://u:p@h", "h:99999", "h:1/v1", "http://h:1/api/chat"] {
            assert!(base_url(text).is_err(), "{text}");
        }
    }
}
