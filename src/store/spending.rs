//! What runs may spend together.

/// What runs may spend together, or a part of it. What is given back is negative.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spending {
    /// Attempts to get a response.
    pub requests: i64,
    /// Their cost.
    pub cost: f64,
}
