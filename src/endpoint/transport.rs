//! The way to a server and back: the network, or a cassette that stands in for it.
//!
//! A stamp is taken when bytes have left the socket, before anybody looks at them.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderMap, HeaderName};

use super::coding::Coding;
use super::fault::Fault;
use super::replay::cassette::{Cassette, Exchange as Recording};
use super::wire::{ConnectionPool, PostContent, Proxies, ResponseStream, SendError, Surplus, Tag, Trust};
use super::{address, waits};
use crate::response::Status;

/// What is sent.
#[derive(Debug, Clone)]
pub struct HttpRequest<'r> {
    /// Path below the endpoint's URL, and a query of its own if it has one.
    pub path: &'r str,
    /// Body of a POST; a request without one is a GET.
    pub body: Option<PostContent>,
    /// What its exchange is recognised by, if it has to be.
    pub tag: Option<Tag>,
}

/// The way to a server.
#[derive(Clone)]
pub enum Transport {
    /// Over HTTP.
    Network(Network),
    /// From a recording.
    Cassette(Arc<Cassette>),
}

/// Connections to a server.
#[derive(Clone)]
pub struct Network(Arc<ConnectionPool>);

/// By which servers say whether to ask again, whatever the status.
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// Status line and headers of a reply, and its body to come.
pub struct Reply {
    /// HTTP status.
    pub http_status: u16,
    /// The media type, in lower case.
    pub content_type: String,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    /// Whether the server says that another attempt may help, or that none does.
    pub should_retry: Option<bool>,
    /// Where a redirect points.
    pub location: Option<String>,
    /// What the clock of the server showed, in whole seconds since 1970.
    pub date: Option<i64>,
    /// When the headers were there, since the request was sent.
    pub at: Duration,
    /// When it was sent and how long connecting took; unknown for what was recorded.
    pub sent: Option<Sent>,
    body: Body,
}

/// How a request left.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    /// When its first byte was given to the socket.
    pub at: Instant,
    /// How long connecting took; `None` on a connection that was there already.
    pub connect: Option<Duration>,
}

enum Body {
    Network(Box<ResponseStream>, Coding),
    Recorded { exchange: Arc<Recording>, next: usize },
}

impl Network {
    /// Connections to one server, with headers that each request carries.
    ///
    /// # Errors
    /// The TLS library cannot be set up, or the key is no text that a header can hold.
    pub fn new(
        url: &str,
        headers: &[(String, String)],
        (proxies, trust): (&Proxies, &Trust),
        connect_timeout: Duration,
    ) -> Result<Self, Fault> {
        // A proxy of the environment is for the world outside, not for this machine.
        let proxies = (address::machine(url) != address::LOOPBACK).then_some(proxies);
        let pool = ConnectionPool::new(url, headers, (proxies, trust), connect_timeout)
            .map_err(|error| Fault::new(Status::Connect, describe(&*error)))?;
        Ok(Self(Arc::new(pool)))
    }

    async fn send(&self, request: &HttpRequest<'_>) -> Result<Reply, Fault> {
        let exchange = self.0.send(request.path, request.body.clone(), request.tag).await;
        let exchange = exchange.map_err(|error| Fault {
            is_unreachable: matches!(error, SendError::Unreachable(_)),
            ..Fault::new(Status::Connect, describe(&error))
        })?;
        let headers = exchange.head.headers();
        let text = |name: HeaderName| header(headers, name);
        let coding = Coding::of(text(http::header::CONTENT_ENCODING).as_deref());
        Ok(Reply {
            http_status: exchange.head.status().as_u16(),
            content_type: text(http::header::CONTENT_TYPE).unwrap_or_default().to_lowercase(),
            retry_after: asked_wait(exchange.head.status(), headers),
            should_retry: text(SHOULD_RETRY).and_then(|text| text.trim().parse().ok()),
            location: text(http::header::LOCATION),
            date: text(http::header::DATE).and_then(|text| second(&text)),
            at: exchange.headers_at.saturating_duration_since(exchange.sent),
            sent: Some(Sent { at: exchange.sent, connect: exchange.connect }),
            body: Body::Network(Box::new(exchange), coding),
        })
    }
}

/// A date as HTTP writes it, in seconds since 1970.
fn second(text: &str) -> Option<i64> {
    let since = httpdate::parse_http_date(text.trim()).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

impl Transport {
    /// Who measured what comes back: this run, or the recording.
    pub fn measured_by(&self, run: &str) -> String {
        match self {
            Self::Network(_) => run.to_owned(),
            Self::Cassette(cassette) => format!("recorded {}", cassette.label.recorded),
        }
    }

    /// True if it is http over the network and what answers there speaks TLS.
    pub async fn speaks_tls(&self) -> bool {
        match self {
            Self::Network(network) => network.0.speaks_tls().await,
            Self::Cassette(_) => false,
        }
    }

    /// Answers without a request since the last call.
    pub async fn take_surplus(&self) -> Surplus {
        match self {
            Self::Network(network) => network.0.take_surplus().await,
            Self::Cassette(_) => Surplus::default(),
        }
    }

    /// Sends a request and waits for the headers of its reply.
    ///
    /// # Errors
    /// There is no connection, or the cassette does not hold the request.
    pub async fn send(&self, request: &HttpRequest<'_>) -> Result<Reply, Fault> {
        match self {
            Self::Network(network) => network.send(request).await,
            Self::Cassette(cassette) => {
                cassette.find(request.path, request.body.as_ref().map(|body| &*body.bytes)).map(|exchange| Reply {
                    http_status: exchange.http_status,
                    content_type: exchange.content_type.clone(),
                    retry_after: None,
                    should_retry: None,
                    location: None,
                    date: None,
                    at: Duration::from_nanos(exchange.headers_ns),
                    sent: None,
                    body: Body::Recorded { exchange, next: 0 },
                })
            }
        }
    }
}

impl Reply {
    /// The next piece of the body and when it came, since the request was sent; `None` at its end.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn chunk(&mut self) -> Result<Option<(Duration, Bytes)>, Fault> {
        match &mut self.body {
            Body::Network(exchange, coding) => {
                let chunk = exchange.chunk().await;
                let chunk = chunk.map_err(|error| Fault::new(Status::CutStream, describe(&error)))?;
                let Some((at, bytes)) = chunk else { return Ok(None) };
                let bytes = coding.decode(bytes).map_err(|error| garbled(self.http_status, &error))?;
                Ok(Some((at.saturating_duration_since(exchange.sent), bytes)))
            }
            Body::Recorded { exchange, next } => {
                let chunk = exchange.chunks.get(*next);
                *next += 1;
                Ok(chunk.map(|(at, text)| (Duration::from_nanos(*at), Bytes::copy_from_slice(text.as_bytes()))))
            }
        }
    }

    /// Reads the rest of the body and discards it.
    pub async fn rest(&mut self) {
        while let Ok(Some(_)) = self.chunk().await {}
    }

    /// When the body was over, since the request was sent. To be asked after its last chunk.
    pub fn end(&self) -> Duration {
        match &self.body {
            Body::Network(exchange, _) => {
                exchange.ended_at.unwrap_or_else(Instant::now).saturating_duration_since(exchange.sent)
            }
            Body::Recorded { exchange, .. } => Duration::from_nanos(exchange.end_ns),
        }
    }
}

/// The fault of a body that cannot be decoded. The status of a reply says more than that.
fn garbled(http_status: u16, error: &std::io::Error) -> Fault {
    if (200..300).contains(&http_status) {
        // A server that knows another coding alone will use it again; a damaged body may come whole the next time.
        let retryable = error.kind() != std::io::ErrorKind::Unsupported;
        return Fault { retryable, ..Fault::new(Status::Malformed, error.to_string()) };
    }
    let fault = Fault::of_http(http_status, b"", None);
    Fault { message: format!("HTTP {http_status}; {error}"), ..fault }
}

/// How long a reply that is not a success asks to wait.
fn asked_wait(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let now = SystemTime::now();
    let asked = waits::in_headers(text, now).filter(|_| !status.is_success());
    // Limits of a rate are in every reply; only here they are what is waited for.
    let is_limited = asked.is_none() && status == StatusCode::TOO_MANY_REQUESTS;
    if is_limited { waits::until_reset(text, now) } else { asked }
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The innermost cause of an error: the outer ones only say that something failed.
fn describe(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
