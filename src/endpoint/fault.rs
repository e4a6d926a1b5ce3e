//! A fault: what went wrong with one attempt, and whether another may help.

use std::time::Duration;

use serde_json::Value as Json;

use crate::response::Status;
use crate::secret::Secrets;

/// Longest message of a fault that is kept.
const MESSAGE_LIMIT: usize = 500;

/// What the text of an error says beyond its HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Nothing.
    ByHttpStatus,
    /// The server is overloaded.
    Overload,
    /// The account has no credit.
    EmptyQuota,
}

/// What went wrong with one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The kind of fault.
    pub status: Status,
    /// HTTP status, if one came.
    pub http_status: Option<u16>,
    /// What the server or the network said, as it came.
    pub message: String,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    /// True if another attempt may help.
    pub retryable: bool,
    /// True if no connection was made at all.
    pub is_unreachable: bool,
    /// What its text says.
    pub kind: ErrorKind,
}

impl Fault {
    /// A fault without an HTTP status. Faults of the connection are worth another attempt.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        let retryable = matches!(
            status,
            Status::Connect
                | Status::TimedOut
                | Status::Stalled
                | Status::Malformed
                | Status::CutStream
                | Status::StreamError
        );
        Self {
            status,
            http_status: None,
            message: message.into(),
            retry_after: None,
            retryable,
            is_unreachable: false,
            kind: ErrorKind::ByHttpStatus,
        }
    }

    /// The fault of an HTTP status that is not a success, with the error text of its body.
    pub fn of_http(http_status: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        let (status, retryable) = match http_status {
            401 | 403 => (Status::Unauthorized, false),
            404 => (Status::ModelMissing, false),
            429 => (Status::RateLimited, true),
            408 | 409 | 425 => (Status::Rejected, true),
            500..=599 => (Status::ServerError, true),
            _ => (Status::Rejected, false),
        };
        Self { http_status: Some(http_status), retry_after, retryable, ..Self::new(status, message_of(body)) }
    }

    /// The fault of an error whose text says this. A quota that is empty does not fill up while a run waits.
    #[must_use]
    pub fn classified(self, kind: ErrorKind) -> Self {
        let is_hopeless = kind == ErrorKind::EmptyQuota && self.http_status == Some(429);
        Self { kind, retryable: self.retryable && !is_hopeless, ..self }
    }

    /// True if the server asks for fewer requests rather than for another one.
    pub fn is_overload(&self) -> bool {
        matches!(self.http_status, Some(429 | 503 | 529)) || self.kind == ErrorKind::Overload
    }

    /// True if the server refuses the request and will do so again. A prompt that is too long for the model says
    /// nothing of the others.
    pub fn is_refusal(&self) -> bool {
        self.http_status.is_some() && !self.retryable && !is_about_length(&self.message)
    }

    /// The fault without a secret that the server may have echoed. Before anything is cut: half a key is
    /// not recognised any more.
    #[must_use]
    pub fn redacted(mut self, secrets: &Secrets) -> Self {
        self.message = secrets.redacted(self.message);
        self
    }

    /// One line for tables and people.
    pub fn line(&self) -> String {
        let message = clip(&self.message);
        match self.http_status {
            Some(http_status) => format!("HTTP {http_status}: {message}"),
            None => message,
        }
    }
}

/// Words with which servers report that a prompt does not fit.
const TOO_LONG: [&str; 6] =
    ["context length", "context window", "context size", "context_length", "maximum context", "prompt is too long"];

/// True if a message reports that a prompt does not fit.
pub fn is_about_length(message: &str) -> bool {
    let message = message.to_lowercase();
    TOO_LONG.iter().any(|words| message.contains(words))
}

/// The error text of a body: `{"error": "…"}`, `{"error": {"message": "…"}}`, or the body.
fn message_of(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let Ok(json) = serde_json::from_str::<Json>(&text) else {
        let plain = text.trim();
        return if plain.is_empty() { "no explanation".to_owned() } else { plain.to_owned() };
    };
    error_text(&json).unwrap_or_else(|| text.trim().to_owned())
}

/// The text of a body's `error` member, with its code where there is one.
pub fn error_text(json: &Json) -> Option<String> {
    json.get("error").filter(|error| !error.is_null()).map(text_of_error)
}

/// The text of an error, with its code where there is one.
pub fn text_of_error(error: &Json) -> String {
    if let Some(text) = error.as_str() {
        return text.to_owned();
    }
    let message = error.get("message").and_then(Json::as_str);
    let code = error.get("code").or_else(|| error.get("type")).and_then(Json::as_str);
    match (message, code) {
        (Some(message), Some(code)) => format!("{message} ({code})"),
        (Some(message), None) => message.to_owned(),
        _ => error.to_string(),
    }
}

fn clip(message: &str) -> String {
    let one_line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(MESSAGE_LIMIT) {
        Some((at, _)) => format!("{}…", &one_line[..at]),
        None => one_line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn every_http_status_has_its_fault() {
        let retried: Vec<u16> = (400..600).filter(|code| Fault::of_http(*code, b"", None).retryable).collect();
        let expected: Vec<u16> = [408, 409, 425, 429].into_iter().chain(500..600).collect();
        assert_eq!(retried, expected);
        assert!((300..600).all(|code| Fault::of_http(code, b"", None).status.is_fault()));
    }

    #[test]
    fn messages_are_found_in_each_shape() {
        let cases: [(&[u8], &str); 5] = [
            (br#"{"error":"model 'x' not found"}"#, "model 'x' not found"),
            (br#"{"error":{"message":"slow down","code":"rate_limit"}}"#, "slow down (rate_limit)"),
            (b"<html>bad  gateway</html>", "<html>bad gateway</html>"),
            (b"", "no explanation"),
            (b"\xff\xfe", "\u{fffd}\u{fffd}"),
        ];
        for (body, expected) in cases {
            assert_eq!(Fault::of_http(500, body, None).line(), format!("HTTP 500: {expected}"));
        }
    }

    #[test]
    fn an_overloaded_server_is_asked_again_more_slowly() {
        for fault in [
            Fault::of_http(529, b"", None),
            Fault::of_http(500, b"", None).classified(ErrorKind::Overload),
            Fault::new(Status::StreamError, "Overloaded").classified(ErrorKind::Overload),
        ] {
            assert!(fault.retryable && fault.is_overload(), "{fault:?}");
        }
        assert!(!Fault::of_http(500, b"", None).is_overload());
    }

    #[test]
    fn an_empty_quota_is_not_retried() {
        for (http_status, retryable) in [(429, false), (500, true)] {
            assert_eq!(Fault::of_http(http_status, b"", None).classified(ErrorKind::EmptyQuota).retryable, retryable);
        }
    }

    #[test]
    fn a_secret_is_taken_out_before_a_message_is_cut() {
        let secrets = Secrets::default();
        secrets.add(&Secret::new("sk-0123456789"));
        let fault = Fault::new(Status::ServerError, format!("{} sk-0123456789", "x".repeat(MESSAGE_LIMIT - 4)));
        assert!(!fault.redacted(&secrets).line().contains("sk-"));
    }

    #[test]
    fn long_messages_are_cut_on_a_character() {
        let fault = Fault::new(Status::Malformed, "é".repeat(2_000));
        assert_eq!(fault.line().chars().count(), MESSAGE_LIMIT + 1);
    }
}
