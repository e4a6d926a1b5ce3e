//! Open loops: what is due is sent when it is due, whatever became of what was sent before.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{APPLY, check, is_complete, manifest, rows_with, spec};
use crate::bench::{Bench, wait_until};
use crate::server::{Act, Server};
use crate::table::Table;

/// When the requests of a level were due, in order.
fn due(table: &Table, column: &str, rows: &[usize]) -> Vec<f64> {
    let mut times: Vec<f64> = rows.iter().map(|row| table.number(*row, column)).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// The times since the first of them.
fn since_the_first(times: &[f64]) -> Vec<f64> {
    times.iter().map(|time| time - times[0]).collect()
}

fn are_near(left: &[f64], right: &[f64]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(left, right)| (left - right).abs() < 1e-6)
}

/// Runs both levels to their end; the schedule as it was written.
fn run_to_schedule(server: &Server, arrivals: &str, seed: usize) -> String {
    let load = format!("rate: [\"50/s\", \"100/s\"], arrivals: {arrivals}, requests: 12, seed: {seed}");
    let bench = Bench::ready(5, &spec(server, &load));
    bench.apply().exits(0).says(&["24 requests: 0 kept, 24 sent"]);
    let (results, schedule) = (bench.results(), bench.table("arrivals.csv"));
    let suffix = if arrivals == "constant" { " constant" } else { "" };
    for rate in ["r=50/s", "r=100/s"] {
        let level = format!("{rate}{suffix}");
        let rows = rows_with(&results, "level", &level);
        let sent = since_the_first(&due(&results, "scheduled_s", &rows));
        let planned = since_the_first(&due(&schedule, "due_s", &rows_with(&schedule, "level", &level)));
        assert!(are_near(&sent, &planned), "{level}: {sent:?} {planned:?}");
        for row in rows {
            // An arrival is never moved: nothing leaves before it is due.
            assert!(results.number(row, "sent_s") >= results.number(row, "scheduled_s"));
            assert!(results.number(row, "latency_from_schedule_s") >= results.number(row, "latency_sec"));
        }
    }
    is_complete(&bench, server);
    bench.read("outputs/trial/arrivals.csv")
}

#[test]
fn arrivals_come_from_the_seed_and_requests_keep_to_them() {
    let server = Server::ollama(&["small"]);
    let poisson = run_to_schedule(&server, "poisson", 1);
    assert_eq!(poisson, run_to_schedule(&server, "poisson", 1));
    assert_ne!(poisson, run_to_schedule(&server, "poisson", 2));
}

#[test]
fn constant_arrivals_are_equally_far_apart() {
    let server = Server::ollama(&["small"]);
    let schedule = run_to_schedule(&server, "constant", 1);
    assert_eq!(schedule.lines().nth(3), Some("r=50/s constant,2,0.04"));
}

#[test]
fn a_server_that_answers_nothing_is_sent_every_request_all_the_same() {
    let server = Server::ollama(&["small"]);
    let waiting = Arc::new(AtomicUsize::new(0));
    let arrived = Arc::clone(&waiting);
    server.acts(move |_| {
        arrived.fetch_add(1, Ordering::SeqCst);
        // The first answer comes after the last request.
        wait_until("every request", || arrived.load(Ordering::SeqCst) >= 24);
        Act::Answer
    });
    let bench = Bench::ready(5, &spec(&server, "rate: 200/s, requests: 24"));
    bench.apply().exits(0).says(&["24 sent"]);
    assert_eq!((server.most_at_once(), bench.results().column("status")), (24, vec!["ok"; 24]));
}

#[test]
fn a_server_that_wants_to_be_spared_is_asked_later_and_nothing_is_dropped() {
    let server = Server::ollama(&["small"]);
    let asked_so_far = AtomicUsize::new(0);
    server.acts(move |_| match asked_so_far.fetch_add(1, Ordering::SeqCst) {
        0..4 => Act::Status(429, vec![("retry-after-ms", "60".into())], String::new()),
        _ => Act::Answer,
    });
    let load = "rate: 200/s, requests: 20, attempts: 9";
    let bench = Bench::ready(20, &spec(&server, load).with("load", &format!("{{ warmup: 0, {load} }}")));
    bench.apply().exits(0);
    let results = bench.results();
    assert_eq!((server.count(), results.column("status")), (24, vec!["ok"; 20]));
    assert!(results.column("throttled").contains(&"1"));
    assert!(!manifest(&bench)["throttling"]["local"].as_array().unwrap().is_empty());
    assert_eq!(check(&bench, "throttled"), "warned");
    let retried: Vec<usize> = (0..20).filter(|row| results.number(*row, "attempts") > 1.0).collect();
    assert!(!retried.is_empty());
    for row in retried {
        // A wait that the server asked for is no work of its own, but who waits feels it.
        let [felt, latency, retry] =
            ["latency_from_schedule_s", "latency_sec", "retry_s"].map(|name| results.number(row, name));
        assert!(retry >= 0.06 && felt + 1e-6 >= latency + retry, "{felt} {latency} {retry}");
    }
}

#[test]
fn an_arrival_that_failed_is_sent_by_the_next_run_and_no_other() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| if asked.prompt.contains("number 2?") { Act::status(500, "no") } else { Act::Answer });
    let bench = Bench::ready(4, &spec(&server, "rate: 100/s, requests: 12"));
    bench.apply().exits(3);
    server.acts(|_| Act::Answer);
    let sent = server.count_during(|| {
        bench.apply().exits(0).says(&["12 requests: 9 kept, 3 sent"]);
    });
    assert_eq!(sent, 3);
    // What the first run kept leaves its gap.
    let (results, schedule) = (bench.results(), bench.table("arrivals.csv"));
    let planned = due(&schedule, "due_s", &(0..12).collect::<Vec<_>>());
    let own = |run: &str| since_the_first(&due(&results, "scheduled_s", &rows_with(&results, "measured_by", run)));
    let mut runs: Vec<&str> = results.column("measured_by");
    runs.sort_unstable();
    runs.dedup();
    let later = runs.into_iter().map(own).find(|times| times.len() == 3).unwrap();
    let is_planned = |gap: f64| planned.iter().any(|at| planned.iter().any(|other| (at - other - gap).abs() < 1e-6));
    assert!(later.iter().all(|gap| is_planned(*gap)), "{later:?} {planned:?}");
}

#[test]
fn an_interrupted_loop_sends_the_arrivals_that_are_missing() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &spec(&server, "rate: 10/s, requests: 40, arrivals: constant"));
    let running = bench.start(&APPLY, &[]);
    wait_until("some requests", || server.count() >= 4);
    running.signal("INT");
    running.end().exits(130);
    let kept = server.count();
    assert!(kept < 40);
    bench.apply().exits(0).says(&[&format!("40 requests: {kept} kept, {} sent", 40 - kept)]);
    assert_eq!(server.count(), 40);
    assert!(server.asked().iter().all(|asked| asked.before == 0));
}

#[test]
fn a_time_bounds_the_arrivals_of_an_open_loop_before_it_starts() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &spec(&server, "rate: 40/s, duration: 500ms, arrivals: constant"));
    bench.plan().exits(0).shows(&["20 requests: 0 kept, 20 to send\n"]);
    bench.apply().exits(0).says(&["20 requests: 0 kept, 20 sent"]);
    is_complete(&bench, &server);
}
