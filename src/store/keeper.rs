//! The keeper: brings what is committed to the disk, beside the writer and not before it.
//!
//! A commit is in the file as soon as it is made, so whatever ends the program, it is kept. What the
//! machine itself may lose, if its power fails, is the last [`PAUSE`]; in return no request waits for a
//! disk, which would show in what is measured.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

/// Time between two looks at whether something was written.
const PAUSE: Duration = Duration::from_millis(200);

/// A write-ahead log of this size is brought home into the file.
const LARGE_BYTES: u64 = 32 << 20;

/// What the writer and the keeper tell each other.
#[derive(Debug, Default)]
pub(super) struct Notice {
    /// Something was committed since the last look.
    pub(super) written: AtomicBool,
    /// The disk refused: nothing more may count as stored.
    pub(super) failed: AtomicBool,
}

/// The thread; it ends with this value.
pub(super) struct Keeper {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    pub(super) fn start(connection: Connection, path: &Path, notice: Arc<Notice>) -> Self {
        let (end, ended) = channel();
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let log = PathBuf::from(log);
        let thread = thread::spawn(move || run(&connection, &log, &notice, &ended));
        Self { end: Some(end), thread: Some(thread) }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

fn run(connection: &Connection, log: &Path, notice: &Notice, ended: &Receiver<()>) {
    while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
        if !notice.written.swap(false, Ordering::Relaxed) {
            continue;
        }
        let synced = File::open(log).and_then(|file| {
            file.sync_data()?;
            file.metadata()
        });
        match synced {
            Ok(metadata) if metadata.len() > LARGE_BYTES => {
                // A checkpoint that has to give way to a reader is made the next time.
                let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            }
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(_) => notice.failed.store(true, Ordering::Relaxed),
        }
    }
}
