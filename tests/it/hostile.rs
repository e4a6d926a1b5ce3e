//! Input that is hostile or has no end: a clear error, soon, and never memory, a hang or an abort.

#![cfg(unix)]

use std::fmt::Write as _;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::bench::{Bench, Finished, Spec, questions};
use crate::server::Server;

/// Far more than a refusal takes, on a busy machine as well.
const SOON: Duration = Duration::from_secs(30);

const VALIDATE: [&str; 2] = ["validate", "experiments/trial.yaml"];

/// Runs a command with little memory, and sees that it ends soon.
#[track_caller]
fn refused(bench: &Bench, arguments: &[&str]) -> Finished {
    let start = Instant::now();
    let finished = bench.start_with_memory(arguments, 3_000_000).end();
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    assert!(finished.stderr.len() < 200_000, "{} bytes on standard error", finished.stderr.len());
    finished
}

fn pipe_at(bench: &Bench, name: &str) {
    let path = bench.path(name);
    let _ = std::fs::remove_file(&path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn huge_at(bench: &Bench, name: &str) {
    let _ = std::fs::remove_file(bench.path(name));
    std::fs::File::create(bench.path(name)).unwrap().set_len(1 << 36).unwrap();
}

#[test]
fn a_spec_is_a_file_of_some_size() {
    let bench = Bench::empty();
    pipe_at(&bench, "experiments/trial.yaml");
    refused(&bench, &VALIDATE).exits(2).says(&["trial.yaml", "not a file"]);
    huge_at(&bench, "experiments/trial.yaml");
    refused(&bench, &VALIDATE).exits(2).says(&["trial.yaml", "larger than 8 MB"]);
    refused(&bench, &["validate", "/dev/zero"]).exits(2).says(&["/dev/zero", "not a file"]);
    refused(&bench, &["validate", "experiments"]).exits(2).says(&["experiments", "a folder"]);
}

#[test]
fn a_hint_for_a_lock_file_works_when_it_is_followed() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    let whole = bench.read("experiments/trial.lock");
    let merged = format!("<<<<<<< ours\n{whole}=======\n{whole}>>>>>>> theirs\n");
    for (content, said) in [
        (merged.as_str(), "merge conflict markers"),
        ("", "is empty"),
        ("version = 9\nx = 1\n", "has format 9"),
        ("\u{0}", "is not valid"),
    ] {
        bench.write("experiments/trial.lock", content);
        refused(&bench, &["plan", "experiments/trial.yaml"]).exits(4).says(&[said, "apply --update"]);
        bench.apply().exits(4).says(&["trial.lock", said, "apply --update"]);
        bench.run(&["apply", "--update", "experiments/trial.yaml"]).exits(0);
        assert_eq!(bench.read("experiments/trial.lock"), whole, "{said}");
    }
    pipe_at(&bench, "experiments/trial.lock");
    refused(&bench, &["apply", "experiments/trial.yaml"]).exits(4).says(&["not a file", "apply --update"]);
    bench.run(&["apply", "--update", "experiments/trial.yaml"]).exits(0);
    assert_eq!(bench.read("experiments/trial.lock"), whole);
}

#[test]
fn data_cassettes_recordings_and_tokens_are_files() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    pipe_at(&bench, "tape.jsonl");
    refused(&bench, &["apply", "--record", "tape.jsonl", "experiments/trial.yaml"])
        .exits(1)
        .says(&["tape.jsonl", "not a file"]);
    refused(&bench, &["apply", "--record", "/dev/full", "experiments/trial.yaml"])
        .exits(1)
        .says(&["/dev/full", "not a file"]);
    assert_eq!(server.count(), 0);
    bench.run_with(&["apply", "experiments/trial.yaml"], &[("HF_TOKEN_PATH", "tape.jsonl")]).exits(0);
    bench.spec(&Spec::at("{ replay: { cassette: ../tape.jsonl } }"));
    refused(&bench, &VALIDATE).exits(2).says(&["the cassette", "not a file"]);
    huge_at(&bench, "tape.jsonl");
    refused(&bench, &VALIDATE).exits(2).says(&["the cassette", "larger than 1 GB"]);
    bench.spec(&Spec::on(&server));
    pipe_at(&bench, "experiments/questions.jsonl");
    refused(&bench, &["plan", "experiments/trial.yaml"]).exits(2).says(&["questions.jsonl"]);
}

#[test]
fn more_requests_than_memory_holds_are_refused_before_they_are_listed() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(20, &Spec::on(&server));
    bench.spec(&Spec::on(&server).with("generation", "{ repeats: 4294967295 }"));
    refused(&bench, &VALIDATE).exits(2).says(&["a run of 4294967295 requests is too large", "repeats: 4294967295"]);
    let levels: Vec<String> = (1..=1000).map(|level| level.to_string()).collect();
    let load = format!("{{ warmup: 0, requests: 1000000, concurrency: [{}] }}", levels.join(", "));
    bench.spec(&Spec::on(&server).with("load", &load));
    refused(&bench, &VALIDATE).exits(2).says(&["a run of 1000000000 requests is too large"]);
    // Only the rows tell that these are too many.
    bench.spec(&Spec::on(&server).with("generation", "{ repeats: 40000000 }"));
    refused(&bench, &VALIDATE).exits(0);
    refused(&bench, &["plan", "experiments/trial.yaml"]).exits(2).says(&["20 questions at 40000000 repeats", "limit"]);
    assert_eq!(server.count(), 0);
}

#[test]
fn a_spec_of_many_problems_great_depth_or_long_names_is_refused_soon() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    let many = (0..20_000).fold(String::new(), |mut text, n| {
        let _ = write!(text, "{{ name: m{n}, endpoint: local, lable: x }}, ");
        text
    });
    bench.spec(&Spec::on(&server).with("models", &format!("[{many}]")));
    refused(&bench, &VALIDATE).exits(2).says(&["unknown key `lable`", "the first 50 problems in"]);
    bench.spec(&Spec::on(&server).with("models", &"[".repeat(200_000)));
    refused(&bench, &VALIDATE).exits(2).says(&["trial.yaml"]);
    bench.spec(&Spec::on(&server));
    for path in [".a".repeat(30_000), "[0]".repeat(30_000)] {
        refused(&bench, &[VALIDATE[0], VALIDATE[1], "--set", &format!("load{path}=1")])
            .exits(2)
            .says(&["segments is too long"]);
    }
    let long = "x".repeat(1 << 20);
    bench.spec(&Spec::on(&server).with("name", &long));
    refused(&bench, &VALIDATE).exits(2).says(&["too long; the maximum is 100 characters"]);
    bench.spec(&Spec::on(&server).with("models", &format!("[{{ name: small, endpoint: local, label: {long} }}]")));
    refused(&bench, &VALIDATE).exits(2).says(&["too long; the maximum is 4096 characters"]);
    bench.spec(&Spec::on(&server).with("models", &format!("[{{ name: small, endpoint: {long} }}]")));
    refused(&bench, &VALIDATE).exits(2).says(&["too long"]);
}

#[test]
fn a_template_that_does_not_end_is_refused() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    for template in [
        "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
        "{% set n = namespace(x='a') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "{{ 'x' * 99000000 }}",
        "{{ 'x' * 11000000 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include 'prompt' %}",
    ] {
        bench.spec(&Spec::on(&server).with("prompt", &format!("{{ template: \"{template}\" }}")));
        refused(&bench, &["plan", "experiments/trial.yaml"]).exits(2).says(&["the template fails on line 1 of"]);
    }
    bench.spec(&Spec::on(&server).with("prompt", &format!("{{ template: \"{}\" }}", "{{ (".repeat(50_000))));
    refused(&bench, &VALIDATE).exits(2).says(&["invalid template"]);
}

#[test]
fn long_labels_lose_no_file() {
    let server = Server::ollama(&["small"]);
    let label = "\u{6f22}".repeat(80);
    let models = format!("[{{ name: small, endpoint: local, label: {label} }}]");
    let spec = Spec::on(&server).with("models", &models).with("charts", "[{ heatmap: { color: latency } }]");
    let bench = Bench::ready(6, &spec);
    bench.apply().exits(0);
    let files = bench.outputs();
    assert!(files.contains_key("summary.md") && files.keys().any(|name| name.ends_with(".svg")), "{:?}", files.keys());
    assert!(bench.path("outputs/trial/manifest.json").exists());
}

#[test]
fn times_without_measure_are_refused_or_bounded() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    for key in ["timeout", "connect_timeout", "first_byte_timeout", "stall_timeout", "deadline", "pause", "duration"] {
        bench.spec(&Spec::on(&server).with("load", &format!("{{ warmup: 0, {key}: 5000000000000h }}")));
        refused(&bench, &VALIDATE).exits(2).says(&["the maximum is 87600h"]);
        let load = format!("{{ warmup: 0, {key}: 87600h }}");
        bench.spec(&Spec::on(&server).with("load", &load));
        refused(&bench, &VALIDATE).exits(0);
    }
    let longest = "{ warmup: 0, timeout: 87600h, connect_timeout: 87600h, first_byte_timeout: 87600h, stall_timeout: 87600h, deadline: 87600h }";
    bench.spec(&Spec::on(&server).with("load", longest));
    bench.apply().exits(0);
}

#[test]
fn a_limit_of_a_large_file_takes_little_memory() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server).with("datasets", "[{ source: { file: { path: questions.jsonl } }, limit: 10 }]");
    let bench = Bench::ready(3, &spec);
    let pad = "x".repeat(20_000);
    let rows = questions(1).trim_end().replace("Which", &format!("{pad} Which"));
    bench.write("experiments/questions.jsonl", format!("{rows}\n").repeat(10_000));
    bench.start_with_memory(&["apply", "experiments/trial.yaml"], 1_000_000).end().exits(0).says(&["10 rows from"]);
}

#[test]
fn many_datasets_and_subjects_are_summed_up_side_by_side() {
    let server = Server::ollama(&["small"]);
    let names: Vec<String> = (0..40).map(|number| format!("d{number}")).collect();
    let dataset = |name: &String| format!("{{ name: {name}, source: {{ file: {{ path: {name}.jsonl }} }} }}");
    let datasets: Vec<String> = names.iter().map(dataset).collect();
    let spec = Spec::on(&server).with("datasets", &format!("[{}]", datasets.join(", "))).with("charts", "[]");
    let bench = Bench::ready(3, &spec);
    for name in &names {
        let subject = |number: usize| {
            format!(
                r#"{{"question": "What is {name} of {number}?", "choices": ["a", "b"], "answer": 0, "subject": "{number}"}}"#
            )
        };
        bench.write(
            &format!("experiments/{name}.jsonl"),
            (0..40).map(|number| subject(number) + "\n").collect::<String>(),
        );
    }
    // A worker that waits takes up further parts on the same stack, but only a few.
    bench.apply().exits(0);
    assert_eq!(bench.table("cell_summary.csv").column("dataset").len(), 40);
    assert_eq!(bench.table("subject_summary.csv").column("subject").len(), 1600);
}
