//! The process groups of programs that run, so that all of them can be ended at once.

use std::io::{self, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::limits;

/// Time that a group has to end after it was asked to, before it is forced.
const PATIENCE: Duration = Duration::from_millis(100);

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(2);

/// The streams of a program that are pipes.
pub(super) type Streams = (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>);

/// The streams of a program.
pub(super) struct Pipes {
    pub(super) input: Box<dyn Write + Send>,
    pub(super) output: ChildStdout,
    pub(super) errors: Box<dyn Read + Send>,
}

/// Every group that runs.
#[derive(Debug, Clone, Default)]
pub struct Groups(Arc<Mutex<Running>>);

#[derive(Debug, Default)]
struct Running {
    groups: Vec<ProcessGroup>,
    has_ended: bool,
}

impl Groups {
    /// Starts a program in a group of its own.
    pub(super) fn start(&self, command: &mut Command, memory: Option<u64>) -> io::Result<(ProcessGroup, Pipes)> {
        let (group, (input, output, errors)) = self.begin(command)?;
        let pipes = input.zip(output).zip(errors);
        let limited = memory.map_or(Ok(()), |bytes| limits::limit_memory(group.leader().child.id(), bytes));
        let prepared = limited.and_then(|()| {
            let ((input, output), errors) = pipes.ok_or(io::ErrorKind::BrokenPipe)?;
            Ok(Pipes { input: Box::new(input), output, errors: Box::new(errors) })
        });
        match prepared {
            Ok(pipes) => Ok((group, pipes)),
            Err(error) => {
                let _ = group.end();
                self.leave(&group);
                Err(error)
            }
        }
    }

    /// Starts a program, and gives those of its streams that are pipes.
    pub(super) fn begin(&self, command: &mut Command) -> io::Result<(ProcessGroup, Streams)> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        // Held over the start, so that no program starts unseen while all are being ended.
        let mut running = self.running();
        if running.has_ended {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let mut child = command.spawn()?;
        let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let group = ProcessGroup(Arc::new(Mutex::new(Leader { child, status: None })));
        running.groups.push(group.clone());
        Ok((group, streams))
    }

    /// Forgets a group that has ended.
    pub(super) fn leave(&self, group: &ProcessGroup) {
        self.running().groups.retain(|other| !Arc::ptr_eq(&other.0, &group.0));
    }

    /// Ends all groups at once, and lets no other start.
    pub fn end(&self) {
        let groups = {
            let mut running = self.running();
            running.has_ended = true;
            running.groups.clone()
        };
        end(&groups);
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks groups to end, and forces those that do not.
fn end(groups: &[ProcessGroup]) {
    groups.iter().for_each(|group| group.leader().ask());
    let end = Instant::now() + PATIENCE;
    while !groups.iter().all(ProcessGroup::has_ended) && Instant::now() < end {
        thread::sleep(LOOK);
    }
    // Also those whose leader has ended: others of the group may not have.
    groups.iter().for_each(|group| group.leader().force());
}

/// A program and what it has started.
#[derive(Debug, Clone)]
pub(super) struct ProcessGroup(Arc<Mutex<Leader>>);

impl ProcessGroup {
    /// True if the program itself has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.leader().has_ended()
    }

    /// Ends what is left of the group.
    ///
    /// # Errors
    /// The system does not say how the program ended.
    pub(super) fn end(&self) -> io::Result<ExitStatus> {
        if self.has_ended() {
            self.leader().force();
        } else {
            end(std::slice::from_ref(self));
        }
        self.leader().reap()
    }

    fn leader(&self) -> MutexGuard<'_, Leader> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The program that leads a group. Its number stays its own until it is reaped; after that nothing is sent to it.
#[derive(Debug)]
struct Leader {
    child: Child,
    status: Option<ExitStatus>,
}

impl Leader {
    fn reap(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait()?;
        self.status = Some(status);
        Ok(status)
    }

    #[cfg(unix)]
    fn has_ended(&self) -> bool {
        use rustix::process::{WaitId, WaitIdOptions, waitid};
        let Some(pid) = self.pid() else { return true };
        // Not reaped, so that its number still names the group.
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        // One that cannot be looked at is not there any more.
        !matches!(waitid(WaitId::Pid(pid), look), Ok(None))
    }

    #[cfg(unix)]
    fn ask(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    #[cfg(unix)]
    fn force(&self) {
        self.signal(rustix::process::Signal::KILL);
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(pid) = self.pid() {
            // A group that is gone needs no signal.
            let _ = rustix::process::kill_process_group(pid, signal);
        }
    }

    #[cfg(unix)]
    fn pid(&self) -> Option<rustix::process::Pid> {
        let is_running = self.status.is_none();
        is_running.then(|| i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw)).flatten()
    }

    #[cfg(not(unix))]
    fn has_ended(&mut self) -> bool {
        self.status.is_some() || !matches!(self.child.try_wait(), Ok(None))
    }

    #[cfg(not(unix))]
    fn ask(&mut self) {
        self.force();
    }

    #[cfg(not(unix))]
    fn force(&mut self) {
        // One that has ended needs no force.
        let _ = self.child.kill();
    }
}
