//! Responses: what is kept of the attempts of a request.

use std::time::{Duration, Instant as Moment};

use super::answer::Answer;
use super::attempt::{Attempt, Reading};
use super::client::{Client, SendContext};
use super::fault::Fault;
use super::finish::Finish;
use super::transport::Sent;
use crate::request::Request;
use crate::response::{Dispatch, FailedAttempt, Response, Stamps, Status, Usage};
use crate::tool::ToolCall;

/// From here on the server has loaded the model: where it is in memory, finding it takes a few milliseconds.
const LOADED_AGAIN: Duration = Duration::from_millis(500);

/// What it took to get an answer.
#[derive(Debug, Clone)]
pub(super) struct Tries {
    pub(super) attempts: u32,
    /// Those that the server answered with a time to come back.
    pub(super) put_off: u32,
    /// Those that may have been billed without an answer.
    pub(super) unanswered: u32,
    pub(super) retry_time: Duration,
    pub(super) throttled: bool,
    /// True before the first of them.
    pub(super) is_first: bool,
    /// Those that others followed.
    pub(super) failed: Vec<FailedAttempt>,
}

impl Default for Tries {
    fn default() -> Self {
        Self {
            attempts: 0,
            put_off: 0,
            unanswered: 0,
            retry_time: Duration::ZERO,
            throttled: false,
            is_first: true,
            failed: Vec::new(),
        }
    }
}

impl Client {
    /// The response of a request whose last attempt ended like this.
    pub(super) fn response(
        &self,
        request: &Request,
        turn: SendContext,
        tries: Tries,
        (attempt, outcome): (Attempt, Result<Reading, Fault>),
    ) -> Response {
        let redact = |text: String| self.secrets.redacted(text);
        let since_sent = attempt.sent.map(|sent| sent.at.elapsed());
        let (status, fault, reading) = match outcome {
            Ok(reading) => (self.status(&reading.answer), None, reading),
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
            finish_reason: answer.word_for_the_end().map(str::to_owned).map(redact),
            text: redact(answer.text),
            calls: answer.calls.into_list().into_iter().map(|call| self.redacted(call)).collect(),
            alternatives: answer.alternatives,
            reasoning: (!answer.reasoning.is_empty()).then(|| redact(answer.reasoning)),
            attempts: tries.attempts,
            failed_attempts: tries.failed,
            unanswered: tries.unanswered,
            retry_time: tries.retry_time,
            throttled: tries.throttled,
            dispatch: attempt.sent.map(|sent| self.dispatch(turn, attempt.permit, sent)),
            stamps,
            gaps,
            cold: turn.cold || answer.server.load.is_some_and(|load| load >= LOADED_AGAIN),
            warmup: turn.warmup,
            usage,
            server: answer.server,
            run: self.transport.measured_by(&self.run.name),
        };
        let stood_still = || self.run.standstills.overlap(turn.scheduled, Moment::now());
        if attempt.sent.is_some() && stood_still() { response.without_times() } else { response }
    }

    /// The response to a request that is not sent, because an earlier turn of its conversation has no answer.
    pub fn unasked(&self, request: &Request, turn: SendContext, why: String) -> Response {
        let attempt = Attempt { permit: turn.scheduled, tag: request.key.0, sent: None };
        self.response(request, turn, Tries::default(), (attempt, Err(Fault::new(Status::Unasked, why))))
    }

    fn redacted(&self, call: ToolCall) -> ToolCall {
        ToolCall { name: self.secrets.redacted(call.name), arguments: self.secrets.redacted(call.arguments) }
    }

    /// How a complete answer ended. Without a word for it, it just ended.
    fn status(&self, answer: &Answer) -> Status {
        match answer.word_for_the_end().map(|word| self.provider.finish(word)) {
            Some(Finish::Capped) => Status::Capped,
            Some(Finish::Refused) => Status::Refused,
            _ => Status::Ok,
        }
    }

    fn dispatch(&self, turn: SendContext, permit: Moment, sent: Sent) -> Dispatch {
        Dispatch {
            scheduled: self.run.since_start(turn.scheduled),
            permit: self.run.since_start(permit),
            sent: self.run.since_start(sent.at),
            connect: sent.connect,
        }
    }
}

/// The counts of an answer. A server that counts no tokens where there is text has not counted.
fn believable(answer: &Answer) -> Usage {
    let has_text = answer.bytes() > 0;
    let counted = |tokens: Option<u64>| tokens.filter(|tokens| *tokens > 0 || !has_text);
    let Usage { prompt_tokens, output_tokens, .. } = answer.usage;
    Usage { prompt_tokens: counted(prompt_tokens), output_tokens: counted(output_tokens), ..answer.usage }
}
