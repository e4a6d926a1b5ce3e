//! Data sets without right answers: what is said of them, judge by judge.

use crate::bench::{Bench, Spec};
use crate::server::Server;

/// Questions whose file has no answers: no column of them, or one that is empty.
const FILES: [(&str, &str); 2] = [("questions.csv", "question\nWho?\n"), ("hidden.csv", "question,answer\nWho?,\n")];

fn planned(server: &Server, file: &str, judge: &str, others: &str) -> String {
    let (name, content) = FILES.into_iter().find(|(name, _)| *name == file).unwrap();
    let spec = Spec::on(server).with("datasets", &format!("[{{ source: {{ file: {{ path: {name} }} }} }}]"));
    let bench = Bench::ready(1, &spec.with("judge", judge).with("charts", "[durations]").with("other_judges", others));
    bench.write(&format!("experiments/{name}"), content);
    bench.plan().stderr
}

#[test]
fn judges_that_need_no_right_answer_are_not_warned_about_missing_ones() {
    let server = Server::ollama(&["small"]);
    for judge in [
        "none",
        "ifeval",
        "{ contains: { all: [me] } }",
        "{ contains: { any: [me, you] } }",
        "{ json: { schema: { type: object } } }",
        "{ command: { run: [\"true\"] } }",
        "{ model: { models: [{ name: small, endpoint: local }], rubric: Is it polite? } }",
    ] {
        for (file, _) in FILES {
            let said = planned(&server, file, judge, "{}");
            assert!(!said.contains("no answer") && !said.contains("error"), "{judge}, {file}:\n{said}");
        }
    }
}

#[test]
fn judges_that_compare_with_a_right_answer_are() {
    let server = Server::ollama(&["small"]);
    for judge in [
        "choice",
        "{ choice: { method: first_token } }",
        "first_letter",
        "exact",
        "numeric",
        "math",
        "contains",
        "{ contains: { none: [me] } }",
        "{ regex: { pattern: '(\\w+)' } }",
        "{ json: { pointer: a } }",
        "{ json: { pointer: a, schema: { type: object } } }",
    ] {
        for (file, _) in FILES {
            let said = planned(&server, file, judge, "{}");
            assert!(said.contains("answers cannot be scored"), "{judge}, {file}:\n{said}");
        }
    }
    let said = planned(&server, "questions.csv", "ifeval", "{ strict: exact }");
    assert!(said.contains("answers cannot be scored"), "{said}");
}

#[test]
fn made_prompts_are_judged_by_what_needs_no_right_answer() {
    let server = Server::ollama(&["small"]);
    let made = "source: { synthetic: { input_tokens: 20, samples: 3 } }";
    let with = |settings: &str| {
        let spec = Spec::on(&server).with("datasets", &format!("[{{ {made}, {settings} }}]"));
        Bench::ready(1, &spec.with("charts", "[durations]"))
    };
    with("judge: { contains: { any: [alpha] } }").apply().exits(0).shows(&["small"]);
    let refused = |settings: &str| {
        with(settings).run(&["validate", "experiments/trial.yaml"]).exits(2).says(&[
            "made prompts have no right answers, which this judge needs",
            "trial.yaml:3:",
            "remove it, so that nothing is judged",
        ]);
    };
    refused("judge: exact");
    refused("judge: { contains: { any: [alpha] } }, other_judges: { strict: exact }");
}
