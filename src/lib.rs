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
//! | module | contents |
//! | --- | --- |
//! | [`spec`] | the file as written: types, positions, every error at once |
//! | [`plan`] | the spec resolved; the only input of the stages |
//! | [`dataset`] | plug-in point: sources of rows, and their conversion to [samples](sample) |
//! | [`prompt`] | samples rendered with templates |
//! | [`endpoint`] | plug-in point: pure providers, and the client that does the I/O |
//! | [`request`], [`response`] | a request with its key, and the response to it |
//! | [`work`] | the requests of a plan, by cell |
//! | [`store`] | all responses of the experiments in a folder |
//! | [`judge`] | plug-in point: scoring of answers |
//! | [`engine`] | the stages, one file each, and the whole run |
//! | [`tables`], [`statistics`] | rows, columns, summaries, intervals |
//! | [`hub_task`] | tasks that dataset repositories describe, as parts of a spec |
//! | [`export`], [`import`] | results in the formats of other tools, and from them |
//! | [`checks`], [`gates`] | named tests of the validity of figures; conditions on figures |
//! | [`compare`] | two models on the same questions |
//! | [`chart`], [`report`] | charts from plain views; the views, the summary and the manifest |
//! | [`lock`] | the pinned versions of datasets and models |
//! | [`telemetry`] | metrics of servers and energy of their machines, under our own names |
//! | [`standstill`] | detection of times in which this process was suspended |
//! | [`mock`], [`timer`] | the built-in mock server with known times, and its timer |
//! | [`selftest`] | the client's own timing error on this machine |
//! | [`console`], [`cli`] | the only modules that print, and that read arguments, environment and clock |
//!
//! Stages emit [events](event); the library does not read the environment, exit or print.

#![forbid(unsafe_code)]

mod alternatives;
mod answer_form;
mod chart;
mod checks;
mod checksum;
pub mod cli;
mod clients;
mod columnar;
mod compare;
mod console;
mod dataset;
pub mod endpoint;
mod engine;
mod error;
mod event;
mod exit;
mod export;
mod files;
mod format;
mod gates;
mod host;
mod hub_task;
mod id;
mod image;
mod import;
pub mod judge;
pub mod level;
mod lock;
mod message;
mod mock;
mod plan;
mod printable;
mod program;
mod prompt;
mod reference;
mod report;
pub mod request;
pub mod response;
pub mod sample;
pub mod secret;
mod selftest;
mod shorten;
mod spec;
mod stack;
mod standstill;
mod statistics;
mod stop;
pub mod store;
mod tables;
mod telemetry;
mod timer;
mod tool;
mod trust;
mod work;
