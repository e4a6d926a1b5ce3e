//! The process that claims requests in a store, and whether that of another claim still lives.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::host::time_awake;

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
    /// When the machine was booted, in milliseconds since 1970 and by the clock as this process found it: another one if the
    /// clock was set in between. Nothing where that is not known.
    pub(super) booted: Option<u64>,
}

impl Owner {
    /// This process.
    pub(super) fn own() -> Self {
        let process = std::process::id();
        let host = host().unwrap_or_default();
        let (time, _, uptime) = *START;
        let booted = uptime.map(|uptime| time.saturating_sub(uptime));
        Self { started: start_of(process).unwrap_or_default(), host, process, booted }
    }

    /// True if it may still ask what it claimed: it has renewed its lease, and has not ended on this machine.
    pub(super) fn lives(&self, own: &Self, until: u64, now: u64) -> bool {
        let until = self.by_clock_of(own, until);
        // A lease that ends beyond any that can be given comes from a clock that was set back.
        (now..=now.saturating_add(2 * millis(LEASE))).contains(&until) && !self.has_ended(own)
    }

    /// A time that this process wrote, by the clock of another: what runs on one machine since its boot goes by one clock,
    /// wherever it was set to when each process read it.
    pub(super) fn by_clock_of(&self, own: &Self, time: u64) -> u64 {
        match (self.booted, own.booted) {
            (Some(theirs), Some(ours)) if boot(&self.host) == boot(&own.host) => {
                time.saturating_add(ours).saturating_sub(theirs)
            }
            _ => time,
        }
    }

    /// True if it ran on this machine and runs no more.
    pub(super) fn has_ended(&self, own: &Self) -> bool {
        !own.host.is_empty() && self.host == own.host && start_of(self.process) != Some(self.started)
    }
}

/// What tells the clock of this machine, since it was booted, from those of others; empty where that is not known.
pub fn clock_name() -> String {
    host().map(|host| boot(&host).to_owned()).unwrap_or_default()
}

/// What tells the boot of the machine in the name of a host.
fn boot(host: &str) -> &str {
    host.split(' ').next().unwrap_or_default()
}

/// The clock of the machine as it stood when the process first asked, in milliseconds since 1970, and beside it one that nobody
/// sets: its own, and how long the machine had been awake since its boot.
static START: LazyLock<(u64, Instant, Option<u64>)> = LazyLock::new(|| {
    let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis);
    (time, Instant::now(), time_awake().map(millis))
});

/// Milliseconds since 1970; none before. The clock of the machine was read once, and what has passed since then comes from one
/// that nobody sets: a clock that jumps ends no lease of runs that work beside each other.
pub(super) fn now() -> u64 {
    let (time, start, _) = *START;
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
        let elsewhere = Owner { host: "another".into(), process: u32::MAX, started: 1, booted: None };
        assert!(elsewhere.lives(&own, now + 1000, now));
        #[cfg(target_os = "linux")]
        {
            assert!(own.started > 0 && !own.host.is_empty());
            assert!(!Owner { process: u32::MAX, ..own.clone() }.lives(&own, now + 1000, now));
            assert!(!Owner { started: own.started + 1, ..own.clone() }.lives(&own, now + 1000, now));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_clock_that_was_set_between_the_starts_of_two_processes_ends_no_lease() {
        const HOUR: u64 = 3_600_000;
        let (own, now) = (Owner::own(), now());
        let booted = own.booted.unwrap();
        for (booted, until) in [(booted - HOUR, now - HOUR), (booted + HOUR, now + HOUR)] {
            let other = Owner { booted: Some(booted), ..own.clone() };
            assert!(other.lives(&own, until + 1000, now) && !other.lives(&own, until - 1, now));
            // In another container the clock is the same, on another machine it is not.
            let host = |name: String| Owner { host: name, ..other.clone() };
            assert!(host(format!("{} pid:[7]", clock_name())).lives(&own, until + 1000, now));
            assert!(!host("elsewhere pid:[7]".into()).lives(&own, until + 1000, now));
        }
        // An older version of the program did not say.
        assert!(Owner { booted: None, ..own.clone() }.lives(&own, now + 1000, now));
    }
}
