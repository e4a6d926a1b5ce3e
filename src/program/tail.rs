//! The end of a stream: as much of it as a message can show, however long it is.

use std::io::Read;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Bytes that are kept.
const KEPT: usize = 16 * 1024;

/// The end of a stream that is being read by a thread of its own.
pub(super) struct Tail(Receiver<Vec<u8>>);

impl Tail {
    /// Starts to read a stream.
    pub(super) fn of(stream: impl Read + Send + 'static) -> Self {
        let (done, tail) = mpsc::channel();
        thread::spawn(move || {
            // Nobody listens if it took too long.
            let _ = done.send(last_bytes(stream));
        });
        Self(tail)
    }

    /// The end of the stream as text; nothing if it does not end in time.
    pub(super) fn text(&self, wait: Duration) -> String {
        let bytes = self.0.recv_timeout(wait).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn last_bytes(mut stream: impl Read) -> Vec<u8> {
    let mut kept = Vec::with_capacity(2 * KEPT);
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        kept.extend_from_slice(&buffer[..count]);
        // Cut at twice the size, so that few bytes are moved.
        if kept.len() > 2 * KEPT {
            kept.drain(..kept.len() - KEPT);
        }
    }
    kept.drain(..kept.len().saturating_sub(KEPT));
    kept
}
