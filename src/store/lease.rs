//! The lease of a run's claims, as those see it who send what was claimed.

use std::sync::atomic::{AtomicU64, Ordering};

use super::owner::{LEASE, millis};

/// When the lease ends, and how often it was lost: then others may have taken over what was claimed before.
#[derive(Debug, Default)]
pub(super) struct Lease {
    number: AtomicU64,
    until: AtomicU64,
}

impl Lease {
    /// The number under which claims hold now; `None` if the lease has run out.
    pub(super) fn number(&self, now: u64) -> Option<u64> {
        let left = self.until.load(Ordering::Acquire).checked_sub(now)?;
        (1..=millis(LEASE)).contains(&left).then(|| self.number.load(Ordering::Acquire))
    }

    /// It holds until then.
    pub(super) fn renew(&self, until: u64) {
        self.until.store(until, Ordering::Release);
    }

    /// What was claimed so far is not this run's any more.
    pub(super) fn lose(&self) {
        self.number.fetch_add(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_has_a_number_while_it_lasts_and_another_after_it_was_lost() {
        let lease = Lease::default();
        assert_eq!(lease.number(1_000), None, "none was given yet");
        lease.renew(1_000 + millis(LEASE));
        assert_eq!(lease.number(1_000), Some(0));
        assert_eq!(lease.number(1_000 + millis(LEASE)), None);
        assert_eq!(lease.number(0), None, "the clock was set back");
        lease.lose();
        assert_eq!(lease.number(2_000), Some(1));
    }
}
