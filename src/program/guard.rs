//! The guard of a program in the background: a process between this program and that one, which ends that one as soon as
//! this one is gone. The system has no other way to do so after `kill -9`.

use std::ffi::OsString;
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The argument by which this program is a guard.
pub(super) const WORD: &str = "guard";

/// Time that the program has to end after it was asked to.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Time between two looks at the program.
const LOOK: Duration = Duration::from_millis(10);

/// Runs a command until it ends, or until standard input does, which stays open while the parent process lives.
///
/// # Errors
/// The command cannot be started, or the system does not say how it ended.
pub fn guard(command: &[OsString]) -> io::Result<ExitStatus> {
    let (program, arguments) = command.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let started = Command::new(program).args(arguments).stdin(Stdio::null()).spawn();
    let child = started.map_err(|error| io::Error::other(format!("{}: {error}", program.display())))?;
    let child = Arc::new(Mutex::new(child));
    let (watched, is_over) = (Arc::clone(&child), Arc::new(AtomicBool::new(false)));
    let over = Arc::clone(&is_over);
    thread::spawn(move || {
        // A read error is an end as well.
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        over.store(true, Ordering::SeqCst);
        end(&watched);
    });
    loop {
        let status = lock(&child).try_wait()?;
        if let Some(status) = status {
            if is_over.load(Ordering::SeqCst) {
                // Nobody else ends what it has started.
                force(&mut lock(&child));
            }
            return Ok(status);
        }
        thread::sleep(LOOK);
    }
}

/// Asks a program to end, and after a while ends it with all that it has started, and its guard.
fn end(child: &Mutex<Child>) {
    ask(&mut lock(child));
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        thread::sleep(LOOK);
    }
    force(&mut lock(child));
}

fn lock(child: &Mutex<Child>) -> MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn ask(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // One that is gone needs no signal, and its number is its own until it is waited for.
        let _ = kill_process(pid, Signal::TERM);
    }
}

#[cfg(unix)]
fn force(_: &mut Child) {
    use rustix::process::{Signal, getpgrp, kill_process_group};
    let _ = kill_process_group(getpgrp(), Signal::KILL);
}

#[cfg(not(unix))]
fn ask(child: &mut Child) {
    force(child);
}

#[cfg(not(unix))]
fn force(child: &mut Child) {
    let _ = child.kill();
}
