//! The built-in endpoint: a server with known times that speaks the API of every provider.
//!
//! It is made to be measured against. Token `k` of an answer, from 0, leaves at
//! `begun + ttft + k * gap`, on deadlines that do not drift, where `begun` is the moment the request
//! was there in full, or later if it queued for a slot or its model had to be loaded. Headers and what
//! comes before the first token leave at once; what ends an answer leaves with its last token. The
//! answer names a letter from A to D that depends only on the prompt, so that scores are the same on
//! each run.
//!
//! | file | what it owns |
//! | --- | --- |
//! | `behaviour`, `faults` | the behaviour of the server, and its injected faults |
//! | `server`, `service`, `reply` | connections; from a request to its answer; how it is sent |
//! | `request`, `answer` | what a request asks for; what an answer says |
//! | `api`, `ollama`, `openai`, `anthropic` | how an API writes it: what that takes, and one file per provider |
//! | `batches` | the batch APIs, and the files and batches that are kept |
//! | `providers` | the table of providers, with the names that endpoints have |
//! | `script`, `memory`, `paced` | an answer as bytes; a cache of them; sending at the right times |
//! | `residency` | which models are loaded |
//! | `metrics` | what it says of itself at `/metrics`, as vLLM does |
//! | `counters`, `lateness` | requests served, and how late tokens left; `GET /mock/counters` shows them, `DELETE` resets them |

mod answer;
mod anthropic;
mod api;
mod batches;
mod behaviour;
mod counters;
mod faults;
mod lateness;
mod memory;
mod metrics;
mod ollama;
mod openai;
mod paced;
mod providers;
mod reply;
mod request;
mod residency;
mod script;
mod server;
mod service;
#[cfg(test)]
mod tests;

pub use batches::BatchBehaviour;
pub use behaviour::Behaviour;
pub use counters::Counters;
pub use faults::Faults;
pub use server::MockServer;
