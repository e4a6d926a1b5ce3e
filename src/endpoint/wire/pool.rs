//! The connections to one server.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION};
use http::{Method, Request, Response, Uri};
use http_body_util::Full;

use super::connect::{Connector, Failure, Proxies};
use super::connection::{Connection, Tag};
use super::idle::{Idle, Surplus};
use super::stamped::SocketTimestamps;
use super::stream::ResponseStream;
use crate::trust::Trust;

/// How long after a request the end of a reused connection may have been sent before the request arrived: some servers
/// announce that they keep a connection, and close it after each stream.
const CROSSING: Duration = Duration::from_secs(1);

/// What a POST carries.
#[derive(Debug, Clone)]
pub struct PostContent {
    /// Its media type.
    pub media_type: &'static str,
    /// All of it.
    pub bytes: Bytes,
}

impl PostContent {
    /// JSON.
    pub fn json(bytes: Bytes) -> Self {
        Self { media_type: "application/json", bytes }
    }
}

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

/// True if a request on a reused connection that broke may have crossed its end: the server closed it and may have read
/// nothing. Whether it did cannot be known, so that the request counts as sent.
fn may_have_crossed(connection: &Connection) -> bool {
    let timestamps = &connection.timestamps;
    let is_early = timestamps.first_write().is_none_or(|sent| sent.elapsed() < CROSSING);
    is_early && timestamps.last_read().is_none()
}

/// The connections to one server.
pub struct ConnectionPool {
    connector: Connector,
    base: Uri,
    headers: HeaderMap,
    timeout: Duration,
    idle: Arc<Idle>,
}

impl ConnectionPool {
    /// Connections to the server of a base address, with headers that each request carries, through
    /// proxies and by trust.
    ///
    /// # Errors
    /// An address or header that HTTP does not allow, or TLS that cannot be set up.
    pub fn new(
        base: &str,
        headers: &[(String, String)],
        ways: (Option<&Proxies>, &Trust),
        timeout: Duration,
    ) -> Result<Self, Failure> {
        let base: Uri = base.parse()?;
        let connector = Connector::new(base.clone(), ways, timeout)?;
        let mut map = HeaderMap::new();
        let host = base.authority().map(http::uri::Authority::as_str).unwrap_or_default();
        map.insert(http::header::HOST, host.parse()?);
        map.insert(
            http::header::USER_AGENT,
            HeaderValue::from_static(concat!("smallbench/", env!("CARGO_PKG_VERSION"))),
        );
        // What arrives is stamped as it arrives; what is compressed does not arrive piece by piece.
        map.insert(http::header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        for (name, value) in headers {
            let mut value = HeaderValue::from_str(value)?;
            value.set_sensitive(true);
            map.insert(HeaderName::from_bytes(name.as_bytes())?, value);
        }
        if let Some(Some(auth)) = connector.forwarding() {
            map.insert(PROXY_AUTHORIZATION, auth.clone());
        }
        Ok(Self { connector, base, headers: map, timeout, idle: Arc::default() })
    }

    /// Sends a request and waits for the headers of its answer: a POST, or a GET without a body.
    ///
    /// # Errors
    /// There is no connection, or it broke.
    pub async fn send(
        &self,
        path: &str,
        body: Option<PostContent>,
        tag: Option<Tag>,
    ) -> Result<ResponseStream, SendError> {
        let mut request = self.request(path, body).map_err(SendError::Unreachable)?;
        loop {
            let (mut connection, connect) = match self.idle.take() {
                Some(connection) => (connection, None),
                None => {
                    let started = Instant::now();
                    (self.connect().await.map_err(SendError::Unreachable)?, Some(started.elapsed()))
                }
            };
            connection.timestamps.reset();
            let answer = connection.sender.try_send_request(request);
            match connection.drive(pin!(answer)).await {
                Ok(answer) => {
                    connection.exchanges.extend(tag);
                    let (parts, body) = answer.into_parts();
                    let now = Instant::now();
                    return Ok(ResponseStream {
                        head: Response::from_parts(parts, ()),
                        sent: connection.timestamps.first_write().unwrap_or(now),
                        headers_at: connection.timestamps.last_read().unwrap_or(now),
                        connect,
                        ended_at: None,
                        body,
                        connection: Some(connection),
                        idle: Arc::clone(&self.idle),
                    });
                }
                // A connection that the server had closed: nothing of the request has left.
                Err(mut error) => match error.take_message().filter(|_| connect.is_none()) {
                    Some(unsent) => request = unsent,
                    None => {
                        if connect.is_none() && may_have_crossed(&connection) {
                            self.idle.count_crossing();
                        }
                        return Err(SendError::Broken(error.into_error()));
                    }
                },
            }
        }
    }

    fn request(&self, path: &str, body: Option<PostContent>) -> Result<Request<Full<Bytes>>, Failure> {
        let sign = if path.contains('?') { '&' } else { '?' };
        let query = self.base.query().map(|query| format!("{sign}{query}")).unwrap_or_default();
        let path = format!("{}{path}{query}", self.base.path().trim_end_matches('/'));
        let uri: Uri = if self.connector.forwarding().is_some() {
            let authority = self.base.authority().map(http::uri::Authority::as_str).unwrap_or_default();
            format!("http://{authority}{path}").parse()?
        } else {
            path.parse()?
        };
        let media_type = body.as_ref().map(|body| HeaderValue::from_static(body.media_type));
        let mut request = Request::new(Full::new(body.map(|body| body.bytes).unwrap_or_default()));
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        if let Some(media_type) = media_type {
            *request.method_mut() = Method::POST;
            request.headers_mut().insert(http::header::CONTENT_TYPE, media_type);
        }
        Ok(request)
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let timestamps = Arc::new(SocketTimestamps::new());
        let connect = self.connector.connect(&timestamps);
        let stream = tokio::time::timeout(self.timeout, connect).await.map_err(|_| "timed out")??;
        Connection::over(stream, timestamps).await
    }

    /// True if the server of an http address speaks TLS.
    pub async fn speaks_tls(&self) -> bool {
        self.base.scheme_str() == Some("http") && self.connector.speaks_tls().await
    }

    /// Waits a moment for answers without a request, and takes those that were seen since the last call.
    pub async fn take_surplus(&self) -> Surplus {
        self.idle.take_surplus().await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// A server that closes each connection after a number of answers.
    async fn server(answers: usize) -> (ConnectionPool, tokio::task::JoinHandle<()>) {
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
        (ConnectionPool::new(&base, &[], (None, &Trust::default()), Duration::from_secs(5)).unwrap(), serving)
    }

    async fn ask(pool: &ConnectionPool) -> ResponseStream {
        let mut exchange = pool.send("/x", Some(PostContent::json(Bytes::from_static(b"{}"))), None).await.unwrap();
        let (at, bytes) = exchange.chunk().await.unwrap().unwrap();
        assert_eq!(&*bytes, b"ok");
        assert!(exchange.sent <= exchange.headers_at && exchange.headers_at <= at);
        assert!(exchange.chunk().await.unwrap().is_none());
        exchange
    }

    #[tokio::test]
    async fn a_connection_is_used_again() {
        let (pool, _serving) = server(usize::MAX).await;
        assert!(ask(&pool).await.connect.is_some());
        for _ in 0..20 {
            assert!(ask(&pool).await.connect.is_none());
        }
        let (first, second) = tokio::join!(ask(&pool), ask(&pool));
        assert!(first.connect.is_none() && second.connect.is_some());
    }

    #[tokio::test]
    async fn a_connection_that_the_server_closed_is_not_used_again() {
        let (pool, _serving) = server(1).await;
        for _ in 0..5 {
            ask(&pool).await;
            // Gives the news of its end time to arrive.
            while pool.idle.connections().last_mut().is_some_and(|connection| connection.is_ready()) {
                tokio::task::yield_now().await;
            }
        }
    }

    /// A server that reads the next request on a connection and closes it without an answer, as one does that closes
    /// while the request is on its way. Counts its connections.
    async fn closing() -> (ConnectionPool, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    let _ = socket.read(&mut buffer).await;
                    let _ = socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
                    let _ = socket.read(&mut buffer).await;
                });
            }
        });
        (ConnectionPool::new(&base, &[], (None, &Trust::default()), Duration::from_secs(5)).unwrap(), connections)
    }

    #[tokio::test]
    async fn a_server_that_closes_what_it_announced_to_keep_gets_a_connection_for_each_request() {
        let (pool, connections) = closing().await;
        let mut broken = 0;
        for _ in 0..10 {
            match pool.send("/x", Some(PostContent::json(Bytes::from_static(b"{}"))), None).await {
                Ok(mut exchange) => while exchange.chunk().await.unwrap().is_some() {},
                Err(_) => broken += 1,
            }
        }
        assert_eq!((broken, connections.load(Ordering::Relaxed)), (3, 7));
        // After a few of them no connection of this server is kept.
        assert!(pool.idle.connections().is_empty());
    }

    /// A server that sends each answer, and this after it.
    async fn babbling(after: &'static [u8], late: bool) -> (ConnectionPool, tokio::task::JoinHandle<()>) {
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
        (ConnectionPool::new(&base, &[], (None, &Trust::default()), Duration::from_secs(5)).unwrap(), serving)
    }

    #[tokio::test]
    async fn what_nobody_asked_for_is_seen_and_no_connection_is_used_again() {
        let answer: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstale";
        for (after, late) in [(answer, false), (answer, true), (b"x".as_slice(), true)] {
            let (pool, _serving) = babbling(after, late).await;
            ask(&pool).await;
            assert_eq!(pool.take_surplus().await.connections, 1, "{late} {after:?}");
            for _ in 0..3 {
                assert!(ask(&pool).await.connect.is_some(), "{late} {after:?}");
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
        let pool = ConnectionPool::new(&base, &[], (None, &Trust::default()), Duration::from_secs(5)).unwrap();
        for tag in 0..3 {
            let mut exchange =
                pool.send("/x", Some(PostContent::json(Bytes::from_static(b"{}"))), Some([tag; 32])).await.unwrap();
            while exchange.chunk().await.unwrap().is_some() {}
        }
        let expected = Surplus { connections: 1, suspects: vec![[1; 32], [2; 32]] };
        assert_eq!(pool.take_surplus().await, expected);
        assert_eq!(pool.take_surplus().await.suspects, Vec::<Tag>::new());
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
            let pool = ConnectionPool::new(&base, &[], (None, &Trust::default()), Duration::from_secs(5)).unwrap();
            ask(&pool).await;
            serving.await.unwrap();
            assert_eq!(pool.take_surplus().await.connections, 0);
        }
    }

    #[tokio::test]
    async fn nobody_there_is_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let pool = ConnectionPool::new(&base, &[], (None, &Trust::default()), Duration::from_secs(5)).unwrap();
        assert!(pool.send("/x", None, None).await.is_err());
    }
}
