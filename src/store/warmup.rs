//! A response that only warmed the server up.

use crate::response::Response;

/// A response that only warmed the server up, and what was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Warmup {
    /// The prompt.
    pub prompt: String,
    /// What came back.
    pub response: Response,
}
