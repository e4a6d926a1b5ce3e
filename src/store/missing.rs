//! Why a request has no response.

/// What the store knows of a request that has no response: why not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Missing {
    /// Nothing like it was ever asked.
    New,
    /// It was tried, and a fault came back.
    Failed(String),
    /// The same model was asked about the same sample, but something in the key has changed since.
    Stale(Vec<&'static str>),
}
