//! Cold and warm: what warms a server up counts in no figure, and what it took to load a model neither.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{TWO_MODELS, rows_with, spec};
use crate::bench::{Bench, Spec, wait_until};
use crate::server::{Act, Asked, Server};
use crate::table::TIMES;

const COUNTS: [&str; 9] = [
    "model",
    "level",
    "avg_score",
    "samples",
    "correct",
    "prompt_eval_count",
    "eval_duration_s",
    "cost",
    "cost_per_million_tokens",
];

fn warming(server: &Server, count: usize, load: &str) -> Spec {
    spec(server, load).with("load", &format!("{{ warmup: {count}, attempts: 1, {load} }}"))
}

fn is_warm_up(asked: &Asked) -> bool {
    asked.prompt.ends_with("Answer in one short sentence.")
}

/// How often a run said that a model had to be loaded.
fn loads(stderr: &str) -> usize {
    stderr.matches("cold start: model load took").count()
}

#[test]
fn a_warm_up_is_shown_and_changes_no_figure() {
    let server = Server::ollama(&["small"]);
    let run = |count: usize| {
        let spec = warming(&server, count, "concurrency: [1, 2]")
            .with("pricing", "{ models: { small: { input: 1, output: 2 } } }")
            .with("charts", "[timeline]");
        let bench = Bench::ready(6, &spec);
        bench.apply().exits(0).says(&["12 requests: 0 kept, 12 sent"]);
        bench
    };
    let (cold, warm) = (run(0), run(3));
    assert_eq!(cold.results().without(&TIMES), warm.results().without(&TIMES));
    assert!(warm.results().column("warmup").iter().all(|flag| *flag == "0"));
    for name in ["model_summary.csv", "cell_summary.csv"] {
        let figures = |bench: &Bench| {
            let table = bench.table(name);
            COUNTS.map(|column| table.column(column).join("|"))
        };
        assert_eq!(figures(&cold), figures(&warm));
    }
    let warmups = warm.table("warmups.csv");
    assert_eq!(warmups.column("warmup"), ["1"; 6]);
    assert_eq!([rows_with(&warmups, "level", "c=1").len(), rows_with(&warmups, "level", "c=2").len()], [3, 3]);
    assert!(!cold.path("outputs/trial/warmups.csv").exists());
    let timeline = |bench: &Bench| bench.read("outputs/trial/run_timeline.svg").contains("warm-up");
    assert_eq!([timeline(&cold), timeline(&warm)], [false, true]);
    assert_eq!(server.asked().iter().filter(|asked| is_warm_up(asked)).count(), 6);
}

#[test]
fn a_warm_up_that_fails_is_a_warning() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| if is_warm_up(asked) { Act::status(500, "out of memory") } else { Act::Answer });
    let bench = Bench::ready(4, &warming(&server, 2, "concurrency: 1"));
    bench.apply().exits(0).says(&["warm-up of `small` failed", "out of memory", "4 requests: 0 kept, 4 sent"]);
    assert_eq!(bench.results().column("status"), ["ok"; 4]);
}

#[test]
fn an_interrupt_in_a_warm_up_sends_no_more() {
    let server = Server::ollama(&["small"]);
    let stopped = Arc::new(AtomicUsize::new(0));
    let is_stopped = Arc::clone(&stopped);
    server.acts(move |_| {
        wait_until("the interrupt", || is_stopped.load(Ordering::SeqCst) > 0);
        Act::Answer
    });
    let bench = Bench::ready(4, &warming(&server, 1, "concurrency: 1"));
    let running = bench.start(&super::APPLY, &[]);
    wait_until("the warm-up", || server.count() == 1);
    running.signal("INT");
    wait_until("the notice", || running.stderr().contains("stopping"));
    stopped.store(1, Ordering::SeqCst);
    let finished = running.end();
    finished.exits(130).says(&["0 kept, 0 sent, 4 not sent"]);
    assert!(!finished.stderr.contains("0 of 4 sent"), "{}", finished.stderr);
    assert_eq!(server.count(), 1);
}

#[test]
fn a_key_that_is_refused_in_the_warm_up_is_not_tried_again() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::status(401, "no"));
    let bench = Bench::ready(9, &warming(&server, 2, "concurrency: [1, 2]"));
    bench.apply().exits(3).says(&["warm-up of `small` failed", "refuses every request (HTTP 401: no)", "18 not sent"]);
    assert_eq!((server.count(), bench.results().rows.len()), (1, 0));
}

#[test]
fn a_warm_up_takes_the_load_of_a_model_on_itself() {
    let server = Server::ollama(&["small"]);
    server.forgets_its_models();
    let bench = Bench::ready(5, &warming(&server, 2, "concurrency: 1"));
    let finished = bench.apply();
    finished.exits(0);
    assert_eq!(loads(&finished.stderr), 1, "{}", finished.stderr);
    assert_eq!(bench.table("warmups.csv").column("cold"), ["1", "0"]);
    assert_eq!(bench.results().column("cold"), ["0"; 5]);
}

#[test]
fn without_a_warm_up_the_first_answers_are_cold_and_in_no_figure_of_time() {
    let server = Server::ollama(&["small"]);
    server.forgets_its_models();
    let waiting = Arc::new(AtomicUsize::new(0));
    server.acts(move |_| {
        waiting.fetch_add(1, Ordering::SeqCst);
        wait_until("four at once", || waiting.load(Ordering::SeqCst) >= 4);
        Act::Say("B".into())
    });
    let bench = Bench::ready(24, &warming(&server, 0, "concurrency: 4"));
    let finished = bench.apply();
    finished.exits(0).shows(&["4 answers waited for the model to be loaded"]);
    assert_eq!(loads(&finished.stderr), 1, "{}", finished.stderr);
    let results = bench.results();
    let cold = rows_with(&results, "cold", "1");
    assert_eq!(cold.len(), 4);
    assert!(cold.iter().all(|row| !results.field(*row, "score").is_empty()));
    let model = bench.table("model_summary.csv");
    assert_eq!(["cold", "samples", "correct"].map(|name| model.field(0, name)), ["4", "24", "6"]);
    let mut warm: Vec<f64> =
        rows_with(&results, "cold", "0").into_iter().map(|row| results.number(row, "latency_sec")).collect();
    warm.sort_by(f64::total_cmp);
    let median = f64::midpoint(warm[9], warm[10]);
    assert!((model.number(0, "latency_median_s") - median).abs() < 1e-6);
}

#[test]
fn a_fault_does_not_make_a_model_warm() {
    let server = Server::ollama(&["small"]);
    server.forgets_its_models();
    server.acts(|asked| if asked.prompt.contains("number 0?") { Act::status(500, "no") } else { Act::Answer });
    let bench = Bench::ready(4, &warming(&server, 0, "concurrency: 1"));
    bench.apply().exits(3);
    assert_eq!(bench.results().column("cold")[1..], ["1", "0", "0"]);
}

#[test]
fn a_model_leaves_the_memory_before_the_next_one_and_at_the_end() {
    let server = Server::ollama(&["small", "large"]);
    let endpoint = format!("{{ ollama: {{ url: \"{}\", unload: true }} }}", server.url());
    let spec = Spec::at(&endpoint).with("models", TWO_MODELS).with("load", "{ concurrency: [1, 2], warmup: 0 }");
    let bench = Bench::ready(3, &spec);
    bench.apply().exits(0);
    assert_eq!(server.unloaded(), [("small".to_owned(), 6), ("large".to_owned(), 12)]);
    bench.apply().exits(0);
    assert_eq!(server.unloaded().len(), 2, "who was not asked is left alone");
}

#[test]
fn a_model_stays_in_memory_unless_the_spec_says_otherwise() {
    let server = Server::ollama(&["small", "large"]);
    Bench::ready(2, &Spec::on(&server).with("models", TWO_MODELS)).apply().exits(0);
    assert_eq!(server.unloaded(), []);
}
