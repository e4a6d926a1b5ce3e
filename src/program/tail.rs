//! The end of a stream: as much of it as a message can show, however long it is.

use std::io::Read;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Bytes that are kept.
const KEPT: usize = 16 * 1024;

/// The end of a stream that is being read by a thread of its own.
pub(super) struct Tail {
    kept: Arc<Mutex<Vec<u8>>>,
    done: Receiver<()>,
}

impl Tail {
    /// Starts to read a stream.
    pub(super) fn of(stream: impl Read + Send + 'static) -> Self {
        let (kept, (ended, done)) = (Arc::default(), mpsc::channel());
        let filled = Arc::clone(&kept);
        thread::spawn(move || {
            keep(stream, &filled);
            // Nobody listens if it took too long.
            let _ = ended.send(());
        });
        Self { kept, done }
    }

    /// The end of the stream as text, or of what has come of it in this time.
    pub(super) fn text(&self, wait: Duration) -> String {
        // A stream that others hold open has no end.
        let _ = self.done.recv_timeout(wait);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&kept[kept.len().saturating_sub(KEPT)..]).into_owned()
    }
}

fn keep(mut stream: impl Read, kept: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&buffer[..count]);
        // Cut at twice the size, so that few bytes are moved.
        if kept.len() > 2 * KEPT {
            let surplus = kept.len() - KEPT;
            kept.drain(..surplus);
        }
    }
}
