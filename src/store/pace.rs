//! The pace of a server that several runs ask: what it tells one of them, the others heed.

use std::time::{Duration, Instant};

/// A server, as the runs that ask it name it.
#[derive(Debug, Clone, Copy)]
pub struct SharedServer<'s> {
    /// Its address.
    pub url: &'s str,
    /// Whether the address means this machine, so that only runs on it ask the same server.
    pub is_here: bool,
}

/// A server asks for fewer requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overload {
    /// Until when it asks for none at all, if it does.
    pub until: Option<Instant>,
}

impl Overload {
    /// One that asks for a pause from now on.
    pub fn of(pause: Option<Duration>) -> Self {
        Self { until: pause.and_then(|pause| Instant::now().checked_add(pause)) }
    }

    /// How much of the pause is left.
    pub fn pause(&self) -> Option<Duration> {
        let left = self.until?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }
}

/// Hears what a server told another run.
pub type Heed = Box<dyn Fn(Overload) + Send + Sync>;

/// Tells other runs what a server told this one, and waits for nobody.
pub type Tell = Box<dyn Fn(Overload) + Send + Sync>;
