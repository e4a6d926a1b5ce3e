//! Closed loops that last for a time: the number of requests depends on the server.

use std::collections::HashSet;
use std::time::Duration;

use super::{APPLY, is_complete, repeats, rows_with, spec};
use crate::bench::{Bench, Running, Spec, wait_until};
use crate::server::{Act, Server};

const PRICE: &str = "{ models: { small: { input: 1, output: 2 } } }";

fn slow_server() -> Server {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Late(Duration::from_millis(10)));
    server
}

/// The number between two texts.
#[track_caller]
fn number_between(text: &str, before: &str, after: &str) -> f64 {
    let rest = text.split(before).nth(1).unwrap_or_else(|| panic!("no `{before}` in:\n{text}"));
    rest.split(after).next().unwrap().trim().parse().unwrap_or_else(|_| panic!("no number in:\n{rest}"))
}

/// How many seconds a plan wants its only level to go on.
fn time_left(bench: &Bench) -> f64 {
    let plan = bench.plan();
    plan.exits(0);
    number_between(&plan.stdout, "1 timed level, ", "s\n")
}

/// Starts a run and waits until the server has been asked so much more.
fn run_for(bench: &Bench, server: &Server, requests: usize) -> Running {
    let before = server.count();
    let running = bench.start(&APPLY, &[]);
    wait_until("enough requests", || server.count() >= before + requests);
    running
}

#[track_caller]
fn interrupt(running: Running) {
    running.signal("INT");
    running.end().exits(130).shows(&["of load remain; rerun the command"]);
}

#[test]
fn a_loop_ends_after_its_time_and_is_complete() {
    let server = slow_server();
    let bench = Bench::ready(4, &spec(&server, "concurrency: [1, 2], duration: 400ms"));
    let finished = bench.apply();
    finished.exits(0).says(&["generate  small c=1: for 0.4s", "generate  small c=2: for 0.4s"]);
    let results = bench.results();
    assert_eq!(results.rows.len(), server.count());
    for level in ["c=1", "c=2"] {
        let said = finished.stderr.split(&format!("small {level}: ")).nth(2).unwrap();
        assert!(number_between(said, "sent in ", " s") >= 0.4, "{said}");
        let rows = rows_with(&results, "level", level);
        assert_eq!(number_between(&format!("#{said}"), "#", " sent"), rows.len() as f64);
        let repeats = repeats(&results, &rows);
        assert!(repeats.values().all(|repeats| *repeats == (0..repeats.len()).collect::<Vec<_>>()), "{repeats:?}");
    }
    is_complete(&bench, &server);
    let total = results.rows.len();
    bench.plan().exits(0).shows(&[&format!("{total} requests: {total} kept, 0 to send\n")]);
}

#[test]
fn a_loop_that_is_interrupted_goes_on_for_the_rest() {
    let server = slow_server();
    let bench = Bench::ready(3, &spec(&server, "concurrency: 2, duration: 1h"));
    assert_eq!(time_left(&bench), 3600.0);
    interrupt(run_for(&bench, &server, 20));
    let (first, left) = (server.count(), time_left(&bench));
    assert!(left < 3600.0);
    assert_eq!(bench.results().rows.len(), first);
    bench.plan().shows(&[&format!("{first} requests: {first} kept, 0 to send; 1 timed level, ")]);
    let running = run_for(&bench, &server, 20);
    let said = running.stderr();
    assert_eq!(number_between(&said, "small c=2: for ", "s"), left);
    interrupt(running);
    assert!(time_left(&bench) < left);
    let bodies: HashSet<String> = server.asked().into_iter().map(|asked| asked.body.to_string()).collect();
    assert_eq!((bodies.len(), bench.results().rows.len()), (server.count(), server.count()));
}

#[test]
fn a_loop_that_is_killed_asks_again_at_most_what_was_in_flight() {
    let server = slow_server();
    let bench = Bench::ready(3, &spec(&server, "concurrency: 4, duration: 1h"));
    run_for(&bench, &server, 40).kill();
    let plan = bench.plan();
    let kept = number_between(&plan.stdout, "requests: ", " kept");
    assert!(kept >= 36.0, "{}", plan.stdout);
    // What was remembered of the time went with it.
    assert_eq!(time_left(&bench), 3600.0);
    interrupt(run_for(&bench, &server, 20));
    let again = server.asked().iter().filter(|asked| asked.before > 0).count();
    assert!(again <= 4, "{again} were asked again");
    assert_eq!(bench.results().rows.len() + again, server.count());
}

#[test]
fn a_failed_request_of_a_loop_is_tried_again_without_prolonging_it() {
    let server = slow_server();
    server.acts(|asked| if asked.body["options"]["seed"] == 7 { Act::status(500, "no") } else { Act::Answer });
    let bench = Bench::ready(2, &spec(&server, "concurrency: 1, duration: 300ms"));
    bench.apply().exits(3);
    let rows = bench.results().rows.len();
    server.acts(|_| Act::Answer);
    bench.plan().exits(0).shows(&[", 2 to send\n", "2 failed before"]);
    let sent = server.count_during(|| {
        bench.apply().exits(0).says(&["2 requests"]);
    });
    assert_eq!((sent, bench.results().rows.len()), (2, rows));
}

#[test]
fn a_plan_knows_how_long_a_level_lasts_and_not_how_much_it_takes() {
    let server = Server::ollama(&["small"]);
    let spec =
        spec(&server, "concurrency: [1, 2], rate: 10/s, arrivals: constant, duration: 40s").with("pricing", PRICE);
    let bench = Bench::ready(3, &spec);
    let plan = bench.plan();
    plan.exits(0).shows(&[
        "c=1         0     0  for 40s",
        "c=2         0     0  for 40s",
        "400 requests: 0 kept, 400 to send; 2 timed levels, 80s in all",
        "there is no estimate; `budget` limits it",
    ]);
    assert!(!plan.stdout.contains("cost") && !plan.stdout.contains("tokens"), "{}", plan.stdout);
}

#[test]
fn a_paid_loop_without_an_end_is_not_started_without_a_word() {
    let server = Server::ollama(&["small"]);
    let spec = spec(&server, "concurrency: 1, duration: 100ms").with("pricing", PRICE);
    let bench = Bench::ready(2, &spec);
    bench.apply().exits(4).says(&["an unbounded amount", "--yes"]);
    assert_eq!(server.count(), 0);
    bench.spec(&spec.clone().with("budget", "{ max_cost: 0.9 }"));
    bench.apply().exits(0);
    is_complete(&bench, &server);
}

#[test]
fn a_budget_ends_a_loop_and_the_next_run_goes_on() {
    let server = slow_server();
    let limited = |spec: Spec| spec.with("budget", "{ max_requests: 10 }");
    let bench = Bench::ready(3, &limited(spec(&server, "concurrency: 2, duration: 1h")));
    bench.apply().exits(4).shows(&["max_requests"]);
    assert_eq!((server.count(), bench.results().rows.len()), (10, 10));
    bench.apply().exits(4).says(&["10 kept"]);
    assert_eq!((server.count(), bench.results().rows.len()), (20, 20));
}
