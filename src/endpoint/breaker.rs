//! The breaker of an endpoint: while its server is gone, one request at a time tries it and all others wait.
//!
//! It opens when no connection can be made, or when several requests in a row broke without an answer. Each
//! failed try puts the next off for longer, as for one request alone; after as many tries, or as long a time, as one
//! request may take, it is over: the rest stays unsent, and the next run continues from there.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::fault::Fault;
use super::retry;
use crate::request::RequestKey;

/// Broken connections in a row after which a server counts as gone although it accepts them.
const BROKEN: u32 = 8;

/// The breaker of one endpoint.
#[derive(Debug)]
pub struct Breaker {
    state: Mutex<State>,
    /// True while nothing has failed: then no request takes the lock.
    is_calm: AtomicBool,
    changed: Notify,
    attempts: u32,
    deadline: Duration,
}

#[derive(Debug, Default)]
struct State {
    /// Connections that broke since the last answer, and the first request that met one.
    broken: u32,
    first: Option<RequestKey>,
    /// True if others met one as well.
    several: bool,
    outage: Option<Outage>,
    /// True once no more requests are sent to the endpoint.
    is_over: bool,
    news: Vec<String>,
}

#[derive(Debug)]
struct Outage {
    since: SystemTime,
    opened: Instant,
    tries: u32,
    next: Instant,
    is_tried: bool,
}

/// A server that does not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Time of day (UTC) of the first failure.
    pub since: String,
    /// Failed tries since then.
    pub tries: u32,
    /// Number of tries after which it is given up.
    pub most: u32,
    /// Time until the next try.
    pub next: Duration,
}

/// The right to ask the server.
pub struct Ticket<'b> {
    breaker: &'b Breaker,
    is_try: bool,
}

impl Breaker {
    /// A closed breaker, as patient as one request: this many attempts within this time.
    pub fn new(attempts: u32, deadline: Duration) -> Self {
        Self { state: Mutex::default(), is_calm: AtomicBool::new(true), changed: Notify::new(), attempts, deadline }
    }

    /// Waits until the server may be asked; `None` once it is given up.
    pub async fn enter(&self) -> Option<Ticket<'_>> {
        if self.is_calm.load(Ordering::Acquire) {
            return Some(Ticket { breaker: self, is_try: false });
        }
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Registered before the state is read, so that no change is missed in between.
            changed.as_mut().enable();
            let next = {
                let mut state = self.state();
                if state.is_over {
                    return None;
                }
                match &mut state.outage {
                    None => return Some(Ticket { breaker: self, is_try: false }),
                    Some(outage) if outage.is_tried => None,
                    Some(outage) => {
                        outage.is_tried = true;
                        Some(outage.next)
                    }
                }
            };
            if let Some(next) = next {
                let ticket = Ticket { breaker: self, is_try: true };
                tokio::time::sleep_until(next).await;
                return (!self.is_over()).then_some(ticket);
            }
            changed.await;
        }
    }

    /// The server asked for a pause that is longer than any request may wait.
    pub fn left_alone(&self, pause: Duration) {
        let until = httpdate::fmt_http_date(SystemTime::now() + pause);
        let limit = self.deadline;
        self.end(format!(
            "sent Retry-After until {until}, which is beyond `load.deadline` ({limit:?}); rerun the command then to send the rest"
        ));
    }

    /// True while the server is gone.
    pub fn is_open(&self) -> bool {
        self.state().outage.is_some()
    }

    /// The outage, while the server is gone and has not been given up.
    pub fn wait(&self) -> Option<Gone> {
        if self.is_calm.load(Ordering::Acquire) {
            return None;
        }
        let state = self.state();
        let outage = state.outage.as_ref().filter(|_| !state.is_over)?;
        let next = outage.next.saturating_duration_since(Instant::now());
        Some(Gone { since: clock_time(outage.since), tries: outage.tries, most: self.attempts, next })
    }

    /// True once no more requests are sent to the endpoint.
    pub fn is_over(&self) -> bool {
        !self.is_calm.load(Ordering::Acquire) && self.state().is_over
    }

    /// Messages about the endpoint since the last call, each to follow its name.
    pub fn news(&self) -> Vec<String> {
        if self.is_calm.load(Ordering::Acquire) {
            return Vec::new();
        }
        std::mem::take(&mut self.state().news)
    }

    fn end(&self, news: String) {
        self.is_calm.store(false, Ordering::Release);
        let mut state = self.state();
        if !state.is_over {
            state.is_over = true;
            state.news.push(news);
        }
        drop(state);
        self.changed.notify_waiters();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket<'_> {
    /// The server has replied, with an answer or an error.
    pub fn answered(&self) {
        if self.breaker.is_calm.load(Ordering::Acquire) {
            return;
        }
        let mut state = self.breaker.state();
        (state.broken, state.first, state.several) = (0, None, false);
        let outage = state.outage.take();
        if let Some(outage) = &outage {
            let since = clock_time(outage.since);
            state.news.push(format!("answers again, after it did not since {since}"));
        }
        drop(state);
        if outage.is_some() {
            self.breaker.changed.notify_waiters();
        }
    }

    /// Nothing came back: the connection was not made, or broke, or was silent.
    pub fn failed(&self, key: RequestKey, fault: &Fault) {
        self.breaker.is_calm.store(false, Ordering::Release);
        let mut state = self.breaker.state();
        state.broken += 1;
        state.several |= *state.first.get_or_insert(key) != key;
        let is_gone = fault.is_unreachable || (state.several && state.broken >= BROKEN);
        match &mut state.outage {
            None if is_gone => {
                let outage = Outage {
                    since: SystemTime::now(),
                    opened: Instant::now(),
                    tries: 0,
                    next: Instant::now(),
                    is_tried: false,
                };
                let since = clock_time(outage.since);
                state.outage = Some(outage);
                state.news.push(format!(
                    "does not answer since {since} ({}); one request at a time tries again, up to {} times, and the others wait",
                    fault.line(),
                    self.breaker.attempts
                ));
            }
            Some(outage) if self.is_try => {
                outage.tries += 1;
                let wait = retry::backoff(outage.tries);
                outage.next = Instant::now() + wait;
                let is_late = outage.opened.elapsed() + wait > self.breaker.deadline;
                if outage.tries >= self.breaker.attempts || is_late {
                    let news = format!(
                        "has not recovered since {} ({}); rerun the command once it is up to send the rest",
                        clock_time(outage.since),
                        fault.line()
                    );
                    drop(state);
                    self.breaker.end(news);
                }
            }
            _ => {}
        }
    }

    /// True if it tries a server that was gone.
    pub fn is_try(&self) -> bool {
        self.is_try
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        if self.is_try {
            if let Some(outage) = &mut self.breaker.state().outage {
                outage.is_tried = false;
            }
            self.breaker.changed.notify_waiters();
        }
    }
}

/// The time of day, as UTC: the library knows no other.
pub fn clock_time(time: SystemTime) -> String {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs()) % 86_400;
    format!("{:02}:{:02}:{:02} UTC", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Status;

    fn gone() -> Fault {
        Fault { is_unreachable: true, ..Fault::new(Status::Connect, "connection refused") }
    }

    #[tokio::test(start_paused = true)]
    async fn one_request_tries_and_the_others_wait_until_it_is_answered() {
        let breaker = Breaker::new(6, Duration::from_secs(60));
        breaker.enter().await.unwrap().failed(RequestKey([0; 32]), &gone());
        let ticket = breaker.enter().await.unwrap();
        assert!(ticket.is_try());
        assert_eq!(breaker.wait().map(|gone| (gone.tries, gone.most)), Some((0, 6)));
        assert!(tokio::time::timeout(Duration::from_secs(9), breaker.enter()).await.is_err());
        ticket.answered();
        assert_eq!(breaker.wait(), None);
        assert!(!breaker.enter().await.unwrap().is_try());
        assert_eq!(breaker.news().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_over_after_the_tries_of_one_request() {
        let breaker = Breaker::new(3, Duration::from_secs(60));
        breaker.enter().await.unwrap().failed(RequestKey([0; 32]), &gone());
        let mut tries = 0;
        while let Some(ticket) = breaker.enter().await {
            ticket.failed(RequestKey([1; 32]), &gone());
            tries += 1;
        }
        assert_eq!(tries, 3);
        assert!(breaker.news().last().unwrap().contains("rerun the command"));
    }

    #[tokio::test]
    async fn one_request_that_always_breaks_does_not_open_it() {
        let breaker = Breaker::new(3, Duration::from_secs(60));
        let broken = Fault::new(Status::Connect, "closed");
        for _ in 0..50 {
            breaker.enter().await.unwrap().failed(RequestKey([0; 32]), &broken);
        }
        assert!(breaker.news().is_empty());
        breaker.enter().await.unwrap().failed(RequestKey([1; 32]), &broken);
        assert!(breaker.enter().await.unwrap().is_try());
    }

    #[test]
    fn times_of_day_are_read_off_the_epoch() {
        assert_eq!(clock_time(SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 + 43_390)), "12:03:10 UTC");
    }
}
