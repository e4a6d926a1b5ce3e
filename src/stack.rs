//! Room on the stack, for what follows nested input by calls.

use std::io;
use std::thread;

/// Bytes of stack. Parsers bound the depth of what they read with a main thread in mind, and not every
/// caller is on one.
pub(crate) const ROOM: usize = 32 << 20;

/// Does something with much room on the stack.
///
/// # Errors
/// The system gives no thread.
pub(crate) fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(ROOM).spawn_scoped(scope, work)?;
        Ok(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}
