//! Endpoints: the servers that answer.
//!
//! A [`Provider`](provider::Provider) is pure: it writes requests and reads frames. One [`Client`](client::Client) does
//! the I/O, the timing, the retries and the redaction for all of them, over the network or over a
//! [recording](replay). [`providers`] is the table of providers, and says what another one takes.

pub mod address;
pub mod answer;
mod assemble;
mod attempt;
pub mod attempts;
pub mod batch_api;
pub mod batch_client;
mod bounds;
pub mod breaker;
mod calls;
mod channels;
pub mod client;
mod coding;
mod content;
pub mod dropped;
mod error_body;
pub mod fault;
pub mod finish;
mod flawed_json;
pub mod frames;
mod growth;
mod json_body;
mod kind;
mod lenient;
mod logprobs;
pub mod models;
pub mod probe;
pub mod provider;
pub mod providers;
pub mod refusals;
pub mod remedies;
pub mod replay;
pub mod retry;
pub mod several;
mod side_request;
mod thinking;
pub mod throttle;
pub mod transport;
mod waits;
pub mod wire;
