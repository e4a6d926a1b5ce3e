//! Servers that are gone, refuse everything or never stop: the run ends soon, says so, and can go on.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::bench::{Bench, Running, Spec, wait_until};
use crate::server::{Act, Server};

const APPLY: [&str; 2] = ["apply", "experiments/trial.yaml"];

/// The one prompt that a server does not like.
const FLAGGED: &str = "number 3?";

fn manifest(bench: &Bench) -> serde_json::Value {
    serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap()
}

fn started(bench: &Bench, server: &Server, asked: usize) -> Running {
    let running = bench.start(&APPLY, &[]);
    wait_until("enough requests", || server.count() >= asked);
    running
}

#[test]
fn a_server_that_is_gone_is_tried_once_at_a_time_and_the_rest_stays_unsent() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Late(Duration::from_millis(20)));
    let load = "{ warmup: 0, attempts: 3, concurrency: 4 }";
    let bench = Bench::ready(400, &Spec::on(&server).with("load", load));
    let running = started(&bench, &server, 12);
    drop(server);
    let start = Instant::now();
    running.end().exits(3).says(&[
        "endpoint `local` does not answer since",
        "has not recovered since",
        "rerun the command",
    ]);
    // The waits between three tries are 0.5 s and 1 s at most; a deadline for each row would take minutes.
    assert!(start.elapsed() < Duration::from_secs(20));
    let results = bench.results();
    let failed = results.column("status").iter().filter(|status| **status == "connect").count();
    assert!((1..=4 + 3).contains(&failed), "{failed} rows failed");
    assert_eq!(manifest(&bench)["requests"]["unsent"], 400 - results.rows.len());
}

#[test]
fn a_server_that_comes_back_costs_nobody_an_attempt_but_who_met_it() {
    let server = Server::ollama(&["small"]);
    let asked = AtomicUsize::new(0);
    server.acts(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        10..22 => Act::Close,
        _ => Act::Answer,
    });
    let load = "{ warmup: 0, attempts: 20, concurrency: 2 }";
    let bench = Bench::ready(30, &Spec::on(&server).with("load", load));
    bench.apply().exits(0).says(&["does not answer since", "answers again"]);
    assert_eq!(bench.results().column("status"), ["ok"; 30]);
}

#[test]
fn a_server_that_asks_for_three_days_ends_the_run_at_once() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| {
        let days = || Act::Status(429, vec![("Retry-After", "259200".into())], "come back".into());
        if asked.prompt.contains(FLAGGED) { days() } else { Act::Answer }
    });
    let bench = Bench::ready(20, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 6 }"));
    bench.apply().exits(3).says(&["sent Retry-After until", "`load.deadline`", "16 not sent"]);
    assert_eq!((server.count(), bench.results().rows.len()), (4, 4));
    server.acts(|_| Act::Answer);
    bench.apply().exits(0).says(&["20 requests: 3 kept, 17 sent"]);
}

/// Runs under a load against a server that refuses everything; gives how much it was asked.
fn refused(act: Act, load: &str) -> usize {
    let server = Server::ollama(&["small"]);
    server.acts(move |_| act.clone());
    let bench = Bench::ready(50, &Spec::on(&server).with("load", load));
    let finished = bench.apply();
    finished.exits(3).says(&["refuses every request (HTTP"]);
    assert_eq!(finished.stderr.matches("refuses every request").count(), 1);
    server.count()
}

#[test]
fn the_same_refusal_three_times_in_a_row_stops_a_model() {
    for (code, text) in [(402, "pay first"), (403, "not in your country"), (422, "no such parameter")] {
        assert_eq!(refused(Act::status(code, text), "{ warmup: 0, attempts: 6 }"), 3);
    }
    assert_eq!(refused(Act::status(402, "pay first"), "{ warmup: 1, attempts: 6 }"), 3);
    assert!(refused(Act::status(402, "pay first"), "{ warmup: 0, concurrency: 8 }") <= 3 + 7);
}

#[test]
fn a_level_that_lasts_for_a_time_does_not_last_when_everything_is_refused() {
    assert!(refused(Act::status(402, "pay first"), "{ warmup: 0, duration: 1h, concurrency: 2 }") <= 3 + 1);
}

#[test]
fn an_open_loop_ends_when_everything_is_refused() {
    assert!(refused(Act::status(402, "pay first"), "{ warmup: 0, rate: 20/s, requests: 5000 }") <= 50);
}

#[test]
fn a_key_that_the_warm_up_has_shown_to_be_wrong_is_not_tried_again() {
    assert_eq!(refused(Act::status(401, "who are you?"), "{ warmup: 1 }"), 1);
}

#[test]
fn a_prompt_that_is_refused_costs_one_row_and_the_next_run_goes_past_it() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| if asked.prompt.contains(FLAGGED) { Act::status(403, "flagged") } else { Act::Answer });
    let bench = Bench::ready(10, &Spec::on(&server));
    bench.apply().exits(3).says(&["10 sent"]);
    let ok = |bench: &Bench| bench.results().column("status").iter().filter(|status| **status == "ok").count();
    assert_eq!((ok(&bench), server.count()), (9, 10));
    bench.apply().exits(3).says(&["10 requests: 9 kept, 1 sent"]);
    assert_eq!((ok(&bench), server.count()), (9, 11));
}

#[test]
fn a_stream_that_goes_on_after_its_limit_is_ended() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Endless);
    let spec = Spec::on(&server).with("generation", "{ max_tokens: 16 }").with("load", "{ warmup: 0, attempts: 6 }");
    let bench = Bench::ready(1, &spec);
    let tape = bench.path("tape.jsonl");
    bench.run(&["apply", "experiments/trial.yaml", "--record", tape.to_str().unwrap()]).exits(3);
    let results = bench.results();
    assert_eq!((results.field(0, "status"), results.field(0, "attempts")), ("malformed", "1"));
    assert!(results.field(0, "fault").contains("did not stop at `max_tokens: 16`"));
}

#[cfg(unix)]
#[test]
fn a_client_that_stood_still_says_so_and_leaves_those_times_out() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Late(Duration::from_millis(50)));
    let load = "{ warmup: 0, attempts: 1, concurrency: 4, timeout: 1s, first_byte_timeout: 1s, stall_timeout: 1s }";
    let bench = Bench::ready(40, &Spec::on(&server).with("load", load));
    let running = started(&bench, &server, 8);
    running.stands_still(Duration::from_millis(1600));
    running.end().exits(0).shows(&["warned: clock (small)"]);
    let results = bench.results();
    assert_eq!(results.column("status"), ["ok"; 40]);
    let timed = (0..40).filter_map(|row| results.field(row, "latency_sec").parse::<f64>().ok());
    assert!(timed.into_iter().all(|latency| latency < 1.0));
}

/// Two models with many questions, the first of which is never answered; gives what its server was asked of each.
fn broken(act: Act, load: &str, words: &[&str]) -> [usize; 2] {
    let server = Server::ollama(&["small", "other"]);
    let failing = act.clone();
    server.acts(move |asked| if asked.model == "small" { failing.clone() } else { Act::Answer });
    let models = "[{ name: small, endpoint: local }, { name: other, endpoint: local }]";
    let bench = Bench::ready(60, &Spec::on(&server).with("models", models).with("load", load));
    let finished = bench.apply();
    finished.exits(3).says(words).says(&["rerun the command to continue"]);
    assert_eq!(finished.stderr.matches("in a row failed").count(), 1);
    let of = |name: &str| server.asked().iter().filter(|asked| asked.model == name).count();
    let asked = [of("small"), of("other")];
    assert_eq!(bench.results().column("status").iter().filter(|status| **status == "ok").count(), 60);
    // Nothing is lost: once the server is well, the rest is asked and nothing else.
    server.acts(|_| Act::Answer);
    bench.apply().exits(0).says(&["120 requests: 60 kept, 60 sent"]);
    asked
}

#[test]
fn a_server_that_fails_every_request_of_a_model_stops_it_and_not_the_others() {
    let load = "{ warmup: 0, attempts: 1 }";
    for (code, text) in [(500, "out of memory"), (502, "bad gateway")] {
        let words = format!("20 requests in a row failed, the last with HTTP {code}: {text}");
        let [small, other] = broken(Act::status(code, text), load, &["`small`", &words]);
        assert!((20..=20 + 3).contains(&small), "{small} requests");
        assert_eq!(other, 60);
    }
}

#[test]
fn answers_that_are_none_stop_a_model_with_all_their_attempts() {
    let [small, _] = broken(Act::Garbage, "{ warmup: 0, attempts: 2, concurrency: 8 }", &["20 requests in a row"]);
    assert!((40..=40 + 2 * 8).contains(&small), "{small} attempts");
}

#[test]
fn a_server_that_asks_for_fewer_requests_and_answers_none_stops_a_model() {
    let [small, _] = broken(Act::status(503, "busy"), "{ warmup: 0, attempts: 1 }", &["HTTP 503: busy"]);
    assert!(small <= 20 + 3, "{small} requests");
}

#[test]
fn more_may_fail_at_once_than_are_in_flight() {
    let server = Server::ollama(&["small"]);
    let asked = AtomicUsize::new(0);
    server.acts(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0..40 => Act::status(500, "it starts"),
        _ => Act::Answer,
    });
    let bench = Bench::ready(90, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 1, concurrency: 32 }"));
    bench.apply().exits(3).says(&["90 requests: 0 kept, 90 sent"]);
    assert_eq!(bench.results().column("status").iter().filter(|status| **status == "ok").count(), 50);
}

#[test]
fn a_fifth_of_failures_stops_nothing() {
    let server = Server::ollama(&["small"]);
    let asked = AtomicUsize::new(0);
    // The first of five, and by a step that has no common measure with their number.
    server.acts(move |_| match asked.fetch_add(1, Ordering::SeqCst) * 7 % 15 {
        0..3 => Act::status(500, "now and then"),
        _ => Act::Answer,
    });
    let bench = Bench::ready(300, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 1, concurrency: 4 }"));
    bench.apply().exits(3).says(&["300 requests: 0 kept, 300 sent"]);
    assert_eq!(bench.results().column("status").iter().filter(|status| **status == "ok").count(), 240);
}

#[test]
fn a_pause_during_the_warm_up_is_told_with_its_end() {
    let server = Server::ollama(&["small"]);
    let is_first = AtomicBool::new(true);
    server.acts(move |_| match is_first.swap(false, Ordering::Relaxed) {
        true => Act::Status(429, vec![("Retry-After", "4".into())], "slow down".into()),
        false => Act::Answer,
    });
    let bench = Bench::ready(1, &Spec::on(&server).with("load", "{ warmup: 1 }"));
    bench.apply().exits(0).says(&[
        "`small`: its endpoint sent Retry-After; waiting ",
        " s, until ",
        "`load.deadline` (30.0 min)",
    ]);
}
