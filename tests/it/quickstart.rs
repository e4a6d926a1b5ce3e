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
    let folders = [example.clone(), example.join("chart_data")];
    let kept = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let is_kept = |name: &str| [".svg", ".csv", ".md", ".html", ".vl.json"].iter().any(|end| name.ends_with(end));
    let kept: Vec<_> = kept.filter(|path| is_kept(path.to_str().unwrap())).collect();
    assert!(kept.len() >= 25, "the example is not there");
    for path in kept {
        let name = path.strip_prefix(&example).unwrap();
        let made = fs::read(bench.path("outputs/quickstart").join(name)).unwrap();
        assert!(
            made == fs::read(&path).unwrap(),
            "{}: run `smallbench apply experiments/quickstart.yaml`, look, and commit",
            name.display()
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
