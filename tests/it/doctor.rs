//! `doctor`: what could keep an experiment from running, without spending anything.

use crate::bench::{Bench, Spec};
use crate::server::Server;

const DOCTOR: [&str; 2] = ["doctor", "experiments/trial.yaml"];

#[test]
fn an_experiment_in_good_health_is_fine() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    let finished = bench.run(&DOCTOR);
    finished.exits(0).shows(&["dataset `questions`: 3 questions", "endpoint `local`", &server.url()]);
    assert!(finished.stdout.lines().all(|line| line.starts_with("ok ")), "{}", finished.stdout);
    assert_eq!((server.count(), server.loads()), (0, 0));
}

#[test]
fn everything_that_is_wrong_is_named_with_its_remedy() {
    let (server, down) = (Server::ollama(&["small"]), Server::openai(&["large"], None));
    let hosted = format!("{{ openai: {{ url: \"{}/v1\", api_key_env: TRIAL_KEY }} }}", down.url());
    let spec = Spec::on(&server)
        .with("endpoints", &format!("{{ local: {}, hosted: {hosted} }}", server.endpoint()))
        .with("models", "[{ name: smoll, endpoint: local }, { name: large, endpoint: hosted }]")
        .with("datasets", "[{ source: { file: { path: questions.jsonl } }, columns: { answer: anser } }]");
    let bench = Bench::ready(3, &spec);
    bench.write("outputs/store.sqlite", "Dear diary, ".repeat(100));
    drop(down);
    let finished = bench.run(&DOCTOR);
    finished.exits(1).shows(&["did you mean `answer`?", "TRIAL_KEY is not set", "is not a smallbench store"]);
    assert_eq!(finished.stdout.lines().filter(|line| line.starts_with("FAIL")).count(), 3, "{}", finished.stdout);
}

#[test]
fn a_missing_model_is_named_with_what_to_pull() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server).with("models", "[{ name: smoll, endpoint: local }]"));
    bench.run(&DOCTOR).exits(1).shows(&["FAIL", "`ollama pull smoll`"]);
}
