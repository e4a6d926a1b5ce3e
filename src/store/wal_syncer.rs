//! The syncer: brings what is committed to the disk, beside the writer and not before it.
//!
//! A commit is in the file as soon as it is made, so it is kept however the program ends. What the
//! machine itself may lose, if its power fails, is the last [`PAUSE`]; in return no request waits for a
//! disk, which would show in what is measured.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio_util::sync::CancellationToken;

use super::claims::BEAT;
use super::lease::Lease;
use super::place;

/// Time between two looks at whether something was written.
const PAUSE: Duration = Duration::from_millis(200);

/// Writes after which the write-ahead log is copied into the file and begun anew: about 20 MB.
const MANY: u64 = 4096;

/// Longest wait for others who read or write; while it lasts, the writer waits as well.
const PATIENCE: Duration = Duration::from_millis(50);

/// What the writer and the syncer tell each other.
#[derive(Debug, Default)]
pub(super) struct WriterStatus {
    /// How much was committed since the last look.
    pub(super) written: AtomicU64,
    /// The disk refused: nothing more may count as stored.
    pub(super) failed: AtomicBool,
    /// The file was removed or replaced.
    pub(super) gone: CancellationToken,
    /// How long claims hold.
    pub(super) lease: Arc<Lease>,
}

/// The thread; it ends with this value.
pub(super) struct WalSyncer {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl WalSyncer {
    /// Keeps the store of this file; `beat` is called now and then.
    pub(super) fn start(
        connection: Connection,
        path: &Path,
        status: Arc<WriterStatus>,
        beat: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let (end, ended) = channel();
        let kept = Kept { connection, path: path.to_owned(), identity: place::identity(path), status };
        let keep = move || kept.run(&ended, beat);
        let thread = thread::Builder::new().name("syncer".into()).spawn(keep)?;
        Ok(Self { end: Some(end), thread: Some(thread) })
    }
}

impl Drop for WalSyncer {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

/// What is kept.
struct Kept {
    connection: Connection,
    path: PathBuf,
    identity: Option<(u64, u64)>,
    status: Arc<WriterStatus>,
}

impl Kept {
    fn run(&self, ended: &Receiver<()>, beat: impl Fn()) {
        // Without it, others are waited for as long as the writer would.
        let _ = self.connection.busy_timeout(PATIENCE);
        let (log, mut written, mut beaten) = (place::log(&self.path), 0, Instant::now());
        while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
            if place::identity(&self.path) != self.identity {
                self.status.gone.cancel();
            }
            if beaten.elapsed() >= BEAT {
                beat();
                beaten = Instant::now();
            }
            let news = self.status.written.swap(0, Ordering::Relaxed);
            if news == 0 || self.status.gone.is_cancelled() {
                continue;
            }
            match File::open(&log).and_then(|file| file.sync_data()) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    self.status.failed.store(true, Ordering::Relaxed);
                }
                _ => {}
            }
            written += news;
            if written >= MANY && bring_home(&self.connection) {
                written = 0;
            }
        }
    }
}

/// Copies the log into the file while others write; they wait only for what was added meanwhile, so that the log can
/// begin anew. False if a reader prevented it.
fn bring_home(connection: &Connection) -> bool {
    let checkpoint = |mode: &str| {
        let sql = format!("PRAGMA wal_checkpoint({mode})");
        connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).is_ok_and(|busy| busy == 0)
    };
    checkpoint("PASSIVE");
    checkpoint("RESTART")
}
