//! The experiments of the project: each can be planned, those that need nothing run, and all are listed.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::bench::Bench;
use crate::server::{Server, hub};

/// The variables that the experiments name.
const KEYS: [(&str, &str); 2] = [("OPENAI_API_KEY", "test-key"), ("ANTHROPIC_API_KEY", "test-key")];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the experiments.
fn names() -> Vec<String> {
    let files = fs::read_dir(project().join("experiments")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> =
        files.map(|name| name.into_string().unwrap()).filter(|name| name.ends_with(".yaml")).collect();
    names.sort();
    names
}

/// A bench with the experiments and their files.
fn bench() -> Bench {
    let bench = Bench::empty();
    for folder in ["experiments", "experiments/data"] {
        for entry in fs::read_dir(project().join(folder)).unwrap().map(|entry| entry.unwrap()) {
            // A lock file pins what the fixtures are not.
            if entry.path().is_file() && entry.path().extension().is_some_and(|end| end != "lock") {
                let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
                bench.write(&name, fs::read(entry.path()).unwrap());
            }
        }
    }
    bench
}

#[test]
fn every_experiment_can_be_planned() {
    let bench = bench();
    let hub = hub::serve(&project().join("tests/fixtures/hub"));
    let variables: Vec<_> = KEYS.into_iter().chain([("HF_ENDPOINT", hub.as_str())]).collect();
    for name in names() {
        let planned = bench.run_with(&["plan", &format!("experiments/{name}")], &variables);
        assert_eq!(planned.code, Some(0), "{name}\n{}", planned.stderr);
        assert!(
            planned.stdout.contains(" to send") || planned.stdout.contains("requests"),
            "{name}\n{}",
            planned.stdout
        );
    }
}

#[test]
fn the_gate_needs_neither_a_server_nor_a_key() {
    let bench = bench();
    bench.run(&["apply", "experiments/gate.yaml"]).exits(0);
    let cases = bench.read("outputs/gate/junit.xml");
    assert!(cases.contains("tests=\"3\" failures=\"0\""), "{cases}");
    bench
        .run(&["apply", "experiments/gate.yaml", "--fail-if", "score < 0.99"])
        .exits(4)
        .shows(&["gate failed: score >= 0.99"]);
}

#[test]
fn the_orders_of_options_are_asked_of_a_recording() {
    let bench = bench();
    bench.run(&["apply", "experiments/position.yaml"]).exits(0).shows(&["A is chosen in 96.6 % of the answers"]);
    let places = bench.read("outputs/position/position_bias.csv");
    let chosen: Vec<&str> = places.lines().skip(1).filter_map(|row| row.split(',').nth(5)).collect();
    assert_eq!(chosen, ["112", "4", "0", "0"], "{places}");
    assert!(bench.read("outputs/position/chart_data/reliability.csv").starts_with("model,confidence,accuracy,"));
}

/// The models that the experiments ask of each kind of server.
const OLLAMA: [&str; 7] =
    ["gemma:2b", "qwen2:1.5b", "tinyllama", "qwen3:4b", "gemma3:4b", "qwen2.5vl:3b", "qwen2.5-coder:1.5b"];
const OPENAI: [&str; 4] = ["mock", "gpt-4.1-nano", "gpt-4.1-mini", "Qwen/Qwen2.5-1.5B-Instruct"];

/// What a test leaves out of an experiment: load levels that take their time, and the container around a judge.
fn shortened(name: &str) -> &'static [&'static str] {
    match name {
        "capacity.yaml" => &["load.find.concurrency=1..2", "load.requests=80"],
        "code.yaml" => &["datasets[0].judge.command.run=[python3, code_judge.py]"],
        "load.yaml" => &["load.concurrency=[1, 2]", "load.rate=[40/s]", "load.requests=20"],
        _ => &[],
    }
}

#[test]
fn every_experiment_runs_against_servers_of_the_test() {
    let (bench, hub) = (bench(), hub::serve(&project().join("tests/fixtures/hub")));
    crate::documentation::stage::put_llama_server(&bench);
    let has_python = Command::new("python3").arg("--version").output().is_ok();
    let servers =
        [Server::ollama(&OLLAMA), Server::openai(&OPENAI, None), Server::anthropic(&["claude-haiku-4-5"], None)];
    let [ollama, openai, anthropic] = servers.each_ref().map(Server::url);
    let (openai, path) = (format!("{openai}/v1"), bench.path_with("bin"));
    let places = [("OLLAMA_HOST", ollama.as_str()), ("LLM_URL", &openai), ("HF_ENDPOINT", &hub), ("PATH", &path)];
    let variables: Vec<_> = KEYS.into_iter().chain(places).collect();
    for name in names() {
        // What stands for llama-server is a script.
        if (name == "code.yaml" && !has_python) || (name == "quantizations.yaml" && cfg!(not(unix))) {
            println!("skipped: {name}, as the program that it names is not here");
            continue;
        }
        let spec = format!("experiments/{name}");
        let text = bench.read(&spec).replace("https://api.openai.com/v1", &openai);
        let claude = format!("anthropic: {{ url: \"{anthropic}\", ");
        bench.write(&spec, text.replace("anthropic: { ", &claude));
        let mut arguments = vec!["apply", &spec, "--yes"];
        // A recording has all answers, and a load level its own number of requests.
        if !text.contains("replay:") && !text.contains("requests: 2") {
            arguments.extend(["--limit", "2"]);
        }
        shortened(&name).iter().for_each(|set| arguments.extend(["--set", set]));
        let found = bench.run_with(&arguments, &variables);
        assert_eq!(found.code, Some(0), "{name}\n{}\n{}", found.stdout, found.stderr);
    }
}

#[test]
fn the_search_for_capacity_runs_against_a_server() {
    let (bench, server) = (bench(), Server::openai(&["mock"], None));
    let url = format!("{}/v1", server.url());
    let settings = ["--set", "load.find.concurrency=1..2", "--set", "load.requests=80"];
    let arguments = [&["apply", "experiments/capacity.yaml"], settings.as_slice()].concat();
    bench.run_with(&arguments, &[("LLM_URL", &url)]).exits(0).shows(&["the largest load within the SLO"]);
}

#[test]
fn the_judge_of_code_is_that_of_the_documentation() {
    let page = fs::read_to_string(project().join("docs/command.md")).unwrap();
    let judge = fs::read_to_string(project().join("experiments/code_judge.py")).unwrap();
    assert!(page.contains(&format!("```python\n{judge}```\n")), "{judge}");
}

#[test]
fn every_experiment_is_listed() {
    let page = fs::read_to_string(project().join("experiments/README.md")).unwrap();
    let missing: Vec<String> = names().into_iter().filter(|name| !page.contains(&format!("({name})"))).collect();
    assert_eq!(missing, [""; 0]);
}
