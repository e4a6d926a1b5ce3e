//! A fault: what went wrong with one attempt, and whether another may help.

use std::fmt;
use std::time::Duration;

use serde_json::Value as Json;

use super::error_body::ErrorBody;
use super::kind::Told;
pub use super::kind::{ErrorKind, is_about_length};
use crate::response::Status;
use crate::secret::Secrets;

/// Longest message of a fault that is kept.
const MESSAGE_LIMIT: usize = 500;

/// Characters of a page for people that are shown.
const PAGE_SHOWN: usize = 200;

/// Most bytes that are kept of what is not an answer. Far more than a message shows, so that no secret is cut in half.
const EXCERPT: usize = 16 << 10;

/// What went wrong with one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The kind of fault.
    pub status: Status,
    /// HTTP status, if one came.
    pub http_status: Option<u16>,
    /// What the server or the network said, as it came.
    pub message: String,
    /// Codes and types of the error, in lower case.
    pub marks: String,
    /// The parameter that the error is about.
    pub parameter: Option<String>,
    /// The HTTP status that the error names, whatever the status of its reply.
    pub named_status: Option<u16>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    /// True if another attempt may help.
    pub retryable: bool,
    /// True if no connection was made at all.
    pub is_unreachable: bool,
    /// True if a page for people came in place of an answer: another server is at the address, or a sign-in before it.
    pub is_web_page: bool,
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
                | Status::Empty
        );
        Self {
            status,
            http_status: None,
            message: message.into(),
            marks: String::new(),
            parameter: None,
            named_status: None,
            retry_after: None,
            retryable,
            is_unreachable: false,
            is_web_page: false,
            kind: ErrorKind::ByHttpStatus,
        }
    }

    /// The fault of a frame that is not what the API sends: what is wrong, and what came instead.
    pub(super) fn malformed(api: &str, detail: impl fmt::Display, frame: &[u8]) -> Self {
        let start = String::from_utf8_lossy(frame.get(..EXCERPT).unwrap_or(frame));
        let came = match start.trim() {
            "" => "the body is empty".to_owned(),
            start => format!("{detail}: {start}"),
        };
        let fault = Self::new(Status::Malformed, format!("not an answer of {api}: {came}"));
        Self { is_web_page: is_web_page(frame), ..fault }
    }

    /// The fault of an answer without its end: what is missing, and what came that is no part of an answer.
    pub(super) fn cut(missing: String, came: &[u8]) -> Self {
        let message = match came.is_empty() {
            true => missing,
            false => format!("{missing}: {}", String::from_utf8_lossy(came)),
        };
        Self { is_web_page: is_web_page(came), ..Self::new(Status::CutStream, message) }
    }

    /// The fault of an HTTP status that is not a success, with the error text of its body.
    pub fn of_http(http_status: u16, body: &[u8], retry_after: Option<Duration>) -> Self {
        let (status, retryable) = match http_status {
            401 | 403 => (Status::Unauthorized, false),
            404 => (Status::ModelMissing, false),
            429 => (Status::RateLimited, true),
            408 | 409 | 425 | 498 | 499 => (Status::Rejected, true),
            501 | 505 => (Status::Rejected, false),
            500..=599 => (Status::ServerError, true),
            _ => (Status::Rejected, false),
        };
        let told = ErrorBody::of_body(body);
        let retry_after = retry_after.max(told.wait);
        Self { http_status: Some(http_status), retry_after, ..Self::new(status, "") }.saying(told, retryable)
    }

    /// The fault of an error that was found in an answer.
    pub(super) fn told(error: &Json, body: &Json) -> Self {
        let told = ErrorBody::of(error, body);
        Self { retry_after: told.wait, ..Self::new(Status::StreamError, "") }.saying(told, true)
    }

    fn saying(self, told: ErrorBody, retryable: bool) -> Self {
        let ErrorBody { message, marks, parameter, status: named_status, .. } = told;
        Self { message, marks, parameter, named_status, retryable, ..self }
    }

    /// The HTTP status of the reply, or that which an error within an answer names.
    pub(super) fn told_status(&self) -> Option<u16> {
        self.http_status.or(self.named_status)
    }

    /// What is known of the error, for its kind.
    pub(super) fn as_told(&self) -> Told<'_> {
        Told {
            status: self.told_status(),
            message: &self.message,
            marks: &self.marks,
            parameter: self.parameter.as_deref(),
            wait: self.retry_after,
        }
    }

    /// The fault of an error of this kind.
    #[must_use]
    pub fn classified(self, kind: ErrorKind) -> Self {
        let is_named_hopeless = self.http_status.is_none()
            && kind == ErrorKind::ByHttpStatus
            && matches!(self.named_status, Some(400 | 404 | 422));
        let is_over = kind.is_permanent() || is_named_hopeless;
        let is_passing = kind == ErrorKind::Overload;
        let message = match kind.remedy().filter(|remedy| !self.message.contains(remedy)) {
            Some(remedy) => format!("{}; {remedy}", self.message),
            None => self.message,
        };
        Self {
            kind,
            message,
            status: kind.status().unwrap_or(self.status),
            retryable: (self.retryable || is_passing) && !is_over,
            ..self
        }
    }

    /// The fault with what to look at, if a page came. The page is cut, so that this is shown as well: no secret is in it.
    #[must_use]
    pub(super) fn or_page(self, remedy: &str) -> Self {
        if !self.is_web_page {
            return self;
        }
        let message = format!("{}; the server sent a web page, {remedy}", clip(&self.message, PAGE_SHOWN));
        Self { message, ..self }
    }

    /// True if the server asks for fewer requests rather than for another one.
    pub fn is_overload(&self) -> bool {
        matches!(self.http_status, Some(429 | 503 | 529)) || self.kind == ErrorKind::Overload
    }

    /// True if the server refuses the request and will do so again. What it says of one prompt says nothing of the
    /// others.
    pub fn is_refusal(&self) -> bool {
        let is_refused = self.told_status().is_some() || self.kind.is_permanent();
        // Such a page may pass, as that of a proxy does; of one request after the other it is that of another server.
        self.is_web_page || (is_refused && !self.retryable && !self.kind.is_of_the_prompt())
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
        let message = clip(&self.message, MESSAGE_LIMIT);
        match self.http_status {
            Some(http_status) => format!("HTTP {http_status}: {message}"),
            None => message,
        }
    }
}

/// The first characters of a message, on one line.
fn clip(message: &str, most: usize) -> String {
    let one_line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &one_line[..at]),
        None => one_line,
    }
}

/// True if these are the first bytes of a page for people.
fn is_web_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    ["<!doctype html", "<html"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn every_http_status_has_its_fault() {
        let retried: Vec<u16> = (400..600).filter(|code| Fault::of_http(*code, b"", None).retryable).collect();
        let passing = (500..600).filter(|code| ![501, 505].contains(code));
        let expected: Vec<u16> = [408, 409, 425, 429, 498, 499].into_iter().chain(passing).collect();
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
    fn what_is_not_an_answer_is_shown() {
        let line = |frame: &[u8]| Fault::malformed("the API", "no `choices`", frame).line();
        assert_eq!(line(b" <html>\n Sign in</html>"), "not an answer of the API: no `choices`: <html> Sign in</html>");
        assert_eq!(line(b"  \n"), "not an answer of the API: the body is empty");
        let secrets = Secrets::default();
        secrets.add(&Secret::new("sk-0123456789"));
        let body = format!("{} sk-0123456789", "x".repeat(MESSAGE_LIMIT));
        let fault = Fault::malformed("the API", "no `choices`", body.as_bytes()).redacted(&secrets);
        assert!(!fault.message.contains("sk-"));
    }

    #[test]
    fn a_page_for_people_is_known_by_its_beginning() {
        let of_frame = |frame: &[u8]| Fault::malformed("the API", "no `choices`", frame);
        for (fault, is_page) in [
            (of_frame(b" <!DOCTYPE html><html><body>Sign in</body></html>"), true),
            (of_frame(b"<HTML>"), true),
            (of_frame(br#"{"text":"<html>"}"#), false),
            (Fault::cut("no end".to_owned(), b"\n<html lang=en>"), true),
            (Fault::cut("no end".to_owned(), b"<think>"), false),
            (Fault::cut("no end".to_owned(), b""), false),
            (Fault::new(Status::StreamError, "bad gateway: <html>502</html>"), false),
            (Fault::of_http(502, b"<html>502</html>", None), false),
        ] {
            assert_eq!(fault.is_web_page, is_page, "{fault:?}");
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
    fn what_is_permanent_is_not_retried() {
        for (kind, status) in [
            (ErrorKind::EmptyQuota, Status::RateLimited),
            (ErrorKind::Key, Status::Unauthorized),
            (ErrorKind::NoModel, Status::ModelMissing),
            (ErrorKind::TooLong, Status::Rejected),
            (ErrorKind::Flagged, Status::Rejected),
        ] {
            let fault = Fault::of_http(429, b"", None).classified(kind);
            assert_eq!((fault.retryable, fault.status), (false, status), "{kind:?}");
            assert_eq!(fault.is_refusal(), !kind.is_of_the_prompt(), "{kind:?}");
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
