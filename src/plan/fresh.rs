//! How requests are sent again that have an answer (`--fresh`).

/// How requests are sent again that have an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fresh {
    /// All but those that an unfinished fresh run has sent.
    Continue,
    /// All of them.
    Restart,
}
