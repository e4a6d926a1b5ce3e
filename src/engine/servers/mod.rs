//! The servers that answer: connections to them, what they say of models and of themselves, and those that a run starts.

pub mod connect;
pub mod judge_models;
pub mod metrics_page;
pub mod observing;
pub mod readiness;
pub mod serve;
pub mod served_files;
pub mod server_clock;
