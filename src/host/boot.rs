//! How long ago the machine was booted, which only Linux tells.

use std::time::Duration;

#[cfg(target_os = "linux")]
use rustix::time::ClockId;

#[cfg(not(target_os = "linux"))]
enum ClockId {
    Monotonic,
    Boottime,
}

/// Time since the machine was booted in which it was awake: the clock that [`Instant`](std::time::Instant) reads.
pub fn time_awake() -> Option<Duration> {
    time_by(ClockId::Monotonic)
}

/// Time since the machine was booted, asleep or awake.
pub fn time_since_boot() -> Option<Duration> {
    time_by(ClockId::Boottime)
}

#[cfg(target_os = "linux")]
fn time_by(clock: ClockId) -> Option<Duration> {
    let time = rustix::time::clock_gettime(clock);
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
}

#[cfg(not(target_os = "linux"))]
fn time_by(_: ClockId) -> Option<Duration> {
    None
}
