//! What the README shows of the program is what it prints.

use std::fs;

use super::page::{Block, blocks};
use super::project;
use crate::bench::Bench;

/// Holds a block against a text: what stands between its ellipses is in the text, whatever the lines.
fn is_in(block: &Block, printed: &str) {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let printed = flat(printed);
    for part in flat(&block.text).split('…').map(str::trim) {
        assert!(printed.contains(part), "README.md:{}: {part}\nis not in\n{printed}", block.line);
    }
}

/// The block of the README that has a text.
fn block(text: &str) -> Block {
    blocks(&project().join("README.md")).into_iter().find(|block| block.text.contains(text)).unwrap()
}

#[test]
fn the_readme_shows_what_the_quickstart_prints() {
    let bench = Bench::empty();
    for name in ["quickstart.yaml", "quickstart.cassette.jsonl", "quickstart.lock", "data/short_answers.jsonl"] {
        let file = fs::read(project().join("experiments").join(name)).unwrap();
        bench.write(&format!("experiments/{name}"), file);
    }
    let run = bench.run(&["apply", "experiments/quickstart.yaml"]);
    is_in(&block("written to outputs/quickstart"), &run.exits(0).stdout);
}

#[test]
fn the_readme_shows_the_error_of_a_mistake() {
    let bench = Bench::empty();
    let spec = "version: 1\nname: mmlu_algebra\ndatasets: [{ preset: arc_easy }]\nendpoints: { local: { ollama: {} } }\n\
                models: [{ name: small, endpoint: local }]\n\n\n\nload: { concurency: 4 }\n";
    bench.write("experiments/mmlu_algebra.yaml", spec);
    let run = bench.run(&["validate", "experiments/mmlu_algebra.yaml"]);
    is_in(&block("concurency"), &run.exits(2).stderr);
}
