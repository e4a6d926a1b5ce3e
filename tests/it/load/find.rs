//! The search for the largest load within the service level.

use std::time::Duration;

use super::{is_complete, rows_with, spec};
use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

/// A server that is too slow for one of four requests of the second and the fourth level that it is asked at.
fn server() -> Server {
    let server = Server::ollama(&["small"]);
    let asked = std::sync::atomic::AtomicUsize::new(0);
    server.acts(move |_| {
        let number = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let is_too_much = matches!(number / 80, 1 | 3);
        if is_too_much && number.is_multiple_of(4) { Act::Late(Duration::from_millis(1500)) } else { Act::Answer }
    });
    server
}

fn search(server: &Server, load: &str) -> Spec {
    spec(server, load).with("slo", "{ latency: 1s }")
}

#[test]
fn the_largest_load_is_found_by_bisection_and_found_again_in_the_store() {
    let server = server();
    let bench = Bench::ready(20, &search(&server, "find: { concurrency: 1..8 }, requests: 80"));
    bench.plan().exits(0).shows(&["at most 5 levels of each model between c=1 and c=8", "c=1 "]);
    let finished = bench.apply();
    finished.exits(0).says(&["400 requests: 0 kept, 400 sent"]).shows(&[
        "small: the largest load within the SLO is c=5: 100.0 % attained [95.4 %, 100.0 %]; c=6 is not: 75.0 % attained",
    ]);
    let results = bench.results();
    for level in ["c=1", "c=4", "c=5", "c=6", "c=8"] {
        assert_eq!(rows_with(&results, "level", level).len(), 80, "{level}");
    }
    assert!(bench.read("outputs/trial/summary.md").contains("the largest load within the SLO is c=5"));
    let again = bench.run(&["apply", "--json", "experiments/trial.yaml"]);
    let end: serde_json::Value = serde_json::from_str(again.exits(0).stdout.lines().last().unwrap()).unwrap();
    let found = &end["largest_load"][0];
    assert_eq!(
        (&found["model"], &found["outcome"], &found["concurrency"]),
        (&"small".into(), &"found".into(), &5.into())
    );
    is_complete(&bench, &server);
    bench.plan().exits(0).shows(&["400 requests: 400 kept, 0 to send"]);
}

#[test]
fn a_search_goes_on_where_it_was_ended() {
    let server = server();
    let bench = Bench::ready(20, &search(&server, "find: { concurrency: 1..8 }, requests: 80"));
    let stopped = ["apply", "experiments/trial.yaml", "--set", "budget.max_requests=200"];
    bench.run(&stopped).shows(&["the search is not finished; c=4 is next"]);
    let known = server.count();
    bench.apply().exits(0).shows(&["the largest load within the SLO is c=5"]);
    assert_eq!((known, server.count()), (200, 400));
}

#[test]
fn too_few_responses_show_nothing() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(20, &search(&server, "find: { concurrency: 2..4 }"));
    bench.apply().exits(0).shows(&[
        "no load within the SLO was found: c=2 does not show 95.0 %: 100.0 % attained [83.9 %, 100.0 %] (all of 73 responses",
    ]);
}
