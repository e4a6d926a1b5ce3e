//! The keeper: brings what is committed to the disk, beside the writer and not before it.
//!
//! A commit is in the file as soon as it is made, so whatever ends the program, it is kept. What the
//! machine itself may lose, if its power fails, is the last [`PAUSE`]; in return no request waits for a
//! disk, which would show in what is measured.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

/// Time between two looks at whether something was written.
const PAUSE: Duration = Duration::from_millis(200);

/// After so many writes the write-ahead log is brought home into the file and begun anew: about 20 MB.
const MANY: u64 = 4096;

/// Longest wait for others who read or write; while it lasts, the writer waits as well.
const PATIENCE: Duration = Duration::from_millis(50);

/// What the writer and the keeper tell each other.
#[derive(Debug, Default)]
pub(super) struct Notice {
    /// How much was committed since the last look.
    pub(super) written: AtomicU64,
    /// The disk refused: nothing more may count as stored.
    pub(super) failed: AtomicBool,
}

/// The thread; it ends with this value.
pub(super) struct Keeper {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    pub(super) fn start(connection: Connection, path: &Path, notice: Arc<Notice>) -> std::io::Result<Self> {
        let (end, ended) = channel();
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let log = PathBuf::from(log);
        let keep = move || run(&connection, &log, &notice, &ended);
        let thread = thread::Builder::new().name("keeper".into()).spawn(keep)?;
        Ok(Self { end: Some(end), thread: Some(thread) })
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
    // Without it, others are waited for as long as the writer would.
    let _ = connection.busy_timeout(PATIENCE);
    let mut written = 0;
    while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
        let news = notice.written.swap(0, Ordering::Relaxed);
        if news == 0 {
            continue;
        }
        match File::open(log).and_then(|file| file.sync_data()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => notice.failed.store(true, Ordering::Relaxed),
            _ => {}
        }
        written += news;
        if written >= MANY && bring_home(connection) {
            written = 0;
        }
    }
}

/// Copies the log into the file beside whoever writes; only for what has come meanwhile are they held back, so
/// that the log can begin anew. False if others were in the way.
fn bring_home(connection: &Connection) -> bool {
    let checkpoint = |mode: &str| {
        let sql = format!("PRAGMA wal_checkpoint({mode})");
        connection.query_row(&sql, [], |row| row.get::<_, i64>(0)).is_ok_and(|busy| busy == 0)
    };
    checkpoint("PASSIVE");
    checkpoint("RESTART")
}
