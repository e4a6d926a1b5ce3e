//! A run that has less to show than an earlier one of the same experiment does not replace its results.

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

const PARTIAL: &str = "outputs/trial/partial/results.csv";

fn rows(bench: &Bench) -> usize {
    bench.results().rows.len()
}

#[test]
fn a_limited_run_is_written_beside_a_whole_one() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(6, &Spec::on(&server));
    bench.apply().exits(0);
    let whole = bench.read("outputs/trial/results.csv");
    let limited = bench.run(&["apply", "--limit", "2", "experiments/trial.yaml"]);
    limited.exits(0).says(&["6 answers, this run has", "this run has 2", "partial"]).shows(&["outputs/trial/partial"]);
    assert_eq!(bench.read("outputs/trial/results.csv"), whole);
    assert_eq!(bench.read(PARTIAL).lines().filter(|line| line.starts_with("small")).count(), 2);
    bench.apply().exits(0);
    assert!(!bench.path("outputs/trial/partial").exists(), "the whole run has outdone it");
}

#[test]
fn the_first_run_may_be_a_limited_one() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(6, &Spec::on(&server));
    bench.run(&["apply", "--limit", "2", "experiments/trial.yaml"]).exits(0);
    assert_eq!(rows(&bench), 2);
    bench.run(&["apply", "--limit", "4", "experiments/trial.yaml"]).exits(0);
    assert_eq!(rows(&bench), 4);
    bench.apply().exits(0);
    assert_eq!(rows(&bench), 6);
}

#[test]
fn a_failed_run_is_written_beside_a_whole_one() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server).with("load", "{ warmup: 0, attempts: 1 }");
    let bench = Bench::ready(6, &spec);
    bench.apply().exits(0);
    server.acts(|asked| if asked.prompt.contains("number 1?") { Act::Answer } else { Act::status(400, "no") });
    bench.spec(&spec.with("generation", "{ max_tokens: 9 }"));
    bench.apply().exits(3).says(&["6 answers, this run has"]);
    assert_eq!(bench.results().column("status"), ["ok"; 6]);
    assert!(bench.path(PARTIAL).exists());
}

#[test]
fn a_smaller_experiment_replaces_a_larger_one() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(6, &Spec::on(&server));
    bench.apply().exits(0);
    bench.spec(&Spec::on(&server).with("datasets", "[{ source: { file: { path: questions.jsonl } }, limit: 3 }]"));
    bench.apply().exits(0);
    assert_eq!(rows(&bench), 3);
}
