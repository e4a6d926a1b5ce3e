//! Answers that nobody asked for.

/// Answers of an endpoint that nobody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Surplus {
    /// Connections that brought one.
    pub connections: usize,
    /// Answers that were forgotten because of it: they may belong to other requests.
    pub forgotten: usize,
}
