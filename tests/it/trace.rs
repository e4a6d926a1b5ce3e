//! Recorded loads that are replayed: schedule, lengths, shared prefixes, and what a rerun sends.

use serde_json::json;

use crate::bench::{Bench, Spec};
use crate::server::Server;

/// Four arrivals; the first two share a block, and the last is the third again.
const TRACE: &str = "{\"timestamp\": 1000, \"input_length\": 520, \"output_length\": 5, \"hash_ids\": [1, 2]}\n\
                     {\"timestamp\": 1040, \"input_length\": 700, \"output_length\": 7, \"hash_ids\": [1, 3]}\n\
                     {\"timestamp\": 1080, \"input_length\": 30, \"output_length\": 9, \"hash_ids\": [4]}\n\
                     {\"timestamp\": 1100, \"input_length\": 30, \"output_length\": 9, \"hash_ids\": [4]}\n";

fn spec(server: &Server, settings: &str, dataset: &str) -> Spec {
    let datasets = format!("[{{ source: {{ trace: {{ path: load.jsonl{settings} }} }}{dataset} }}]");
    Spec::on(server).with("datasets", &datasets).with("charts", "[durations]")
}

fn bench(spec: &Spec, trace: &str) -> Bench {
    let bench = Bench::ready(1, spec);
    bench.write("experiments/load.jsonl", trace);
    bench
}

#[test]
fn each_request_is_due_at_its_time_and_has_its_lengths() {
    let server = Server::ollama(&["small"]);
    let bench = bench(&spec(&server, ", speed: 2", ""), TRACE);
    bench.apply().exits(0).shows(&["small"]);
    let asked = server.asked();
    let find = |tokens: u32| asked.iter().filter(move |asked| asked.body["options"]["num_predict"] == json!(tokens));
    let words = |tokens: u32| -> Vec<&str> { find(tokens).next().unwrap().prompt.split_whitespace().collect() };
    let (first, second, third) = (words(5), words(7), words(9));
    assert_eq!((first.len(), second.len(), third.len(), find(9).count()), (520, 700, 30, 2));
    assert!(first[..512] == second[..512] && first[512..520] != second[512..520] && third[..] != first[..30]);
    let arrivals = bench.table("arrivals.csv");
    assert_eq!(arrivals.column("due_s"), ["0", "0.02", "0.04", "0.05"]);
    let level = arrivals.field(0, "level").to_owned();
    assert!(level.starts_with("trace ") && level.ends_with(" x2"), "{level}");
    let results = bench.results();
    assert_eq!(results.column("repeat"), ["0", "0", "0", "1"]);
    assert!((0..4).all(|row| results.number(row, "latency_from_schedule_s") > 0.0));
}

#[test]
fn a_rerun_sends_nothing_and_another_load_everything() {
    let server = Server::ollama(&["small"]);
    let first = spec(&server, "", "");
    let bench = bench(&first, TRACE);
    bench.apply().exits(0);
    bench.apply().exits(0);
    bench.run(&["apply", "experiments/trial.yaml", "--locked"]).exits(0);
    assert_eq!(server.count(), 4);
    // The same prompts at another pace are another measurement.
    bench.spec(&spec(&server, ", speed: 4", ""));
    bench.apply().exits(0);
    assert_eq!(server.count(), 8);
    bench.spec(&spec(&server, "", ", limit: 2"));
    bench.apply().exits(0);
    assert_eq!(server.count(), 8);
    bench.spec(&first);
    bench.write("experiments/load.jsonl", TRACE.replace("1100", "1090"));
    bench.apply().exits(0).says(&["load.jsonl changed"]);
    assert_eq!(server.count(), 12);
}

#[test]
fn what_does_not_fit_a_trace_is_refused_in_place() {
    let server = Server::ollama(&["small"]);
    let refused = |spec: &Spec, trace: &str, words: &[&str]| {
        bench(spec, trace).run(&["validate", "experiments/trial.yaml"]).exits(2).says(words).says(&["trial.yaml:"]);
    };
    let plain = spec(&server, "", "");
    for (key, value) in [("rate", "2/s"), ("concurrency", "2"), ("requests", "5"), ("duration", "5s")] {
        let words = format!("`load.{key}` cannot be combined with a trace");
        refused(&plain.with("load", &format!("{{ {key}: {value} }}")), TRACE, &[&words, "trial.yaml:6:"]);
    }
    refused(&plain.with("load", "{ cache_bust: true }"), TRACE, &["`load.cache_bust` puts a nonce before"]);
    refused(&plain.with("generation", "{ repeats: 2 }"), TRACE, &["`generation.repeats` cannot be combined"]);
    let models = "[{ name: small, endpoint: local, generation: { max_tokens: 3 } }]";
    refused(&plain.with("models", models), TRACE, &["`max_tokens` cannot be combined with a trace", "trial.yaml:5:"]);
    refused(&spec(&server, "", ", shuffle: 1"), TRACE, &["`shuffle` is of rows"]);
    refused(&spec(&server, ", speed: 0", ""), TRACE, &["0 is too small"]);
    refused(&plain, "", &["has no arrivals", "trial.yaml:3:"]);
    refused(
        &plain,
        "{\"timestamp\": 0}\n",
        &["line 1 of", "missing field `input_length`", "write a JSON object per line"],
    );
    let long = "{\"timestamp\": 0, \"input_length\": 200000000, \"output_length\": 1}\n";
    refused(&plain, long, &["have 200000000 tokens, and the maximum is 100000000", "set `limit`"]);
    let two = "[{ source: { trace: { path: load.jsonl } } }, { source: { file: { path: questions.jsonl } } }]";
    refused(&plain.with("datasets", two), TRACE, &["a trace is the only dataset"]);
    let missing = "[{ source: { trace: { path: none.jsonl } } }]";
    refused(&plain.with("datasets", missing), TRACE, &["cannot read", "none.jsonl"]);
}
