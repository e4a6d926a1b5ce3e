//! What a level comes to: nonces, service levels, costs and pictures.

use std::collections::HashSet;
use std::time::Duration;

use super::{check, is_complete, rows_with, spec};
use crate::bench::{Bench, questions};
use crate::server::{Act, Server};

#[test]
fn a_nonce_keeps_each_prompt_out_of_the_cache_and_is_the_same_in_each_run() {
    let server = Server::ollama(&["small"]);
    let prompts = |load: &str| {
        let bench = Bench::ready(4, &spec(&server, load));
        let before = server.count();
        let finished = bench.apply();
        finished.exits(0);
        let mut asked: Vec<String> = server.asked().split_off(before).into_iter().map(|asked| asked.prompt).collect();
        asked.sort();
        let keys: HashSet<String> = bench.results().column("request_key").into_iter().map(str::to_owned).collect();
        (asked, keys, check(&bench, "prefix_cache"))
    };
    let (plain, plain_keys, plain_check) = prompts("concurrency: [1, 2], requests: 8");
    let (busted, keys, outcome) = prompts("concurrency: [1, 2], requests: 8, cache_bust: true");
    let starts: HashSet<&str> = busted.iter().map(|prompt| &prompt[1..17]).collect();
    assert_eq!((starts.len(), keys.len(), outcome.as_str()), (16, 16, "passed"));
    assert!(starts.iter().all(|start| start.chars().all(|c| c.is_ascii_hexdigit())), "{starts:?}");
    assert!(busted.iter().all(|prompt| plain.iter().any(|plain| prompt.ends_with(plain.as_str()))));
    assert!(keys.is_disjoint(&plain_keys));
    assert_eq!(plain_check, "warned");
    assert_eq!((busted, keys, outcome), prompts("concurrency: [1, 2], requests: 8, cache_bust: true"));
}

#[test]
fn the_question_in_the_tables_is_without_its_nonce() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &spec(&server, "concurrency: 1, cache_bust: true"));
    bench.apply().exits(0);
    let results = bench.results();
    assert!(questions(2).contains(results.field(0, "prompt")));
    is_complete(&bench, &server);
}

#[test]
fn a_request_that_failed_is_not_good() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| if asked.prompt.contains("number 3?") { Act::status(500, "no") } else { Act::Answer });
    let bench = Bench::ready(10, &spec(&server, "concurrency: [1, 2]").with("slo", "{ ttft: 1h, latency: 1h }"));
    bench.apply().exits(3).shows(&["good/s", "attained", "90.0 % (60–98)"]);
    let results = bench.results();
    assert_eq!(rows_with(&results, "good", "1").len(), 18);
    assert!(rows_with(&results, "good", "0").iter().all(|row| results.field(*row, "status") == "server_error"));
    let model = bench.table("model_summary.csv");
    for row in 0..2 {
        assert_eq!(model.number(row, "attainment"), 0.9);
        let [low, high] = ["attainment_low", "attainment_high"].map(|name| model.number(row, name));
        assert!(low < 0.9 && 0.9 < high);
        let [good, requests] = ["goodput_per_s", "requests_per_s"].map(|name| model.number(row, name));
        assert!((good - requests).abs() < 1e-9, "every answer was good, and faults are no answers");
    }
}

#[test]
fn each_service_level_alone_can_make_an_answer_bad() {
    let server = Server::ollama(&["small"]);
    for limit in ["{ ttft: 0.001ms, latency: 1h }", "{ tpot: 1h, latency: 0.001ms }"] {
        let bench = Bench::ready(3, &spec(&server, "concurrency: 1").with("slo", limit));
        bench.apply().exits(0);
        assert_eq!(bench.results().column("good"), ["0"; 3], "{limit}");
        assert_eq!(bench.table("model_summary.csv").number(0, "goodput_per_s"), 0.0);
    }
}

#[test]
fn tokens_that_came_from_the_cache_or_went_into_it_have_prices_of_their_own() {
    let server = Server::anthropic(&["small"], None);
    let prices = "{ input: 10, output: 30, cached_input: 1, cache_write: 12.5 }";
    let spec = spec(&server, "concurrency: 1").with("pricing", &format!("{{ models: {{ small: {prices} }} }}"));
    let bench = Bench::ready(3, &spec.with("generation", "{ max_tokens: 100 }"));
    bench.apply().exits(0);
    let results = bench.results();
    let (mut cost, mut tokens) = (0.0, 0.0);
    for row in 0..3 {
        let count = |name: &str| results.number(row, name);
        let [prompt, output, cached, written] =
            ["prompt_tokens", "output_tokens", "cached_prompt_tokens", "cache_write_tokens"].map(count);
        assert_eq!((cached, written), (4.0, 2.0));
        let expected = ((prompt - 6.0) * 10.0 + cached + written * 12.5 + output * 30.0) / 1e6;
        assert!((count("cost") - expected).abs() < 1e-12);
        cost += expected;
        tokens += prompt + output;
    }
    let model = bench.table("model_summary.csv");
    assert!((model.number(0, "cost") - cost).abs() < 1e-12);
    assert!((model.number(0, "cost_per_million_tokens") - cost / tokens * 1e6).abs() < 1e-6);
    assert!((model.number(0, "cost_cached_input") - 12.0 / 1e6).abs() < 1e-15);
    assert!((model.number(0, "cost_cache_write") - 75.0 / 1e6).abs() < 1e-15);
}

#[test]
fn a_cost_that_is_not_known_is_empty() {
    let server = Server::ollama(&["small", "large"]);
    let spec = spec(&server, "concurrency: 1")
        .with("models", super::TWO_MODELS)
        .with("pricing", "{ models: { small: { input: 1, output: 2 } } }");
    let bench = Bench::ready(2, &spec);
    bench.apply().exits(0);
    let (results, model) = (bench.results(), bench.table("model_summary.csv"));
    let is_empty = |row: usize| results.field(row, "cost").is_empty();
    assert_eq!([0, 1, 2, 3].map(is_empty), [false, false, true, true]);
    assert_eq!(["cost", "cost_output", "cost_per_million_tokens"].map(|name| model.field(1, name)), [""; 3]);
}

#[test]
fn an_hour_of_a_machine_is_shared_among_the_requests_in_flight() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Late(Duration::from_millis(20)));
    let spec =
        spec(&server, "concurrency: 4, requests: 16").with("pricing", "{ machines: { local: { per_hour: 3600 } } }");
    let bench = Bench::ready(4, &spec);
    bench.apply().exits(0);
    let results = bench.results();
    let rows: Vec<usize> = (0..16).collect();
    let sum = |name: &str| rows.iter().map(|row| results.number(*row, name)).sum::<f64>();
    // At one per second the costs are the time that the machine was busy, which is less than all latencies.
    let ends = rows.iter().map(|row| results.number(*row, "sent_s") + results.number(*row, "stream_total_s"));
    let starts = rows.iter().map(|row| results.number(*row, "scheduled_s"));
    let wall = ends.fold(f64::MIN, f64::max) - starts.fold(f64::MAX, f64::min);
    assert!(sum("cost") <= wall + 1e-6 && sum("cost") < sum("latency_sec"), "{} {wall}", sum("cost"));
    assert!(bench.table("model_summary.csv").number(0, "cost_per_million_tokens") > 0.0);
}

#[test]
fn a_sweep_has_its_pictures_by_default() {
    let server = Server::ollama(&["small"]);
    let drawn = |load: &str, charts: &str| {
        let bench = Bench::ready(4, &spec(&server, load).with("charts", charts));
        bench.apply().exits(0);
        let names = ["load_curve.svg", "load_curve_rate.svg", "latency_ecdf.svg", "run_timeline.svg"];
        names.map(|name| bench.outputs().contains_key(name))
    };
    assert_eq!(drawn("concurrency: [1, 2], rate: [90/s, 100/s]", "null"), [true; 4]);
    assert_eq!(drawn("concurrency: [1, 2]", "[load_curve]"), [true, false, false, false]);
    // One level makes no curve.
    assert_eq!(drawn("concurrency: 1", "null"), [false, false, true, false]);
    assert_eq!(drawn("concurrency: 1", "[score]"), [false; 4]);
}
