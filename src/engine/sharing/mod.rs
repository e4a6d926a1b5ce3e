//! Runs that share a store: which of them sends, which leaves, and which writes the results.

pub mod idling;
pub mod leaving;
pub mod writing;
