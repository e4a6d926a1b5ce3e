//! Addresses as users write them, and the machines behind them.

/// A base URL without a slash at its end.
///
/// # Errors
/// The text is not an http or https address.
pub fn base_url(text: &str) -> Result<String, String> {
    let url = read(text)?;
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("`{text}` has a query or fragment: write the base address only, and a query into `query`"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// The URL of a page, which may have a query.
///
/// # Errors
/// The text is not an http or https address.
pub fn page_url(text: &str) -> Result<String, String> {
    read(text).map(String::from)
}

fn read(text: &str) -> Result<reqwest::Url, String> {
    if let Some(whole) = with_scheme(text.trim()) {
        return Err(format!("`{text}` has no scheme: write `{whole}`"));
    }
    let url = reqwest::Url::parse(text.trim()).map_err(|error| format!("`{text}` is not an address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{text}` is neither an http nor an https address"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address must not hold a user name or password: name the key's variable in `api_key_env`".into());
    }
    Ok(url)
}

/// An address without a scheme, with the one that it most likely has: a server of a local network has a port and no certificate.
fn with_scheme(text: &str) -> Option<String> {
    if text.is_empty() || text.contains("://") {
        return None;
    }
    let url = reqwest::Url::parse(&format!("http://{text}")).ok()?;
    let host = url.host_str()?;
    let is_name = is_loopback(host) || host.contains(['.', ':']);
    let scheme = if url.port().is_some() || is_loopback(host) { "http" } else { "https" };
    is_name.then(|| format!("{scheme}://{text}"))
}

/// A base URL that ends before the paths of an API.
///
/// # Errors
/// The text is not an address, or ends with one of the paths: the message says what to write instead.
pub(super) fn before(text: &str, paths: &[&str]) -> Result<String, String> {
    let url = base_url(text)?;
    let shorter = paths.iter().find_map(|path| url.strip_suffix(path));
    shorter
        .map_or(Ok(&*url), |base| Err(format!("`{text}` ends with a path of the API: write `{base}`")))
        .map(str::to_owned)
}

/// What stands for a free port in an address.
pub const PORT: &str = "{port}";

/// An address with this port in the place of [`PORT`].
pub fn with_port(url: &str, port: u16) -> String {
    url.replace(PORT, &port.to_string())
}

/// A port that stands for [`PORT`] while an address is read, which no server of a spec has.
const STAND_IN: u16 = 65_529;

/// The port of an address.
pub fn port(url: &str) -> u16 {
    reqwest::Url::parse(url).ok().and_then(|url| url.port_or_known_default()).unwrap_or_default()
}

/// An address without its path and query.
pub fn origin(url: &str) -> String {
    reqwest::Url::parse(url).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

/// Reads an address that may have [`PORT`] in it by `read`, which knows only numbers.
///
/// # Errors
/// That of `read`.
pub fn with_stand_in(text: &str, read: impl FnOnce(&str) -> Result<String, String>) -> Result<String, String> {
    if !text.contains(PORT) {
        return read(text);
    }
    let number = STAND_IN.to_string();
    let back = |told: String| told.replace(&number, PORT);
    read(&with_port(text, STAND_IN)).map(back).map_err(back)
}

/// Name of this machine, whatever its address.
pub const LOOPBACK: &str = "loopback";

/// Name of the machine behind a URL: two loopback names are one machine.
pub fn machine(url: &str) -> String {
    let host = reqwest::Url::parse(&with_port(url, STAND_IN))
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default();
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
    fn a_port_that_is_not_known_yet_is_no_obstacle() {
        let read = |text: &str| with_stand_in(text, base_url);
        assert_eq!(read("http://localhost:{port}/v1/").as_deref(), Ok("http://localhost:{port}/v1"));
        assert_eq!(read("http://localhost:1/").as_deref(), Ok("http://localhost:1"));
        assert!(read("ftp://localhost:{port}").unwrap_err().contains("`ftp://localhost:{port}`"));
        assert_eq!(with_port("http://localhost:{port}/v1", 7), "http://localhost:7/v1");
        assert_eq!(machine("http://127.0.0.1:{port}/v1"), LOOPBACK);
    }

    #[test]
    fn an_address_without_a_scheme_is_refused_with_the_one_to_write() {
        for (text, instead) in [
            ("127.0.0.1:8080/v1", Some("http://127.0.0.1:8080/v1")),
            ("localhost:8080/v1", Some("http://localhost:8080/v1")),
            ("gpu.example:8000", Some("http://gpu.example:8000")),
            ("[::1]:8080", Some("http://[::1]:8080")),
            ("api.example.com/v1", Some("https://api.example.com/v1")),
            ("nonsense", None),
            ("", None),
            ("ftp://host", None),
        ] {
            let refused = base_url(text).unwrap_err();
            assert_eq!(refused.contains("write `"), instead.is_some(), "{refused}");
            assert!(
                refused.contains(&format!("write `{}`", instead.unwrap_or_default())) == instead.is_some(),
                "{refused}"
            );
        }
    }

    #[test]
    fn loopback_names_are_one_machine() {
        assert_eq!(machine("http://localhost:1"), machine("http://127.0.0.1:2/v1"));
        assert_eq!(machine("http://[::1]:1"), "loopback");
        assert_ne!(machine("https://a.example"), machine("https://b.example"));
    }
}
