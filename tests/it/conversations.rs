//! Conversations: each turn is asked with the model's own answers to the turns before it.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use crate::bench::{Bench, Spec, wait_until};
use crate::server::{Act, Asked, Server};

const APPLY: [&str; 2] = ["apply", "experiments/trial.yaml"];

/// Conversations of two turns; the answers to the second are known.
fn turns(count: usize) -> String {
    let row = |n: usize| json!({ "turns": [format!("Take {n}."), format!("Double it ({n}).")], "answer": (2 * n).to_string(), "extra": n });
    (0..count).map(|n| format!("{}\n", row(n))).collect()
}

fn messages(asked: &Asked) -> Vec<Json> {
    asked.body["messages"].as_array().cloned().unwrap_or_default()
}

/// Says what it was asked last, and how many messages came before.
fn echoing(asked: &Asked) -> Act {
    let messages = messages(asked);
    Act::Say(format!("{} after {}", messages.last().unwrap()["content"].as_str().unwrap(), messages.len() - 1))
}

fn bench(server: &Server, rows: &str, more: &[(&str, &str)]) -> Bench {
    let mut spec = Spec::on(server).with("judge", "contains").with("charts", "[]");
    for (key, value) in more {
        spec = spec.with(key, value);
    }
    let bench = Bench::ready(1, &spec);
    bench.write("experiments/questions.jsonl", rows);
    bench
}

fn chat(contents: &[&str]) -> Json {
    let roles = ["user", "assistant"].iter().cycle();
    contents.iter().zip(roles).map(|(content, role)| json!({ "role": role, "content": content })).collect()
}

#[test]
fn a_passage_comes_before_the_first_turn_and_is_missed_in_a_chat_that_stands_as_it_is() {
    let server = Server::openai(&["small"], None);
    server.acts(echoing);
    let row = json!({ "story": "The library is old.", "questions": ["When?", "Why?"] }).to_string();
    let with = |columns: &str| {
        let dataset = format!("[{{ source: {{ file: questions.jsonl }}, columns: {columns}, judge: none }}]");
        [("datasets", dataset), ("load", "{ warmup: 0, concurrency: 1 }".to_owned())]
    };
    let told = |rows: &str, columns: &str| {
        let keys = with(columns);
        let keys: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let bench = bench(&server, rows, &keys);
        bench.apply().exits(0).stderr.clone()
    };
    told(&row, "{ turns: questions }");
    let first = "The library is old.\n\nWhen?";
    let asked: Vec<String> = server.asked().iter().map(|asked| asked.body["messages"].to_string()).collect();
    assert_eq!(asked[0], chat(&[first]).to_string());
    assert_eq!(asked[1], chat(&[first, &format!("{first} after 0"), "Why?"]).to_string());
    let row = json!({ "story": "S.", "messages": [{ "role": "user", "content": "When?" }] }).to_string();
    let said = told(&row, "{ messages: messages }");
    assert!(said.contains("are about a passage (`story`), which the prompt leaves out"), "{said}");
}

#[test]
fn a_turn_is_asked_with_the_models_own_answer() {
    let server = Server::openai(&["small"], None);
    server.acts(echoing);
    let bench = bench(&server, &turns(3), &[("load", "{ warmup: 0, concurrency: 2, attempts: 1 }")]);
    bench.apply().exits(0).says(&["6 requests: 0 kept, 6 sent"]);
    let asked: BTreeSet<String> = server.asked().iter().map(|asked| asked.body["messages"].to_string()).collect();
    for n in 0..3 {
        let (first, second) = (format!("Take {n}."), format!("Double it ({n})."));
        assert!(asked.contains(&chat(&[&first]).to_string()), "{asked:?}");
        assert!(asked.contains(&chat(&[&first, &format!("{first} after 0"), &second]).to_string()), "{asked:?}");
    }
    bench.apply().exits(0).says(&["6 requests: 6 kept, 0 sent"]);
    assert_eq!(server.count(), 6);
    let results = bench.results();
    let column = |name: &str| (0..6).map(|row| results.field(row, name).to_owned()).collect::<Vec<_>>();
    assert_eq!(column("conversation_turn"), ["1", "1", "1", "2", "2", "2"]);
    assert_eq!(column("gold_text"), ["", "", "", "0", "2", "4"]);
    // Only the turn that has a right answer is scored, and the conversation is the unit of the interval.
    assert_eq!(column("score")[..3], ["", "", ""]);
    let summary = bench.table("model_summary.csv");
    assert_eq!((summary.field(0, "items"), summary.field(0, "samples")), ("3", "3"));
    bench.run(&["explain", "experiments/trial.yaml", "1.2"]).exits(0).shows(&["Take 1. after 0"]);
    let script = "[user]\nTake 1.\n[assistant]\n(the model's own answer)\n[user]\nDouble it (1).\n";
    assert_eq!(bench.run(&["prompt", "experiments/trial.yaml", "--item", "4"]).exits(0).stdout, script);
}

#[test]
fn every_turn_may_have_its_own_right_answer() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| Act::Say(if messages(asked).len() == 1 { "It is 4." } else { "It is 5." }.into()));
    let rows = r#"{"turns": ["What is 2 + 2?", "And one more?"], "answers": ["4", "6"]}"#;
    let bench = bench(&server, rows, &[("judge", "numeric")]);
    bench.apply().exits(0);
    let results = bench.results();
    let of = |row| (results.field(row, "gold_text").to_owned(), results.field(row, "score").to_owned());
    assert_eq!([of(0), of(1)], [("4".into(), "1".into()), ("6".into(), "0".into())]);
}

#[test]
fn a_prompt_may_ask_again_after_the_answer() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| Act::Say(if messages(asked).len() == 1 { "A" } else { "B" }.into()));
    let prompt = "{ template: \"{{ question }}\", follow_ups: [\"Are you sure that this is {{ subject }}?\"] }";
    let spec = Spec::on(&server).with("prompt", prompt).with("charts", "[]").with("generation", "{ repeats: 2 }");
    let bench = Bench::ready(2, &spec);
    bench.apply().exits(0).says(&["8 requests: 0 kept, 8 sent"]);
    let last = messages(server.asked().last().unwrap());
    assert_eq!(
        last[1..],
        [
            json!({ "role": "assistant", "content": "A" }),
            json!({ "role": "user", "content": "Are you sure that this is odd?" })
        ]
    );
    let results = bench.results();
    let turns: BTreeSet<(String, String)> = (0..8)
        .map(|row| {
            (results.field(row, "conversation_turn").to_owned(), results.field(row, "extracted_answer").to_owned())
        })
        .collect();
    assert_eq!(turns, BTreeSet::from([("1".into(), "A".into()), ("2".into(), "B".into())]));
}

/// A later turn is not that of another history.
#[test]
fn a_first_turn_that_is_answered_otherwise_makes_the_later_ones_other_requests() {
    let server = Server::openai(&["small"], None);
    server.acts(echoing);
    let bench = bench(&server, &turns(2), &[("load", "{ warmup: 0, concurrency: 1, attempts: 1 }")]);
    bench.apply().exits(0);
    let store = rusqlite::Connection::open(bench.path("outputs/store.sqlite")).unwrap();
    let lost = "DELETE FROM responses WHERE text = 'Take 1. after 0'";
    assert_eq!(store.execute(lost, []).unwrap(), 1);
    drop(store);
    server.acts(|asked| match echoing(asked) {
        Act::Say(text) => Act::Say(format!("Well: {text}")),
        act => act,
    });
    // Both turns of the conversation whose first answer is gone, and nothing of the other.
    bench.plan().exits(0);
    bench.apply().exits(0).says(&["4 requests: 2 kept, 2 sent"]);
    let again = server.asked().split_off(4);
    assert_eq!(again[1].body["messages"], chat(&["Take 1.", "Well: Take 1. after 0", "Double it (1)."]));
    bench.run(&["apply", "experiments/trial.yaml", "--fresh"]).exits(0);
    assert_eq!(server.count(), 10);
    let fresh = server.asked().split_off(6);
    assert!(
        fresh
            .iter()
            .all(|asked| messages(asked).len() == 1
                || messages(asked)[1]["content"].as_str().unwrap().starts_with("Well"))
    );
    bench.apply().exits(0).says(&["4 requests: 4 kept, 0 sent"]);
}

#[test]
fn a_turn_after_a_fault_is_a_row_that_says_so_and_is_not_sent() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| if asked.prompt.contains("Take 1.") { Act::status(400, "no") } else { echoing(asked) });
    let bench = bench(&server, &turns(3), &[("load", "{ warmup: 0, concurrency: 1, attempts: 1 }")]);
    bench.apply().exits(3);
    assert_eq!(server.count(), 5);
    let results = bench.results();
    let row = (0..6).find(|row| results.field(*row, "status") == "unasked").unwrap();
    assert_eq!((results.field(row, "prompt_id"), results.field(row, "conversation_turn")), ("1", "2"));
    assert!(results.field(row, "fault").contains("turn 1 of its conversation has no answer: rejected"));
    server.acts(echoing);
    bench.apply().exits(0).says(&["6 requests: 4 kept, 2 sent"]);
    assert_eq!(server.count(), 7);
    assert!((0..6).all(|row| bench.results().field(row, "status") == "ok"));
}

#[test]
fn a_run_that_was_killed_in_a_conversation_goes_on_and_pays_nothing_twice() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| if asked.prompt.contains("Double it (2)") { Act::Silence } else { echoing(asked) });
    let bench = bench(&server, &turns(5), &[("load", "{ warmup: 0, concurrency: 1 }")]);
    let running = bench.start(&APPLY, &[]);
    wait_until("the silent one", || server.count() == 8);
    running.kill();
    server.acts(echoing);
    bench.apply().exits(0).says(&["10 requests: 7 kept, 3 sent"]);
    assert_eq!(server.count(), 11);
    let asked: BTreeSet<String> = server.asked().iter().map(|asked| asked.body["messages"].to_string()).collect();
    assert_eq!(asked.len(), 10);
}

#[test]
fn two_runs_share_the_turns_of_a_conversation() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| match echoing(asked) {
        Act::Say(_) => Act::Late(std::time::Duration::from_millis(20)),
        act => act,
    });
    let bench = bench(&server, &turns(20), &[("load", "{ warmup: 0, concurrency: 3 }")]);
    let (first, second) = (bench.start(&APPLY, &[]), bench.start(&APPLY, &[]));
    first.end().exits(0);
    second.end().exits(0);
    let asked: BTreeSet<String> = server.asked().iter().map(|asked| asked.body["messages"].to_string()).collect();
    assert_eq!((server.count(), asked.len()), (40, 40));
}

/// A shard asks whole conversations.
#[test]
fn shards_leave_conversations_whole() {
    let server = Server::openai(&["small"], None);
    server.acts(echoing);
    let bench = bench(&server, &turns(6), &[("load", "{ warmup: 0, concurrency: 2 }")]);
    for shard in ["1/2", "2/2"] {
        bench.run(&["apply", "experiments/trial.yaml", "--shard", shard]).exits(0);
    }
    let asked: BTreeSet<String> = server.asked().iter().map(|asked| asked.body["messages"].to_string()).collect();
    assert_eq!((server.count(), asked.len()), (12, 12));
}

#[test]
fn later_turns_never_overtake_the_answer_they_wait_for() {
    let server = Server::openai(&["small"], None);
    let (counter, order) = (AtomicUsize::new(0), std::sync::Arc::new(Mutex::new(Vec::new())));
    let seen = std::sync::Arc::clone(&order);
    server.acts(move |asked| {
        seen.lock().unwrap().push(messages(asked).len());
        if counter.fetch_add(1, Ordering::SeqCst) == 0 {
            Act::Late(std::time::Duration::from_millis(300))
        } else {
            Act::Say("x".into())
        }
    });
    let rows = format!("{}\n", json!({ "turns": ["a", "b", "c"], "answer": "x" }));
    let bench = bench(&server, &rows, &[("load", "{ warmup: 0, concurrency: 8 }")]);
    bench.apply().exits(0);
    assert_eq!(*order.lock().unwrap(), [1, 3, 5]);
}

#[test]
fn a_judge_reads_the_conversation_before_the_question() {
    let server = Server::openai(&["small", "referee"], None);
    server.acts(|asked| if asked.model == "referee" { Act::Say("VERDICT: correct".into()) } else { echoing(asked) });
    let judge = "{ model: { models: [{ name: referee, endpoint: local }], verdict: line } }";
    let bench = bench(&server, &turns(1), &[("judge", judge)]);
    bench.apply().exits(0);
    let judged: Vec<String> =
        server.asked().into_iter().filter(|asked| asked.model == "referee").map(|asked| asked.prompt).collect();
    let before = "The conversation before the question:\n[user]\nTake 0.\n[assistant]\nTake 0. after 0\n";
    assert_eq!(judged.iter().filter(|prompt| prompt.contains(before)).count(), 1, "{judged:?}");
}

#[test]
fn conversations_that_cannot_be_asked_are_refused() {
    let server = Server::openai(&["small"], None);
    for (load, word) in [
        ("{ rate: [5/s], duration: 1s }", "load.duration"),
        ("{ concurrency: 1, requests: 10 }", "load.requests"),
        ("{ rate: [5/s] }", "load.rate"),
    ] {
        let bench = bench(&server, &turns(2), &[("load", load)]);
        bench.apply().exits(2).says(&["has conversations", word]);
    }
    let ollama = Server::ollama(&["small"]);
    bench(&ollama, &turns(2), &[]).apply().exits(2).says(&["cannot be asked the chats of `questions`", "api: chat"]);
    bench(&server, r#"{"turns": "hello"}"#, &[]).apply().exits(2).says(&["`turns` holds a string, not a list of what"]);
    for (key, value, words) in [
        ("prompt", "{ follow_ups: [\"{{ question\"] }", "invalid template"),
        ("models", "[{ name: small, endpoint: local, prompt: { follow_ups: [Sure?] } }]", "the same for all models"),
        (
            "datasets",
            "[{ source: { file: { path: questions.jsonl } }, columns: { turns: turns, question: extra } }]",
            "cannot be combined with `question`",
        ),
    ] {
        bench(&server, &turns(1), &[(key, value)]).apply().exits(2).says(&[words, "trial.yaml:"]);
    }
    assert_eq!(server.count() + ollama.count(), 0);
}
