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

#[test]
fn doctor_fails_on_what_a_run_would_fail_on() {
    let (server, judge) = (Server::ollama(&["small"]), Server::openai(&["large"], None));
    let hosted = format!("{{ openai: {{ url: \"{}/v1\", headers_env: {{ api-key: TRIAL_KEY }} }} }}", judge.url());
    let both = Spec::on(&server).with("endpoints", &format!("{{ local: {}, hosted: {hosted} }}", server.endpoint()));
    let asks = "{ model: { rubric: Is it right?, models: [{ name: large, endpoint: hosted }] } }";
    let bench = Bench::ready(3, &both.with("judge", asks));
    bench.run(&DOCTOR).exits(1).shows(&["FAIL  key of endpoint `hosted`: environment variable TRIAL_KEY is not set"]);
    bench.run_with(&DOCTOR, &[("TRIAL_KEY", "k-123456789")]).exits(0).shows(&["TRIAL_KEY is set"]);
    drop(judge);
    bench.run_with(&DOCTOR, &[("TRIAL_KEY", "k-123456789")]).exits(1).shows(&["FAIL  endpoint of a judge", "`hosted`"]);
    let program = "{ command: { run: [no-such-judge] } }";
    bench.spec(&Spec::on(&server).with("judge", program));
    bench.run(&DOCTOR).exits(1).shows(&["FAIL  judge `no-such-judge`", "not in a folder of PATH"]);
    bench.spec(&Spec::on(&server).with("prompt", "{ template: \"{{ qestion }}\" }"));
    bench.run(&DOCTOR).exits(1).shows(&["FAIL", "qestion"]);
}

#[test]
fn doctor_fails_on_a_folder_that_a_run_cannot_write_and_makes_none() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.run(&DOCTOR).exits(0).shows(&["outputs/trial: can be written"]);
    assert!(!bench.path("outputs/trial").exists());
    bench.write("outputs/trial", "Dear diary");
    bench.run(&DOCTOR).exits(1).shows(&["FAIL  folder ", "outputs/trial"]);
    bench.apply().exits(1);
}

#[test]
fn a_plan_needs_no_server_and_its_check_names_what_is_missing() {
    const CHECK: [&str; 3] = ["plan", "--check", "experiments/trial.yaml"];
    let (server, down) = (Server::ollama(&["small"]), Server::openai(&["large"], None));
    let hosted = format!("{{ openai: {{ url: \"{}/v1\", api_key_env: TRIAL_KEY }} }}", down.url());
    let spec =
        Spec::on(&server).with("endpoints", &format!("{{ local: {}, hosted: {hosted} }}", server.endpoint())).with(
            "models",
            "[{ name: small, endpoint: local }, { name: smoll, endpoint: local }, { name: large, endpoint: hosted }]",
        );
    let bench = Bench::ready(3, &spec);
    bench.plan().exits(0).shows(&["9 to send"]);
    let checked = bench.run(&CHECK);
    checked.exits(5).shows(&["9 to send", "2 endpoints are not ready:", "`smoll`", "`ollama pull smoll`", "TRIAL_KEY"]);
    drop(down);
    let keyed = [("TRIAL_KEY", "k-123456789")];
    let finished = bench.run_with(&["plan", "experiments/trial.yaml"], &keyed);
    finished.exits(0).shows(&["9 to send"]).says(&["endpoint `hosted` could not be asked at"]);
    bench.run_with(&CHECK, &keyed).exits(5).shows(&["endpoint `hosted` does not answer at"]);
    // What is kept needs no server.
    bench.spec(&Spec::on(&server));
    bench.run(&CHECK).exits(0);
    bench.apply().exits(0);
    drop(server);
    bench.run(&CHECK).exits(0).shows(&["3 kept, 0 to send"]);
}
