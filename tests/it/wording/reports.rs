//! `summary.md` of the quickstart, and what its run prints.

use std::fs;
use std::path::Path;

use super::check;
use super::normal::{printed, stable};
use crate::bench::Bench;

#[test]
fn the_quickstart_prints_its_table_and_writes_its_summary() {
    let experiments = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let bench = Bench::empty();
    for name in ["quickstart.yaml", "quickstart.cassette.jsonl", "quickstart.lock", "data/short_answers.jsonl"] {
        bench.write(&format!("experiments/{name}"), fs::read(experiments.join(name)).unwrap());
    }
    let finished = bench.run(&["apply", "experiments/quickstart.yaml", "--set", "charts=[score]"]);
    check("console", "quickstart", &printed(&finished, |text| stable(&bench, text)));
    let page = bench.run(&["explain", "experiments/quickstart.yaml", "3", "--model", "smollm2-135m-q4_1"]);
    check("console", "explain", &stable(&bench, &page.exits(0).stdout));
    check("reports", "quickstart.md", &stable(&bench, &bench.read("outputs/quickstart/summary.md")));
}
