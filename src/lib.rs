//! smallbench: declarative benchmarks of language models.
//!
//! Data flows one way, and each arrow is one function:
//!
//! ```text
//! spec  ->  plan  ->  fetch -> generate -> judge -> aggregate -> render
//!                       |         |                    |           |
//!                    dataset/  endpoint/ + store/    tables/   report/, chart/
//! ```
//!
//! | module | what it owns |
//! | --- | --- |
//! | [`spec`] | the file as written: types, positions, every error at once |
//! | [`plan`] | the spec resolved; all that stages accept |
//! | [`dataset`] | plug-in point: where rows come from, and how they become [samples](sample) |
//! | [`prompt`] | samples put into templates |
//! | [`endpoint`] | plug-in point: pure providers, and the one client that does the I/O |
//! | [`request`], [`response`] | what is sent, its key, and what came back |
//! | [`work`] | every request of a plan, by the cell it belongs to |
//! | [`store`] | every response that was ever paid for |
//! | [`judge`] | plug-in point: how an answer is read |
//! | [`engine`] | the stages, one file each, and the run from end to end |
//! | [`tables`], [`statistics`] | rows, columns, summaries, intervals |
//! | [`checks`] | named tests of validity: how far the figures can be trusted |
//! | [`chart`], [`report`] | pictures from plain views; the views, the summary and the manifest |
//! | [`lock`] | what the world could change under the user |
//! | [`standstill`] | when this process did not run, so that its stamps say nothing |
//! | [`mock`], [`timer`] | the built-in endpoint with known times, and what keeps them |
//! | [`selftest`] | how far the client can be trusted on this machine: true against measured |
//! | [`console`], [`cli`] | the only places that print, and that read arguments, environment and clock |
//!
//! Stages emit [events](event); the library never reads the environment, exits or prints.

pub mod chart;
pub mod checks;
mod checksum;
pub mod cli;
pub mod console;
pub mod dataset;
pub mod endpoint;
pub mod engine;
pub mod error;
pub mod event;
pub mod files;
mod format;
pub mod judge;
pub mod level;
pub mod lock;
pub mod mock;
pub mod plan;
pub mod printable;
pub mod prompt;
pub mod report;
pub mod request;
pub mod response;
pub mod sample;
pub mod secret;
pub mod selftest;
pub mod spec;
mod stack;
pub mod standstill;
pub mod statistics;
pub mod stop;
pub mod store;
pub mod tables;
pub mod timer;
pub mod work;
