//! Budgets: a run stops cleanly at a limit, and asks before it spends much.

use std::time::Duration;

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

const PRICE: &str = "{ models: { small: { input: 1, output: 1000 } } }";

#[test]
fn a_limit_on_requests_is_held_and_the_next_run_goes_on() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server).with("load", "{ warmup: 0, concurrency: 4 }").with("budget", "{ max_requests: 6 }");
    let bench = Bench::ready(10, &spec);
    bench.apply().exits(4).shows(&["max_requests"]);
    assert_eq!((server.count(), bench.results().rows.len()), (6, 6));
    bench.apply().exits(0).says(&["10 requests: 6 kept, 4 sent"]);
}

#[test]
fn attempts_count_against_the_limit_on_requests() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::status(500, "out of memory"));
    let spec = Spec::on(&server).with("load", "{ warmup: 0, attempts: 2 }").with("budget", "{ max_requests: 4 }");
    Bench::ready(10, &spec).apply().exits(4);
    assert_eq!(server.count(), 4);
}

#[test]
fn a_limit_on_cost_is_held() {
    let server = Server::ollama(&["small"]);
    // Four tokens of output cost 0.004 and ten may cost 0.01: after three answers the fourth does not fit.
    let spec = Spec::on(&server)
        .with("generation", "{ max_tokens: 10 }")
        .with("pricing", PRICE)
        .with("budget", "{ max_cost: 0.02 }");
    let bench = Bench::ready(10, &spec);
    bench.apply().exits(4).shows(&["max_cost"]);
    let spent: f64 = (0..bench.results().rows.len()).map(|row| bench.results().number(row, "cost")).sum();
    assert!((0.004..=0.02).contains(&spent), "{spent}");
}

#[test]
fn every_attempt_counts_against_the_limits_and_in_the_cost() {
    let server = Server::openai(&["small"], None);
    let spec = Spec::at(&format!("{{ openai: {{ url: \"{}/v1\" }} }}", server.url()));
    let spec = spec.with("pricing", "{ models: { small: { input: 0, output: 1000 } } }");
    let spec = spec.with("generation", "{ max_tokens: 100 }");
    // Each attempt may cost 0.1.
    let spec = spec.with("load", "{ warmup: 0, attempts: 5 }");
    let bench = Bench::ready(4, &spec.with("budget", "{ max_requests: 3 }"));
    server.acts(|_| Act::Cut);
    bench.apply().exits(4);
    assert_eq!(server.count(), 3);
    let results = bench.results();
    assert_eq!((results.rows.len(), results.field(0, "attempts")), (1, "3"));
    assert!((results.field(0, "cost").parse::<f64>().unwrap() - 0.3).abs() < 1e-9, "{}", results.field(0, "cost"));

    let bench = Bench::ready(4, &spec.with("budget", "{ max_cost: 0.25 }"));
    let before = server.count();
    bench.apply().exits(4);
    assert_eq!(server.count() - before, 2);
}

#[test]
fn a_limit_on_time_is_held() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Late(Duration::from_millis(20)));
    let bench = Bench::ready(500, &Spec::on(&server).with("budget", "{ max_time: 300ms }"));
    bench.apply().exits(4).shows(&["max_time"]);
    assert!(server.count() <= 15 + 1, "{} requests", server.count());
    assert_eq!(bench.results().rows.len(), server.count());
}

#[test]
fn a_costly_run_is_not_started_without_a_word() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server).with("pricing", PRICE).with("budget", "{ ask_above: 0.01 }");
    let bench = Bench::ready(3, &spec);
    bench.apply().exits(4).says(&["USD", "--yes"]);
    assert_eq!(server.count(), 0);
    bench.run(&["apply", "--yes", "experiments/trial.yaml"]).exits(0);
    assert_eq!(server.count(), 3);
}

#[test]
fn what_is_kept_needs_no_word() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server).with("pricing", PRICE).with("budget", "{ ask_above: 0.01 }");
    let bench = Bench::ready(3, &spec);
    bench.run(&["apply", "--yes", "experiments/trial.yaml"]).exits(0);
    bench.apply().exits(0);
}

#[test]
fn without_a_limit_plan_budget_and_request_reckon_with_the_tokens_of_the_provider() {
    let servers = [Server::ollama(&["small"]), Server::openai(&["small"], None), Server::anthropic(&["small"], None)];
    let limits = [
        (1024, "1024 per answer are assumed"),
        (8192, "8192 per answer are assumed"),
        (4096, "a limit of 4096 is sent"),
    ];
    for (server, (tokens, words)) in servers.iter().zip(limits) {
        let spec = Spec::on(server)
            .with("generation", "{ max_tokens: null }")
            .with("pricing", "{ models: { small: { input: 0, output: 1000000 } } }");
        let budget = |most: u32| spec.clone().with("budget", &format!("{{ max_cost: {most}, ask_above: 1000000 }}"));
        let bench = Bench::ready(2, &budget(tokens - 1));
        let all = format!("at most {} output tokens (no `generation.max_tokens`: {words})", 2 * tokens);
        bench.plan().exits(0).shows(&[&all, &format!("to at most {} ", 2 * tokens)]);
        bench.apply().exits(4).shows(&[&format!("the next request may cost {tokens}")]);
        assert_eq!(server.count(), 0);
        bench.spec(&budget(tokens));
        bench.apply().exits(4);
        assert_eq!(server.count(), 1);
        let sent = server.asked()[0].body["max_tokens"].as_u64();
        assert_eq!(sent.is_some(), words.contains("is sent"), "{sent:?}");
    }
}

#[test]
fn long_prompts_have_the_price_of_their_tier() {
    let server = Server::ollama(&["small"]);
    let tiers = |above: &str| {
        format!(
            "{{ models: {{ small: {{ input: 1, output: 1, tiers: [{{ above: {above}, input: 1000, output: 1000 }}] }} }} }}"
        )
    };
    let cost = |pricing: &str| {
        let bench = Bench::ready(1, &Spec::on(&server).with("pricing", pricing).with("budget", "{ ask_above: 1000 }"));
        bench.apply().exits(0);
        bench.results().number(0, "cost")
    };
    let (below, above) = (cost(&tiers("1000000")), cost(&tiers("1")));
    assert!((above / below - 1000.0).abs() < 1e-9, "{below} {above}");
    let falling = "{ models: { small: { input: 1, output: 1, tiers: [{ above: 5, input: 1, output: 1 }, \
                   { above: 5, input: 1, output: 1 }] } } }";
    let bench = Bench::ready(1, &Spec::on(&server).with("pricing", falling));
    bench.run(&["validate", "experiments/trial.yaml"]).exits(2).says(&["have to ascend", "more than 5"]);
}
