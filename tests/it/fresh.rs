//! `apply --fresh`: what is stored is measured again, and lost to nothing that fails.

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

/// The latencies of all rows.
fn latencies(bench: &Bench) -> Vec<String> {
    bench.results().column("latency_sec").into_iter().map(str::to_owned).collect()
}

const FRESH: [&str; 3] = ["apply", "--fresh", "experiments/trial.yaml"];

#[test]
fn every_request_is_sent_again_and_its_answer_is_replaced() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server));
    bench.apply().exits(0);
    let (asked, first) = (server.count(), latencies(&bench));
    bench.run(&FRESH).exits(0).says(&["4 requests: 0 kept, 4 sent"]);
    let second = latencies(&bench);
    assert_eq!(server.count(), asked + 4);
    assert_ne!(first, second);
    bench.apply().exits(0).says(&["4 requests: 4 kept, 0 sent"]);
    assert_eq!(latencies(&bench), second);
}

#[test]
fn an_answer_stays_where_the_request_fails_when_it_is_sent_again() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    let first = latencies(&bench);
    server.acts(|_| Act::Status(400, Vec::new(), "{\"error\":\"bad\"}".to_owned()));
    let again = bench.run(&FRESH);
    again.says(&["failed this time; the answers of an earlier run stay"]);
    server.acts(|_| Act::Answer);
    bench.apply().exits(0).says(&["3 kept, 0 sent"]);
    assert_eq!(latencies(&bench), first);
}

#[test]
fn what_goes_on_from_the_store_is_not_sent_again() {
    let server = Server::ollama(&["small"]);
    let load = "{ concurrency: 1, duration: 1s, warmup: 0 }";
    let bench = Bench::ready(3, &Spec::on(&server).with("load", load));
    bench.run(&FRESH).exits(2).says(&["`--fresh` does not go with `load.duration`", "store remove"]);
    assert_eq!(server.count(), 0);
}

#[test]
fn an_interrupted_fresh_run_is_continued() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server);
    let bench = Bench::ready(4, &spec);
    bench.apply().exits(0);
    let (asked, first) = (server.count(), latencies(&bench));
    bench.spec(&spec.with("budget", "{ max_requests: 1 }"));
    bench.run(&FRESH).says(&["0 kept, 1 sent, 3 not sent"]);
    bench.spec(&spec);
    // What is old and what is new stand side by side, which is said.
    bench.apply().exits(0).says(&["4 kept, 0 sent", "is not complete", "`--fresh` continues it"]);
    bench.run(&FRESH).exits(0).says(&["continues the fresh run", "has sent 1 request", "1 kept, 3 sent"]);
    assert_eq!(server.count(), asked + 4);
    let second = latencies(&bench);
    assert!(first.iter().zip(&second).all(|(first, second)| first != second));
    // It is complete, so the next one begins anew.
    bench.run(&FRESH).exits(0).says(&["0 kept, 4 sent"]);
    assert_eq!(server.count(), asked + 8);
}

#[test]
fn a_fresh_run_can_be_begun_anew() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server);
    let bench = Bench::ready(3, &spec);
    bench.apply().exits(0);
    bench.spec(&spec.with("budget", "{ max_requests: 1 }"));
    bench.run(&FRESH).says(&["1 sent, 2 not sent"]);
    bench.spec(&spec);
    bench.run(&["apply", "--fresh=restart", "experiments/trial.yaml"]).exits(0).says(&["0 kept, 3 sent"]);
    bench.apply().exits(0).says(&["3 kept, 0 sent"]);
}
