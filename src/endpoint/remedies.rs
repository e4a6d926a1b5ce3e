//! What to do about a connection that cannot be made, by the words of the network. Pure.

/// What an http request meets that gets no answer where TLS is spoken.
pub const HTTP_TO_TLS: &str = "an http request to a port of https";

/// Words of a failure, in lower case, each with what to do about it.
const REMEDIES: [(&[&str], &str); 4] = [
    (
        &["invalidcontenttype", "corrupt message", "wrong version number", "not tls"],
        "the server does not speak TLS there: write `http://` in the `url`, or another port",
    ),
    (
        &[
            HTTP_TO_TLS,
            "invalid http version",
            "http request to an https server",
            "plain http request was sent to https",
        ],
        "the server speaks TLS there: write `https://` in the `url`",
    ),
    (
        &[
            "unknownissuer",
            "causedasendentity",
            "badsignature",
            "self-signed",
            "self signed",
            "unable to get local issuer",
        ],
        "its certificate is not of a known authority: name a PEM file with that of the authority, or its own, in `ca_file` of the endpoint",
    ),
    (
        &["lookup address", "name or service not known", "nodename nor servname", "no such host", "dns error"],
        "no machine of this name is known: check the host of the `url`",
    ),
];

/// A message of the network with what to do about it, where that is known.
pub fn with_remedy(message: String) -> String {
    let words = message.to_lowercase();
    let remedy = REMEDIES.iter().find(|(known, _)| known.iter().any(|known| words.contains(known)));
    match remedy {
        Some((_, remedy)) => format!("{message}; {remedy}"),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_of_the_field_have_a_remedy() {
        for (message, remedy) in [
            ("received corrupt message of type InvalidContentType", "write `http://`"),
            ("invalid HTTP version parsed", "write `https://`"),
            ("Client sent an HTTP request to an HTTPS server.", "write `https://`"),
            ("invalid peer certificate: UnknownIssuer", "`ca_file`"),
            ("failed to lookup address information: Name or service not known", "check the host"),
        ] {
            assert!(with_remedy(message.to_owned()).contains(remedy), "{message}");
        }
        assert_eq!(with_remedy("connection refused".to_owned()), "connection refused");
    }
}
