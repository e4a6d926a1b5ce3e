//! A socket that remembers when bytes last left it, and when the first of a request were given to it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The time stamps of one connection, in nanoseconds since it was made. Zero stands for "not yet".
#[derive(Debug)]
pub(super) struct SocketTimestamps {
    base: Instant,
    written: AtomicU64,
    read: AtomicU64,
}

impl SocketTimestamps {
    pub(super) fn new() -> Self {
        Self { base: Instant::now(), written: AtomicU64::new(0), read: AtomicU64::new(0) }
    }

    /// Forgets the last request.
    pub(super) fn reset(&self) {
        self.written.store(0, Ordering::Relaxed);
        self.read.store(0, Ordering::Relaxed);
    }

    /// When the first byte of the request was given to the socket.
    pub(super) fn first_write(&self) -> Option<Instant> {
        self.instant(self.written.load(Ordering::Relaxed))
    }

    /// When bytes last left the socket.
    pub(super) fn last_read(&self) -> Option<Instant> {
        self.instant(self.read.load(Ordering::Relaxed))
    }

    fn instant(&self, nanoseconds: u64) -> Option<Instant> {
        (nanoseconds > 0).then(|| self.base + Duration::from_nanos(nanoseconds))
    }

    fn since_base(&self) -> u64 {
        u64::try_from(self.base.elapsed().as_nanos()).unwrap_or(u64::MAX).max(1)
    }
}

/// A socket with its stamps.
pub(super) struct Stamped<S> {
    socket: S,
    timestamps: Arc<SocketTimestamps>,
}

impl<S> Stamped<S> {
    pub(super) fn new(socket: S, timestamps: Arc<SocketTimestamps>) -> Self {
        Self { socket, timestamps }
    }
}

impl<S: AsyncWrite + Unpin> Stamped<S> {
    /// Writes by `write`. The stamp is taken before: a server on the same machine may answer before the call returns.
    fn write(&mut self, write: impl FnOnce(Pin<&mut S>) -> Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if self.timestamps.written.load(Ordering::Relaxed) > 0 {
            return write(Pin::new(&mut self.socket));
        }
        let before = self.timestamps.since_base();
        let outcome = write(Pin::new(&mut self.socket));
        if matches!(outcome, Poll::Ready(Ok(1..))) {
            self.timestamps.written.store(before, Ordering::Relaxed);
        }
        outcome
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stamped<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let outcome = Pin::new(&mut self.socket).poll_read(cx, buf);
        if outcome.is_ready() && buf.filled().len() > before {
            self.timestamps.read.store(self.timestamps.since_base(), Ordering::Relaxed);
        }
        outcome
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stamped<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.write(|socket| socket.poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write(|socket| socket.poll_write_vectored(cx, pieces))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn stamps_are_those_of_the_first_write_and_the_last_read() {
        let (near, mut far) = tokio::io::duplex(64);
        let timestamps = Arc::new(SocketTimestamps::new());
        let mut socket = Stamped::new(near, Arc::clone(&timestamps));
        assert_eq!((timestamps.first_write(), timestamps.last_read()), (None, None));
        socket.write_all(b"one").await.unwrap();
        let first = timestamps.first_write();
        socket.write_all(b"two").await.unwrap();
        assert!(first.is_some() && timestamps.first_write() == first);
        far.write_all(b"a").await.unwrap();
        socket.read_u8().await.unwrap();
        let read = timestamps.last_read();
        far.write_all(b"b").await.unwrap();
        assert_eq!(timestamps.last_read(), read);
        socket.read_u8().await.unwrap();
        assert!(timestamps.last_read() > read);
        timestamps.reset();
        assert_eq!((timestamps.first_write(), timestamps.last_read()), (None, None));
    }
}
