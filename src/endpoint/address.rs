//! Addresses as users write them: a base URL, or a bare host as in `OLLAMA_HOST`.

/// The port that Ollama listens on.
const OLLAMA_PORT: u16 = 11434;

/// A base URL without a slash at its end.
///
/// # Errors
/// The text is no http or https address.
pub fn base_url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text.trim()).map_err(|error| format!("`{text}` is not an address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{text}` is neither an http nor an https address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address must not hold a user name or password: name the key's variable in `api_key_env`".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("`{text}` has a query or fragment: write the base address only"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Ollama's address, with the scheme and port that its own client would assume.
///
/// # Errors
/// The text is no address in any of these forms.
pub fn ollama_url(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.contains("://") {
        return base_url(text).map(|url| reachable(&url));
    }
    let (authority, path) = text.split_once('/').map_or((text, ""), |(authority, path)| (authority, path));
    let has_port = match authority.rfind(']') {
        Some(bracket) => authority[bracket..].contains(':'),
        None => authority.contains(':'),
    };
    let host = if authority.starts_with(':') { "127.0.0.1" } else { "" };
    let port = if has_port { String::new() } else { format!(":{OLLAMA_PORT}") };
    base_url(&format!("http://{host}{authority}{port}/{path}")).map(|url| reachable(&url))
}

/// `0.0.0.0` is what a server listens on; a client reaches it on the loopback address.
fn reachable(url: &str) -> String {
    url.replacen("://0.0.0.0", "://127.0.0.1", 1)
}

/// Name of this machine, whatever its address.
pub const LOOPBACK: &str = "loopback";

/// Name of the machine behind a URL: two loopback names are one machine.
pub fn machine(url: &str) -> String {
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    if is_loopback(&host) { LOOPBACK.to_owned() } else { host }
}

/// True if the host is this machine.
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
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
            assert_eq!(ollama_url(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "ftp://x", "http://", "a b", "http://u:p@h", "h:99999"] {
            assert!(ollama_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn loopback_names_are_one_machine() {
        assert_eq!(machine("http://localhost:1"), machine("http://127.0.0.1:2/v1"));
        assert_eq!(machine("http://[::1]:1"), "loopback");
        assert_ne!(machine("https://a.example"), machine("https://b.example"));
    }
}
