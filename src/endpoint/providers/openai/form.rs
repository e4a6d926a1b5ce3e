//! What completions are asked for.

/// What completions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The next message of a chat.
    Chat,
    /// The continuation of a text.
    Text,
}
