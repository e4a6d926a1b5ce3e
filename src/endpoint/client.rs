//! The one client: sends a request, stamps its answer, tries again, and redacts what comes back.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use bytes::Bytes;
use serde_json::Value as Json;
use tokio::time::{Instant, timeout, timeout_at};

use super::answer::Answer;
use super::bounds::{Bounds, MOST_RECORDED};
use super::breaker::Breaker;
use super::fault::Fault;
use super::frames::{Frames, Framing, TooLong};
use super::pace::Pace;
use super::provider::Provider;
use super::refusals::Refusals;
use super::replay::cassette::Exchange;
use super::replay::recorder::Recorder;
use super::transport::{HttpRequest, Reply, Sent, Transport};
use super::wire::Tag;
use crate::request::{Parameters, Request};
use crate::response::{Dispatch, Response, Stamps, Status, Usage};
use crate::secret::Secrets;
use crate::standstill::Standstills;

/// Largest body of an error or of a list of models.
const SIDE_BODY_LIMIT: usize = 4 << 20;

/// How long the end of a body is waited for after its provider's last word, so that its connection can be used again.
const GRACE: Duration = Duration::from_millis(200);

/// Room for what a body has besides its texts.
const SCAFFOLD: usize = 512;

/// How patient the client is.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Longest time until the first byte of an answer.
    pub first_byte_timeout: Duration,
    /// Longest time for a whole request.
    pub timeout: Duration,
    /// Longest silence between two chunks.
    pub stall_timeout: Duration,
    /// Most attempts.
    pub attempts: u32,
    /// Longest time for all attempts and the waits between them.
    pub deadline: Duration,
}

/// A client for one endpoint.
#[derive(Clone)]
pub struct Client {
    /// How many requests the endpoint takes at a time.
    pub pace: Arc<Pace>,
    /// Whether its server is there.
    pub breaker: Arc<Breaker>,
    /// What it refuses of the model that is asked.
    pub refusals: Arc<Refusals>,
    /// How the endpoint is reached.
    pub transport: Transport,
    /// What it speaks.
    pub provider: Arc<dyn Provider>,
    /// How patient the client is.
    pub patience: Patience,
    /// What is taken out of everything that servers echo.
    pub secrets: Secrets,
    /// Where exchanges are recorded, if they are.
    pub recorder: Option<Arc<Recorder>>,
    /// The run that asks.
    pub run: Run,
}

/// A run: its name, and the moment from which its stamps count.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its name.
    pub name: Arc<str>,
    /// When it started.
    pub started: Moment,
    /// When it stood still since then.
    pub standstills: Standstills,
}

impl Run {
    /// A run that starts now.
    pub fn start(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), started: Moment::now(), standstills: Standstills::watch() }
    }

    fn since_start(&self, moment: Moment) -> Duration {
        moment.saturating_duration_since(self.started)
    }
}

/// The circumstances under which a request is sent.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// When it was due.
    pub scheduled: Moment,
    /// True if the server has to load the model first.
    pub cold: bool,
    /// True if it only warms the server up.
    pub warmup: bool,
}

/// An answer, its stamps and the gaps between its pieces.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) answer: Answer,
    stamps: Stamps,
    gaps: Vec<Duration>,
    pieces: usize,
}

/// What is known of an attempt, however it ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    pub(super) permit: Moment,
    /// The key of its request.
    pub(super) tag: Tag,
    pub(super) sent: Option<Sent>,
}

/// What is waited for, and until when.
#[derive(Debug, Clone, Copy)]
enum Waiting {
    FirstByte(Instant),
    More(Instant),
}

/// What it took to get an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tries {
    pub(super) attempts: u32,
    /// Those that may have been billed without an answer.
    pub(super) unanswered: u32,
    pub(super) retry_time: Duration,
    pub(super) throttled: bool,
    /// True before the first of them.
    pub(super) is_first: bool,
}

impl Default for Tries {
    fn default() -> Self {
        Self { attempts: 0, unanswered: 0, retry_time: Duration::ZERO, throttled: false, is_first: true }
    }
}

impl Client {
    /// Fetches a document that says something about the server.
    ///
    /// # Errors
    /// There is no connection, or the status is not a success.
    pub async fn get(&self, path: &'static str) -> Result<Vec<u8>, Fault> {
        self.aside(path, None).await
    }

    /// Asks the server about a model, or tells it what to do with one.
    ///
    /// # Errors
    /// There is no connection, or the status is not a success.
    pub async fn post(&self, path: &'static str, body: Json) -> Result<Vec<u8>, Fault> {
        self.aside(path, Some(body)).await
    }

    async fn aside(&self, path: &'static str, body: Option<Json>) -> Result<Vec<u8>, Fault> {
        let bytes = body.as_ref().map(written);
        let reply = async {
            let reply = self.transport.send(&HttpRequest { path, body: bytes, tag: None }).await?;
            self.side_body(reply, body.as_ref().unwrap_or(&Json::Null), path).await
        };
        let limit = self.patience.timeout.min(Duration::from_secs(30));
        let outcome = timeout(limit, reply).await;
        let outcome = outcome.unwrap_or_else(|_| Err(Fault::new(Status::TimedOut, "no answer within 30 s")));
        outcome.map_err(|fault| self.understood(fault))
    }

    /// One attempt; what is known of it is in `attempt`, however it ends.
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
        exchange.unwrap_or_else(|| Err(self.timed_out())).map_err(|fault| self.understood(fault))
    }

    /// A fault as the provider means it, without the secrets in it.
    fn understood(&self, fault: Fault) -> Fault {
        let kind = self.provider.classify(&fault.message);
        fault.classified(kind).redacted(&self.secrets)
    }

    fn framing(&self, stream: bool) -> Framing {
        if stream { self.provider.framing() } else { Framing::Whole }
    }

    fn timed_out(&self) -> Fault {
        Fault::new(Status::TimedOut, format!("no complete answer within {:?}", self.patience.timeout))
    }

    async fn exchange(&self, body: &Json, parameters: &Parameters, attempt: &mut Attempt) -> Result<Reading, Fault> {
        let path = self.provider.path();
        let waiting = Waiting::FirstByte(Instant::now() + self.patience.first_byte_timeout);
        let request = HttpRequest { path, body: Some(written(body)), tag: Some(attempt.tag) };
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
        mut waiting: Waiting,
    ) -> Result<Reading, Fault> {
        let (stream, bounds) = (parameters.stream, Bounds::of(parameters.max_tokens));
        // Some servers answer whole although a stream was asked for.
        let whole = self.framing(stream) == Framing::Events && reply.content_type.starts_with("application/json");
        let stream = stream && !whole;
        let mut frames = Frames::new(self.framing(stream));
        let mut reading = Reading::default();
        reading.stamps.headers = Some(reply.at);
        let mut chunks = Chunks::new(self.recorder.is_some());
        let mut left_open = false;
        while let Some((at, bytes)) = self.within(waiting, reply.chunk()).await? {
            let mut alive = reading.stamps.first_byte.is_none();
            reading.stamps.first_byte.get_or_insert(at);
            chunks.add(at, &bytes);
            frames.push(&bytes, |frame| {
                alive = true;
                self.read_frame(frame, at, bounds, &mut reading)
            })?;
            // An empty comment or a single byte is no sign of life: only a complete frame moves the limit.
            if alive {
                waiting = self.waiting_for_more();
            }
            reading.stamps.end = Some(at);
            if reading.answer.over {
                // Complete, whatever becomes of the connection: some servers leave it open, and what they still
                // say is not part of the answer.
                left_open = timeout(GRACE, reply.rest()).await.is_err();
                break;
            }
        }
        let end = reading.stamps.end.filter(|_| left_open).unwrap_or_else(|| reply.end());
        let last = reading.stamps.end.unwrap_or(end);
        frames.finish(|frame| self.read_frame(frame, last, bounds, &mut reading))?;
        reading.stamps.end = Some(end);
        if !stream {
            // A whole answer shows when it was there, not when its tokens were.
            reading.stamps =
                Stamps { first_token: None, first_content: None, last_token: Some(last), ..reading.stamps };
            reading.gaps.clear();
        }
        if reading.answer.split_late() {
            // When the answer itself began could not be seen while it came.
            reading.stamps.first_content = None;
        }
        if !reading.answer.finished {
            let media = if reply.content_type.is_empty() { "of no media type" } else { &reply.content_type };
            let message = format!("the answer ({media}) ended without its finish marker");
            return Err(Fault::new(Status::CutStream, message));
        }
        self.record(&reply, end, (self.provider.path(), body), chunks);
        Ok(reading)
    }

    /// What comes next, if it comes in time.
    async fn within<T>(&self, waiting: Waiting, next: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let (until, limit) = match waiting {
            Waiting::FirstByte(until) => (until, self.patience.first_byte_timeout),
            Waiting::More(until) => (until, self.patience.stall_timeout),
        };
        self.awake(until, limit, next).await.unwrap_or_else(|| Err(self.late(waiting)))
    }

    /// What comes before a limit has passed. Time in which this process stood still does not count: the answer may lie
    /// in the socket.
    async fn awake<T>(&self, until: Instant, limit: Duration, next: impl Future<Output = T>) -> Option<T> {
        let mut next = pin!(next);
        let mut extended = until;
        loop {
            if let Ok(output) = timeout_at(extended, next.as_mut()).await {
                return Some(output);
            }
            let began = until.checked_sub(limit)?.into_std();
            let later = until + self.run.standstills.lost_since(began);
            if later <= extended {
                return None;
            }
            extended = later;
        }
    }

    fn late(&self, waiting: Waiting) -> Fault {
        let patience = &self.patience;
        match waiting {
            Waiting::FirstByte(_) => {
                Fault::new(Status::TimedOut, format!("no first byte within {:?}", patience.first_byte_timeout))
            }
            Waiting::More(_) => {
                Fault::new(Status::Stalled, format!("nothing complete came for {:?}", patience.stall_timeout))
            }
        }
    }

    fn waiting_for_more(&self) -> Waiting {
        Waiting::More(Instant::now() + self.patience.stall_timeout)
    }

    fn read_frame(&self, frame: &[u8], at: Duration, bounds: Bounds, reading: &mut Reading) -> Result<(), Fault> {
        let added = self.provider.read(frame, &mut reading.answer)?;
        let stamps = &mut reading.stamps;
        if added.content || added.reasoning {
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
        bounds.check(reading.pieces, reading.answer.text.len() + reading.answer.reasoning.len())
    }

    /// The body of a reply that is not an answer; a status that is no success becomes its fault.
    async fn side_body(&self, mut reply: Reply, body: &Json, path: &'static str) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        let mut chunks = Chunks::new(self.recorder.is_some());
        let waiting = self.waiting_for_more();
        while let Some((at, chunk)) = self.within(waiting, reply.chunk()).await? {
            bytes.extend_from_slice(&chunk);
            chunks.add(at, &chunk);
            if bytes.len() > SIDE_BODY_LIMIT {
                break;
            }
        }
        match reply.http_status {
            200..300 => {
                self.record(&reply, reply.end(), (path, body), chunks);
                let text = String::from_utf8(bytes);
                let text = text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
                Ok(self.secrets.redacted(text).into_bytes())
            }
            300..400 => {
                let target = reply.location.as_deref().unwrap_or("nowhere");
                let message = format!("the server redirects to {target}: write the final address into the spec");
                Err(Fault { http_status: Some(reply.http_status), ..Fault::new(Status::Rejected, message) })
            }
            http_status => Err(Fault::of_http(http_status, &bytes, reply.retry_after)),
        }
    }

    fn record(&self, reply: &Reply, end: Duration, (path, body): (&str, &Json), chunks: Chunks) {
        let (Some(recorder), Some(chunks)) = (&self.recorder, chunks.kept) else { return };
        let nanoseconds = |at: Duration| u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
        let exchange = Exchange {
            path: path.to_owned(),
            body: body.clone(),
            http_status: reply.http_status,
            content_type: reply.content_type.clone(),
            headers_ns: nanoseconds(reply.at),
            chunks: as_texts(&chunks).into_iter().map(|(at, text)| (nanoseconds(at), text)).collect(),
            end_ns: nanoseconds(end),
        };
        // A full disk must not cost the answer, which the store keeps; the cassette just lacks it.
        let _ = recorder.add(exchange);
    }

    pub(super) fn response(
        &self,
        request: &Request,
        turn: Turn,
        tries: Tries,
        (attempt, outcome): (Attempt, Result<Reading, Fault>),
    ) -> Response {
        let redact = |text: String| self.secrets.redacted(text);
        let since_sent = attempt.sent.map(|sent| sent.at.elapsed());
        let (status, fault, reading) = match outcome {
            Ok(reading) => {
                let reason = reading.answer.finish_reason.as_deref();
                (reason.map_or(Status::Ok, |reason| self.provider.finish(reason)), None, reading)
            }
            Err(fault) => {
                let stamps = Stamps { end: since_sent, ..Stamps::default() };
                (fault.status, Some(fault.line()), Reading { stamps, ..Reading::default() })
            }
        };
        let Reading { answer, stamps, gaps, .. } = reading;
        let usage = believable(&answer);
        let response = Response {
            key: request.key,
            status,
            fault,
            text: redact(answer.text),
            reasoning: (!answer.reasoning.is_empty()).then(|| redact(answer.reasoning)),
            finish_reason: answer.finish_reason.map(redact),
            attempts: tries.attempts,
            unanswered: tries.unanswered,
            retry_time: tries.retry_time,
            throttled: tries.throttled,
            dispatch: attempt.sent.map(|sent| self.dispatch(turn, attempt.permit, sent)),
            stamps,
            gaps,
            cold: turn.cold,
            warmup: turn.warmup,
            usage,
            server: answer.server,
            run: self.transport.measured_by(&self.run.name),
        };
        let stood_still = || self.run.standstills.overlap(turn.scheduled, Moment::now());
        if attempt.sent.is_some() && stood_still() { response.without_times() } else { response }
    }

    fn dispatch(&self, turn: Turn, permit: Moment, sent: Sent) -> Dispatch {
        Dispatch {
            scheduled: self.run.since_start(turn.scheduled),
            permit: self.run.since_start(permit),
            sent: self.run.since_start(sent.at),
            connect: sent.connect,
        }
    }
}

/// The pieces of a reply, kept for a recording.
struct Chunks {
    /// `None` if nobody records, or there are too many.
    kept: Option<Vec<(Duration, Bytes)>>,
    bytes: usize,
}

impl Chunks {
    fn new(is_recorded: bool) -> Self {
        Self { kept: is_recorded.then(Vec::new), bytes: 0 }
    }

    fn add(&mut self, at: Duration, chunk: &Bytes) {
        self.bytes += chunk.len();
        match &mut self.kept {
            Some(kept) if self.bytes <= MOST_RECORDED => kept.push((at, chunk.clone())),
            kept => *kept = None,
        }
    }
}

/// The counts of an answer. A server that counts no tokens where there is text has not counted.
fn believable(answer: &Answer) -> Usage {
    let has_text = !answer.text.is_empty() || !answer.reasoning.is_empty();
    let counted = |tokens: Option<u64>| tokens.filter(|tokens| *tokens > 0 || !has_text);
    let Usage { prompt_tokens, output_tokens, .. } = answer.usage;
    Usage { prompt_tokens: counted(prompt_tokens), output_tokens: counted(output_tokens), ..answer.usage }
}

/// A body as bytes, into room that is made at once: a long prompt is not copied again and again as it grows.
fn written(body: &Json) -> Bytes {
    let mut bytes = Vec::with_capacity(length(body) + SCAFFOLD);
    // Writing JSON into memory cannot fail.
    let _ = serde_json::to_writer(&mut bytes, body);
    bytes.into()
}

/// Bytes of the texts in a body, with some room for what has to be escaped.
fn length(body: &Json) -> usize {
    match body {
        Json::String(text) => text.len() + text.len() / 16,
        Json::Array(items) => items.iter().map(length).sum(),
        Json::Object(members) => members.values().map(length).sum(),
        _ => 0,
    }
}

/// As the store keeps it, so that a run says the same of what it sent and of what it found.
fn whole_microseconds(gap: Duration) -> Duration {
    Duration::from_micros(u64::try_from(gap.as_micros()).unwrap_or(u64::MAX))
}

impl From<TooLong> for Fault {
    fn from(_: TooLong) -> Self {
        Self { retryable: false, ..Self::new(Status::Malformed, "a line of the answer does not end") }
    }
}

/// Chunks as texts. A character that two chunks share goes to the later one.
fn as_texts(chunks: &[(Duration, Bytes)]) -> Vec<(Duration, String)> {
    let mut texts = Vec::with_capacity(chunks.len());
    let mut carried: Vec<u8> = Vec::new();
    for (index, (at, bytes)) in chunks.iter().enumerate() {
        carried.extend_from_slice(bytes);
        let valid = match std::str::from_utf8(&carried) {
            Err(error) if error.error_len().is_none() && index + 1 < chunks.len() => error.valid_up_to(),
            _ => carried.len(),
        };
        let rest = carried.split_off(valid);
        texts.push((*at, String::from_utf8_lossy(&carried).into_owned()));
        carried = rest;
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_cut_by_a_chunk_goes_to_the_later_text() {
        let bytes = "aé".as_bytes();
        let chunks = [
            (Duration::ZERO, Bytes::copy_from_slice(&bytes[..2])),
            (Duration::from_nanos(1), Bytes::copy_from_slice(&bytes[2..])),
        ];
        let texts: Vec<String> = as_texts(&chunks).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["a", "é"]);
    }
}
