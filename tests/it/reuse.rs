//! Nothing is asked twice.

use std::collections::BTreeMap;

use crate::bench::{Bench, Spec};
use crate::server::Server;

const QUESTIONS: usize = 6;

/// A bench where the spec has run once.
fn after_a_run(server: &Server) -> Bench {
    let bench = Bench::ready(QUESTIONS, &Spec::on(server));
    bench.apply().exits(0);
    bench
}

/// How much a changed spec sends after the first has run.
fn sent_after(change: impl Fn(Spec) -> Spec) -> usize {
    let server = Server::ollama(&["small", "other"]);
    let bench = after_a_run(&server);
    bench.spec(&change(Spec::on(&server)));
    server.count_during(|| {
        bench.apply().exits(0);
    })
}

#[track_caller]
fn assert_same(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let differing: Vec<_> =
        before.iter().filter(|(name, bytes)| after[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differing.is_empty(), "{differing:?}");
}

#[test]
fn a_second_run_sends_nothing_and_rewrites_the_same_bytes() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server)
        .with("pricing", "{ models: { small: { input: 1, output: 2 } } }")
        .with("charts", "null")
        .with("output", "{ dir: ../outputs/trial, formats: [png, svg] }");
    let bench = Bench::ready(QUESTIONS, &spec);
    bench.apply().exits(0);
    let before = bench.outputs();
    let sent = server.count_during(|| {
        bench.apply().exits(0).says(&["6 requests: 6 kept, 0 sent"]);
    });
    assert_eq!(sent, 0);
    assert_same(&before, &bench.outputs());
}

#[test]
fn tables_are_made_anew_from_the_store() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    let before = bench.outputs();
    std::fs::remove_dir_all(bench.path("outputs/trial")).unwrap();
    bench.apply().exits(0);
    assert_eq!(server.count(), QUESTIONS);
    assert_same(&before, &bench.outputs());
}

#[test]
fn a_kept_run_needs_no_server() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    let before = bench.outputs();
    let url = server.url();
    drop(server);
    bench.apply().exits(0).says(&["warning", &url, "is unreachable", "continuing"]);
    assert_same(&before, &bench.outputs());
}

#[test]
fn a_new_chart_sends_nothing() {
    assert_eq!(sent_after(|spec| spec.with("charts", "[score, durations]")), 0);
}

#[test]
fn a_label_sends_nothing() {
    assert_eq!(sent_after(|spec| spec.with("models", "[{ name: small, endpoint: local, label: Small One }]")), 0);
}

#[test]
fn a_price_sends_nothing() {
    assert_eq!(sent_after(|spec| spec.with("pricing", "{ models: { small: { input: 1, output: 2 } } }")), 0);
}

#[test]
fn another_judge_sends_nothing() {
    assert_eq!(sent_after(|spec| spec.with("judge", "first_letter")), 0);
}

#[test]
fn patience_sends_nothing() {
    assert_eq!(sent_after(|spec| spec.with("load", "{ warmup: 0, attempts: 3, timeout: 9s, stall_timeout: 8s }")), 0);
}

#[test]
fn another_output_folder_beside_the_store_sends_nothing() {
    assert_eq!(sent_after(|spec| spec.with("output", "{ dir: ../outputs/elsewhere, formats: [svg] }")), 0);
}

#[test]
fn another_experiment_beside_the_store_sends_nothing() {
    assert_eq!(sent_after(|spec| spec.with("name", "another").with("description", "The same again")), 0);
}

#[test]
fn fewer_questions_send_nothing() {
    assert_eq!(
        sent_after(|spec| spec.with("datasets", "[{ source: { file: { path: questions.jsonl } }, limit: 2 }]")),
        0
    );
}

#[test]
fn a_new_model_sends_only_its_own() {
    let server = Server::ollama(&["small", "other"]);
    let bench = after_a_run(&server);
    bench.spec(
        &Spec::on(&server).with("models", "[{ name: other, endpoint: local }, { name: small, endpoint: local }]"),
    );
    bench.apply().exits(0);
    let models: Vec<String> = server.asked().into_iter().skip(QUESTIONS).map(|asked| asked.model).collect();
    assert_eq!(models, vec!["other"; QUESTIONS]);
}

#[test]
fn new_questions_are_the_only_ones_sent() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    bench.write("experiments/questions.jsonl", crate::bench::questions(QUESTIONS + 2));
    let sent = server.count_during(|| {
        bench.apply().exits(0);
    });
    assert_eq!(sent, 2);
}

#[test]
fn a_changed_template_sends_all() {
    assert_eq!(sent_after(|spec| spec.with("prompt", "{ template: \"{{ question }} A, B, C or D?\" }")), QUESTIONS);
}

#[test]
fn a_change_of_generation_sends_all() {
    assert_eq!(sent_after(|spec| spec.with("generation", "{ temperature: 0.5 }")), QUESTIONS);
}

#[test]
fn another_level_sends_all() {
    assert_eq!(sent_after(|spec| spec.with("load", "{ warmup: 0, concurrency: 2 }")), QUESTIONS);
}

/// What `plan` gives as the reason after a change.
fn reason_after(change: impl Fn(Spec) -> Spec) -> String {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    bench.spec(&change(Spec::on(&server)));
    let plan = bench.plan();
    plan.exits(0).shows(&["6 requests: 0 kept, 6 to send"]);
    assert_eq!(server.count(), QUESTIONS, "a plan sends nothing");
    plan.stdout.lines().nth(1).unwrap().to_owned()
}

#[test]
fn the_plan_names_the_prompt_as_the_reason() {
    let line = reason_after(|spec| spec.with("prompt", "{ template: \"{{ question }} A, B, C or D?\" }"));
    assert!(line.ends_with("6 changed: prompt"), "{line}");
}

#[test]
fn the_plan_names_the_generation_as_the_reason() {
    let line = reason_after(|spec| spec.with("generation", "{ max_tokens: 9 }"));
    assert!(line.ends_with("6 changed: generation"), "{line}");
}

#[test]
fn the_plan_names_the_level_as_the_reason() {
    let line = reason_after(|spec| spec.with("load", "{ concurrency: 2 }"));
    assert!(line.ends_with("6 changed: level"), "{line}");
}

#[test]
fn the_plan_names_a_new_digest_as_the_reason() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    server.pulls_again();
    bench.plan().exits(0).shows(&["6 changed: model digest"]);
}

#[test]
fn the_plan_knows_what_was_never_asked() {
    let server = Server::ollama(&["small"]);
    let bench =
        Bench::ready(QUESTIONS, &Spec::on(&server).with("pricing", "{ models: { small: { input: 1, output: 2 } } }"));
    bench.plan().exits(0).shows(&["6 new", "6 requests: 0 kept, 6 to send", "prompt tokens", "estimated cost"]);
    assert_eq!(server.count(), 0);
}

#[test]
fn the_plan_of_a_finished_run_sends_nothing() {
    let server = Server::ollama(&["small"]);
    after_a_run(&server).plan().exits(0).shows(&["6 requests: 6 kept, 0 to send"]);
}

#[test]
fn one_prompt_in_two_datasets_is_asked_once() {
    let server = Server::ollama(&["small"]);
    let file = "{ source: { file: { path: questions.jsonl } }";
    let bench =
        Bench::ready(QUESTIONS, &Spec::on(&server).with("datasets", &format!("[{file} }}, {file}, name: again }}]")));
    bench.apply().exits(0);
    assert_eq!((server.count(), bench.results().rows.len()), (QUESTIONS, 2 * QUESTIONS));
}
