//! Which models are in memory, and from when on.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One model's place in memory.
#[derive(Debug, Default)]
pub(super) struct Residency {
    /// When it is ready, once somebody has asked for it.
    ready: Mutex<Option<Instant>>,
}

impl Residency {
    fn ready(&self) -> MutexGuard<'_, Option<Instant>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Loads the model unless it is loaded; returns when it is or was ready.
    pub(super) fn load(&self, now: Instant, load_time: Duration) -> Instant {
        *self.ready().get_or_insert_with(|| now + load_time)
    }

    /// Unloads it; requests that wait for it are still served.
    pub(super) fn unload(&self) {
        *self.ready() = None;
    }

    /// True if it is in memory.
    pub(super) fn is_loaded(&self, now: Instant) -> bool {
        self.ready().is_some_and(|ready| ready <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_loaded_once_and_again_after_it_was_unloaded() {
        let (model, now, load_time) = (Residency::default(), Instant::now(), Duration::from_secs(2));
        assert!(!model.is_loaded(now));
        assert_eq!(model.load(now, load_time), now + load_time);
        assert_eq!(model.load(now + Duration::from_secs(1), load_time), now + load_time);
        assert!(!model.is_loaded(now) && model.is_loaded(now + load_time));
        model.unload();
        assert_eq!(model.load(now + load_time, load_time), now + 2 * load_time);
    }
}
