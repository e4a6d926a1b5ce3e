//! One attempt: a request is sent, and its answer is read and stamped.

use std::time::{Duration, Instant as Moment};

use serde_json::Value as Json;
use tokio::time::{Instant, timeout};

use super::answer::Answer;
use super::bounds::Bounds;
use super::client::{Client, Waiting};
use super::fault::Fault;
use super::finish::Finish;
use super::frames::{Frames, Framing, TooLong};
use super::json_body;
use super::replay::pieces::Pieces;
use super::thinking::Added;
use super::transport::{HttpRequest, Reply, Sent};
use super::wire::{PostContent, Tag};
use crate::request::Parameters;
use crate::response::{Stamps, Status};

/// How long the end of a body is waited for after the last frame of the answer, so that its connection can be used
/// again.
const GRACE: Duration = Duration::from_millis(200);

/// What is known of an attempt, however it ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    /// When it was allowed.
    pub(super) permit: Moment,
    /// The key of its request.
    pub(super) tag: Tag,
    /// How it left, if it did.
    pub(super) sent: Option<Sent>,
}

/// An answer, its stamps and the gaps between its pieces.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) answer: Answer,
    pub(super) stamps: Stamps,
    pub(super) gaps: Vec<Duration>,
    pub(super) pieces: usize,
}

/// An answer that is being received.
struct Incoming {
    frames: Frames,
    bounds: Bounds,
    reading: Reading,
    pieces: Pieces,
}

impl Client {
    /// Makes one attempt; what is known of it is in `attempt`, however it ends.
    pub(super) async fn attempt(
        &self,
        body: &Json,
        parameters: &Parameters,
        attempt: &mut Attempt,
    ) -> Result<Reading, Fault> {
        let limit = self.patience.timeout;
        // In a box: each of ten thousand streams would hold its own state twice.
        let exchange = Box::pin(self.exchange(body, parameters, attempt));
        let exchange = self.awake(Instant::now() + limit, limit, exchange).await;
        let late = || Err(Fault::new(Status::TimedOut, format!("no complete answer within {limit:?}")));
        exchange.unwrap_or_else(late).map_err(|fault| self.understood(fault))
    }

    async fn exchange(&self, body: &Json, parameters: &Parameters, attempt: &mut Attempt) -> Result<Reading, Fault> {
        let path = self.provider.path();
        let waiting = self.waiting_for_the_first_byte();
        let request =
            HttpRequest { path, body: Some(PostContent::json(json_body::bytes(body))), tag: Some(attempt.tag) };
        let reply = self.within(waiting, self.transport.send(&request)).await?;
        attempt.sent = reply.sent;
        if !(200..300).contains(&reply.http_status) {
            return self.side_body(reply, body, path).await.and(Err(Fault::new(Status::Rejected, "no answer")));
        }
        self.read_answer(reply, body, parameters, waiting).await
    }

    async fn read_answer(
        &self,
        mut reply: Reply,
        body: &Json,
        parameters: &Parameters,
        waiting: Waiting,
    ) -> Result<Reading, Fault> {
        let expected = if parameters.stream { self.provider.framing() } else { Framing::Whole };
        let mut incoming = Incoming {
            frames: Frames::new(expected),
            bounds: Bounds::of(parameters.max_tokens),
            reading: Reading::default(),
            pieces: Pieces::new(self.recorder.is_some()),
        };
        incoming.reading.stamps.headers = Some(reply.at);
        let is_left_open = self.receive(&mut reply, &mut incoming, waiting).await?;
        let Incoming { mut frames, bounds, mut reading, pieces } = incoming;
        let end = reading.stamps.end.filter(|_| is_left_open).unwrap_or_else(|| reply.end());
        let last = reading.stamps.end.unwrap_or(end);
        frames.finish(|frame| self.read_frame(frame, last, bounds, &mut reading))?;
        reading.stamps.end = Some(end);
        let is_whole = frames.framing() == Framing::Whole;
        if is_whole && reading.pieces > 0 && !reading.answer.finished {
            // One value that could be read is all there, whatever it says of its end.
            reading.answer.finish();
        }
        reading.keep_what_shows(is_whole || !parameters.stream, last);
        self.end_of(&reading.answer, &reply.content_type, frames.passed_over())?;
        self.record(&reply, end, (self.provider.path(), body), pieces);
        Ok(reading)
    }

    /// Reads the whole body of an answer whose coming nobody timed.
    pub(super) fn read_alone(&self, body: &[u8], parameters: &Parameters) -> Result<Reading, Fault> {
        let (mut frames, bounds) = (Frames::new(Framing::Whole), Bounds::of(parameters.max_tokens));
        let mut reading = Reading::default();
        frames.push(body, |frame| self.read_frame(frame, Duration::ZERO, bounds, &mut reading))?;
        frames.finish(|frame| self.read_frame(frame, Duration::ZERO, bounds, &mut reading))?;
        if reading.pieces > 0 && !reading.answer.finished {
            // One value that could be read is all there, whatever it says of its end.
            reading.answer.finish();
        }
        reading.answer.split_late();
        self.end_of(&reading.answer, "", b"")?;
        Ok(Reading { answer: reading.answer, ..Reading::default() })
    }

    /// Whether an answer has come to an end, and to one that is an answer.
    fn end_of(&self, answer: &Answer, media: &str, passed_over: &[u8]) -> Result<(), Fault> {
        if !answer.finished {
            let media = if media.is_empty() { "of no media type" } else { media };
            let message = format!("the answer ({media}) ended without its finish marker");
            return Err(Fault::cut(message, if answer.is_empty() { passed_over } else { b"" }));
        }
        let word = answer.word_for_the_end();
        let finish = word.map(|word| (word, self.provider.finish(word)));
        if let Some((word, Finish::Failed)) = finish {
            let status = if answer.is_empty() { Status::Empty } else { Status::StreamError };
            return Err(Fault::new(status, format!("the server ended the answer with `{word}`")));
        }
        if answer.is_empty() && !matches!(finish, Some((_, Finish::Refused | Finish::Capped))) {
            return Err(Fault::new(Status::Empty, "the server ended the answer although nothing was generated"));
        }
        Ok(())
    }

    /// Reads chunks until the answer is over; true if the server then keeps the body open.
    async fn receive(&self, reply: &mut Reply, incoming: &mut Incoming, mut waiting: Waiting) -> Result<bool, Fault> {
        let Incoming { frames, bounds, reading, pieces } = incoming;
        let (patience, mut is_idle, mut was_open) = (waiting, false, false);
        loop {
            let next = self.within(waiting, reply.chunk()).await;
            if next.is_err() && self.is_complete(&reading.answer) {
                // What becomes of the connection cannot take an answer back that has its end.
                return Ok(true);
            }
            let Some((at, bytes)) = next.map_err(|fault| idle(fault, is_idle))? else { return Ok(false) };
            is_idle = true;
            reading.stamps.first_byte.get_or_insert(at);
            pieces.add(at, &bytes);
            frames.push(&bytes, |frame| {
                is_idle = false;
                self.read_frame(frame, at, *bounds, reading)
            })?;
            // A comment or a single byte is no sign of life: only a complete frame moves the limit. Before the first
            // token, comments and empty frames have the patience of the first byte, and a frame that began has not.
            let (is_begun, is_open) = (reading.stamps.first_token.is_some(), frames.is_open());
            waiting = match (is_idle, is_begun) {
                (false, true) => self.waiting_for_more(),
                (false, false) => patience.later(self.waiting_for_more()),
                (true, false) if is_open && !was_open => self.waiting_for_more(),
                (true, _) => waiting,
            };
            was_open = is_open;
            reading.stamps.end = Some(at);
            if reading.answer.over {
                // Complete, whatever becomes of the connection: some servers leave it open, and what they still
                // say is not part of the answer.
                return Ok(timeout(GRACE, reply.rest()).await.is_err());
            }
        }
    }

    /// Whether an answer has its end, and not one that says that it failed.
    fn is_complete(&self, answer: &Answer) -> bool {
        let has_failed = || answer.word_for_the_end().is_some_and(|word| self.provider.finish(word) == Finish::Failed);
        answer.finished && !answer.is_empty() && !has_failed()
    }

    fn read_frame(&self, frame: &[u8], at: Duration, bounds: Bounds, reading: &mut Reading) -> Result<(), Fault> {
        let added = match self.provider.read(frame, &mut reading.answer) {
            Err(_) if self.is_complete(&reading.answer) => {
                // An error behind the end, such as one of counting tokens, is not part of the answer.
                reading.answer.over = true;
                Added::default()
            }
            outcome => outcome?,
        };
        let stamps = &mut reading.stamps;
        if added.content || added.reasoning || added.call {
            stamps.first_token.get_or_insert(at);
            if let Some(last) = stamps.last_token.replace(at) {
                reading.gaps.push(whole_microseconds(at.saturating_sub(last)));
            }
        }
        if added.content {
            let began = if added.held { stamps.first_token } else { Some(at) };
            stamps.first_content = stamps.first_content.or(began);
        }
        reading.pieces += 1;
        bounds.check(reading.pieces, reading.answer.bytes())
    }
}

impl Reading {
    /// Drops stamps that the answer does not show.
    fn keep_what_shows(&mut self, is_whole: bool, last: Duration) {
        if is_whole {
            // A whole answer shows when it was there, not when its tokens were.
            self.stamps = Stamps { first_token: None, first_content: None, last_token: Some(last), ..self.stamps };
            self.gaps.clear();
        }
        if self.answer.split_late() {
            // When the answer itself began could not be seen while it came.
            self.stamps.first_content = None;
        }
    }
}

/// The fault of an answer of which only comments or parts of a frame have come.
fn idle(fault: Fault, is_idle: bool) -> Fault {
    if !is_idle || !matches!(fault.status, Status::Stalled | Status::TimedOut) {
        return fault;
    }
    let message = format!("{}; only comments, or parts of a line, came meanwhile", fault.message);
    Fault { message, ..fault }
}

/// The resolution of the store, so that a run reports the same of what it sent and of what it found.
fn whole_microseconds(gap: Duration) -> Duration {
    Duration::from_micros(u64::try_from(gap.as_micros()).unwrap_or(u64::MAX))
}

impl From<TooLong> for Fault {
    fn from(_: TooLong) -> Self {
        Self { retryable: false, ..Self::new(Status::Malformed, "a line of the answer does not end") }
    }
}
