//! What is printed of every invalid spec, and of everything else that is wrong before a request is sent.

use std::fs;
use std::path::Path;

use super::check;
use super::normal::{printed, stable};
use crate::bench::{Bench, Spec};

const SNAPSHOTS: &str = "tests/it/wording/snapshots/invalid";

fn names(folder: &str, end: &str) -> Vec<String> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter_map(|name| Some(name.strip_suffix(end)?.to_owned())).collect();
    names.sort();
    names
}

#[test]
fn every_invalid_spec_has_its_diagnostic() {
    let specs = names("tests/specs/invalid", ".yaml");
    for name in &specs {
        let bench = Bench::empty();
        let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs/invalid").join(format!("{name}.yaml"));
        bench.write(&format!("{name}.yaml"), fs::read(spec).unwrap());
        let finished = bench.run(&["validate", &format!("{name}.yaml")]);
        check("invalid", name, &printed(&finished, |text| stable(&bench, text)));
    }
    assert_eq!(names(SNAPSHOTS, ".snap"), specs, "a snapshot without a spec: remove it");
}

#[test]
fn what_is_wrong_before_a_request_is_sent() {
    let bench = Bench::ready(2, &Spec::at("{ ollama: { url: \"http://127.0.0.1:1\" } }"));
    bench.write("experiments/syntax.yaml", "version: 1\nname: [unclosed\n");
    bench.write("experiments/bytes.yaml", b"version: 1\nname: \xff\n");
    bench.write("experiments/empty.yaml", "");
    bench.write("experiments/first.yaml", "mine");
    let trial = "experiments/trial.yaml";
    let calls: [&[&str]; 13] = [
        &["aply"],
        &["validate", "experiments/nowhere.yaml"],
        &["validate", "experiments"],
        &["validate", "experiments/syntax.yaml"],
        &["validate", "experiments/bytes.yaml"],
        &["validate", "experiments/empty.yaml"],
        &["validate", trial],
        &["validate", "--set", "load.concurency=2", trial],
        &["validate", "--set", "load", trial],
        &["validate", "--set", "models[3].label=x", trial],
        &["init", "first"],
        &["apply", trial],
        &["store", "recover", "outputs/nowhere.sqlite"],
    ];
    let mut text = String::new();
    for call in calls {
        let finished = bench.run(call);
        let shown = printed(&finished, |text| stable(&bench, text));
        text.push_str(&format!("$ smallbench {}\n{shown}\n", call.join(" ")));
    }
    check("console", "usage", &text);
}
