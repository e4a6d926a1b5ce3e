//! The attempts of one request: until there is an answer, or another one is pointless or not allowed.

use std::time::{Duration, Instant as Moment};

use futures::future::BoxFuture;
use serde_json::Value as Json;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::assemble::Tries;
use super::attempt::{Attempt, Reading};
use super::breaker::Ticket;
use super::client::{Client, SendContext};
use super::fault::Fault;
use super::json_body;
use super::retry;
use super::throttle::Permit;
use crate::request::Request;
use crate::response::{FailedAttempt, MOST_FAILED_ATTEMPTS, Response, Status, Usage};

/// Shortest wait that a server tells and that is no attempt of its own.
const PUT_OFF: Duration = Duration::from_secs(1);

/// Allows attempts, and learns what each was billed.
pub trait Meter: Sync {
    /// False if no further attempt may be made.
    fn start(&self) -> BoxFuture<'_, bool>;

    /// An allowed attempt is over.
    fn end(&self, bill: Bill<'_>);
}

/// What an attempt is billed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bill<'u> {
    /// Nothing: it never reached the server.
    NotSent,
    /// Nothing: the server refused it.
    Refused,
    /// Unknown: it was sent, and its answer broke off or never came.
    Unknown,
    /// What the answer says.
    Usage(&'u Usage),
}

impl<'u> Bill<'u> {
    fn of(outcome: &'u Result<Reading, Fault>) -> Self {
        match outcome {
            Ok(reading) => Self::Usage(&reading.answer.usage),
            Err(fault) if fault.is_unreachable => Self::NotSent,
            Err(fault) if fault.http_status.is_some() => Self::Refused,
            Err(_) => Self::Unknown,
        }
    }
}

/// A request that is being asked.
struct AttemptLoop<'a> {
    client: &'a Client,
    request: &'a Request,
    turn: SendContext,
    started: Instant,
    /// How long its endpoint was gone, which does not count towards the deadline.
    outage: Duration,
    tries: Tries,
    last: Option<(Attempt, Fault)>,
    /// True if what is known of it is kept.
    is_kept: bool,
    /// When the last attempt began and ended.
    last_times: (Instant, Instant),
}

/// What came of waiting for a permit.
enum Entered<'c> {
    Allowed(Permit<'c>, Ticket<'c>),
    /// The endpoint asks for a pause that is longer than this request may take.
    Late,
    /// Nothing more is to be sent.
    Over,
}

impl Client {
    /// The body of a request, without what the server is known to refuse.
    pub(super) fn body(&self, request: &Request) -> Json {
        let mut body = self.provider.body(&request.settings, &request.prompt);
        self.dropped.apply(&request.settings.model, &mut body);
        if let Some(extra) = &request.settings.parameters.options.extra_body {
            json_body::merge(&mut body, extra);
        }
        body
    }

    /// Sends the request, retrying until it succeeds, fails permanently, or runs out of attempts or time. `None` if it
    /// was never sent: `drain` was cancelled, `meter` allowed nothing, or the breaker gave the endpoint up.
    pub async fn ask(
        &self,
        request: &Request,
        turn: SendContext,
        drain: &CancellationToken,
        meter: &dyn Meter,
    ) -> Option<Response> {
        let mut asking = AttemptLoop::new(self, request, turn);
        let (mut body, model) = (self.body(request), &request.settings.model);
        loop {
            let (permit, ticket) = match asking.enter(drain).await {
                Entered::Allowed(permit, ticket) => (permit, ticket),
                Entered::Late => return Some(asking.kept_waiting()),
                Entered::Over => return asking.given_up(),
            };
            if !meter.start().await {
                return asking.given_up();
            }
            let (attempt, outcome) = asking.attempt(&body, permit.throttled).await;
            drop(permit);
            meter.end(Bill::of(&outcome));
            asking.tell(&ticket, &attempt, &outcome);
            drop(ticket);
            let fault = match outcome {
                Ok(reading) => return Some(asking.answered(attempt, reading)),
                Err(fault) => fault,
            };
            if self.dropped.learn(model, &mut body, &fault) {
                asking.refused(&fault);
                continue;
            }
            let Some(wait) = asking.wait(&fault).filter(|_| !drain.is_cancelled()) else {
                self.refusals.failed(&fault);
                return Some(self.response(request, turn, asking.tries, (attempt, Err(fault))));
            };
            asking.last = Some((attempt, fault));
            asking.is_kept = false;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = drain.cancelled() => {}
            }
        }
    }
}

impl<'a> AttemptLoop<'a> {
    fn new(client: &'a Client, request: &'a Request, turn: SendContext) -> Self {
        let (started, tries) = (Instant::now(), Tries::default());
        Self {
            client,
            request,
            turn,
            started,
            outage: Duration::ZERO,
            tries,
            last: None,
            is_kept: true,
            last_times: (started, started),
        }
    }

    fn deadline(&self) -> Instant {
        self.started + self.client.patience.deadline + self.outage
    }

    /// Waits until the endpoint may be asked.
    async fn enter(&mut self, drain: &CancellationToken) -> Entered<'a> {
        let (client, deadline) = (self.client, self.deadline());
        let mut outage = Duration::ZERO;
        let entering = async {
            let Ok(permit) = timeout_at(deadline, client.throttle.enter()).await else { return Entered::Late };
            let before = Instant::now();
            let ticket = client.breaker.enter().await;
            outage = before.elapsed();
            ticket.map_or(Entered::Over, |ticket| Entered::Allowed(permit, ticket))
        };
        let entered = tokio::select! {
            biased;
            () = drain.cancelled() => Entered::Over,
            entered = entering => entered,
        };
        self.outage += outage;
        entered
    }

    async fn attempt(&mut self, body: &Json, throttled: bool) -> (Attempt, Result<Reading, Fault>) {
        let mut attempt = Attempt { permit: Moment::now(), tag: self.request.key.0, sent: None };
        self.keep_last();
        let began = Instant::now();
        let tries = &mut self.tries;
        tries.retry_time = if tries.is_first { Duration::ZERO } else { self.started.elapsed() };
        tries.is_first = false;
        tries.attempts += 1;
        tries.throttled |= throttled;
        let settings = &self.request.settings;
        let outcome = self.client.attempt(body, &settings.parameters, &mut attempt).await;
        let outcome = outcome.map_err(|fault| self.client.of_model(fault, &settings.model));
        self.last_times = (began, Instant::now());
        self.tries.unanswered += u32::from(Bill::of(&outcome) == Bill::Unknown);
        (attempt, outcome)
    }

    /// Keeps what is known of the last attempt, now that another one follows it.
    fn keep_last(&mut self) {
        if let Some((_, fault)) = self.last.as_ref().filter(|_| !self.is_kept) {
            let failed = self.failed(fault);
            self.keep(failed);
        }
        self.is_kept = true;
    }

    /// A parameter was refused, without which the request is sent at once. It has had one attempt in effect, and has lost
    /// time all the same.
    fn refused(&mut self, fault: &Fault) {
        self.tries.attempts -= 1;
        let failed = self.failed(fault);
        self.keep(failed);
    }

    /// What is known of the last attempt, which failed for this reason.
    fn failed(&self, fault: &Fault) -> FailedAttempt {
        let (began, ended) = self.last_times;
        FailedAttempt {
            after: began - self.started,
            took: ended - began,
            status: fault.status,
            fault: fault.line(),
            waited: ended.elapsed(),
        }
    }

    fn keep(&mut self, failed: FailedAttempt) {
        if self.tries.failed.len() < MOST_FAILED_ATTEMPTS {
            self.tries.failed.push(failed);
        }
    }

    /// Tells the breaker whether the server is there.
    fn tell(&self, ticket: &Ticket<'_>, attempt: &Attempt, outcome: &Result<Reading, Fault>) {
        match outcome {
            Err(fault) if attempt.sent.is_none() && matches!(fault.status, Status::Connect | Status::TimedOut) => {
                ticket.failed(self.request.key, fault);
            }
            _ => ticket.answered(),
        }
    }

    fn answered(self, attempt: Attempt, reading: Reading) -> Response {
        self.client.throttle.answered();
        self.client.refusals.answered();
        if reading.answer.is_one_of_several() {
            self.client.several.add();
        }
        self.client.response(self.request, self.turn, self.tries, (attempt, Ok(reading)))
    }

    /// How long to wait before another attempt; `None` if there is to be none.
    fn wait(&mut self, fault: &Fault) -> Option<Duration> {
        let client = self.client;
        if fault.is_overload() {
            client.throttle.back_off(fault.retry_after);
        }
        // While the server is gone, the breaker says who tries next, and when.
        let wait = match client.breaker.is_open() {
            true => Duration::ZERO,
            false => retry::wait(fault, self.tries.attempts, &self.request.key),
        };
        let is_late = Instant::now() + wait >= self.deadline();
        if let Some(pause) = fault.retry_after.filter(|_| is_late && fault.is_overload() && fault.retryable) {
            client.breaker.left_alone(pause);
        }
        // A server that says when to come back has not failed: only the deadline limits how often.
        self.tries.put_off += u32::from(fault.is_overload() && fault.retry_after.is_some_and(|asked| asked >= PUT_OFF));
        let counted = self.tries.attempts - self.tries.put_off;
        let is_last = !fault.retryable || counted >= client.patience.attempts || is_late;
        (!is_last).then_some(wait)
    }

    /// The response of a request that is not sent again: how it failed, if it was sent at all.
    fn given_up(self) -> Option<Response> {
        let failed =
            |(attempt, fault)| self.client.response(self.request, self.turn, self.tries, (attempt, Err(fault)));
        self.last.map(failed)
    }

    /// The response of a request that the throttle did not let through in time.
    fn kept_waiting(self) -> Response {
        let (attempt, fault) = self.last.unwrap_or_else(|| {
            let limit = self.client.patience.deadline;
            let message = format!("the endpoint sent a Retry-After longer than {limit:?}");
            (
                Attempt { permit: Moment::now(), tag: self.request.key.0, sent: None },
                Fault::new(Status::RateLimited, message),
            )
        });
        let tries = Tries { throttled: true, ..self.tries };
        self.client.response(self.request, self.turn, tries, (attempt, Err(fault)))
    }
}
