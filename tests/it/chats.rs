//! Prompts of several messages: templates with roles, worked examples as turns, and chats of datasets as they stand.

use serde_json::{Value as Json, json};

use crate::bench::{Bench, Finished, Spec};
use crate::server::Server;

const MESSAGES: &str = "{ messages: [{ role: system, content: Be brief. }, { role: user, content: \"Ready for {{ subject }}?\" }, \
                        { role: assistant, content: Yes. }, { role: user, content: \"{{ question }}\" }] }";

/// The messages that servers of each API are asked with, and the system message beside them.
fn asked(server: &Server, endpoint: &str, prompt: &str) -> (Vec<Json>, Json) {
    let bench = Bench::ready(1, &Spec::at(endpoint).with("prompt", prompt).with("judge", "none").with("charts", "[]"));
    bench.apply().exits(0);
    let body = server.asked().pop().unwrap().body;
    (body["messages"].as_array().cloned().unwrap_or_default(), body["system"].clone())
}

fn chat_endpoint(server: &Server) -> String {
    format!("{{ ollama: {{ url: \"{}\", api: chat }} }}", server.url())
}

#[test]
fn messages_have_roles_in_every_api() {
    let question = "Which word belongs to number 0?";
    let turns = vec![
        json!({ "role": "user", "content": "Ready for even?" }),
        json!({ "role": "assistant", "content": "Yes." }),
        json!({ "role": "user", "content": question }),
    ];
    let with_system = [vec![json!({ "role": "system", "content": "Be brief." })], turns.clone()].concat();
    let openai = Server::openai(&["small"], None);
    assert_eq!(asked(&openai, &openai.endpoint(), MESSAGES), (with_system.clone(), Json::Null));
    let ollama = Server::ollama(&["small"]);
    assert_eq!(asked(&ollama, &chat_endpoint(&ollama), MESSAGES), (with_system, Json::Null));
    let anthropic = Server::anthropic(&["small"], None);
    let spec = Spec::on(&anthropic).with("prompt", MESSAGES).with("judge", "none").with("charts", "[]");
    let bench = Bench::ready(1, &spec);
    bench.run_with(&["apply", "experiments/trial.yaml"], &[("ANTHROPIC_API_KEY", "sk-ant-0123456789")]).exits(0);
    let body = anthropic.asked().pop().unwrap().body;
    assert_eq!((body["messages"].clone(), body["system"].clone()), (Json::from(turns), json!("Be brief.")));
}

#[test]
fn a_system_message_and_a_question_are_the_prompt_that_they_were() {
    let server = Server::ollama(&["small"]);
    let bench =
        Bench::ready(3, &Spec::on(&server).with("prompt", "{ system: Be brief., template: \"{{ question }}\" }"));
    bench.apply().exits(0);
    let list = "{ messages: [{ role: system, content: Be brief. }, { role: user, content: \"{{ question }}\" }] }";
    bench.spec(&Spec::on(&server).with("prompt", list));
    bench.apply().exits(0).says(&["3 of 3"]);
    assert_eq!(server.count(), 3);
}

#[test]
fn a_chat_is_asked_once_and_shown_as_it_is_sent() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::at(&chat_endpoint(&server)).with("prompt", MESSAGES);
    let bench = Bench::ready(4, &spec);
    bench.apply().exits(0);
    bench.apply().exits(0);
    assert_eq!(server.count(), 4);
    let shown =
        "[system]\nBe brief.\n[user]\nReady for odd?\n[assistant]\nYes.\n[user]\nWhich word belongs to number 1?\n";
    assert_eq!(bench.run(&["prompt", "experiments/trial.yaml", "--item", "1"]).exits(0).stdout, shown);
    bench.run(&["explain", "experiments/trial.yaml", "1"]).exits(0).shows(&["  [assistant]\n  Yes."]);
    bench.spec(&spec.with("load", "{ warmup: 0, attempts: 1, cache_bust: true }"));
    bench.apply().exits(0);
    let first = server.asked()[4].body["messages"][0]["content"].as_str().unwrap().to_owned();
    assert!(first.starts_with('[') && first.ends_with("]\nBe brief."), "{first}");
}

#[test]
fn worked_examples_may_be_turns() {
    let server = Server::openai(&["small"], None);
    let bench = Bench::ready(2, &Spec::on(&server));
    bench.write("experiments/shots.jsonl", r#"{"question": "Shown?", "choices": ["x", "y"], "answer": 1}"#);
    let datasets =
        "[{ source: { file: { path: questions.jsonl } }, limit: 1, few_shot: { path: shots.jsonl, count: 1 } }]";
    let prompt = "{ examples: turns, template: \"{{ question }}{% for e in examples %}never{% endfor %}\" }";
    bench.spec(&Spec::on(&server).with("datasets", datasets).with("prompt", prompt));
    bench.apply().exits(0);
    let messages = server.asked()[0].body["messages"].clone();
    let expected = json!([
        { "role": "user", "content": "Shown?" }, { "role": "assistant", "content": "B" },
        { "role": "user", "content": "Which word belongs to number 0?" },
    ]);
    assert_eq!(messages, expected);
}

const OPENAI: &str = r#"{"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Capital of France?"}, {"role": "assistant", "content": "Paris"}]}"#;
const SHAREGPT: &str = r#"{"conversations": [{"from": "system", "value": "Be kind."}, {"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}, {"from": "human", "value": "Capital of France?"}, {"from": "gpt", "value": "Paris"}]}"#;

#[test]
fn chats_of_a_data_set_are_asked_as_they_stand() {
    for (row, columns) in [(OPENAI, ""), (SHAREGPT, ""), (SHAREGPT, ", columns: { messages: conversations }")] {
        let server = Server::openai(&["small"], None);
        let datasets = format!("[{{ source: {{ file: {{ path: questions.jsonl }} }}{columns} }}]");
        let bench = Bench::ready(1, &Spec::on(&server).with("datasets", &datasets).with("judge", "contains"));
        bench.write("experiments/questions.jsonl", row);
        bench.apply().exits(0);
        let expected = json!([
            { "role": "system", "content": "Be kind." }, { "role": "user", "content": "Hi" },
            { "role": "assistant", "content": "Hello" }, { "role": "user", "content": "Capital of France?" },
        ]);
        assert_eq!(server.asked()[0].body["messages"], expected);
        let results = bench.results();
        assert_eq!((results.field(0, "prompt"), results.field(0, "gold_text")), ("Capital of France?", "Paris"));
    }
}

/// What was said before is a part of the question.
#[test]
fn chats_that_end_alike_are_different_questions() {
    let server = Server::openai(&["small"], None);
    let bench = Bench::ready(1, &Spec::on(&server).with("judge", "contains"));
    let other = OPENAI.replace("Hello", "Good day");
    bench.write("experiments/questions.jsonl", format!("{OPENAI}\n{other}\n"));
    let finished = bench.apply();
    finished.exits(0);
    assert!(!finished.stderr.contains("repeats an earlier one"), "{}", finished.stderr);
    let results = bench.results();
    assert_ne!(results.field(0, "question_hash"), results.field(1, "question_hash"));
    assert_eq!(bench.table("model_summary.csv").field(0, "items"), "2");
}

fn validated(spec: &Spec) -> Finished {
    Bench::ready(1, spec).run(&["validate", "experiments/trial.yaml"])
}

#[test]
fn messages_that_cannot_be_asked_are_refused_in_place() {
    let plain = Spec::at("{ openai: { url: \"http://127.0.0.1:9/v1\" } }");
    for (prompt, words) in [
        (
            "{ messages: [{ role: user, content: a }, { role: system, content: b }] }",
            "only the first message may be of the system",
        ),
        (
            "{ system: a, messages: [{ role: system, content: b }, { role: user, content: c }] }",
            "only without `system`",
        ),
        ("{ messages: [{ role: assistant, content: a }] }", "no message is of the user"),
        ("{ template: a, messages: [{ role: user, content: b }] }", "cannot be combined"),
        ("{ messages: [{ role: user, content: \"{{ question\" }] }", "invalid template"),
        ("{ messages: [{ role: owner, content: a }] }", "owner"),
        ("{ messages: [] }", "the list is empty"),
    ] {
        validated(&plain.with("prompt", prompt)).exits(2).says(&[words, "trial.yaml:"]);
    }
    let completions = Spec::at("{ openai: { url: \"http://127.0.0.1:9/v1\", api: completions } }");
    validated(&completions.with("prompt", MESSAGES))
        .exits(2)
        .says(&["takes one text and not several messages", "api: chat"]);
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(1, &Spec::on(&server).with("judge", "none").with("charts", "[]"));
    bench.write("experiments/questions.jsonl", OPENAI);
    bench.apply().exits(2).says(&["cannot be asked the chats of `questions`", "api: chat"]);
    bench.write("experiments/questions.jsonl", r#"{"messages": [{"role": "tool", "content": "x"}]}"#);
    bench.apply().exits(2).says(&["`messages` is no chat: message 1 is of `tool`"]);
}
