//! Checks of validity, and the columns that they look at.

use serde_json::{Value as Json, json};

use crate::bench::{Bench, Finished, Spec};
use crate::server::{Act, Server};

/// An answer of an OpenAI-compatible server with this finish reason and usage.
fn answer(finish: &str, usage: &Json) -> Act {
    let choice = json!({ "message": { "content": "B" }, "finish_reason": finish });
    let headers = vec![("Content-Type", "application/json".into())];
    Act::Status(200, headers, json!({ "choices": [choice], "usage": usage }).to_string())
}

/// A bench whose model is asked for whole answers.
fn whole_answers(server: &Server, questions: usize) -> Bench {
    Bench::ready(questions, &Spec::on(server).with("generation", "{ stream: false }"))
}

fn manifest_checks(bench: &Bench) -> Vec<Json> {
    let manifest: Json = serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap();
    manifest["checks"].as_array().unwrap().clone()
}

fn outcome(checks: &[Json], name: &str) -> Option<String> {
    let check = checks.iter().find(|check| check["name"] == name)?;
    Some(check["outcome"].as_str().unwrap().to_owned())
}

#[test]
fn a_check_is_on_the_console_in_the_summary_and_in_the_manifest() {
    let server = Server::openai(&["small"], None);
    server.acts(|_| answer("length", &json!({ "prompt_tokens": 10, "completion_tokens": 5 })));
    let bench = whole_answers(&server, 4);
    let line = "capped (small): 100.0 % of the answers were truncated at the token limit";
    bench.apply().exits(0).shows(&[&format!("warned: {line}"), "unread, evidence, faults"]).says(&["1 warned"]);
    assert!(bench.read("outputs/trial/summary.md").contains(&format!("- **warned** {line}")));
    let checks = manifest_checks(&bench);
    assert_eq!(outcome(&checks, "capped").as_deref(), Some("warned"));
    assert_eq!(outcome(&checks, "faults").as_deref(), Some("passed"));
}

#[test]
fn rows_that_repeat_others_are_told_before_and_after_they_are_asked() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(0, &Spec::on(&server));
    let row = |id: &str, question: &str, answer: &str| format!("{id},{question},x,y,{answer}\r\n");
    let rows = [row("a", "one", "A"), row("b", "two", "A"), "\r\n".to_owned(), row("a", "two", "B")].concat();
    bench.write("experiments/questions.csv", format!("id,question,A,B,answer\r\n{rows}"));
    bench.spec(&Spec::on(&server).with("datasets", "[{ source: { file: questions.csv } }]"));
    let ids = "1 row has the id of an earlier one (line 5; first `a`)";
    let answers = "1 row has the question of an earlier one and another right answer (line 5)";
    let lines = [ids, answers].map(|told| format!("warned: repeated_rows (questions): {told}"));
    let finished = bench.apply();
    finished.exits(0).says(&[ids, answers]).shows(&lines.each_ref().map(String::as_str));
    assert_eq!(server.count(), 2, "an equal question is asked once");
    assert_eq!(bench.results().column("item_id"), ["a", "b", "a"]);
}

#[test]
fn several_answers_to_one_request_are_told_and_the_first_is_read() {
    let server = Server::openai(&["small"], None);
    server.acts(|_| {
        let choice = |index: u64, text: &str| json!({ "index": index, "message": { "content": text }, "finish_reason": "stop" });
        let body = json!({ "choices": [choice(1, "A"), choice(0, "B")], "usage": { "prompt_tokens": 9, "completion_tokens": 4 } });
        Act::Status(200, vec![("Content-Type", "application/json".into())], body.to_string())
    });
    let bench = Bench::ready(1, &Spec::on(&server).with("generation", "{ stream: false, extra_body: { n: 2 } }"));
    let told = "warned: several_answers (small): `extra_body: { n: 2 }` asks for 2 answers to each request";
    bench.apply().exits(0).shows(&[told]);
    assert_eq!(bench.results().column("output"), ["B"]);
}

#[test]
fn several_answers_that_nobody_asked_for_are_told() {
    let server = Server::openai(&["small"], None);
    server.acts(|_| {
        let choice = |index: u64, text: &str| json!({ "index": index, "message": { "content": text }, "finish_reason": "stop" });
        let body = json!({ "choices": [choice(0, "B"), choice(1, "A")], "usage": { "prompt_tokens": 9, "completion_tokens": 4 } });
        Act::Status(200, vec![("Content-Type", "application/json".into())], body.to_string())
    });
    let bench = whole_answers(&server, 2);
    bench
        .apply()
        .exits(0)
        .shows(&["warned: several_answers (small): 2 responses of this run each held several answers"]);
    assert_eq!(bench.results().column("output"), ["B", "B"]);
}

#[test]
fn the_last_json_event_holds_the_checks() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server));
    let finished: Finished = bench.run(&["apply", "--json", "experiments/trial.yaml"]);
    finished.exits(0);
    let end: Json = serde_json::from_str(finished.stdout.lines().last().unwrap()).unwrap();
    let checks = end["checks"].as_array().unwrap();
    assert_eq!(outcome(checks, "faults").as_deref(), Some("passed"));
    assert_eq!(outcome(checks, "cycled"), None);
}

#[test]
fn cached_tokens_are_in_the_rows_and_warned_about() {
    let server = Server::openai(&["small"], None);
    let usage =
        json!({ "prompt_tokens": 100, "completion_tokens": 5, "prompt_tokens_details": { "cached_tokens": 64 } });
    server.acts(move |_| answer("stop", &usage));
    let bench = whole_answers(&server, 2);
    bench.apply().exits(0).shows(&["prefix_cache (small): 64.0 % of the prompt tokens", "`load.cache_bust: true`"]);
    let results = bench.results();
    assert_eq!(results.column("cached_prompt_tokens"), ["64", "64"]);
    assert_eq!((results.column("tokens_source"), results.column("cold")), (vec!["server"; 2], vec!["0"; 2]));
}

#[test]
fn a_prompt_that_does_not_fit_is_a_failed_check_and_a_fault() {
    let server = Server::openai(&["small"], None);
    server.acts(|_| Act::status(400, "This model's maximum context length is 8 tokens"));
    let bench = whole_answers(&server, 2);
    bench.apply().exits(3).shows(&[
        "failed: context (small): 2 prompts were rejected as too long",
        "warned: faults (small): 2 requests failed (100.0 %)",
    ]);
}

#[test]
fn a_context_that_was_reached_is_a_failed_check_and_no_exit_code() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server).with("generation", "{ num_ctx: 16 }"));
    bench.apply().exits(0).shows(&["failed: context (small): 2 answers reached the context size of 16 tokens"]);
}

#[test]
fn a_plain_run_is_not_warned_about_what_only_matters_under_load() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server).with("generation", "{ repeats: 2 }"));
    let finished = bench.apply();
    finished.exits(0).says(&["0 warned"]);
    assert!(!finished.stdout.contains("warned"), "{}", finished.stdout);
}

#[test]
fn a_sweep_asks_the_same_prompts_again_and_says_so_once() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server).with("load", "{ concurrency: [1, 2], warmup: 0 }"));
    let finished = bench.apply();
    finished.exits(0).shows(&["prefix_cache: the same prompt was sent up to 2 times", "req/s", "c=2"]);
    assert_eq!(finished.stdout.matches("prefix_cache").count(), 1);
    assert!(bench.read("outputs/trial/summary.md").contains("## Load"));
}

#[test]
fn service_levels_make_good_answers_and_an_attainment() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server).with("slo", "{ latency: 1h }"));
    bench.apply().exits(0).shows(&["attained", "100.0 % (51–100)"]);
    assert_eq!(bench.results().column("good"), ["1"; 4]);
    let model = bench.table("model_summary.csv");
    assert_eq!((model.field(0, "attainment"), model.field(0, "latency_p50_s")), ("1", ""));
    bench.spec(&Spec::on(&server).with("slo", "{ latency: 1ms }"));
    bench.apply();
    let results = bench.results();
    for row in 0..4 {
        let is_good = results.number(row, "latency_sec") <= 0.001;
        assert_eq!(results.field(row, "good"), u8::from(is_good).to_string());
    }
}

#[test]
fn a_machine_by_the_hour_gives_each_answer_its_share() {
    let server = Server::ollama(&["small"]);
    let pricing = "{ currency: EUR, machines: { local: { per_hour: 3.6 } } }";
    let bench = Bench::ready(3, &Spec::on(&server).with("pricing", pricing));
    bench.apply().exits(0).shows(&["EUR"]);
    let results = bench.results();
    for row in 0..3 {
        let expected = results.number(row, "latency_sec") / 1000.0;
        assert!((results.number(row, "cost") - expected).abs() < 1e-9);
    }
    let model = bench.table("model_summary.csv");
    assert_eq!(model.field(0, "cost_output"), "");
    assert!(model.number(0, "cost_per_million_tokens") > 0.0);
}
