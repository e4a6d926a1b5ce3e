//! Limits on the memory of a program, where the system can set those of another process.

use std::io;

/// True if [`limit_memory`] does anything on this system.
pub const fn can_limit_memory() -> bool {
    cfg!(target_os = "linux")
}

/// Limits the address space of a process and of those that it starts from now on.
#[cfg(target_os = "linux")]
pub(super) fn limit_memory(pid: u32, bytes: u64) -> io::Result<()> {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return Err(io::ErrorKind::NotFound.into());
    };
    prlimit(Some(pid), Resource::As, Rlimit { current: Some(bytes), maximum: Some(bytes) })?;
    Ok(())
}

/// Nothing on other systems.
#[cfg(not(target_os = "linux"))]
pub(super) fn limit_memory(_pid: u32, _bytes: u64) -> io::Result<()> {
    Ok(())
}
