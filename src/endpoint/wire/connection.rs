//! A connection, which the request that uses it drives.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::connect::{Failure, Stream};
use super::stamped::SocketTimestamps;

/// What an exchange is recognised by later.
pub type Tag = [u8; 32];

/// Bytes that are read from a socket at a time, at most; ten thousand streams fit into memory.
const BUFFER: usize = 64 << 10;

/// What moves the bytes of a connection.
type Driver = http1::Connection<TokioIo<Box<dyn Stream>>, Full<Bytes>>;

/// A connection to a server.
pub(super) struct Connection {
    pub(super) sender: http1::SendRequest<Full<Bytes>>,
    /// Gone once the connection is over.
    driver: Option<Driver>,
    pub(super) timestamps: Arc<SocketTimestamps>,
    /// The exchanges so far.
    pub(super) exchanges: Vec<Tag>,
    /// True once it has brought an answer without a request.
    pub(super) is_spoilt: bool,
}

impl Connection {
    /// A connection over a stream that stamps its bytes.
    ///
    /// # Errors
    /// The stream broke.
    pub(super) async fn over(stream: Box<dyn Stream>, timestamps: Arc<SocketTimestamps>) -> Result<Self, Failure> {
        let mut builder = http1::Builder::new();
        builder.max_buf_size(BUFFER);
        let (sender, driver) = builder.handshake(TokioIo::new(stream)).await?;
        Ok(Self { sender, driver: Some(driver), timestamps, exchanges: Vec::new(), is_spoilt: false })
    }

    /// Polls the connection along with what waits for it.
    pub(super) async fn drive<F: Future>(&mut self, mut waiting: Pin<&mut F>) -> F::Output {
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
        // Its error, if it has one, reaches the future that waits.
        if let Poll::Ready(outcome) = Pin::new(driver).poll(cx) {
            self.driver = None;
            self.is_spoilt |= outcome.is_err_and(|error| is_of_surplus(&error));
        }
    }

    /// True if another request can be sent.
    pub(super) fn is_ready(&mut self) -> bool {
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
