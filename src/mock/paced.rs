//! A stream that keeps its times: each token leaves at its deadline, late ones at once and together.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, unfold};
use hyper::body::Frame;
use tokio::sync::OwnedSemaphorePermit;

use super::counters::Counters;
use super::metrics::Counted;
use super::script::Script;
use crate::timer::Timer;

/// When the tokens of an answer leave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Schedule {
    /// When the work on it begins.
    pub(super) begun: Instant,
    /// Time to the first token.
    pub(super) ttft: Duration,
    /// Time from one token to the next.
    pub(super) gap: Duration,
}

/// No part of an answer takes longer, whatever it was told.
pub(super) const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

impl Schedule {
    /// Time from the first token to the last.
    pub(super) fn output(&self, tokens: usize) -> Duration {
        let gaps = u32::try_from(tokens.saturating_sub(1)).unwrap_or(u32::MAX);
        self.gap.saturating_mul(gaps).min(LONGEST)
    }

    /// When the token with this number, counted from 1, leaves; `None` for what comes before the first.
    pub(super) fn due(&self, tokens: usize) -> Option<Instant> {
        (tokens > 0).then(|| self.begun + self.ttft.min(LONGEST) + self.output(tokens))
    }
}

/// How a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// In good order.
    Proper,
    /// With its connection.
    Cut,
    /// Not at all: the connection stays open until the client goes away.
    Stall,
}

/// A stream on its way.
pub(super) struct Paced {
    pub(super) script: Arc<Script>,
    pub(super) schedule: Schedule,
    pub(super) end: End,
    pub(super) timer: Timer,
    pub(super) counters: Arc<Counters>,
    /// Given back when the stream is over, or its client has gone away.
    pub(super) slot: Option<OwnedSemaphorePermit>,
    /// Counts as long.
    pub(super) working: Counted,
}

/// How far a stream has come.
struct Progress {
    paced: Paced,
    steps: usize,
    bytes: usize,
}

impl Paced {
    /// Its bytes at their times.
    pub(super) fn frames(self) -> BoxStream<'static, io::Result<Frame<Bytes>>> {
        let progress = Progress { paced: self, steps: 0, bytes: 0 };
        unfold(progress, |mut progress| async {
            let piece = progress.next().await?;
            Some((piece.map(Frame::data), progress))
        })
        .boxed()
    }
}

impl Progress {
    /// The next piece: everything that is due once anything is.
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        while self.steps < self.paced.script.ends.len() {
            if let Some(due) = self.paced.schedule.due(self.steps)
                && due > Instant::now()
            {
                self.paced.timer.sleep_until(due).await;
            }
            let piece = self.take_due(Instant::now());
            if !piece.is_empty() {
                return Some(Ok(piece));
            }
        }
        self.end().await
    }

    /// The bytes of the step that was waited for, and of those after it that are due as well.
    fn take_due(&mut self, now: Instant) -> Bytes {
        let Paced { script, schedule, counters, .. } = &self.paced;
        let first = self.steps;
        self.steps += 1;
        while self.steps < script.ends.len() && schedule.due(self.steps).is_none_or(|due| due <= now) {
            self.steps += 1;
        }
        let due = (first..self.steps).filter_map(|step| schedule.due(step));
        due.for_each(|due| counters.token(now.saturating_duration_since(due)));
        let end = script.ends[self.steps - 1];
        let piece = script.body.slice(self.bytes..end);
        self.bytes = end;
        piece
    }

    async fn end(&mut self) -> Option<io::Result<Bytes>> {
        match self.paced.end {
            End::Proper => None,
            End::Cut => {
                // What came before is on its way before the connection goes.
                tokio::task::yield_now().await;
                Some(Err(io::Error::other("cut as configured")))
            }
            End::Stall => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(ttft: u64, gap: u64) -> Schedule {
        Schedule { begun: Instant::now(), ttft: Duration::from_millis(ttft), gap: Duration::from_millis(gap) }
    }

    async fn pieces(schedule: Schedule) -> Vec<(Instant, String)> {
        let timer = Timer::new().unwrap();
        let script = Arc::new(Script { body: Bytes::from_static(b"headABCtail"), ends: vec![4, 5, 6, 11], tokens: 3 });
        let counters = Arc::<Counters>::default();
        let working = Counted::running(&counters.traffic);
        let paced = Paced { script, schedule, end: End::Proper, timer, counters, slot: None, working };
        let frames = paced.frames().map(|frame| {
            let bytes = frame.unwrap().into_data().unwrap();
            (Instant::now(), String::from_utf8(bytes.to_vec()).unwrap())
        });
        frames.collect().await
    }

    #[tokio::test]
    async fn without_times_everything_leaves_at_once() {
        let pieces = pieces(schedule(0, 0)).await;
        assert_eq!(pieces.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["headABCtail"]);
    }

    #[tokio::test]
    async fn no_token_leaves_before_its_time() {
        let schedule = schedule(20, 10);
        let (mut sent, mut text) = (0, String::new());
        for (at, piece) in pieces(schedule).await {
            text.push_str(&piece);
            sent += piece.chars().filter(char::is_ascii_uppercase).count();
            assert!(schedule.due(sent).is_none_or(|due| at >= due), "{sent} tokens too early");
        }
        assert_eq!((text.as_str(), sent), ("headABCtail", 3));
    }

    #[test]
    fn times_beyond_all_reason_are_no_panic() {
        let schedule = Schedule { begun: Instant::now(), ttft: Duration::MAX, gap: Duration::MAX };
        assert!(schedule.due(usize::MAX).is_some());
    }
}
