//! One experiment at several machines, each with a store of its own, and one table that compares their times.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::bench::{Bench, Finished, Spec};
use crate::server::Server;

const SPEC: &str = "experiments/trial.yaml";

fn apply(bench: &Bench, arguments: &[&str]) -> Finished {
    bench.run(&[&["apply", SPEC], arguments].concat())
}

/// The store of a run at a site, put aside as another machine would have it.
fn put_aside(bench: &Bench, name: &str) -> String {
    std::fs::rename(bench.path("outputs"), bench.path(name)).unwrap();
    std::fs::remove_file(bench.path("experiments/trial.lock")).unwrap();
    format!("{name}/store.sqlite")
}

/// How many rows of the results each site has.
fn rows_by_site(bench: &Bench) -> BTreeMap<String, usize> {
    let mut rows = BTreeMap::new();
    for site in bench.results().column("site") {
        *rows.entry(site.to_owned()).or_default() += 1;
    }
    rows
}

fn manifest(bench: &Bench) -> Json {
    serde_json::from_slice(&std::fs::read(bench.path("outputs/trial/manifest.json")).unwrap()).unwrap()
}

#[test]
fn two_machines_become_one_table() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(6, &Spec::on(&server).with("sites", "[laptop, desktop]"));
    let laptop = apply(&bench, &["--site", "laptop"]);
    laptop.exits(0).says(&["site `desktop` lacks 6 responses", "--site desktop` there"]);
    assert_eq!((server.count(), rows_by_site(&bench)), (6, [("laptop".to_owned(), 6)].into()));
    let laptop = put_aside(&bench, "laptop");
    apply(&bench, &["--site", "desktop"]).exits(0).says(&["site `laptop` lacks 6 responses"]);
    assert_eq!(server.count(), 12, "answers of one site are none of the other");
    let desktop = put_aside(&bench, "desktop");
    bench.run(&["merge", &laptop, &desktop, "--into", "outputs/store.sqlite"]).exits(0).shows(&["12 responses added"]);
    for arguments in [&[][..], &["--site", "desktop"]] {
        let merged = apply(&bench, arguments);
        assert!(!merged.exits(0).stderr.contains("lacks"), "{}", merged.stderr);
        // The same model is compared by its times first.
        merged.shows(&["small @ laptop over small @ desktop: latency ", "; small @ laptop − small @ desktop = "]);
    }
    assert_eq!(server.count(), 12);
    assert_eq!(rows_by_site(&bench), [("laptop".to_owned(), 6), ("desktop".to_owned(), 6)].into());
    let summary = bench.table("model_summary.csv");
    assert_eq!(summary.column("model"), ["small @ laptop", "small @ desktop"]);
    assert_eq!(summary.column("site"), ["laptop", "desktop"]);
    let manifest = manifest(&bench);
    for model in manifest["models"].as_array().unwrap() {
        assert!(model["facts"]["machine"]["cores"].as_u64().unwrap() > 0, "{model}");
    }
}

#[test]
fn a_machine_that_is_not_told_where_it_is_sends_nothing() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server).with("sites", "[laptop, desktop]"));
    apply(&bench, &[]).exits(2).says(&[
        "pass `--site laptop`",
        "`SMALLBENCH_SITE`",
        "which of the sites `laptop`, `desktop` this machine is, is not known",
    ]);
    apply(&bench, &["--site", "phone"])
        .exits(2)
        .says(&["`phone` is none of the experiment's sites (`desktop`, `laptop`)"]);
    apply(&bench, &["--site", "a b"]).exits(2).says(&["`a b` is not a name of a site"]);
    assert_eq!(server.count(), 0);
    let told = bench.run_with(&["apply", SPEC], &[("SMALLBENCH_SITE", "desktop")]);
    told.exits(0).says(&["this machine is site `desktop`, by SMALLBENCH_SITE"]);
    assert_eq!((server.count(), rows_by_site(&bench)), (4, [("desktop".to_owned(), 4)].into()));
    // What is stored is shown anywhere.
    apply(&bench, &[]).exits(0).says(&["site `laptop` lacks 4 responses"]);
    let plan = bench.run(&["plan", SPEC, "--site", "laptop"]);
    plan.exits(0).shows(&["small @ laptop", "4 new"]);
    assert_eq!(server.count(), 4);
}

#[test]
fn a_site_of_the_command_line_is_that_of_an_experiment_without_sites() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server));
    apply(&bench, &["--site", "laptop"]).exits(0);
    assert_eq!(rows_by_site(&bench), [("laptop".to_owned(), 4)].into());
    assert_eq!(bench.table("model_summary.csv").column("model"), ["small"], "one site is in no name");
    // The results say how they were made.
    bench.run(&["report", "outputs/trial"]).exits(0);
    assert_eq!(server.count(), 4);
    // Without it the requests are others: those of whatever machine this is.
    bench.run_with(&["apply", SPEC], &[("SMALLBENCH_SITE", "laptop")]).exits(0);
    assert_eq!((server.count(), rows_by_site(&bench)), (8, [(String::new(), 4)].into()));
    // Sites that are written down later find what was measured.
    let written = Spec::on(&server).with("sites", "[laptop, desktop]");
    bench.write(SPEC, written.text());
    std::fs::remove_file(bench.path("experiments/trial.lock")).unwrap();
    apply(&bench, &["--site", "desktop"]).exits(0);
    assert_eq!((server.count(), rows_by_site(&bench).len()), (12, 2));
}

#[test]
fn levels_and_searches_of_other_machines_are_left_alone() {
    let server = Server::ollama(&["small"]);
    let timed = "{ warmup: 0, attempts: 1, concurrency: [1, 2], duration: 300ms, cache_bust: true }";
    let bench = Bench::ready(6, &Spec::on(&server).with("sites", "[laptop, desktop]").with("load", timed));
    apply(&bench, &["--site", "laptop"]).exits(0).says(&["site `desktop` lacks 600 ms of its timed levels"]);
    assert_eq!(rows_by_site(&bench).keys().collect::<Vec<_>>(), ["laptop"]);
    let sent = server.count();
    apply(&bench, &["--site", "laptop"]).exits(0);
    assert_eq!(server.count(), sent, "what is complete here is not sent for the other");
    let server = Server::ollama(&["small"]);
    let find = "{ warmup: 0, attempts: 1, requests: 100, find: { concurrency: 1..4 } }";
    let spec = Spec::on(&server).with("sites", "[laptop, desktop]").with("load", find).with("slo", "{ latency: 10s }");
    let bench = Bench::ready(100, &spec);
    apply(&bench, &["--site", "desktop"]).exits(0);
    assert_eq!(rows_by_site(&bench).keys().collect::<Vec<_>>(), ["desktop"]);
}

#[test]
fn another_model_under_the_same_name_is_named() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server).with("sites", "[laptop, desktop]"));
    apply(&bench, &["--site", "laptop"]).exits(0);
    let laptop = put_aside(&bench, "laptop");
    server.pulls_again();
    apply(&bench, &["--site", "desktop"]).exits(0);
    let desktop = put_aside(&bench, "desktop");
    bench.run(&["merge", &laptop, &desktop, "--into", "outputs/store.sqlite"]).exits(0);
    apply(&bench, &["--site", "desktop"]).exits(0);
    assert_eq!(server.count(), 8);
    let manifest = manifest(&bench);
    let found = manifest["checks"].as_array().unwrap().iter().find(|check| check["name"] == "unlike_sites").unwrap();
    assert_eq!((&found["outcome"], &found["subject"]), (&"warned".into(), &"small @ desktop".into()));
}

#[test]
fn sites_that_cannot_be_are_problems_of_the_spec() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server).with("sites", "[laptop, a b, laptop]"));
    let validated = bench.run(&["validate", SPEC]);
    validated.exits(2).says(&["`a b` is not a valid name of a site", "site `laptop` is listed twice"]);
}
