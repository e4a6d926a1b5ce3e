//! A response: what came back, with every time stamp, count and fault; one row of the store.

mod failed_attempt;
mod status;

use std::time::Duration;

use crate::alternatives::Alternative;
use crate::request::RequestKey;
use crate::tool::ToolCall;

pub use failed_attempt::{FailedAttempt, FailedAttempts, MOST_FAILED_ATTEMPTS};
pub use status::{STATUSES, Status};

/// Time stamps of the last attempt, as time since it was sent; `None` if it never came to that.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stamps {
    /// The status line was there.
    pub headers: Option<Duration>,
    /// The first byte of the body.
    pub first_byte: Option<Duration>,
    /// The first piece with text in any channel.
    pub first_token: Option<Duration>,
    /// The first piece with text of the answer itself.
    pub first_content: Option<Duration>,
    /// The last piece with text; for an answer that came whole, the end of its body.
    pub last_token: Option<Duration>,
    /// The end of the body.
    pub end: Option<Duration>,
}

/// When the client acted, as time since the run started; one clock for all requests of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dispatch {
    /// When the request was due: its arrival in an open loop, the end of the answer before it in a closed one.
    pub scheduled: Duration,
    /// When it was its turn: nothing held it back any more.
    pub permit: Duration,
    /// When its first byte was written to the socket, at the last attempt.
    pub sent: Duration,
    /// How long connecting took; `None` on a connection that was there already.
    pub connect: Option<Duration>,
}

/// Counts of tokens, as the server gave them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt, cached ones included.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer, reasoning included.
    pub output_tokens: Option<u64>,
    /// Prompt tokens that the server had in its cache.
    pub cached_prompt_tokens: Option<u64>,
    /// Prompt tokens that the server wrote into its cache.
    pub cache_write_tokens: Option<u64>,
    /// Output tokens that were reasoning.
    pub reasoning_tokens: Option<u64>,
}

/// Who counted output tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokensSource {
    /// The server.
    Server,
    /// Nobody: the pieces of the stream stand in for them, and such rates rank with no others.
    Chunks,
}

impl TokensSource {
    /// The word that the tables use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Chunks => "chunks",
        }
    }
}

impl Usage {
    /// These counts where a stream told others before: what is zero or unknown now, and was known, is as it was.
    #[must_use]
    pub fn after(self, before: &Self) -> Self {
        let count = |now: Option<u64>, before: Option<u64>| now.filter(|now| *now > 0).or(before).or(now);
        Self {
            prompt_tokens: count(self.prompt_tokens, before.prompt_tokens),
            output_tokens: count(self.output_tokens, before.output_tokens),
            cached_prompt_tokens: count(self.cached_prompt_tokens, before.cached_prompt_tokens),
            cache_write_tokens: count(self.cache_write_tokens, before.cache_write_tokens),
            reasoning_tokens: count(self.reasoning_tokens, before.reasoning_tokens),
        }
    }
}

/// Durations that the server measured itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ServerDurations {
    /// The whole request.
    pub total: Option<Duration>,
    /// Loading the model.
    pub load: Option<Duration>,
    /// Reading the prompt.
    pub prompt_eval: Option<Duration>,
    /// Writing the answer.
    pub eval: Option<Duration>,
}

/// One row of the store.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Which request it answers.
    pub key: RequestKey,
    /// How it ended.
    pub status: Status,
    /// What went wrong, with the HTTP status if there was one.
    pub fault: Option<String>,
    /// The answer's text.
    pub text: String,
    /// What else could have been the first token of the answer, the most likely first; empty where the server does not say.
    pub alternatives: Vec<Alternative>,
    /// The calls of tools that the model made; they are not carried out.
    pub calls: Vec<ToolCall>,
    /// Reasoning that the server kept apart from the answer.
    pub reasoning: Option<String>,
    /// The server's own word for why it stopped; `tool_calls` or `refusal` where it called a tool instead of answering,
    /// or refused, and the server's word does not say so.
    pub finish_reason: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// The attempts that failed before the last one, of which `fault` tells. The store keeps them apart: a response that is
    /// read from it has none.
    pub failed_attempts: Vec<FailedAttempt>,
    /// Attempts that were sent and brought no answer, and that may have been billed all the same.
    pub unanswered: u32,
    /// Time spent on earlier attempts and the waits between them.
    pub retry_time: Duration,
    /// True if the endpoint was being spared when it was sent, after it had asked for fewer requests.
    pub throttled: bool,
    /// When the client acted; unknown for what was recorded or stored before it was kept.
    pub dispatch: Option<Dispatch>,
    /// Time stamps.
    pub stamps: Stamps,
    /// Time from each piece with text to the next, in order; only a stream has them.
    pub gaps: Vec<Duration>,
    /// True if the server had to load the model first.
    pub cold: bool,
    /// True if it only warmed the server up; it counts in no figure.
    pub warmup: bool,
    /// Token counts.
    pub usage: Usage,
    /// The server's durations.
    pub server: ServerDurations,
    /// The run that sent it; ` batch ID` stands behind it if it came by a provider's batch API.
    pub run: String,
}

/// What stands between a run and the id of a provider's batch.
const BY_BATCH: &str = " batch ";

impl Response {
    /// Latency as users feel it: from sending to the last token.
    pub fn latency(&self) -> Option<Duration> {
        if self.status.is_fault() { None } else { self.stamps.last_token.or(self.stamps.end) }
    }

    /// The response without what the client's clock said of it: the client stood still meanwhile, so nobody knows.
    #[must_use]
    pub fn without_times(self) -> Self {
        Self { stamps: Stamps::default(), gaps: Vec::new(), dispatch: None, ..self }
    }

    /// The response as one that came by a provider's batch: nobody measured its times, neither client nor server.
    #[must_use]
    pub fn by_batch(self, id: &str) -> Self {
        let run = format!("{}{BY_BATCH}{id}", self.run);
        Self { run, cold: false, server: ServerDurations::default(), ..self.without_times() }
    }

    /// The id of the provider's batch that it came by, if it did.
    pub fn batch(&self) -> Option<&str> {
        self.run.split_once(BY_BATCH).map(|(_, id)| id)
    }

    /// Name of the run that brought it.
    pub fn run_name(&self) -> &str {
        self.run.split_once(BY_BATCH).map_or(&self.run, |(run, _)| run)
    }

    /// True if its times are unknown because the client stood still.
    pub fn is_untimed(&self) -> bool {
        !self.status.is_fault() && self.stamps == Stamps::default() && self.batch().is_none()
    }

    /// Latency as users of an open loop feel it: from when the request was due to the last token, with
    /// every wait and attempt in between.
    pub fn latency_from_schedule(&self) -> Option<Duration> {
        let dispatch = self.dispatch?;
        (dispatch.sent + self.latency()?).checked_sub(dispatch.scheduled)
    }

    /// What the client itself added before it sent: `sent − scheduled` without connecting and without
    /// what earlier attempts took.
    pub fn dispatch_delay(&self) -> Option<Duration> {
        let dispatch = self.dispatch?;
        let others = dispatch.connect.unwrap_or_default() + self.retry_time;
        Some(dispatch.sent.saturating_sub(dispatch.scheduled).saturating_sub(others))
    }

    /// Output tokens and who counted them: the server or, where it tells nothing, the pieces of the stream. A stream
    /// whose gaps were not kept has no pieces to count.
    pub fn output_tokens(&self) -> Option<(u64, TokensSource)> {
        if self.status.is_fault() {
            return None;
        }
        let counted = self.usage.output_tokens.map(|tokens| (tokens, TokensSource::Server));
        let are_kept = !self.gaps.is_empty() || self.stamps.first_token == self.stamps.last_token;
        let pieces = self.stamps.first_token.filter(|_| are_kept);
        counted.or(pieces.map(|_| (self.gaps.len() as u64 + 1, TokensSource::Chunks)))
    }

    /// Time to the first token; only a stream shows it.
    pub fn time_to_first_token(&self) -> Option<Duration> {
        if self.status.is_fault() { None } else { self.stamps.first_token }
    }
}
