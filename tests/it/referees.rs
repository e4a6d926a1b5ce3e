//! The referees: servers written apart from the program, with 300 answers of real models.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value as Json;

use crate::bench::{Bench, Finished};
use crate::table::Table;

/// A server of `../shared/tools`, on a free port.
struct Referee {
    child: Child,
    url: String,
}

impl Referee {
    fn start(tool: &str, more: &[&str]) -> Option<Self> {
        let mut command = Command::new("python3");
        command.arg(shared()?.join("tools").join(tool)).args(["--port", "0"]).args(more);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take()?).read_line(&mut line).ok()?;
        let url = line.trim().rsplit(' ').next()?.to_owned();
        url.starts_with("http").then_some(Self { child, url })
    }
}

impl Drop for Referee {
    fn drop(&mut self) {
        // One that has ended already is no trouble.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    path.is_dir().then_some(path)
}

/// A bench with a spec of the project, a Hub and an Ollama.
struct Match {
    bench: Bench,
    hub: Referee,
    ollama: Referee,
}

impl Match {
    /// None where there are no referees.
    fn of(spec: &str) -> Option<Self> {
        let bench = Bench::empty();
        let log = bench.path("asked.log");
        let hub = Referee::start("hub.py", &[]);
        let ollama = Referee::start("ollama_replay.py", &["--log", log.to_str()?]);
        let (Some(hub), Some(ollama)) = (hub, ollama) else {
            println!("skipped: ../shared is not there, or no python3");
            return None;
        };
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments").join(spec)).unwrap();
        bench.write(&format!("experiments/{spec}"), text);
        Some(Self { bench, hub, ollama })
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        self.bench.run_with(arguments, &[("HF_ENDPOINT", &self.hub.url), ("OLLAMA_HOST", &self.ollama.url)])
    }

    /// How many prompts the Ollama was asked.
    fn asked(&self) -> usize {
        let log = fs::read_to_string(self.bench.path("asked.log")).unwrap_or_default();
        let bodies = log.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()["body"].take());
        bodies.filter(|body| body["prompt"].as_str().is_some_and(|prompt| !prompt.is_empty())).count()
    }
}

#[test]
fn the_numbers_of_the_old_scripts_come_out() {
    let Some(game) = Match::of("mmlu_algebra_seed.yaml") else { return };
    game.run(&["apply", "--set", "output.formats=[svg]", "experiments/mmlu_algebra_seed.yaml"]).exits(0);
    let expected = Table::read(&shared().unwrap().join("data/seed_model_summary.csv"));
    let found = Table::read(&game.bench.path("outputs/mmlu_algebra_seed/model_summary.csv"));
    assert_eq!(found.column("model"), expected.column("model"));
    for name in expected.columns.iter().filter(|name| !["model", "avg_latency_sec"].contains(&name.as_str())) {
        for row in 0..expected.rows.len() {
            let (found, expected) = (found.number(row, name), expected.number(row, name));
            assert!(((found - expected) / expected).abs() < 1e-9, "{name}: {found}, not {expected}");
        }
    }
    let results = Table::read(&game.bench.path("outputs/mmlu_algebra_seed/results.csv"));
    let old = ["model", "prompt_id", "prompt", "expected_answer", "output", "score", "latency_sec", "metadata"];
    assert_eq!(results.columns[..8], old);
    for metadata in results.column("metadata") {
        let metadata: Json = serde_json::from_str(metadata).unwrap();
        assert!(metadata.as_object().unwrap().values().all(Json::is_u64), "{metadata}");
    }
}

#[test]
fn the_flagship_sends_three_hundred_and_then_nothing() {
    let Some(game) = Match::of("mmlu_algebra.yaml") else { return };
    let apply = ["apply", "--set", "output.formats=[svg]", "experiments/mmlu_algebra.yaml"];
    game.run(&apply).exits(0).says(&["300 requests: 0 kept, 300 sent"]);
    // One more of each model, to warm it up.
    assert_eq!(game.asked(), 303);
    game.run(&apply).exits(0).says(&["300 requests: 300 kept, 0 sent"]);
    assert_eq!(game.asked(), 303);
}

#[test]
fn a_subset_that_does_not_exist_is_refused_with_those_that_do() {
    let Some(game) = Match::of("mmlu_algebra.yaml") else { return };
    let set = "datasets[0].source.hub.subsets=abstract_algebro";
    let finished = game.run(&["apply", "--set", set, "experiments/mmlu_algebra.yaml"]);
    finished.exits(2).says(&["no subset `abstract_algebro`", "`formal_logic`", "did you mean `abstract_algebra`?"]);
}

#[test]
fn a_split_that_does_not_exist_is_refused_with_those_that_do() {
    let Some(game) = Match::of("mmlu_algebra.yaml") else { return };
    let set = "datasets[0].source.hub.split=tset";
    let finished = game.run(&["apply", "--set", set, "experiments/mmlu_algebra.yaml"]);
    finished.exits(2).says(&["no split `tset`", "`test`", "`dev`", "did you mean `test`?"]);
}

#[test]
fn a_cached_dataset_needs_no_hub() {
    let Some(game) = Match::of("mmlu_algebra.yaml") else { return };
    let plan = ["plan", "--limit", "2", "experiments/mmlu_algebra.yaml"];
    game.run(&plan).exits(0);
    let variables =
        [("HF_ENDPOINT", game.hub.url.as_str()), ("OLLAMA_HOST", &game.ollama.url), ("HF_HUB_OFFLINE", "1")];
    game.bench.run_with(&plan, &variables).exits(0).shows(&["6 requests: 0 kept, 6 to send"]);
}
