//! The tests of the whole program: the real binary against servers that the tests start themselves.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking and is skipped in words"
)]

mod allocators;
mod apply;
mod batches;
mod bench;
mod budget;
mod chats;
mod checks;
mod claims;
mod clients;
mod command;
mod compare;
mod conversations;
mod damage;
mod datasets;
mod doctor;
mod documentation;
mod drift;
mod endpoints;
mod events;
mod export;
mod faults;
mod finite_algebra;
mod fresh;
mod gallery;
mod gates;
mod history;
mod hostile;
mod images;
mod import;
mod judges;
mod load;
mod lock;
mod means;
mod mock;
mod options;
mod outages;
mod output;
mod pairwise;
mod partial;
mod postgres;
mod providers;
mod quickstart;
mod referees;
mod report;
mod reuse;
mod secrets;
mod selftest;
mod serve;
mod server;
mod server_metrics;
mod shards;
mod short_answers;
mod sites;
mod spec;
mod stops;
mod surplus;
mod synthetic;
mod table;
#[cfg(target_os = "linux")]
mod terminal;
mod tls;
mod tools;
mod trace;
mod until;
mod upkeep;
mod variants;
mod walls;
#[cfg(unix)]
mod watch;
mod wire;
mod without_answers;
mod wording;
