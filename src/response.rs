//! A response: what came back, with every time stamp, count and fault; one row of the store.

use std::fmt;
use std::time::Duration;

use crate::request::RequestKey;

/// How a request ended. Only the first three are answers; a fault is never judged or timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// A complete answer.
    Ok,
    /// An answer cut at the token limit.
    Capped,
    /// The provider's content filter answered instead of the model.
    Refused,
    /// No connection.
    Connect,
    /// The request took longer than its limit.
    TimedOut,
    /// Nothing came for longer than the stall limit.
    Stalled,
    /// The server asked for fewer requests (429).
    RateLimited,
    /// The server failed (5xx).
    ServerError,
    /// The server refused the request (other 4xx).
    Rejected,
    /// What came back could not be read.
    Malformed,
    /// The stream ended without its finish marker.
    CutStream,
    /// The server reported an error inside a 200 stream.
    StreamError,
    /// The endpoint does not know the model, or nothing is at its address (404).
    ModelMissing,
    /// The endpoint wants another key.
    Unauthorized,
}

/// Every status, for reading and listing.
pub const STATUSES: [Status; 14] = [
    Status::Ok,
    Status::Capped,
    Status::Refused,
    Status::Connect,
    Status::TimedOut,
    Status::Stalled,
    Status::RateLimited,
    Status::ServerError,
    Status::Rejected,
    Status::Malformed,
    Status::CutStream,
    Status::StreamError,
    Status::ModelMissing,
    Status::Unauthorized,
];

impl Status {
    /// The word that the store and the tables use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Capped => "capped",
            Self::Refused => "refused",
            Self::Connect => "connect",
            Self::TimedOut => "timed_out",
            Self::Stalled => "stalled",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::Rejected => "rejected",
            Self::Malformed => "malformed",
            Self::CutStream => "cut_stream",
            Self::StreamError => "stream_error",
            Self::ModelMissing => "model_missing",
            Self::Unauthorized => "unauthorized",
        }
    }

    /// The status of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        STATUSES.into_iter().find(|status| status.word() == word)
    }

    /// True if something went wrong on the way, so that there is nothing to judge.
    pub fn is_fault(self) -> bool {
        !matches!(self, Self::Ok | Self::Capped | Self::Refused)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

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

/// Counts of tokens, as the server gave them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt, cached ones included.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer, reasoning included.
    pub output_tokens: Option<u64>,
    /// Prompt tokens that the server had in its cache.
    pub cached_prompt_tokens: Option<u64>,
    /// Prompt tokens that the server has put into its cache.
    pub cache_write_tokens: Option<u64>,
    /// Output tokens that were reasoning.
    pub reasoning_tokens: Option<u64>,
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
    /// Reasoning that the server kept apart from the answer.
    pub reasoning: Option<String>,
    /// The server's own word for why it stopped.
    pub finish_reason: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Time spent on earlier attempts and the waits between them.
    pub retry_time: Duration,
    /// True if the endpoint was being spared when it was sent, after it had asked for fewer requests.
    pub throttled: bool,
    /// Time stamps.
    pub stamps: Stamps,
    /// Token counts.
    pub usage: Usage,
    /// The server's durations.
    pub server: ServerDurations,
    /// The run that sent it.
    pub run: String,
}

impl Response {
    /// Latency as users feel it: from sending to the last token.
    pub fn latency(&self) -> Option<Duration> {
        if self.status.is_fault() { None } else { self.stamps.last_token.or(self.stamps.end) }
    }

    /// Time to the first token; only a stream shows it.
    pub fn time_to_first_token(&self) -> Option<Duration> {
        if self.status.is_fault() { None } else { self.stamps.first_token }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_own_word() {
        for status in STATUSES {
            assert_eq!(Status::from_word(status.word()), Some(status));
        }
    }
}
