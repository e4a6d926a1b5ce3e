//! One load level from several clients of a shared store: they meet in it before they begin.

use std::time::Duration;

use super::{Database, Shared, VARIABLE};
use crate::bench::{Bench, Running, Spec, wait_until};
use crate::server::{Act, Server};

const SPEC: &str = "experiments/trial.yaml";

/// A level of so many requests on a server that takes 10 ms for each.
fn shared<'d>(database: &'d Database, server: &Server, load: &str) -> Shared<'d> {
    server.acts(|_| Act::Late(Duration::from_millis(10)));
    let schema = database.schema();
    let output = format!(
        "{{ dir: ../outputs/trial, formats: [svg], store: {{ postgres: {{ url_env: {VARIABLE}, schema: {schema} }} }} }}"
    );
    let load = format!("{{ warmup: 1, attempts: 1, {load} }}");
    let bench = Bench::ready(20, &Spec::on(server).with("load", &load).with("output", &output));
    Shared { bench, database, url: database.url(), schema }
}

fn start(shared: &Shared<'_>, client: &str, more: &[&str]) -> Running {
    shared.start(&[&["apply", SPEC, "--client", client], more].concat())
}

#[test]
fn clients_wait_for_each_other_before_each_level_and_make_one_of_it() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = shared(database, &server, "concurrency: [3, 6], requests: 90");
    let first = start(&shared, "1/3", &[]);
    wait_until("it waits", || first.stderr().contains("waiting for clients 2 and 3 of 3 to begin the level"));
    assert_eq!(shared.sql("SELECT count(*) FROM responses WHERE warmup = 0"), "0");
    let second = start(&shared, "2/3", &[]);
    wait_until("it waits for one", || first.stderr().contains("waiting for client 3 of 3 to begin the level"));
    for run in [start(&shared, "3/3", &[]), second, first] {
        run.end().exits(0);
    }
    assert_eq!(shared.sql("SELECT count(*) FROM responses WHERE warmup = 0"), "180");
    // Two of each client; on a busy machine not all six come to be at the server in the same moment.
    assert!((4..=6).contains(&server.most_at_once()), "{}", server.most_at_once());
    assert_eq!(shared.sql("SELECT count(*) FROM arrivals"), "0", "an arrival goes with its worker");
    let judged = shared.run(&["judge", SPEC]);
    judged.exits(0);
    let manifest: serde_json::Value = serde_json::from_str(&shared.bench.read("outputs/trial/manifest.json")).unwrap();
    let checks = manifest["checks"].as_array().unwrap();
    let clients = checks.iter().find(|check| check["name"] == "clients").unwrap();
    assert_eq!(clients["outcome"], "passed", "{clients}");
    let parts = manifest["clients"].as_array().unwrap();
    assert_eq!(parts.len(), 2 * 3);
    for part in parts {
        // The database is on this machine, so that its clock is that of the clients.
        let (offset, uncertain) =
            (part["clock_offset_s"].as_f64().unwrap(), part["clock_uncertainty_s"].as_f64().unwrap());
        assert!(offset.abs() <= uncertain + 0.001 && uncertain < 0.1 && part["late_s"] == 0.0, "{part}");
    }
    let again = start(&shared, "2/3", &[]).end();
    again.exits(0).says(&["60 kept, 0 sent"]);
}

#[test]
fn who_waits_in_vain_sends_nothing() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = shared(database, &server, "concurrency: 2, requests: 10");
    let alone = start(&shared, "2/2", &["--patience", "1s"]).end();
    alone.exits(1).says(&["client 1 of 2 did not come to small within 1 s, so nothing of it was sent"]);
    assert_eq!(shared.sql("SELECT count(*) FROM responses WHERE warmup = 0"), "0");
    let waiting = start(&shared, "2/2", &[]);
    wait_until("it waits", || waiting.stderr().contains("waiting for client 1 of 2"));
    start(&shared, "2/2", &[]).end().exits(1).says(&["another run is client 2/2 already"]);
    for run in [start(&shared, "1/2", &[]), waiting] {
        run.end().exits(0);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_client_spoils_the_level_and_sends_its_rest_alone() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = shared(database, &server, "concurrency: 3, requests: 240");
    let [first, second, third] = ["1/3", "2/3", "3/3"].map(|client| start(&shared, client, &[]));
    wait_until("all send", || server.count() > 60);
    third.kill();
    for run in [first, second] {
        run.end().exits(0);
    }
    let judged = shared.run(&["judge", SPEC]);
    let text = format!("{}{}", judged.stdout, judged.stderr);
    assert!(text.contains("client 3 of 3 did not come to the end"), "{text}");
    assert!(shared.sql("SELECT count(*) FROM responses WHERE warmup = 0").parse::<usize>().unwrap() < 240);
    // Nobody comes to that level any more, so that it is not waited for anybody.
    start(&shared, "3/3", &["--patience", "1s"]).end().exits(0);
    assert_eq!(shared.sql("SELECT count(*) FROM responses WHERE warmup = 0"), "240");
    let judged = shared.run(&["judge", SPEC]);
    let text = format!("{}{}", judged.stdout, judged.stderr);
    assert!(text.contains("client 3 of 3 sent its part in several runs"), "{text}");
}
