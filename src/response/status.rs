//! How a request ended.

use std::fmt;

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
    /// The answer ended although nothing was generated.
    Empty,
    /// The stream ended without its finish marker.
    CutStream,
    /// The server reported an error inside a 200 stream.
    StreamError,
    /// The endpoint does not know the model, or nothing is at its address (404).
    ModelMissing,
    /// The endpoint wants another key.
    Unauthorized,
    /// It was not sent, because an earlier turn of its conversation has no answer.
    Unasked,
}

/// Every status, for reading and listing.
pub const STATUSES: [Status; 16] = [
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
    Status::Empty,
    Status::CutStream,
    Status::StreamError,
    Status::ModelMissing,
    Status::Unauthorized,
    Status::Unasked,
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
            Self::Empty => "empty",
            Self::CutStream => "cut_stream",
            Self::StreamError => "stream_error",
            Self::ModelMissing => "model_missing",
            Self::Unauthorized => "unauthorized",
            Self::Unasked => "unasked",
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
