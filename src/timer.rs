//! A precise timer: wakes sleepers within a fraction of a millisecond, where tokio's own has ticks of one.
//!
//! One thread keeps every deadline in order and parks until the first; what is due together is woken
//! together. A sleeper costs one entry, which goes when its future is dropped.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Instant;

/// A timer; its clones share one thread, which ends with the last of them.
#[derive(Clone)]
pub struct Timer {
    running: Arc<Running>,
}

/// The thread, as long as somebody may sleep.
struct Running {
    queue: Arc<Queue>,
}

/// Who sleeps until when. The number tells sleepers of one deadline apart, in the order they came.
type Key = (Instant, u64);

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    sleepers: BTreeMap<Key, Waker>,
    /// How many have slept so far.
    count: u64,
    closed: bool,
}

impl Timer {
    /// A timer with a thread of its own.
    ///
    /// # Errors
    /// The system has no more threads.
    pub fn new() -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let shared = Arc::clone(&queue);
        thread::Builder::new().name("timer".into()).spawn(move || shared.run())?;
        Ok(Self { running: Arc::new(Running { queue }) })
    }

    /// Sleeps until a moment, never less; a moment that has passed is not waited for.
    pub async fn sleep_until(&self, at: Instant) {
        Sleep { queue: &self.running.queue, at, key: None }.await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.queue.state().closed = true;
        self.queue.changed.notify_one();
    }
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, at: Instant, waker: Waker) -> Key {
        let mut state = self.state();
        state.count += 1;
        let key = (at, state.count);
        state.sleepers.insert(key, waker);
        let is_first = state.sleepers.first_key_value().is_some_and(|(first, _)| *first == key);
        drop(state);
        if is_first {
            self.changed.notify_one();
        }
        key
    }

    /// Replaces the waker of a sleeper that still waits. The old one is dropped by the caller, without the
    /// lock: it may be all that is left of a task, and of the sleepers in it.
    fn replace(&self, key: Key, waker: Waker) -> Option<Waker> {
        self.state().sleepers.get_mut(&key).map(|known| mem::replace(known, waker))
    }

    /// Takes a sleeper out; its waker is dropped by the caller, as above.
    fn remove(&self, key: Key) -> Option<Waker> {
        self.state().sleepers.remove(&key)
    }

    /// Wakes the sleepers that are due, until the timer is dropped.
    fn run(&self) {
        let mut due = Vec::new();
        let mut state = self.state();
        while !state.closed {
            let now = Instant::now();
            state.take_due(now, &mut due);
            if !due.is_empty() {
                // Woken without the lock: a sleeper may sleep again at once.
                drop(state);
                due.drain(..).for_each(Waker::wake);
                state = self.state();
                continue;
            }
            let next = state.sleepers.first_key_value().map(|(key, _)| key.0);
            state = match next {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(at) => self.changed.wait_timeout(state, at - now).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }
}

impl State {
    /// Moves those whose time has come, the earliest first.
    fn take_due(&mut self, now: Instant, due: &mut Vec<Waker>) {
        while let Some(first) = self.sleepers.first_entry() {
            if first.key().0 > now {
                return;
            }
            due.push(first.remove());
        }
    }
}

struct Sleep<'q> {
    queue: &'q Queue,
    at: Instant,
    key: Option<Key>,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.at {
            return Poll::Ready(());
        }
        if self.key.is_some_and(|key| self.queue.replace(key, context.waker().clone()).is_some()) {
            return Poll::Pending;
        }
        // New, or woken by the timer between the look at the clock and the look into the queue: the next
        // look at the clock ends it.
        self.key = Some(self.queue.add(self.at, context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key
            && Instant::now() < self.at
        {
            self.queue.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::future::join_all;
    use futures::task::noop_waker;

    use super::*;

    fn sleepers(timer: &Timer) -> usize {
        timer.running.queue.state().sleepers.len()
    }

    #[tokio::test]
    async fn nobody_is_woken_early_and_nobody_is_forgotten() {
        let timer = Timer::new().unwrap();
        let start = Instant::now();
        let sleeps = (0..20_000_u64).map(|index| {
            let (timer, at) = (&timer, start + Duration::from_micros(index * 7 % 10_000));
            async move {
                timer.sleep_until(at).await;
                assert!(Instant::now() >= at);
            }
        });
        join_all(sleeps).await;
        assert_eq!(sleepers(&timer), 0);
    }

    #[test]
    fn the_first_that_is_due_is_woken_first() {
        let now = Instant::now();
        let later = |milliseconds| now + Duration::from_millis(milliseconds);
        let mut state = State::default();
        for (count, at) in [(1, later(3)), (2, later(1)), (3, later(9)), (4, later(1))] {
            state.sleepers.insert((at, count), noop_waker());
        }
        let mut due = Vec::new();
        state.take_due(now, &mut due);
        assert_eq!(due.len(), 0);
        assert_eq!(state.sleepers.keys().map(|key| key.1).collect::<Vec<_>>(), [2, 4, 1, 3]);
        state.take_due(later(3), &mut due);
        assert_eq!((due.len(), state.sleepers.len()), (3, 1));
    }

    #[tokio::test]
    async fn a_sleep_that_is_dropped_leaves_nothing() {
        let timer = Timer::new().unwrap();
        let far = Instant::now() + Duration::from_secs(3600);
        let mut sleep = Box::pin(timer.sleep_until(far));
        assert!(futures::poll!(&mut sleep).is_pending());
        assert!(futures::poll!(&mut sleep).is_pending());
        assert_eq!(sleepers(&timer), 1);
        drop(sleep);
        assert_eq!(sleepers(&timer), 0);
    }

    #[tokio::test]
    async fn a_moment_that_has_passed_is_not_waited_for() {
        let timer = Timer::new().unwrap();
        let mut sleep = Box::pin(timer.sleep_until(Instant::now()));
        assert!(futures::poll!(&mut sleep).is_ready());
    }

    #[tokio::test]
    async fn an_earlier_sleeper_does_not_wait_for_a_later_one() {
        let timer = Timer::new().unwrap();
        let mut late = Box::pin(timer.sleep_until(Instant::now() + Duration::from_secs(3600)));
        assert!(futures::poll!(&mut late).is_pending());
        timer.sleep_until(Instant::now() + Duration::from_millis(1)).await;
        assert!(futures::poll!(&mut late).is_pending());
    }

    #[test]
    fn the_thread_ends_with_the_last_clone() {
        let timer = Timer::new().unwrap();
        let queue = Arc::downgrade(&timer.running.queue);
        drop(timer.clone());
        assert!(!queue.upgrade().unwrap().state().closed);
        drop(timer);
        while queue.strong_count() > 0 {
            thread::yield_now();
        }
    }
}
