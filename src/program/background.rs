//! A program that runs beside this one, such as a server, and ends with it, however this one ends.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::groups::{Groups, ProcessGroup};
use super::guard::{PATIENCE, WORD};

/// Time between two looks at a program that is to end.
const LOOK: Duration = Duration::from_millis(5);

/// Time that its guard has beyond what it gives the program itself.
const MARGIN: Duration = Duration::from_millis(500);

/// A program that runs in the background, under a guard.
#[derive(Debug)]
pub struct Background {
    group: ProcessGroup,
    groups: Groups,
    /// The guard ends the program once this is closed, which the system does if this process is killed.
    alive: Mutex<Option<ChildStdin>>,
}

impl Background {
    /// Starts a program whose output goes to a file. `own` is the file of this program, which is its own guard.
    ///
    /// # Errors
    /// The guard cannot be started; that the program cannot, the guard writes to the file.
    pub fn start(own: &Path, command: &[OsString], folder: &Path, log: &File) -> io::Result<Self> {
        let mut guarded = Command::new(own);
        guarded.arg(WORD).arg("--").args(command).current_dir(folder);
        guarded.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log.try_clone()?);
        let groups = Groups::default();
        let (group, (alive, ..)) = groups.begin(&mut guarded)?;
        Ok(Self { group, groups, alive: Mutex::new(alive) })
    }

    /// True if the program has ended.
    pub fn has_ended(&self) -> bool {
        self.group.has_ended()
    }

    /// Asks the program to end, waits for it, and ends what is left of its group. Blocks.
    ///
    /// # Errors
    /// The system does not say how it ended.
    pub fn end(&self) -> io::Result<ExitStatus> {
        self.end_within(PATIENCE + MARGIN)
    }

    fn end_within(&self, patience: Duration) -> io::Result<ExitStatus> {
        drop(self.alive.lock().unwrap_or_else(PoisonError::into_inner).take());
        let end = Instant::now() + patience;
        while !self.has_ended() && Instant::now() < end {
            thread::sleep(LOOK);
        }
        let status = self.group.end();
        self.groups.leave(&self.group);
        status
    }
}

impl Drop for Background {
    /// Ends it on a way out that has no time.
    fn drop(&mut self) {
        let _ = self.end_within(Duration::ZERO);
    }
}
