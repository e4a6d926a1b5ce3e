//! Load levels from end to end: what is sent, when and in which order, and what of it counts.

mod closed;
mod duration;
mod figures;
mod find;
mod open;
mod order;
mod spec;
mod warm;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::bench::{Bench, Spec};
use crate::server::Server;
use crate::table::Table;

const APPLY: [&str; 2] = ["apply", "experiments/trial.yaml"];

const TWO_MODELS: &str = "[{ name: small, endpoint: local }, { name: large, endpoint: local }]";

/// A spec without warm-up whose requests, also those of one sample, all have bodies of their own.
fn spec(server: &Server, load: &str) -> Spec {
    Spec::on(server).with("generation", "{ seed: 7 }").with("load", &format!("{{ warmup: 0, attempts: 1, {load} }}"))
}

/// A second run sends nothing and writes the same bytes.
#[track_caller]
fn is_complete(bench: &Bench, server: &Server) {
    let before = bench.outputs();
    let sent = server.count_during(|| {
        bench.apply().exits(0).says(&[" kept, 0 sent"]);
    });
    assert_eq!(sent, 0);
    let after = bench.outputs();
    let changed: Vec<&String> =
        before.iter().filter(|(name, bytes)| after[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(changed.is_empty() && before.len() == after.len(), "{changed:?}");
}

/// The rows of a table that hold this value.
fn rows_with(table: &Table, column: &str, value: &str) -> Vec<usize> {
    let column = table.column(column);
    (0..table.rows.len()).filter(|row| column[*row] == value).collect()
}

/// How often each sample was asked at a level, by its repeat numbers in order.
fn repeats(table: &Table, rows: &[usize]) -> BTreeMap<String, Vec<usize>> {
    let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in rows {
        let repeat = table.field(*row, "repeat").parse().unwrap();
        found.entry(table.field(*row, "prompt_id").to_owned()).or_default().push(repeat);
    }
    found.values_mut().for_each(|repeats| repeats.sort_unstable());
    found
}

fn manifest(bench: &Bench) -> Json {
    serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap()
}

/// The outcome of a check in the manifest.
fn check(bench: &Bench, name: &str) -> String {
    let manifest = manifest(bench);
    let found = manifest["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).cloned();
    found.unwrap_or_default()["outcome"].as_str().unwrap_or("none").to_owned()
}
