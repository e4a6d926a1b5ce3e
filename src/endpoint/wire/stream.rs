//! An answer on its way: its head, and its body chunk by chunk.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::connection::Connection;
use super::idle::Idle;

/// An answer that has begun.
pub struct ResponseStream {
    /// Status line and headers.
    pub head: Response<()>,
    /// When the first byte of the request was given to the socket.
    pub sent: Instant,
    /// When the headers of the answer left the socket.
    pub headers_at: Instant,
    /// How long connecting took; `None` on a connection that was open already.
    pub connect: Option<Duration>,
    /// When the last byte of the answer left the socket, once the body is over.
    pub ended_at: Option<Instant>,
    pub(super) body: Incoming,
    /// Gone once the body is over.
    pub(super) connection: Option<Connection>,
    pub(super) idle: Arc<Idle>,
}

impl ResponseStream {
    /// The next piece of the body and when it left the socket; `None` at its end.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn chunk(&mut self) -> Result<Option<(Instant, Bytes)>, hyper::Error> {
        loop {
            let Some(connection) = &mut self.connection else { return Ok(None) };
            let frame = connection.drive(pin!(self.body.frame())).await;
            let at = connection.timestamps.last_read().unwrap_or_else(Instant::now);
            match frame.transpose()? {
                Some(frame) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Ok(Some((at, bytes)));
                    }
                }
                None => {
                    self.ended_at = Some(at);
                    if let Some(connection) = self.connection.take() {
                        self.idle.give_back(connection);
                    }
                }
            }
        }
    }
}
