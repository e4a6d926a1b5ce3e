//! The experiment that needs no server: on every machine it writes what the project shows as its example.

use std::fs;
use std::path::Path;

use crate::bench::Bench;

/// A bench with the quickstart as the project ships it.
fn bench() -> Bench {
    let experiments = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments");
    let bench = Bench::empty();
    for name in ["quickstart.yaml", "quickstart.cassette.jsonl", "quickstart.lock", "data/short_answers.jsonl"] {
        bench.write(&format!("experiments/{name}"), fs::read(experiments.join(name)).unwrap());
    }
    bench
}

#[test]
fn the_example_comes_out_byte_for_byte() {
    let bench = bench();
    // The project keeps the drawings; pictures are made from them. Without an override, which the report would name.
    bench.run(&["apply", "experiments/quickstart.yaml", "--locked"]).exits(0);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("outputs/quickstart");
    let kept = fs::read_dir(example).unwrap().map(|entry| entry.unwrap().path());
    let kept: Vec<_> = kept
        .filter(|path| path.extension().is_some_and(|end| end == "svg" || end == "csv" || end == "md" || end == "html"))
        .collect();
    assert!(kept.len() >= 13, "the example is not there");
    for path in kept {
        let name = path.file_name().unwrap().to_str().unwrap();
        let made = fs::read(bench.path(&format!("outputs/quickstart/{name}"))).unwrap();
        assert!(
            made == fs::read(&path).unwrap(),
            "{name}: run `smallbench apply experiments/quickstart.yaml`, look, and commit"
        );
    }
}

#[test]
fn a_change_that_was_not_recorded_says_what_to_do() {
    let bench = bench();
    let finished = bench.run(&[
        "apply",
        "experiments/quickstart.yaml",
        "--limit",
        "1",
        "--set",
        "prompt.template=Hello",
        "--set",
        "charts=[score]",
    ]);
    finished.exits(3).says(&["record it again"]);
}
