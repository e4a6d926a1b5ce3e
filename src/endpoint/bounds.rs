//! How long an answer may be: a server that does not stop is stopped.
//!
//! The limit of the request is counted in tokens, which the client cannot count, and some servers leave reasoning out of
//! it. So the bounds are far above what any server sends that keeps to the limit.

use super::fault::Fault;
use crate::response::Status;

/// Pieces beyond those that the limit allows.
const SPARE_PIECES: u64 = 1 << 16;

/// Pieces per token: reasoning is not always counted.
const PIECES_PER_TOKEN: u64 = 8;

/// Bytes of text beyond those that the limit allows.
const SPARE_BYTES: u64 = 16 << 20;

/// Bytes per token: the longest tokens are runs of white space.
const BYTES_PER_TOKEN: u64 = 1024;

/// Most bytes of text, whatever the limit.
const MOST_BYTES: u64 = 64 << 20;

/// Most pieces, whatever the limit: what their gaps take in memory is as much as the text.
const MOST_PIECES: u64 = 4 << 20;

/// The bounds of one answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    max_tokens: Option<u32>,
    pieces: u64,
    bytes: u64,
}

impl Bounds {
    /// The bounds of an answer under a limit of tokens.
    pub(super) fn of(max_tokens: Option<u32>) -> Self {
        let within = |spare: u64, per_token: u64, most: u64| {
            max_tokens.map_or(most, |tokens| most.min(spare + per_token * u64::from(tokens)))
        };
        Self {
            max_tokens,
            pieces: within(SPARE_PIECES, PIECES_PER_TOKEN, MOST_PIECES),
            bytes: within(SPARE_BYTES, BYTES_PER_TOKEN, MOST_BYTES),
        }
    }

    /// Refuses an answer that is longer. Another attempt would be as long.
    pub(super) fn check(&self, pieces: usize, bytes: usize) -> Result<(), Fault> {
        if pieces as u64 <= self.pieces && bytes as u64 <= self.bytes {
            return Ok(());
        }
        let limit = self.max_tokens.map_or_else(String::new, |tokens| format!(" at `max_tokens: {tokens}`"));
        let message =
            format!("the answer did not stop{limit}; it was given up after {pieces} pieces and {bytes} bytes");
        Err(Fault { retryable: false, ..Fault::new(Status::Malformed, message) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_follow_the_limit_and_never_exceed_the_most() {
        assert!(Bounds::of(Some(16)).check(60_000, 1 << 20).is_ok());
        assert!(Bounds::of(Some(16)).check(70_000, 1).is_err());
        assert!(Bounds::of(Some(16)).check(1, 17 << 20).is_err());
        assert!(Bounds::of(Some(100_000)).check(800_000, 60 << 20).is_ok());
        for bounds in [Bounds::of(None), Bounds::of(Some(u32::MAX))] {
            assert!(bounds.check(4 << 20, 64 << 20).is_ok());
            assert!(bounds.check(1, (64 << 20) + 1).is_err());
        }
        let fault = Bounds::of(Some(16)).check(70_000, 1).unwrap_err();
        assert!(!fault.retryable && fault.message.contains("`max_tokens: 16`"), "{fault:?}");
    }
}
