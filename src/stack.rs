//! Room on the stack, for what follows nested input by calls.

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Bytes of stack. Parsers bound the depth of what they read with a main thread in mind, and not every
/// caller is on one.
pub(crate) const ROOM: usize = 32 << 20;

/// Bytes of stack that a parser may use for one byte of a text that it follows by calls. They are taken only when
/// they are used.
const PER_BYTE: usize = if cfg!(debug_assertions) { 16 << 10 } else { 4 << 10 };

/// Does something with much room on the stack.
///
/// # Errors
/// The system gives no thread.
pub(crate) fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    with_room_for(0, work)
}

/// Runs `work` with room on the stack for a text of `bytes` bytes, each of which may open a level of nesting; with less
/// if the system does not provide as much.
///
/// # Errors
/// The system gives no thread.
pub(crate) fn with_room_for<T: Send>(bytes: usize, work: impl FnOnce() -> T + Send) -> io::Result<T> {
    // Taken by the thread that starts: one that does not start must not lose it.
    let work = Mutex::new(Some(work));
    thread::scope(|scope| {
        let start = |room: usize| {
            let run = || work.lock().unwrap_or_else(PoisonError::into_inner).take().map(|work| work());
            thread::Builder::new().stack_size(room).spawn_scoped(scope, run)
        };
        let thread = start(ROOM.saturating_add(bytes.saturating_mul(PER_BYTE))).or_else(|_| start(ROOM))?;
        let outcome = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        outcome.ok_or_else(|| io::Error::other("the thread had nothing to do"))
    })
}
