//! The lock file: written, verified, refused, renewed.

use crate::bench::{Bench, Spec};
use crate::server::Server;

const LOCKED: [&str; 3] = ["apply", "--locked", "experiments/trial.yaml"];

#[test]
fn a_run_pins_the_data_and_the_models() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    let lock = bench.read("experiments/trial.lock");
    for part in ["questions.jsonl", "rows = 3", "sha256 = ", "name = \"small\"", "digest = "] {
        assert!(lock.contains(part), "{part} in {lock}");
    }
}

#[test]
fn a_locked_run_needs_a_lock_file() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.run(&LOCKED).exits(4).says(&["does not exist", "trial.lock", "--update"]);
    assert_eq!(server.count(), 0);
}

#[test]
fn a_locked_run_goes_on_where_nothing_has_changed() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    bench.run(&LOCKED).exits(0);
}

#[test]
fn a_locked_run_refuses_a_model_that_was_pulled_again() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    server.pulls_again();
    let sent = server.count_during(|| {
        bench.run(&LOCKED).exits(4).says(&["model `small`: digest changed from ", " to ", "--update"]);
    });
    assert_eq!(sent, 0);
}

#[test]
fn a_locked_run_refuses_data_that_has_changed() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    bench.write("experiments/questions.jsonl", crate::bench::questions(4));
    bench.run(&LOCKED).exits(4).says(&["questions.jsonl changed, sha256 from ", " to "]);
}

#[test]
fn a_change_is_a_warning_where_the_run_is_not_locked() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    server.pulls_again();
    bench.apply().exits(0).says(&["warning", "model `small`: digest ", "`--update` accepts the change"]);
}

#[test]
fn an_update_accepts_what_has_changed() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    server.pulls_again();
    bench.run(&["apply", "--update", "experiments/trial.yaml"]).exits(0);
    bench.run(&LOCKED).exits(0);
}

#[test]
fn a_plan_writes_no_lock_file() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.plan().exits(0);
    assert!(!bench.path("experiments/trial.lock").exists());
}

#[test]
fn a_lock_file_that_cannot_be_read_is_refused() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.write("experiments/trial.lock", "version = one");
    bench.apply().exits(4).says(&["trial.lock", "is not valid"]);
    assert_eq!(bench.read("experiments/trial.lock"), "version = one");
}

const LIMITED: &str = "[{ source: { file: { path: questions.jsonl } }, limit: 2 }]";

/// Questions of which the last cannot be read.
fn broken_at_the_end() -> String {
    crate::bench::questions(40) + "{\"question\":\n"
}

#[test]
fn rows_that_a_limit_leaves_unread_are_not_counted() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::empty();
    bench.spec(&Spec::on(&server).with("datasets", LIMITED));
    bench.write("experiments/questions.jsonl", broken_at_the_end());
    bench.apply().exits(0).says(&["2 rows from"]);
    let lock = bench.read("experiments/trial.lock");
    assert!(lock.contains("sha256 = ") && !lock.contains("rows = "), "{lock}");
    assert!(!bench.read("outputs/trial/manifest.json").contains("\"rows\""));
    for arguments in
        [&LOCKED[..], &["apply", "experiments/trial.yaml"], &["apply", "--update", "experiments/trial.yaml"]]
    {
        let finished = bench.run(arguments);
        assert!(!finished.exits(0).stderr.contains("--update"), "{}", finished.stderr);
        assert_eq!(bench.read("experiments/trial.lock"), lock, "{arguments:?}");
    }
    bench.write("experiments/questions.jsonl", broken_at_the_end() + "{");
    bench.run(&LOCKED).exits(4).says(&["questions.jsonl changed, sha256 "]);
}

#[test]
fn a_lock_that_counts_rows_holds_for_a_run_that_does_not() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(40, &Spec::on(&server));
    bench.apply().exits(0).says(&["40 of 40 rows from"]);
    let lock = bench.read("experiments/trial.lock");
    assert!(lock.contains("rows = 40"), "{lock}");
    bench.spec(&Spec::on(&server).with("datasets", LIMITED));
    for arguments in [
        &LOCKED[..],
        &["apply", "experiments/trial.yaml"],
        &["apply", "--locked", "--limit", "1", "experiments/trial.yaml"],
    ] {
        let finished = bench.run(arguments);
        assert!(!finished.exits(0).stderr.contains("--update"), "{}", finished.stderr);
        assert_eq!(bench.read("experiments/trial.lock"), lock, "{arguments:?}");
    }
}
