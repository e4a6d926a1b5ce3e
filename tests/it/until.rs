//! Runs that stop asking once the answers say enough.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

/// A model that always answers A, which is right for every fourth question.
fn spec(server: &Server, until: &str) -> Spec {
    Spec::on(server).with("until", until)
}

/// The questions of the trial's rows.
fn asked(bench: &Bench) -> Vec<String> {
    let mut asked: Vec<String> = bench.results().column("prompt_id").into_iter().map(str::to_owned).collect();
    asked.sort();
    asked
}

#[test]
fn a_model_is_asked_until_its_interval_is_narrow() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(400, &spec(&server, "{ width: 0.3 }"));
    bench.plan().exits(0).shows(&["`until`: small is expected to need about", "of 400 questions, if half"]);
    bench.apply().exits(0).shows(&["small: stopped after", "of 400 questions; its interval is"]);
    let sent = server.count();
    assert!((60..200).contains(&sent), "{sent}");
    assert_eq!(asked(&bench).len(), sent);
    // The order is no order of the dataset.
    assert!(asked(&bench).iter().any(|question| question.parse::<usize>().unwrap() > 300));
    let summary = bench.table("model_summary.csv");
    let end = |column: &str| summary.column(column)[0].parse::<f64>().unwrap();
    let (low, high) = (end("score_low"), end("score_high"));
    assert!(high - low <= 0.3 && low < 0.25 && 0.25 < high, "{low} {high}");
    assert!(bench.read("outputs/trial/summary.md").contains("small: stopped after"));
    assert!(bench.read("outputs/trial/report.html").contains("small: stopped after"));
    // Nothing is sent again, and the same store stops at the same question.
    let (before, first) = (bench.outputs(), asked(&bench));
    bench.apply().exits(0);
    bench.plan().exits(0).shows(&["0 to send", "`until`: small needs no more than the"]);
    assert_eq!((server.count(), asked(&bench)), (sent, first.clone()));
    assert_eq!(before, bench.outputs());
    // What a narrower interval needs is added to what is there, and a wider one needs less of it.
    bench.spec(&spec(&server, "{ width: 0.24 }"));
    bench.apply().exits(0);
    let more = server.count();
    assert!(more > sent && first.iter().all(|question| asked(&bench).contains(question)), "{more}");
    bench.spec(&spec(&server, "{ width: 0.3 }"));
    bench.apply().exits(0);
    assert_eq!((server.count(), asked(&bench)), (more, first));
    // The page also says what has changed since the run with the other width.
    let without_page = |mut files: BTreeMap<String, Vec<u8>>| {
        files.remove("report.html");
        files
    };
    assert_eq!(without_page(before), without_page(bench.outputs()));
}

#[test]
fn which_answers_come_first_decides_nothing() {
    let server = Server::ollama(&["small"]);
    let slow = Server::ollama(&["small"]);
    // A third of its answers are overtaken by the others.
    slow.acts(|asked| match asked.prompt.len() % 3 {
        0 => Act::Late(Duration::from_millis(20)),
        _ => Act::Answer,
    });
    let questions = |server: &Server| {
        let bench = Bench::ready(300, &spec(server, "{ width: 0.3 }").with("load", "{ warmup: 0, concurrency: 8 }"));
        bench.apply().exits(0);
        asked(&bench)
    };
    assert_eq!(questions(&server), questions(&slow));
}

#[test]
fn a_decided_gate_ends_the_questions() {
    let server = Server::ollama(&["small"]);
    let gates = |gates: &str| spec(&server, "{ gates: true }").with("gates", gates);
    let bench = Bench::ready(600, &gates("[score >= 0.9, \"p95_latency <= 10s\"]"));
    bench.apply().exits(4).shows(&[
        "small: stopped after",
        "it fails score >= 0.9",
        "gate failed: score >= 0.9 (small)",
    ]);
    let sent = server.count();
    assert!(sent < 200, "{sent}");
    bench.spec(&gates("[score <= 0.5, no_answer_rate <= 0.2]"));
    bench.apply().exits(0).shows(&["its gates are passed", "gate passed: no_answer_rate <= 0.2"]);
    assert!(server.count() < 300);
    // One that is too close is asked to the end, and is not decided.
    bench.spec(&gates("[score <= 0.25]"));
    bench.apply().exits(4).shows(&["small: asked all 600 questions; its gates are not decided", "gate cannot tell"]);
    assert_eq!(server.count(), 600);
}

#[test]
fn a_gate_against_a_baseline_is_decided_by_pairs() {
    let server = Server::ollama(&["small", "large"]);
    let bench = Bench::ready(400, &Spec::on(&server).with("output", "{ dir: ../outputs/old, formats: [svg] }"));
    bench.apply().exits(0);
    let gates = spec(&server, "{ gates: true }").with("gates", "[score >= baseline - 0.2]");
    bench.spec(&gates.with("baseline", "../outputs/old").with("models", "[{ name: large, endpoint: local }]"));
    bench.apply().exits(0).shows(&["large: stopped after", "gate passed: score >= baseline - 0.2 (large): 0.0 points"]);
    assert!(asked(&bench).len() < 300);
}

#[test]
fn models_that_stop_apart_are_compared_where_both_answered() {
    let server = Server::ollama(&["small", "large"]);
    let models = "[{ name: small, endpoint: local }, { name: large, endpoint: local }]";
    let bench = Bench::ready(300, &spec(&server, "{ width: 0.3 }").with("models", models));
    bench.apply().exits(0).shows(&["small: stopped after", "large: stopped after"]);
    let pairs = bench.table("pairs.csv");
    let common: usize = pairs.column("common_questions")[0].parse().unwrap();
    assert_eq!(common * 2, bench.results().column("prompt_id").len());
    assert_eq!(pairs.column("p")[0], "1");
}

#[test]
fn a_run_that_is_cut_short_stops_where_it_would_have() {
    let server = Server::ollama(&["small"]);
    let whole = Bench::ready(300, &spec(&server, "{ width: 0.3 }"));
    whole.apply().exits(0);
    let bench = Bench::ready(300, &spec(&server, "{ width: 0.3 }"));
    bench.run(&["apply", "experiments/trial.yaml", "--set", "budget.max_requests=30"]);
    assert!(asked(&bench).len() <= 30);
    bench.apply().exits(0);
    assert_eq!(asked(&bench), asked(&whole));
}

#[test]
fn what_cannot_stop_early_is_refused_in_its_place() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::with_questions(4);
    let load = |load: &str| spec(&server, "{ width: 0.1 }").with("load", load).with("slo", "{ latency: 2s }");
    for (spec, why, place) in [
        (spec(&server, "{}"), "`until` names no end", "until: {}"),
        (spec(&server, "{ width: 1.5 }"), "no interval of a score is 1.5 wide", "width: 1.5"),
        (spec(&server, "{ gates: true }"), "no gate of `gates` can end the questions", "gates: true"),
        (load("{ find: { concurrency: 1..4 } }"), "`load.find` cannot be combined with `until`", "find:"),
        (load("{ duration: 5s }"), "`load.duration` cannot be combined with `until`", "duration:"),
        (load("{ requests: 100 }"), "`load.requests` cannot be combined with `until`", "requests:"),
        (load("{ rate: 2/s }"), "`load.rate` cannot be combined with `until`", "rate:"),
        (spec(&server, "{ width: 0.1 }").with("judge", "none"), "without a judge have no score", "judge: none"),
        (
            spec(&server, "{ width: 0.1 }").with("judge", "{ command: { run: [\"true\"] } }"),
            "this judge has to be asked itself",
            "judge:",
        ),
        (
            spec(&server, "{ width: 0.1 }").with("judge", "{ choice: { rotate: true } }"),
            "the rotations of a question are one observation",
            "judge:",
        ),
    ] {
        bench.spec(&spec);
        bench.run(&["validate", "experiments/trial.yaml"]).exits(2).says(&[why, place, "experiments/trial.yaml:"]);
    }
}
