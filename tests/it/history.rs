//! `smallbench history`: the runs of an experiment.

use serde_json::Value;

use crate::bench::{Bench, Spec};
use crate::server::Server;

#[test]
fn each_run_that_says_something_new_is_a_line() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(8, &Spec::on(&server));
    bench
        .run(&["history", "experiments/trial.yaml"])
        .exits(2)
        .says(&["outputs has no history of trial", "hint: `smallbench apply experiments/trial.yaml` begins it"]);
    bench.apply().exits(0);
    bench.apply().exits(0);
    let lines = |bench: &Bench| bench.read("outputs/history.jsonl").lines().count();
    assert_eq!(lines(&bench), 1, "a run that sends nothing changes nothing");
    let spec = bench.read("experiments/trial.yaml");
    bench.write("experiments/trial.yaml", format!("description: again\n{spec}"));
    bench.apply().exits(0);
    assert_eq!(lines(&bench), 2);
    let finished = bench.run(&["history", "experiments/trial.yaml", "--chart", "scores.svg"]);
    finished.exits(0).shows(&["finished", "95 % interval", "small", "changed since", "spec"]);
    let picture = bench.read("scores.svg");
    assert!(picture.contains("Mean score from run to run") && picture.contains("2 runs"), "{picture}");
    let for_slides = bench.read("experiments/trial.yaml").replace("formats: [svg]", "for: slide");
    bench.write("experiments/slides.yaml", for_slides);
    bench.run(&["history", "experiments/slides.yaml", "--chart", "slide.svg"]).exits(0);
    assert_ne!(bench.read("slide.svg"), picture, "`output.for` sets the size of the type");
    bench.run(&["history", "outputs/trial"]).exits(0).shows(&["finished", "small"]);
    let text = bench.run(&["history", "experiments/trial.yaml", "--json"]).stdout;
    let runs: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(runs.as_array().unwrap().len(), 2);
    assert_eq!(runs[0]["models"][0]["samples"], 8);
    assert_ne!(runs[0]["spec_sha256"], runs[1]["spec_sha256"]);
}

#[test]
fn a_partial_result_is_no_part_of_the_history() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(8, &Spec::on(&server));
    bench.apply().exits(0);
    bench.run(&["apply", "experiments/trial.yaml", "--limit", "3"]).exits(0);
    assert_eq!(bench.read("outputs/history.jsonl").lines().count(), 1);
    bench
        .run(&["history", "experiments/trial.yaml", "--chart", "scores.gif"])
        .exits(2)
        .says(&["`.svg`, `.png` or `.pdf`"]);
}
