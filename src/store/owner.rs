//! The process that claims requests in a store, and whether that of another claim still lives.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a claim holds whose process is not heard of; long enough for a machine that is busy.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// Which process, so that no later one of the same number is taken for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    /// Machine, boot and container; empty where that is not known, and then only the lease tells.
    pub(super) host: String,
    pub(super) process: u32,
    /// When it was started, in ticks since the boot.
    pub(super) started: u64,
}

impl Owner {
    /// This process.
    pub(super) fn own() -> Self {
        let process = std::process::id();
        let host = host().unwrap_or_default();
        Self { started: start_of(process).unwrap_or_default(), host, process }
    }

    /// True if it may still ask what it claimed: it has renewed its lease, and has not ended on this machine.
    pub(super) fn lives(&self, own: &Self, until: u64, now: u64) -> bool {
        // A lease that ends beyond any that can be given comes from a clock that was set back.
        (now..=now.saturating_add(2 * millis(LEASE))).contains(&until) && !self.has_ended(own)
    }

    /// True if it ran on this machine and runs no more.
    pub(super) fn has_ended(&self, own: &Self) -> bool {
        !own.host.is_empty() && self.host == own.host && start_of(self.process) != Some(self.started)
    }
}

/// What tells the clock of this machine, since it was booted, from those of others; empty where that is not known.
pub fn clock_name() -> String {
    host().and_then(|host| host.split(' ').next().map(str::to_owned)).unwrap_or_default()
}

/// Milliseconds since 1970; none before. The clock of the machine was read when the process first asked, and what has passed
/// since then comes from one that nobody sets: a clock that jumps ends no lease of runs that work beside each other.
pub(super) fn now() -> u64 {
    static START: LazyLock<(u64, Instant)> =
        LazyLock::new(|| (SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis), Instant::now()));
    let (time, start) = *START;
    time.saturating_add(millis(start.elapsed()))
}

/// A duration in milliseconds.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// What tells this boot of this machine, and this container, from others.
#[cfg(target_os = "linux")]
fn host() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let container = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{} {}", boot.trim(), container.display()))
}

#[cfg(not(target_os = "linux"))]
fn host() -> Option<String> {
    None
}

/// When a process was started; nothing if there is none, or if it has ended and only its parent does not know yet.
#[cfg(target_os = "linux")]
fn start_of(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in brackets and may hold anything; the state follows it, and 19 fields later the start.
    let mut fields = stat.get(stat.rfind(')')? + 1..)?.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X" | "x") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn start_of(_: u32) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_ends_by_time_or_with_its_process() {
        let (own, now) = (Owner::own(), now());
        assert!(own.lives(&own, now + 1000, now));
        assert!(!own.lives(&own, now - 1, now));
        assert!(!own.lives(&own, now + 100 * millis(LEASE), now), "no such lease was ever given");
        let elsewhere = Owner { host: "another".into(), process: u32::MAX, started: 1 };
        assert!(elsewhere.lives(&own, now + 1000, now));
        #[cfg(target_os = "linux")]
        {
            assert!(own.started > 0 && !own.host.is_empty());
            assert!(!Owner { process: u32::MAX, ..own.clone() }.lives(&own, now + 1000, now));
            assert!(!Owner { started: own.started + 1, ..own.clone() }.lives(&own, now + 1000, now));
        }
    }
}
