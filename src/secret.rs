//! A secret: a value that can be sent, and neither printed nor stored.

use std::fmt;
use std::sync::Arc;

/// An API key or token. `Debug` and `Display` show asterisks; [`Secret::redact`] takes it out of texts.
#[derive(Clone)]
pub struct Secret(Arc<str>);

/// What stands where a secret stood.
const REDACTED: &str = "[redacted]";

impl Secret {
    /// Wraps a value. White space around it, which a copied key often has, is cut.
    pub fn new(value: &str) -> Self {
        Self(value.trim().into())
    }

    /// The value, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text without the secret, in case somebody echoed it.
    pub fn redact(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&*self.0, REDACTED) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show() {
        let secret = Secret::new(" sk-123\n");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
        assert_eq!(secret.redact("key sk-123, again sk-123"), "key [redacted], again [redacted]");
        assert_eq!(Secret::new("").redact("abc"), "abc");
    }
}
