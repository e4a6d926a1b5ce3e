//! Answers that nobody asked for: never taken for another's without a word.

use std::time::Duration;

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

/// A run against a server that sends another answer after each fifth, so much later.
fn ends_with_a_failed_check(pause: Duration, load: &str) -> (Bench, usize) {
    let server = Server::openai(&["small"], None);
    server.acts(move |asked| if asked.prompt.contains("5?") { Act::Twice(pause) } else { Act::Answer });
    let bench = Bench::ready(40, &Spec::on(&server).with("load", load));
    bench.apply().shows(&["failed: surplus (local)"]);
    let strange = bench.results().column("output").iter().filter(|output| output.contains("nobody asked")).count();
    (bench, strange)
}

#[test]
fn another_answer_at_once_is_nobodys_and_told() {
    let (bench, strange) = ends_with_a_failed_check(Duration::ZERO, "{ warmup: 0, attempts: 3 }");
    assert_eq!(strange, 0);
    assert!(bench.results().column("status").iter().all(|status| *status == "ok"));
}

#[test]
fn another_answer_on_an_idle_connection_is_nobodys_and_told() {
    let load = "{ warmup: 0, attempts: 3, rate: 50/s, arrivals: constant, requests: 40 }";
    let (_, strange) = ends_with_a_failed_check(Duration::from_millis(5), load);
    assert_eq!(strange, 0);
}

#[test]
fn another_answer_that_crosses_the_next_request_is_told_and_connections_are_used_once_from_then_on() {
    let load = "{ warmup: 0, attempts: 3, concurrency: 2 }";
    let (bench, strange) = ends_with_a_failed_check(Duration::from_millis(1), load);
    assert!(strange <= 2, "{strange} answers that nobody asked for");
    let results = bench.results();
    let new = results.column("new_connection");
    let new = &new[new.len() - 10..];
    assert!(new.iter().all(|flag| *flag != "0"), "{new:?}");
}
