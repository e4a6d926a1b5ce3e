//! Models, levels and machines: in which order they are measured, and what is known of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::{TWO_MODELS, manifest, spec};
use crate::bench::{Bench, Spec, wait_until};
use crate::server::{Act, Server};

const TWO_ENDPOINTS: &str = "[{ name: small, endpoint: one }, { name: large, endpoint: other }]";

#[test]
fn models_and_levels_are_measured_in_the_order_that_is_printed() {
    let server = Server::ollama(&["small", "large"]);
    let bench = Bench::ready(3, &spec(&server, "concurrency: [2, 1], rate: 100/s").with("models", TWO_MODELS));
    let order = "order: small c=2, then small c=1, then small r=100/s, \
        then large c=2, then large c=1, then large r=100/s";
    let finished = bench.apply();
    finished.exits(0).says(&[order]);
    assert_eq!(manifest(&bench)["levels"], json!(["c=2", "c=1", "r=100/s"]));
    let started: Vec<&str> = finished.stderr.lines().filter(|line| line.ends_with(": 3 requests")).collect();
    let steps: Vec<&str> = order.trim_start_matches("order: ").split(", then ").collect();
    assert_eq!(started, steps.iter().map(|step| format!("generate  {step}: 3 requests")).collect::<Vec<_>>());
    let models: Vec<String> = server.asked().into_iter().map(|asked| asked.model).collect();
    assert_eq!(models, [vec!["small"; 9], vec!["large"; 9]].concat());
}

#[test]
fn a_single_level_has_no_order_to_print() {
    let server = Server::ollama(&["small"]);
    let finished = Bench::ready(2, &spec(&server, "concurrency: 2")).apply();
    assert!(!finished.stderr.contains("order:"), "{}", finished.stderr);
}

#[test]
fn what_a_server_says_of_a_model_is_in_the_manifest_and_in_the_lock() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &spec(&server, "concurrency: 1"));
    bench.apply().exits(0);
    let model = &manifest(&bench)["models"][0];
    assert_eq!(model["server_version"], "0.13.5");
    let facts = json!({
        "family": "llama", "parameter_size": "1.1B", "quantization": "Q4_0", "size_bytes": 1_600_000_000,
        "context_length": 2048, "loaded_context": 4096, "loaded_bytes": 1_700_000_000, "vram_bytes": 0,
    });
    assert_eq!(model["facts"], facts);
    let lock = bench.read("experiments/trial.lock");
    for line in
        ["server_version = \"0.13.5\"", "quantization = \"Q4_0\"", "parameter_size = \"1.1B\"", "context_length = 2048"]
    {
        assert!(lock.contains(line), "{line} in {lock}");
    }
}

#[test]
fn a_server_that_was_updated_is_named_and_a_locked_run_refuses_it() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &spec(&server, "concurrency: 1"));
    bench.apply().exits(0);
    server.is_updated();
    let words = "model `small`: server version changed from 0.13.5 to 0.13.6";
    bench.run(&["apply", "--locked", "experiments/trial.yaml"]).exits(4).says(&[words]);
    bench.apply().exits(0).says(&["warning", words, "2 kept, 0 sent"]);
}

#[test]
fn endpoints_of_one_machine_are_measured_one_after_another() {
    let (one, other) = (Server::ollama(&["small"]), Server::openai(&["large"], None));
    let endpoints = format!("{{ one: {}, other: {} }}", one.endpoint(), other.endpoint());
    let spec = spec(&one, "concurrency: 2").with("endpoints", &endpoints).with("models", TWO_ENDPOINTS);
    let first = Arc::new(one);
    let before = Arc::clone(&first);
    other.acts(move |_| {
        assert_eq!(before.count(), 6);
        Act::Answer
    });
    let bench = Bench::ready(6, &spec);
    bench.apply().exits(0).says(&["order: small c=2, then large c=2"]);
    assert_eq!((first.count(), other.count(), bench.results().rows.len()), (6, 6, 12));
}

#[test]
fn machines_are_asked_at_the_same_time() {
    // Two machines behind one proxy, which is what the test server plays.
    let server = Server::ollama(&["small", "large"]);
    let arrived = [Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0))];
    let seen = arrived.clone();
    server.acts(move |asked| {
        seen[usize::from(asked.model == "large")].fetch_add(1, Ordering::SeqCst);
        wait_until("both machines", || seen.iter().all(|count| count.load(Ordering::SeqCst) > 0));
        Act::Answer
    });
    let endpoints =
        "{ one: { ollama: { url: \"http://one.test\" } }, other: { ollama: { url: \"http://other.test\" } } }";
    let spec = Spec::on(&server).with("endpoints", endpoints).with("models", TWO_ENDPOINTS);
    let bench = Bench::ready(4, &spec);
    let url = server.url();
    bench.run_with(&super::APPLY, &[("http_proxy", &url)]).exits(0).says(&["8 requests: 0 kept, 8 sent"]);
    assert_eq!(bench.results().column("status"), ["ok"; 8]);
}
