//! The CPU time of this process.

use std::time::Duration;

/// User and system time of all threads since the process began; `None` if the system has no such clock.
#[cfg(unix)]
pub fn spent() -> Option<Duration> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Some(Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?))
}

/// Unknown on other systems.
#[cfg(not(unix))]
pub fn spent() -> Option<Duration> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    #[test]
    fn work_takes_cpu_time() {
        let before = super::spent().unwrap();
        while super::spent().unwrap() == before {
            std::hint::spin_loop();
        }
    }
}
