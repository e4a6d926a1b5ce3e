//! `report.html`, as a browser shows it: complete without its script, right with it, and closed to what comes from outside.

#![cfg(unix)]

mod browser;
mod command;
mod comparison;
mod hostile;
mod interaction;
mod numbers;

use std::path::{Path, PathBuf};

use crate::bench::Bench;

/// The page of a bench's trial.
fn page(bench: &Bench) -> PathBuf {
    bench.path("outputs/trial/report.html")
}

/// The page that the project shows as its example.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("outputs/quickstart/report.html")
}
