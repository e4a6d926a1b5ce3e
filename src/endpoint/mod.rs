//! Endpoints: the servers that answer.
//!
//! A [`Dialect`](dialect::Dialect) is pure: request out, frames in. One [`Client`](client::Client)
//! does the I/O, the timing, the retries and the redaction for all of them, over the network or
//! over a [cassette]. A new dialect is one file, one spec variant, and an arm wherever dialects are told apart.

pub mod address;
pub mod answer;
mod anthropic;
pub mod attempts;
mod blank;
mod bounds;
pub mod breaker;
pub mod cassette;
pub mod client;
pub mod dialect;
pub mod fault;
pub mod frames;
mod ollama;
mod openai;
pub mod pace;
pub mod probe;
pub mod recorder;
pub mod refusals;
pub mod retry;
mod surrogates;
mod text;
mod thinking;
pub mod transport;
pub mod wire;
