//! The way to a server and back: the network, or a cassette that stands in for it.
//!
//! A stamp is taken when bytes have left the socket, before anybody looks at them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName};
use tokio::time::Instant;

use super::cassette::{Cassette, Exchange};
use super::fault::Fault;
use super::{address, retry};
use crate::response::Status;

/// What is sent.
#[derive(Debug, Clone)]
pub struct HttpRequest {
    /// Path below the endpoint's URL.
    pub path: &'static str,
    /// JSON body of a POST; a request without one is a GET.
    pub body: Option<Bytes>,
}

/// The way to a server.
#[derive(Clone)]
pub enum Transport {
    /// Over HTTP.
    Network(Network),
    /// From a recording.
    Cassette(Arc<Cassette>),
}

/// An HTTP client and where it sends to.
#[derive(Clone)]
pub struct Network {
    client: reqwest::Client,
    url: String,
    headers: Vec<(&'static str, String)>,
}

/// Status line and headers of a reply, and its body to come.
pub struct Reply {
    /// HTTP status.
    pub http_status: u16,
    /// The media type, in lower case.
    pub content_type: String,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
    /// Where a redirect points.
    pub location: Option<String>,
    /// When the headers were there, since the request was sent.
    pub at: Duration,
    body: Body,
}

enum Body {
    Network { response: reqwest::Response, sent: Instant },
    Recorded { exchange: Arc<Exchange>, next: usize },
}

impl Network {
    /// A client for one endpoint that sends these headers with every request.
    ///
    /// # Errors
    /// The TLS library cannot be set up.
    pub fn new(url: &str, headers: Vec<(&'static str, String)>, connect_timeout: Duration) -> Result<Self, Fault> {
        let builder = || {
            let builder = reqwest::Client::builder()
                .connect_timeout(connect_timeout)
                .redirect(reqwest::redirect::Policy::none())
                .user_agent(concat!("smallbench/", env!("CARGO_PKG_VERSION")));
            // A proxy of the environment is for the world outside, not for this machine.
            if address::machine(url) == address::LOOPBACK { builder.no_proxy() } else { builder }
        };
        let client = builder().build().or_else(|_| {
            // A bare container has no certificates of its own: use those of Mozilla.
            let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter();
            let roots = roots.filter_map(|der| reqwest::Certificate::from_der(der).ok());
            builder().tls_certs_only(roots).build()
        });
        let client = client.map_err(|error| Fault::new(Status::Connect, describe(&error)))?;
        Ok(Self { client, url: url.to_owned(), headers })
    }

    async fn send(&self, request: &HttpRequest) -> Result<Reply, Fault> {
        let url = format!("{}{}", self.url, request.path);
        let mut builder = match &request.body {
            None => self.client.get(url),
            Some(body) => {
                self.client.post(url).header(reqwest::header::CONTENT_TYPE, "application/json").body(body.clone())
            }
        };
        for (name, value) in &self.headers {
            builder = builder.header(*name, value);
        }
        let sent = Instant::now();
        let response = builder.send().await.map_err(|error| connection_fault(&error))?;
        let at = sent.elapsed();
        let headers = response.headers();
        let text = |name: HeaderName| header(headers, name);
        Ok(Reply {
            http_status: response.status().as_u16(),
            content_type: text(reqwest::header::CONTENT_TYPE).unwrap_or_default().to_lowercase(),
            retry_after: retry::asked_wait(
                text(HeaderName::from_static("retry-after-ms")).as_deref(),
                text(reqwest::header::RETRY_AFTER).as_deref(),
                SystemTime::now(),
            ),
            location: text(reqwest::header::LOCATION),
            at,
            body: Body::Network { response, sent },
        })
    }
}

impl Transport {
    /// Who measured what comes back: this run, or the recording.
    pub fn measured_by(&self, run: &str) -> String {
        match self {
            Self::Network(_) => run.to_owned(),
            Self::Cassette(cassette) => format!("recorded {}", cassette.label.recorded),
        }
    }

    /// Sends a request and waits for the headers of its reply.
    ///
    /// # Errors
    /// There is no connection, or the cassette does not hold the request.
    pub async fn send(&self, request: &HttpRequest) -> Result<Reply, Fault> {
        match self {
            Self::Network(network) => network.send(request).await,
            Self::Cassette(cassette) => cassette.find(request).map(|exchange| Reply {
                http_status: exchange.http_status,
                content_type: exchange.content_type.clone(),
                retry_after: None,
                location: None,
                at: Duration::from_nanos(exchange.headers_ns),
                body: Body::Recorded { exchange, next: 0 },
            }),
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
            Body::Network { response, sent } => {
                let chunk = response.chunk().await;
                let at = sent.elapsed();
                let chunk = chunk.map_err(|error| Fault::new(Status::CutStream, describe(&error)))?;
                Ok(chunk.map(|bytes| (at, bytes)))
            }
            Body::Recorded { exchange, next } => {
                let chunk = exchange.chunks.get(*next);
                *next += 1;
                Ok(chunk.map(|(at, text)| (Duration::from_nanos(*at), Bytes::copy_from_slice(text.as_bytes()))))
            }
        }
    }

    /// When the body was over, since the request was sent. To be asked right after its last chunk.
    pub fn end(&self) -> Duration {
        match &self.body {
            Body::Network { sent, .. } => sent.elapsed(),
            Body::Recorded { exchange, .. } => Duration::from_nanos(exchange.end_ns),
        }
    }
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn connection_fault(error: &reqwest::Error) -> Fault {
    let status = if error.is_timeout() && !error.is_connect() { Status::TimedOut } else { Status::Connect };
    Fault::new(status, describe(error))
}

/// An error with its causes, without the URL, which the endpoint's own message names.
fn describe(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    causes.pop().unwrap_or_else(|| if error.is_timeout() { "timed out".into() } else { error.to_string() })
}
