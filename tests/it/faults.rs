//! Faults of the infrastructure: retried, then listed as rows, and never scored.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::bench::{Bench, Spec, wait_until};
use crate::server::{Act, Server};

/// The one question that goes wrong.
const WRONG: &str = "number 1?";

/// A server that acts like this whenever it is asked the one question.
fn server_where(act: Act) -> Server {
    let server = Server::ollama(&["small"]);
    server.acts(move |asked| if asked.prompt.contains(WRONG) { act.clone() } else { Act::Answer });
    server
}

/// A server that acts like this when it is asked for the first time, and answers then.
fn server_where_first(act: Act) -> Server {
    let server = Server::ollama(&["small"]);
    server.acts(move |asked| if asked.before == 0 { act.clone() } else { Act::Answer });
    server
}

/// Runs three questions of which one goes wrong, and looks at its row.
#[track_caller]
fn ends_as(act: Act, load: &str, status: &str, words: &str) {
    let server = server_where(act);
    let bench = Bench::ready(3, &Spec::on(&server).with("load", load));
    bench.apply().exits(3);
    let results = bench.results();
    assert_eq!(results.column("status"), ["ok", status, "ok"]);
    assert!(results.field(1, "fault").contains(words), "{}", results.field(1, "fault"));
    let empty =
        ["score", "verdict", "latency_sec", "ttft_s", "stream_total_s", "cost"].map(|name| results.field(1, name));
    assert_eq!(empty, [""; 6]);
}

/// Runs two questions that each go wrong once.
#[track_caller]
fn mends_after(act: Act) {
    let server = server_where_first(act);
    let bench = Bench::ready(2, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 2, stall_timeout: 1s }"));
    bench.apply().exits(0);
    let results = bench.results();
    assert_eq!((results.column("status"), results.column("attempts")), (vec!["ok", "ok"], vec!["2", "2"]));
    assert_eq!(server.count(), 4);
}

const ONCE: &str = "{ warmup: 0, attempts: 1 }";

#[test]
fn a_server_error_is_mended_by_another_attempt() {
    mends_after(Act::status(500, "out of memory"));
}

#[test]
fn an_overloaded_server_is_asked_again() {
    mends_after(Act::status(503, "overloaded"));
}

#[test]
fn a_closed_connection_is_mended_by_another_attempt() {
    mends_after(Act::Close);
}

#[test]
fn a_cut_stream_is_mended_by_another_attempt() {
    mends_after(Act::Cut);
}

#[test]
fn a_web_page_in_place_of_an_answer_is_mended_by_another_attempt() {
    mends_after(Act::Garbage);
}

#[test]
fn a_stalled_stream_is_mended_by_another_attempt() {
    mends_after(Act::Stall);
}

#[test]
fn too_many_requests_are_mended_by_the_wait_that_the_server_asks_for() {
    for header in [("Retry-After", "0"), ("retry-after-ms", "1")] {
        mends_after(Act::Status(429, vec![(header.0, header.1.to_owned())], "slow down".into()));
    }
}

#[test]
fn the_time_of_earlier_attempts_is_not_latency() {
    let server = server_where_first(Act::Status(429, vec![("retry-after-ms", "500".into())], String::new()));
    let bench = Bench::ready(1, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 2 }"));
    bench.apply().exits(0);
    let results = bench.results();
    assert!(results.number(0, "retry_s") >= 0.5);
    assert!(results.number(0, "latency_sec") < 0.5);
}

#[test]
fn a_server_error_is_a_row_without_score_and_latency() {
    ends_as(Act::status(500, "out of memory"), ONCE, "server_error", "HTTP 500: out of memory");
}

#[test]
fn a_server_that_is_too_busy_is_a_row() {
    ends_as(Act::status(429, "slow down"), ONCE, "rate_limited", "HTTP 429: slow down");
}

#[test]
fn a_cut_stream_is_a_row() {
    ends_as(Act::Cut, ONCE, "cut_stream", "");
}

#[test]
fn a_stream_without_its_finish_marker_is_a_row() {
    ends_as(Act::Unfinished, ONCE, "cut_stream", "finish marker");
}

#[test]
fn a_web_page_in_place_of_an_answer_is_a_row() {
    ends_as(Act::Garbage, ONCE, "malformed", "not an answer of Ollama's API");
}

#[test]
fn an_error_line_within_a_stream_is_a_row() {
    ends_as(Act::ErrorInside("cuda is gone".into()), ONCE, "stream_error", "cuda is gone");
}

#[test]
fn a_closed_connection_is_a_row() {
    ends_as(Act::Close, ONCE, "connect", "");
}

#[test]
fn a_stream_that_falls_silent_is_a_row() {
    ends_as(Act::Stall, "{ warmup: 0, attempts: 1, stall_timeout: 1s }", "stalled", "for 1s");
}

#[test]
fn a_server_that_never_answers_is_a_row() {
    ends_as(Act::Silence, "{ warmup: 0, attempts: 1, timeout: 1s }", "timed_out", "within 1s");
}

#[test]
fn a_first_byte_that_does_not_come_is_a_row() {
    let load = "{ warmup: 0, attempts: 1, first_byte_timeout: 1s }";
    ends_as(Act::Silence, load, "timed_out", "no first byte within 1s");
}

#[test]
fn a_server_that_drips_is_a_row() {
    let drip = Act::Drip(Duration::from_millis(20));
    ends_as(drip, "{ warmup: 0, attempts: 1, timeout: 1s, stall_timeout: 10s }", "timed_out", "within 1s");
}

#[test]
fn single_bytes_are_no_sign_of_life() {
    let drip = Act::Drip(Duration::from_millis(20));
    ends_as(drip, "{ warmup: 0, attempts: 1, stall_timeout: 1s }", "stalled", "for 1s");
}

#[test]
fn attempts_end_with_the_deadline() {
    let server = server_where(Act::Status(429, vec![("retry-after-ms", "100".into())], String::new()));
    let bench = Bench::ready(2, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 1000, deadline: 350ms }"));
    bench.apply().exits(3);
    let attempts = bench.results().number(1, "attempts");
    assert!((2.0..=4.0).contains(&attempts), "{attempts} attempts");
}

#[test]
fn a_server_that_is_too_busy_is_asked_less_at_a_time() {
    let server = Server::ollama(&["small"]);
    let wait = Act::Status(429, vec![("retry-after-ms", "1".into())], String::new());
    server
        .acts(move |asked| if asked.prompt.contains(WRONG) && asked.before == 0 { wait.clone() } else { Act::Answer });
    let bench = Bench::ready(30, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 2, concurrency: 4 }"));
    bench.apply().exits(0);
    let manifest: serde_json::Value = serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap();
    assert_eq!(manifest["throttling"]["local"][0]["limit"], 2.0);
    let results = bench.results();
    assert_eq!((results.field(0, "throttled"), results.field(1, "throttled")), ("0", "1"));
}

#[test]
fn a_server_that_does_not_know_stream_options_is_asked_without_them() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| match asked.body.get("stream_options") {
        Some(_) => Act::status(400, "unknown field `stream_options`"),
        None => Act::Answer,
    });
    let bench = Bench::ready(2, &Spec::on(&server));
    bench.apply().exits(0);
    assert_eq!(bench.results().column("attempts"), ["1", "1"]);
}

#[test]
fn a_refused_parameter_is_among_the_failed_attempts() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| match (asked.before, asked.body.get("seed")) {
        (_, None) => Act::Answer,
        (0, Some(_)) => Act::Status(503, vec![("retry-after-ms", "1".into())], "loading".into()),
        (_, Some(_)) => Act::status(400, "unknown field `seed`"),
    });
    let spec = Spec::on(&server).with("generation", "{ seed: 42 }").with("load", "{ warmup: 0, attempts: 3 }");
    let bench = Bench::ready(1, &spec);
    bench.apply().exits(0);
    assert_eq!((server.count(), bench.results().column("attempts")), (3, vec!["2"]));
    let told = bench.run(&["explain", "experiments/trial.yaml", "0"]);
    let told = told.exits(0);
    let attempts: Vec<&str> = told.stdout.lines().filter(|line| line.contains(", then waited ")).collect();
    assert_eq!(attempts.len(), 2, "{}", told.stdout);
    told.shows(&["1. at ", "server_error after", "loading", "2. at ", "rejected after", "unknown field `seed`"]);
}

#[test]
fn a_request_that_the_server_rejects_is_not_tried_again() {
    let server = server_where(Act::status(400, "no such option"));
    let bench = Bench::ready(3, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 5 }"));
    bench.apply().exits(3);
    assert_eq!((server.count(), bench.results().field(1, "status")), (3, "rejected"));
}

#[test]
fn an_empty_quota_is_not_tried_again() {
    let server = server_where(Act::status(429, "insufficient_quota"));
    let bench = Bench::ready(3, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 5 }"));
    bench.apply().exits(3);
    assert_eq!(server.count(), 3);
}

#[test]
fn faults_are_listed_at_the_end_with_count_and_example() {
    let server = server_where(Act::status(500, "out of memory"));
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(3).shows(&["1 × server_error", "HTTP 500: out of memory"]);
}

#[test]
fn faults_count_in_no_average() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| if asked.prompt.contains(WRONG) { Act::status(500, "no") } else { Act::Say("A".into()) });
    let bench = Bench::ready(4, &Spec::on(&server));
    bench.apply().exits(3);
    let model = bench.table("model_summary.csv");
    assert_eq!(["samples", "faults", "correct", "wrong"].map(|name| model.field(0, name)), ["3", "1", "1", "2"]);
    assert!((model.number(0, "avg_score") - 1.0 / 3.0).abs() < 1e-12);
}

#[test]
fn only_what_failed_is_asked_again() {
    let server = server_where(Act::status(500, "out of memory"));
    let bench = Bench::ready(5, &Spec::on(&server));
    bench.apply().exits(3);
    bench.plan().exits(0).shows(&["1 failed before (server_error)"]);
    server.acts(|_| Act::Answer);
    bench.apply().exits(0).says(&["5 requests: 4 kept, 1 sent"]);
    assert!(server.asked()[5].prompt.contains(WRONG));
    assert_eq!(bench.results().column("status"), ["ok"; 5]);
}

#[test]
fn one_prompt_that_always_fails_does_not_keep_the_others_from_their_end() {
    let server = server_where(Act::status(500, "out of memory"));
    let bench = Bench::ready(40, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 2, concurrency: 8 }"));
    bench.apply().exits(3);
    assert_eq!(bench.results().column("status").iter().filter(|status| **status == "ok").count(), 39);
}

#[test]
fn a_refused_key_stops_its_model_at_once_and_not_the_other() {
    let (one, other) = (Server::ollama(&["small"]), Server::ollama(&["large"]));
    one.acts(|_| Act::status(401, "who are you?"));
    let spec = Spec::on(&one)
        .with("endpoints", &format!("{{ one: {}, other: {} }}", one.endpoint(), other.endpoint()))
        .with("models", "[{ name: small, endpoint: one }, { name: large, endpoint: other }]");
    let bench = Bench::ready(5, &spec);
    bench.apply().exits(3).says(&["10 requests: 0 kept, 6 sent, 4 not sent"]);
    assert_eq!((one.count(), other.count()), (1, 5));
    assert_eq!(bench.results().field(0, "status"), "unauthorized");
}

#[test]
fn a_model_that_goes_away_is_given_up() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::status(404, "model 'small' not found"));
    let bench = Bench::ready(5, &Spec::on(&server));
    bench.apply().exits(3);
    assert_eq!((server.count(), bench.results().column("status")), (1, vec!["model_missing"]));
}

#[test]
fn a_server_that_goes_down_in_the_middle_is_not_asked_for_every_row() {
    let server = Server::ollama(&["small"]);
    let asked = AtomicUsize::new(0);
    server.acts(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        ..10 => Act::Answer,
        10 => {
            // The other of the two goes on to its next request once the tenth answer has arrived.
            wait_until("the last answer arrives", || asked.load(Ordering::SeqCst) > 11);
            Act::Close
        }
        _ => Act::Close,
    });
    let bench = Bench::ready(40, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 1, concurrency: 2 }"));
    bench.apply().exits(3).says(&["endpoint `local` does not answer since", "not sent"]);
    let results = bench.results();
    let count = |wanted: &str| results.column("status").iter().filter(|status| **status == wanted).count();
    // Eight that broke in a row, one that tried again, and one that was in flight beside it.
    assert!(count("ok") == 10 && (8..=11).contains(&count("connect")), "{:?}", results.column("status"));
    assert_eq!(server.count(), results.rows.len());
    server.acts(|_| Act::Answer);
    bench.apply().exits(0);
    assert_eq!(bench.results().column("status"), ["ok"; 40]);
}

#[test]
fn what_is_refused_of_every_prompt_stops_the_model_and_what_is_refused_of_one_does_not() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server).with("load", "{ warmup: 1, attempts: 6 }");
    let bench = Bench::ready(30, &spec);
    server.acts(|_| Act::status(402, "no credit left"));
    bench.apply().exits(3).says(&["refuses every request (HTTP 402: no credit left)", "28 not sent"]);
    assert_eq!(server.count(), 3, "the warm-up is the first of three");

    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(10, &Spec::on(&server));
    server.acts(|asked| if asked.prompt.contains("number 4?") { Act::status(403, "flagged") } else { Act::Answer });
    for _ in 0..2 {
        bench.apply().exits(3);
        let refused = bench.results().column("status").iter().filter(|status| **status == "rejected").count();
        assert_eq!((refused, bench.results().rows.len()), (1, 10));
    }
    assert_eq!(server.count(), 11);
}

#[test]
fn a_stream_that_does_not_stop_is_given_up() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Say("word ".repeat(1 << 18)));
    let bench = Bench::ready(2, &Spec::on(&server).with("generation", "{ max_tokens: 16 }"));
    bench.apply().exits(3).shows(&["2 × malformed", "did not stop at `max_tokens: 16`"]);
    assert_eq!(server.count(), 2);
}

#[test]
fn what_a_server_says_cannot_move_the_cursor() {
    let server = server_where(Act::status(500, "\u{1b}[2Jgone"));
    let bench = Bench::ready(3, &Spec::on(&server));
    let finished = bench.apply();
    finished.exits(3);
    assert!(!finished.stdout.contains('\u{1b}') && !finished.stderr.contains('\u{1b}'));
}

#[test]
fn an_odd_answer_is_in_the_store_as_it_came_and_no_formula_in_the_table() {
    let odd = "=1+1,\"A\"\r\n\u{1b}[31m| <b>é\u{0}\u{1f600}";
    let server = Server::ollama(&["small"]);
    server.acts(move |_| Act::Say(odd.into()));
    let bench = Bench::ready(1, &Spec::on(&server));
    bench.apply().exits(0);
    let store = rusqlite::Connection::open(bench.path("outputs/store.sqlite")).unwrap();
    let kept: String = store.query_row("SELECT text FROM responses", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, odd);
    assert_eq!(bench.results().field(0, "output"), format!("'{}", odd.replace('\0', "\u{2400}")));
}

#[test]
fn ten_megabytes_in_one_line_are_an_answer_like_any_other() {
    let long = format!("B {}", "ab".repeat(5 << 20));
    let server = Server::ollama(&["small"]);
    let said = long.clone();
    server.acts(move |_| Act::Say(said.clone()));
    let bench = Bench::ready(1, &Spec::on(&server).with("generation", "{ stream: false }"));
    bench.apply().exits(0);
    assert_eq!(bench.results().field(0, "output"), long);
}

#[test]
fn each_failed_attempt_is_kept_and_explained_without_secrets() {
    let server = Server::openai(&["small"], Some("sk-0123456789"));
    server.acts(|asked| match asked.before {
        0 => Act::status(503, "loading for sk-0123456789"),
        1 => Act::Status(429, vec![("retry-after-ms", "30".into())], "{\"error\": \"slow down\"}".into()),
        _ => Act::Answer,
    });
    let spec = Spec::at(&format!("{{ openai: {{ url: \"{}/v1\", api_key_env: KEY }} }}", server.url()));
    let bench = Bench::ready(1, &spec.with("load", "{ warmup: 0 }"));
    let key = [("KEY", "sk-0123456789")];
    bench.run_with(&["apply", "experiments/trial.yaml"], &key).exits(0);
    let page = bench.run(&["explain", "experiments/trial.yaml", "0"]);
    page.exits(0).shows(&[
        "failed attempts (run ",
        "1. at ",
        "server_error after",
        "HTTP 503: loading for [redacted]",
        "2. at ",
        "rate_limited after",
        "HTTP 429: slow down",
    ]);
    let waited = page.stdout.lines().filter_map(|line| line.split_once("then waited ")).count();
    assert_eq!(waited, 2);
}
