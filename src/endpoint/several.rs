//! Responses that hold several answers, of which one is read.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many there were.
#[derive(Debug, Default)]
pub struct Several(AtomicU64);

impl Several {
    /// Counts one more.
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were since the last call.
    pub fn take(&self) -> u64 {
        self.0.swap(0, Ordering::Relaxed)
    }
}
