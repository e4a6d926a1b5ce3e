//! The wire: HTTP/1.1 connections that say when bytes crossed the socket.
//!
//! A connection has no task of its own: the request that uses it drives it, so that nothing stands
//! between the socket and the time stamp. Each request in flight has a connection to itself, which goes
//! back to the others when its answer is over. HTTP/2 would put many answers into one connection, where
//! they wait for each other; a client that measures must not do that.

mod connect;
mod stamped;

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION};
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

pub use connect::Proxies;
use connect::{Connector, Stream};
use stamped::Moments;

/// How long answers that nobody asked for are waited for at the end.
const SETTLE: Duration = Duration::from_millis(50);

/// Bytes that are read from a socket at a time, at most; ten thousand streams fit into memory.
const BUFFER: usize = 64 << 10;

/// What an error is made of.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What an exchange is recognised by later.
pub type Tag = [u8; 32];

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// No connection could be made: nothing was sent.
    #[error(transparent)]
    Unreachable(Failure),
    /// The connection broke after the request had left, or while it did.
    #[error(transparent)]
    Broken(hyper::Error),
}

/// The connections to one server.
pub struct Wire {
    connector: Connector,
    base: Uri,
    headers: HeaderMap,
    timeout: Duration,
    idle: Mutex<Vec<Connection>>,
    surplus: Mutex<Surplus>,
}

/// Answers that nobody asked for. One that comes while the next request is on its way is taken for the answer to it,
/// and so is every one after it on that connection: nobody can tell, until one comes and nothing is being asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surplus {
    /// Connections that brought one.
    pub connections: usize,
    /// Exchanges on them that may have been given the answer to another.
    pub suspects: Vec<Tag>,
}

/// An answer that has begun.
pub struct Exchange {
    /// Status line and headers.
    pub head: Response<()>,
    /// When the first byte of the request was given to the socket.
    pub sent: Instant,
    /// When the headers of the answer left the socket.
    pub headers_at: Instant,
    /// How long connecting took; `None` on a connection that was there already.
    pub connect: Option<Duration>,
    /// When the last byte of the answer left the socket, once the body is over.
    pub ended_at: Option<Instant>,
    body: Incoming,
    /// Gone once the body is over.
    connection: Option<Connection>,
    wire: Arc<Wire>,
}

/// What moves the bytes of a connection.
type Driver = http1::Connection<TokioIo<Box<dyn Stream>>, Full<Bytes>>;

struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    /// Gone once the connection is over.
    driver: Option<Driver>,
    moments: Arc<Moments>,
    /// The exchanges so far.
    exchanges: Vec<Tag>,
    /// True once it has brought an answer that nobody asked for.
    is_spoilt: bool,
}

impl Wire {
    /// Connections to the server of a base address, with headers that each request carries.
    ///
    /// # Errors
    /// An address or header that HTTP does not allow, or TLS that cannot be set up.
    pub fn new(
        base: &str,
        headers: &[(&'static str, String)],
        proxies: Option<&Proxies>,
        timeout: Duration,
    ) -> Result<Self, Failure> {
        let base: Uri = base.parse()?;
        let connector = Connector::new(base.clone(), proxies, timeout)?;
        let mut map = HeaderMap::new();
        let host = base.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        map.insert(http::header::HOST, host.parse()?);
        map.insert(
            http::header::USER_AGENT,
            HeaderValue::from_static(concat!("smallbench/", env!("CARGO_PKG_VERSION"))),
        );
        for (name, value) in headers {
            let mut value = HeaderValue::from_str(value)?;
            value.set_sensitive(true);
            map.insert(HeaderName::from_static(name), value);
        }
        if let Some(Some(auth)) = connector.forwarding() {
            map.insert(PROXY_AUTHORIZATION, auth.clone());
        }
        Ok(Self { connector, base, headers: map, timeout, idle: Mutex::default(), surplus: Mutex::default() })
    }

    /// Sends a request and waits for the headers of its answer: a POST of JSON, or a GET without a body.
    ///
    /// # Errors
    /// There is no connection, or it broke.
    pub async fn send(
        self: &Arc<Self>,
        path: &str,
        body: Option<Bytes>,
        tag: Option<Tag>,
    ) -> Result<Exchange, SendError> {
        let mut request = self.request(path, body).map_err(SendError::Unreachable)?;
        loop {
            let (mut connection, connect) = match self.take_idle() {
                Some(connection) => (connection, None),
                None => {
                    let started = Instant::now();
                    (self.connect().await.map_err(SendError::Unreachable)?, Some(started.elapsed()))
                }
            };
            connection.moments.reset();
            let answer = connection.sender.try_send_request(request);
            match connection.drive(pin!(answer)).await {
                Ok(answer) => {
                    connection.exchanges.extend(tag);
                    let (parts, body) = answer.into_parts();
                    let now = Instant::now();
                    return Ok(Exchange {
                        head: Response::from_parts(parts, ()),
                        sent: connection.moments.first_write().unwrap_or(now),
                        headers_at: connection.moments.last_read().unwrap_or(now),
                        connect,
                        ended_at: None,
                        body,
                        connection: Some(connection),
                        wire: Arc::clone(self),
                    });
                }
                // A connection that the server had closed: nothing of the request has left.
                Err(mut error) => match error.take_message().filter(|_| connect.is_none()) {
                    Some(unsent) => request = unsent,
                    None => return Err(SendError::Broken(error.into_error())),
                },
            }
        }
    }

    fn request(&self, path: &str, body: Option<Bytes>) -> Result<Request<Full<Bytes>>, Failure> {
        let path = format!("{}{path}", self.base.path().trim_end_matches('/'));
        let uri: Uri = if self.connector.forwarding().is_some() {
            let authority = self.base.authority().map(http::uri::Authority::as_str).unwrap_or_default();
            format!("http://{authority}{path}").parse()?
        } else {
            path.parse()?
        };
        let mut request = Request::new(Full::new(body.clone().unwrap_or_default()));
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        if body.is_some() {
            *request.method_mut() = Method::POST;
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(http::header::CONTENT_TYPE, json);
        }
        Ok(request)
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let moments = Arc::new(Moments::new());
        let connect = self.connector.connect(&moments);
        let stream = tokio::time::timeout(self.timeout, connect).await.map_err(|_| "timed out")??;
        let mut builder = http1::Builder::new();
        builder.max_buf_size(BUFFER);
        let (sender, driver) = builder.handshake(TokioIo::new(stream)).await?;
        Ok(Connection { sender, driver: Some(driver), moments, exchanges: Vec::new(), is_spoilt: false })
    }

    /// The connection that was used last, so that few are kept busy rather than many half awake.
    fn take_idle(&self) -> Option<Connection> {
        loop {
            let mut connection = self.idle().pop()?;
            if self.may_go_on(&mut connection) {
                return Some(connection);
            }
        }
    }

    fn give_back(&self, mut connection: Connection) {
        if self.may_go_on(&mut connection) {
            self.idle().push(connection);
        }
    }

    /// True if another request can be sent on a connection. Once a server was seen to answer what nobody asked, each of
    /// its connections is used once.
    fn may_go_on(&self, connection: &mut Connection) -> bool {
        let is_ready = connection.is_ready();
        let mut surplus = self.surplus.lock().unwrap_or_else(PoisonError::into_inner);
        if connection.is_spoilt {
            surplus.connections += 1;
            surplus.suspects.extend(connection.exchanges.drain(..).skip(1));
        }
        is_ready && surplus.connections == 0
    }

    /// Waits a moment for answers that nobody asked for, and takes what is known of them since this was last asked.
    pub async fn take_surplus(&self) -> Surplus {
        if !self.idle().is_empty() {
            tokio::time::sleep(SETTLE).await;
        }
        let idle = std::mem::take(&mut *self.idle());
        idle.into_iter().for_each(|connection| self.give_back(connection));
        let mut surplus = self.surplus.lock().unwrap_or_else(PoisonError::into_inner);
        // Their number stays: it is why connections are used once.
        Surplus { connections: surplus.connections, suspects: std::mem::take(&mut surplus.suspects) }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Exchange {
    /// The next piece of the body and when it left the socket; `None` at its end.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn chunk(&mut self) -> Result<Option<(Instant, Bytes)>, hyper::Error> {
        loop {
            let Some(connection) = &mut self.connection else { return Ok(None) };
            let frame = connection.drive(pin!(self.body.frame())).await;
            let at = connection.moments.last_read().unwrap_or_else(Instant::now);
            match frame.transpose()? {
                Some(frame) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some((at, bytes)));
                    }
                }
                None => {
                    self.ended_at = Some(at);
                    if let Some(connection) = self.connection.take() {
                        self.wire.give_back(connection);
                    }
                }
            }
        }
    }
}

impl Connection {
    /// Polls the connection along with what waits for it.
    async fn drive<F: Future>(&mut self, mut waiting: Pin<&mut F>) -> F::Output {
        poll_fn(|cx| {
            if let Poll::Ready(output) = waiting.as_mut().poll(cx) {
                return Poll::Ready(output);
            }
            self.advance(cx);
            waiting.as_mut().poll(cx)
        })
        .await
    }

    fn advance(&mut self, cx: &mut Context<'_>) {
        let Some(driver) = &mut self.driver else { return };
        // Its error, if it has one, reaches whoever waits.
        if let Poll::Ready(outcome) = Pin::new(driver).poll(cx) {
            self.driver = None;
            self.is_spoilt |= outcome.is_err_and(|error| is_of_surplus(&error));
        }
    }

    /// True if another request can be sent.
    fn is_ready(&mut self) -> bool {
        self.advance(&mut Context::from_waker(Waker::noop()));
        self.driver.is_some() && self.sender.is_ready()
    }
}

/// True for the error of a connection on which something came while nothing was being asked. The library has no name
/// for it: of its errors without a cause it is the one that is neither an end nor a text that cannot be read.
fn is_of_surplus(error: &hyper::Error) -> bool {
    let is_end = error.is_closed() || error.is_incomplete_message() || error.is_canceled() || error.is_shutdown();
    std::error::Error::source(error).is_none() && !is_end && !error.is_parse() && !error.is_user()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that gives each connection so many answers and then closes it.
    async fn server(answers: usize) -> (Arc<Wire>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    for _ in 0..answers {
                        let mut buffer = [0; 4096];
                        if socket.read(&mut buffer).await.unwrap_or(0) == 0 {
                            return;
                        }
                        let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
                    }
                });
            }
        });
        (Arc::new(Wire::new(&base, &[], None, Duration::from_secs(5)).unwrap()), serving)
    }

    async fn ask(wire: &Arc<Wire>) -> Exchange {
        let mut exchange = wire.send("/x", Some(Bytes::from_static(b"{}")), None).await.unwrap();
        let (at, bytes) = exchange.chunk().await.unwrap().unwrap();
        assert_eq!(&*bytes, b"ok");
        assert!(exchange.sent <= exchange.headers_at && exchange.headers_at <= at);
        assert!(exchange.chunk().await.unwrap().is_none());
        exchange
    }

    #[tokio::test]
    async fn a_connection_is_used_again() {
        let (wire, _serving) = server(usize::MAX).await;
        assert!(ask(&wire).await.connect.is_some());
        for _ in 0..20 {
            assert!(ask(&wire).await.connect.is_none());
        }
        let (first, second) = tokio::join!(ask(&wire), ask(&wire));
        assert!(first.connect.is_none() && second.connect.is_some());
    }

    #[tokio::test]
    async fn a_connection_that_the_server_closed_is_not_used_again() {
        let (wire, _serving) = server(1).await;
        for _ in 0..5 {
            ask(&wire).await;
            // Gives the news of its end time to arrive.
            while wire.idle().last_mut().is_some_and(|connection| connection.is_ready()) {
                tokio::task::yield_now().await;
            }
        }
    }

    /// A server that sends each answer, and this after it.
    async fn babbling(after: &'static [u8], late: bool) -> (Arc<Wire>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    while socket.read(&mut buffer).await.unwrap_or(0) > 0 {
                        let answer: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
                        let first = if late { answer.to_vec() } else { [answer, after].concat() };
                        let _ = socket.write_all(&first).await;
                        if late {
                            tokio::task::yield_now().await;
                            let _ = socket.write_all(after).await;
                        }
                    }
                });
            }
        });
        (Arc::new(Wire::new(&base, &[], None, Duration::from_secs(5)).unwrap()), serving)
    }

    #[tokio::test]
    async fn what_nobody_asked_for_is_seen_and_no_connection_is_used_again() {
        let answer: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale";
        for (after, late) in [(answer, false), (answer, true), (b"x".as_slice(), true)] {
            let (wire, _serving) = babbling(after, late).await;
            ask(&wire).await;
            assert_eq!(wire.take_surplus().await.connections, 1, "{late} {after:?}");
            for _ in 0..3 {
                assert!(ask(&wire).await.connect.is_some(), "{late} {after:?}");
            }
        }
    }

    #[tokio::test]
    async fn exchanges_on_a_spoilt_connection_are_suspect_but_for_its_first() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let _serving = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            for count in 0.. {
                if socket.read(&mut buffer).await.unwrap_or(0) == 0 {
                    return;
                }
                let answers = if count == 2 { 2 } else { 1 };
                let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".repeat(answers);
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let wire = Arc::new(Wire::new(&base, &[], None, Duration::from_secs(5)).unwrap());
        for tag in 0..3 {
            let mut exchange = wire.send("/x", Some(Bytes::from_static(b"{}")), Some([tag; 32])).await.unwrap();
            while exchange.chunk().await.unwrap().is_some() {}
        }
        let expected = Surplus { connections: 1, suspects: vec![[1; 32], [2; 32]] };
        assert_eq!(wire.take_surplus().await, expected);
        assert_eq!(wire.take_surplus().await.suspects, Vec::<Tag>::new());
    }

    #[tokio::test]
    async fn a_connection_that_ends_in_any_way_is_no_surplus() {
        for ending in [b"".as_slice(), b"close"] {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let base = format!("http://{}", listener.local_addr().unwrap());
            let serving = tokio::spawn(async move {
                let (mut socket, _) = listener.accept().await.unwrap();
                let _ = socket.read(&mut [0; 4096]).await;
                socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
                if ending.is_empty() {
                    // Closed with a reset, as by a server that is killed.
                    socket.set_zero_linger().unwrap();
                }
            });
            let wire = Arc::new(Wire::new(&base, &[], None, Duration::from_secs(5)).unwrap());
            ask(&wire).await;
            serving.await.unwrap();
            assert_eq!(wire.take_surplus().await.connections, 0);
        }
    }

    #[tokio::test]
    async fn nobody_there_is_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let wire = Arc::new(Wire::new(&base, &[], None, Duration::from_secs(5)).unwrap());
        assert!(wire.send("/x", None, None).await.is_err());
    }
}
