//! The client of an endpoint: what it consists of, and how long it waits.

use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use serde_json::Value as Json;
use tokio::time::{Instant, timeout_at};

use super::breaker::Breaker;
use super::dropped::Dropped;
use super::fault::{ErrorKind, Fault};
use super::provider::Provider;
use super::refusals::Refusals;
use super::remedies::with_remedy;
use super::replay::cassette::Exchange;
use super::replay::pieces::{Pieces, nanoseconds};
use super::replay::recorder::Recorder;
use super::several::Several;
use super::throttle::Throttle;
use super::transport::{Reply, Transport};
use crate::response::Status;
use crate::secret::Secrets;
use crate::standstill::Standstills;

/// How long the client waits, and how often it tries.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Time limit for the first byte of a response.
    pub first_byte_timeout: Duration,
    /// Longest time for a whole request.
    pub timeout: Duration,
    /// Longest silence between two chunks.
    pub stall_timeout: Duration,
    /// Maximum number of attempts.
    pub attempts: u32,
    /// Longest time for all attempts and the waits between them.
    pub deadline: Duration,
}

/// A client for one endpoint.
#[derive(Clone)]
pub struct Client {
    /// How many requests may be in flight.
    pub throttle: Arc<Throttle>,
    /// Whether the server is there.
    pub breaker: Arc<Breaker>,
    /// What it refuses of the model that is asked.
    pub refusals: Arc<Refusals>,
    /// Parameters that it refuses.
    pub dropped: Arc<Dropped>,
    /// Counts responses that hold several answers.
    pub several: Arc<Several>,
    /// How the endpoint is reached.
    pub transport: Transport,
    /// The API that it speaks.
    pub provider: Arc<dyn Provider>,
    /// How long the client waits, and how often it tries.
    pub patience: Patience,
    /// What is removed from everything that servers echo.
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

    pub(super) fn since_start(&self, moment: Moment) -> Duration {
        moment.saturating_duration_since(self.started)
    }
}

/// The circumstances under which a request is sent.
#[derive(Debug, Clone, Copy)]
pub struct SendContext {
    /// When it was due.
    pub scheduled: Moment,
    /// True if the server has to load the model first.
    pub cold: bool,
    /// True if it only warms the server up.
    pub warmup: bool,
}

/// What is waited for, and until when.
#[derive(Debug, Clone, Copy)]
pub(super) enum Waiting {
    FirstByte(Instant),
    More(Instant),
}

impl Waiting {
    /// The one of two that ends later.
    pub(super) fn later(self, other: Self) -> Self {
        let end = |waiting| match waiting {
            Self::FirstByte(until) | Self::More(until) => until,
        };
        if end(other) > end(self) { other } else { self }
    }
}

impl Client {
    pub(super) fn waiting_for_the_first_byte(&self) -> Waiting {
        Waiting::FirstByte(Instant::now() + self.patience.first_byte_timeout)
    }

    pub(super) fn waiting_for_more(&self) -> Waiting {
        Waiting::More(Instant::now() + self.patience.stall_timeout)
    }

    /// What comes next, if it comes in time.
    pub(super) async fn within<T>(
        &self,
        waiting: Waiting,
        next: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, Fault> {
        let (until, limit) = match waiting {
            Waiting::FirstByte(until) => (until, self.patience.first_byte_timeout),
            Waiting::More(until) => (until, self.patience.stall_timeout),
        };
        self.awake(until, limit, next).await.unwrap_or_else(|| Err(self.late(waiting)))
    }

    /// What comes before a limit has passed. Time in which this process stood still does not count: the answer may lie
    /// in the socket.
    pub(super) async fn awake<T>(&self, until: Instant, limit: Duration, next: impl Future<Output = T>) -> Option<T> {
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

    /// A fault as the provider means it, without the secrets in it.
    pub(super) fn understood(&self, fault: Fault) -> Fault {
        // The words of a page for people are not those of a server about the request.
        let kind = if fault.is_web_page { ErrorKind::ByHttpStatus } else { self.provider.classify(&fault) };
        let mut fault = fault.classified(kind);
        if kind == ErrorKind::NoPath {
            fault.message =
                format!("{}; nothing of the API is there, {}", fault.message, self.provider.remedy_for_path());
        }
        if fault.status == Status::Connect || fault.http_status == Some(400) {
            fault.message = with_remedy(fault.message);
        }
        fault.redacted(&self.secrets).or_page(self.provider.remedy_for_path())
    }

    /// A fault of a request to a model, with what to do if the server does not have that.
    pub(super) fn of_model(&self, fault: Fault, model: &str) -> Fault {
        let is_missing = fault.kind == ErrorKind::NoModel;
        match self.provider.remedy_for_models(&[model.to_owned()]).filter(|_| is_missing) {
            Some(remedy) => Fault { message: format!("{}; run {remedy}", fault.message), ..fault },
            None => fault,
        }
    }

    /// Records an exchange, if this run records.
    pub(super) fn record(&self, reply: &Reply, end: Duration, (path, body): (&str, &Json), pieces: Pieces) {
        let (Some(recorder), Some(chunks)) = (&self.recorder, pieces.into_texts()) else { return };
        let exchange = Exchange {
            path: path.to_owned(),
            body: body.clone(),
            http_status: reply.http_status,
            content_type: reply.content_type.clone(),
            headers_ns: nanoseconds(reply.at),
            chunks,
            end_ns: nanoseconds(end),
        };
        // A full disk must not cost the answer, which the store keeps; the cassette just lacks it.
        let _ = recorder.add(exchange);
    }
}
