//! The throttle of an endpoint: how many requests may be in flight, fewer once it asks for that.
//!
//! A 429, 503 or 529 halves the limit; each good answer lets it climb by `1 / limit`, up to the
//! level's own concurrency. An open loop has none: there it climbs to what was in flight when it was
//! cut, and is lifted then. A `Retry-After` pauses the endpoint, not one request.
//!
//! Other runs may ask the same endpoint. What it told this one is passed on to them, and what it told one of them counts
//! as if this one had been told.

use std::fmt;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// Requests that were in flight together complain together: they cut the limit once.
const CUT_APART: Duration = Duration::from_secs(1);

/// Passes on that the endpoint asked for fewer requests, and for a pause of this length.
pub type PassOn = Box<dyn Fn(Option<Duration>) + Send + Sync>;

/// The throttle of one endpoint.
pub struct Throttle {
    state: Mutex<State>,
    changed: Notify,
    /// To the other runs that ask the endpoint, if they listen.
    pass_on: OnceLock<PassOn>,
}

impl fmt::Debug for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.fmt(f)
    }
}

#[derive(Debug)]
struct State {
    /// What the level allows; infinite for an open loop.
    level: f64,
    limit: f64,
    /// From which limit on the level is allowed again.
    restored: f64,
    in_flight: usize,
    paused_until: Option<Instant>,
    last_cut: Option<Instant>,
    started: Instant,
    history: Vec<Change>,
}

impl State {
    fn cut(&mut self, now: Instant, pause: Option<Duration>) {
        self.last_cut = Some(now);
        if !self.limit.is_finite() {
            // Where there was no limit, there is one now.
            self.limit = as_limit(self.in_flight);
            self.restored = self.limit;
        }
        self.limit = (self.limit / 2.0).max(1.0);
        let after_s = (now - self.started).as_secs_f64();
        let pause_s = pause.unwrap_or_default().as_secs_f64();
        self.history.push(Change { after_s, limit: self.limit, pause_s });
    }
}

/// One change of the limit, for the manifest.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// Seconds since the throttle was set up.
    pub after_s: f64,
    /// The limit from then on.
    pub limit: f64,
    /// How long nothing is sent to the endpoint, in seconds.
    pub pause_s: f64,
}

/// The right to have one request in flight; given back when dropped.
pub struct Permit<'t> {
    throttle: &'t Throttle,
    /// True if the endpoint is throttled, or was while this one waited.
    pub throttled: bool,
}

impl Throttle {
    /// A throttle for a number of requests in flight.
    pub fn new(level: usize) -> Self {
        let state = State {
            level: as_limit(level),
            limit: as_limit(level),
            restored: as_limit(level),
            in_flight: 0,
            paused_until: None,
            last_cut: None,
            started: Instant::now(),
            history: Vec::new(),
        };
        Self { state: Mutex::new(state), changed: Notify::new(), pass_on: OnceLock::new() }
    }

    /// Passes on from now on what the endpoint asks for; the first who listens stays.
    pub fn pass_on(&self, pass_on: PassOn) {
        // There is one store, and so one way to other runs.
        let _ = self.pass_on.set(pass_on);
    }

    /// Starts a new level: a number of requests in flight or, in an open loop, as many as arrive.
    pub fn set_level(&self, level: Option<usize>) {
        let mut state = self.state();
        state.level = level.map_or(f64::INFINITY, as_limit);
        state.limit = state.level;
        state.restored = state.level;
        drop(state);
        self.changed.notify_waiters();
    }

    /// Waits until one more request may be in flight.
    pub async fn enter(&self) -> Permit<'_> {
        // A level gives out no more requests than it allows: who has to wait waits for the endpoint.
        let mut has_waited = false;
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Registered before the state is read, so that no change is missed in between.
            changed.as_mut().enable();
            match self.try_enter() {
                Ok(throttled) => return Permit { throttle: self, throttled: throttled || has_waited },
                Err(Some(until)) => tokio::select! {
                    () = tokio::time::sleep_until(until) => {}
                    () = changed => {}
                },
                Err(None) => changed.await,
            }
            has_waited = true;
        }
    }

    fn try_enter(&self) -> Result<bool, Option<Instant>> {
        let mut state = self.state();
        if let Some(until) = state.paused_until {
            if until > Instant::now() {
                return Err(Some(until));
            }
            state.paused_until = None;
        }
        if as_limit(state.in_flight) + 1.0 > state.limit.max(1.0) {
            return Err(None);
        }
        state.in_flight += 1;
        Ok(state.limit < state.level)
    }

    /// The endpoint answered well.
    pub fn answered(&self) {
        let mut state = self.state();
        if state.limit >= state.level {
            return;
        }
        let climbed = state.limit + 1.0 / state.limit;
        let is_restored = climbed >= state.restored;
        state.limit = if is_restored { state.level } else { climbed };
        drop(state);
        if is_restored {
            self.changed.notify_waiters();
        } else {
            self.changed.notify_one();
        }
    }

    /// The endpoint asked this run for fewer requests, and perhaps for a pause.
    pub fn back_off(&self, pause: Option<Duration>) {
        if self.slow_down(pause)
            && let Some(pass_on) = self.pass_on.get()
        {
            pass_on(pause);
        }
    }

    /// The endpoint asked another run for that, so that it is known to others.
    pub fn heed(&self, pause: Option<Duration>) {
        self.slow_down(pause);
    }

    /// True if it is news to others.
    fn slow_down(&self, pause: Option<Duration>) -> bool {
        let mut state = self.state();
        let now = Instant::now();
        let mut is_longer = false;
        if let Some(pause) = pause {
            let (until, known) = (now + pause, state.paused_until);
            is_longer = known.is_none_or(|known| until > known + CUT_APART);
            state.paused_until = Some(known.map_or(until, |known| known.max(until)));
        }
        let is_cut = state.last_cut.is_none_or(|last| now - last >= CUT_APART);
        if is_cut {
            state.cut(now, pause);
        }
        is_cut || is_longer
    }

    /// How long nothing is to be sent to the endpoint from now on.
    pub fn pause(&self) -> Option<Duration> {
        let until = self.state().paused_until?;
        until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
    }

    /// Every cut of the limit so far.
    pub fn history(&self) -> Vec<Change> {
        self.state().history.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.throttle.state().in_flight -= 1;
        // One place, one of those who wait: waking all of them each time would be quadratic.
        self.throttle.changed.notify_one();
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of connections are small")]
fn as_limit(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_complaint_halves_the_limit_once_and_good_answers_bring_it_back() {
        let throttle = Throttle::new(8);
        throttle.back_off(None);
        throttle.back_off(None);
        assert_eq!(throttle.state().limit, 4.0);
        tokio::time::advance(CUT_APART).await;
        throttle.back_off(None);
        assert_eq!(throttle.state().limit, 2.0);
        assert_eq!(throttle.history().len(), 2);
        (0..200).for_each(|_| throttle.answered());
        assert_eq!(throttle.state().limit, 8.0);
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_loop_is_limited_until_it_has_what_it_had() {
        let throttle = Throttle::new(1);
        throttle.set_level(None);
        let mut permits = Vec::new();
        for _ in 0..8 {
            permits.push(throttle.enter().await);
        }
        throttle.back_off(None);
        assert_eq!(throttle.state().limit, 4.0);
        let lift = async {
            tokio::task::yield_now().await;
            (0..100).for_each(|_| throttle.answered());
        };
        let (waiting, ()) = tokio::join!(throttle.enter(), lift);
        assert!(waiting.throttled, "it waited for the endpoint");
        assert_eq!(throttle.state().limit, f64::INFINITY);
        assert!(!throttle.enter().await.throttled);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_every_request_and_no_longer() {
        let throttle = Throttle::new(4);
        throttle.back_off(Some(Duration::from_secs(7)));
        let before = Instant::now();
        let permit = throttle.enter().await;
        assert_eq!((Instant::now() - before).as_secs(), 7);
        assert!(permit.throttled);
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_endpoint_says_is_passed_on_once_and_what_others_heard_is_not() {
        let (throttle, passed) = (Throttle::new(8), std::sync::Arc::new(Mutex::new(Vec::new())));
        let heard = std::sync::Arc::clone(&passed);
        throttle.pass_on(Box::new(move |pause| heard.lock().unwrap().push(pause)));
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for pause in [seconds(3), seconds(3), None, seconds(60)] {
            throttle.back_off(pause);
        }
        tokio::time::advance(CUT_APART).await;
        throttle.heed(None);
        assert_eq!(*passed.lock().unwrap(), [seconds(3), seconds(60)]);
        assert_eq!(throttle.state().limit, 2.0);
    }

    #[tokio::test(start_paused = true)]
    async fn every_waiting_request_gets_its_permit() {
        let throttle = std::sync::Arc::new(Throttle::new(8));
        throttle.back_off(Some(Duration::from_secs(1)));
        let order = std::sync::Arc::new(Mutex::new(Vec::new()));
        let wait = |place: usize| {
            let (throttle, order) = (std::sync::Arc::clone(&throttle), std::sync::Arc::clone(&order));
            tokio::spawn(async move {
                let _permit = throttle.enter().await;
                order.lock().unwrap().push(place);
                tokio::time::sleep(Duration::from_millis(10)).await;
                if place.is_multiple_of(10) {
                    throttle.back_off(Some(Duration::from_millis(25)));
                }
                throttle.answered();
            })
        };
        let waiting: Vec<_> = (0..500).map(wait).collect();
        futures::future::join_all(waiting).await;
        let mut order = order.lock().unwrap().clone();
        assert_eq!(order.len(), 500);
        assert_eq!(order[..4], [0, 1, 2, 3]);
        order.sort_unstable();
        assert_eq!(order, (0..500).collect::<Vec<_>>());
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_the_limit_are_in_flight() {
        let throttle = Throttle::new(2);
        let first = throttle.enter().await;
        let _second = throttle.enter().await;
        assert!(tokio::time::timeout(Duration::from_secs(1), throttle.enter()).await.is_err());
        drop(first);
        assert!(!throttle.enter().await.throttled);
    }
}
