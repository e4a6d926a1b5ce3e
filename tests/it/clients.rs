//! One load level from several clients, each with a store of its own: they begin together, and the merged level is one.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::bench::{Bench, Running, Spec, wait_until};
use crate::mock::Mock;
use crate::server::{Act, Server};
use crate::table::Table;

const SPEC: &str = "experiments/trial.yaml";

/// A server that takes so many milliseconds for each answer.
fn server(milliseconds: u64) -> Server {
    let server = Server::ollama(&["small"]);
    server.acts(move |_| Act::Late(Duration::from_millis(milliseconds)));
    server
}

fn bench(server: &Server, load: &str) -> Bench {
    Bench::ready(20, &Spec::on(server).with("load", &format!("{{ warmup: 0, attempts: 1, {load} }}")))
}

/// The time in so many milliseconds.
fn soon(milliseconds: u64) -> String {
    let then = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_millis(milliseconds);
    let then = chrono::DateTime::from_timestamp_millis(i64::try_from(then.as_millis()).unwrap()).unwrap();
    then.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn start(bench: &Bench, client: &str, at: &str) -> Running {
    bench.start(&["apply", SPEC, "--client", client, "--start-at", at], &[])
}

/// Puts the stores of these clients together.
fn merge(bench: &Bench, clients: &[&str]) {
    let stores: Vec<String> =
        clients.iter().map(|client| format!("outputs/store-{}.sqlite", client.replace('/', "-of-"))).collect();
    let stores: Vec<&str> = stores.iter().map(String::as_str).collect();
    bench.run(&[&["merge"], stores.as_slice(), &["--into", "outputs/store.sqlite"]].concat()).exits(0);
}

fn rows_of(bench: &Bench, client: &str) -> Table {
    Table::read(&bench.path(&format!("outputs/trial-{}/results.csv", client.replace('/', "-of-"))))
}

#[test]
fn clients_divide_a_closed_loop_and_make_one_level() {
    let server = server(20);
    let bench = bench(&server, "concurrency: 5, requests: 150");
    let at = soon(4000);
    let clients = ["1/2", "2/2"];
    let running = clients.map(|client| start(&bench, client, &at));
    for run in running {
        run.end().exits(0).says(&["the level begins in"]);
    }
    assert_eq!(server.count(), 150);
    // Three and two; on a busy machine not all five come to be at the server in the same moment.
    assert!((4..=5).contains(&server.most_at_once()), "{}", server.most_at_once());
    assert_eq!(clients.map(|client| rows_of(&bench, client).rows.len()), [75, 75]);
    merge(&bench, &clients);
    let merged = bench.apply();
    merged.exits(0).says(&["150 kept, 0 sent"]);
    let checks = bench.read("outputs/trial/manifest.json");
    let manifest: serde_json::Value = serde_json::from_str(&checks).unwrap();
    let status = |name: &str| {
        let checks = manifest["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).map(|check| check["outcome"].as_str().unwrap().to_owned())
    };
    assert_eq!(
        ["clients", "one_run", "steady"].map(status),
        ["passed"; 3].map(|word| Some(word.to_owned())),
        "{checks}"
    );
    let said: Vec<&str> =
        manifest["clients"].as_array().unwrap().iter().map(|part| part["client"].as_str().unwrap()).collect();
    assert_eq!(said, clients);
    // What one client of all five says of the same load: 5 in flight at 20 ms and what the client and the machine add.
    let summary = bench.table("model_summary.csv");
    let rate = summary.number(0, "requests_per_s");
    assert!((50.0..=250.0).contains(&rate), "{rate}");
}

#[test]
fn arrivals_of_an_open_loop_belong_to_one_client_each() {
    let server = server(2);
    let bench = bench(&server, "rate: 50/s, requests: 60");
    let at = soon(4000);
    let clients = ["1/3", "2/3", "3/3"];
    for run in clients.map(|client| start(&bench, client, &at)) {
        run.end().exits(0);
    }
    let own = clients.map(|client| rows_of(&bench, client));
    assert_eq!(own.each_ref().map(|table| table.rows.len()), [20, 20, 20]);
    let whole =
        Bench::ready(20, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 1, rate: 50/s, requests: 60 }"));
    whole.apply().exits(0);
    let keys = |table: &Table| table.column("request_key").iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    let mut divided: Vec<String> = own.iter().flat_map(keys).collect();
    let mut all = keys(&whole.results());
    divided.sort();
    all.sort();
    assert_eq!(divided, all, "each arrival is sent by one of them");
}

#[test]
fn a_timed_level_is_merged_with_what_each_client_sent() {
    let server = server(5);
    let bench = bench(&server, "concurrency: 4, duration: 600ms");
    let at = soon(4000);
    let clients = ["1/2", "2/2"];
    for run in clients.map(|client| start(&bench, client, &at)) {
        run.end().exits(0);
    }
    let sent = server.count();
    let own: usize = clients.iter().map(|client| rows_of(&bench, client).rows.len()).sum();
    merge(&bench, &clients);
    bench.apply().exits(0).says(&[&format!("{sent} kept, 0 sent")]);
    assert_eq!((bench.results().rows.len(), own, server.count()), (sent, sent, sent));
}

#[test]
fn a_client_that_misses_the_start_spoils_the_level() {
    let server = server(2);
    let bench = bench(&server, "concurrency: 2, requests: 40");
    let at = soon(0);
    start(&bench, "1/2", &at).end().exits(0);
    start(&bench, "2/2", &at).end().exits(0);
    merge(&bench, &["1/2", "2/2"]);
    let merged = bench.apply();
    merged.exits(0);
    let text = format!("{}{}", merged.stdout, merged.stderr);
    assert!(text.contains("clients (small): client ") && text.contains(" of 2 began "), "{text}");
}

#[test]
fn a_client_that_is_missing_or_was_killed_spoils_the_level() {
    let server = server(5);
    let bench = bench(&server, "concurrency: 3, requests: 300");
    let at = soon(3000);
    let (first, second) = (start(&bench, "1/3", &at), start(&bench, "2/3", &at));
    wait_until("both send", || server.count() > 40);
    second.kill();
    first.end().exits(0);
    merge(&bench, &["1/3", "2/3"]);
    let judged = bench.run(&["judge", SPEC]);
    let text = format!("{}{}", judged.stdout, judged.stderr);
    for words in ["client 3 of 3 sent nothing", "client 2 of 3 did not come to the end"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(
        bench.path("outputs/trial/partial/results.csv").exists() || bench.path("outputs/trial/results.csv").exists()
    );
}

#[test]
fn what_clients_need_is_asked_for() {
    let server = server(0);
    let bench = bench(&server, "concurrency: [2, 4], requests: 8");
    let apply = |arguments: &[&str]| bench.run(&[&["apply", SPEC], arguments].concat());
    apply(&["--client", "1/2"]).exits(2).says(&["give all of them the same `--start-at TIME`"]);
    apply(&["--client", "1/2", "--start-at", &soon(0)])
        .exits(2)
        .says(&["2 load levels need a start each\nhint: add `--every TIME`"]);
    apply(&["--client", "1/2", "--start-at", "12:00"]).exits(2).says(&["expected a date, a time and a zone"]);
    apply(&["--client", "3/2"]).exits(2).says(&["3 is not one of 2"]);
    apply(&["--client", "1/2", "--shard", "1/2"]).exits(2).says(&["cannot be used with"]);
    assert_eq!(server.count(), 0);
    bench.spec(&Spec::on(&server));
    apply(&["--client", "1/2", "--start-at", &soon(0)]).exits(2).says(&["this experiment only asks its questions"]);
    for client in ["1/2", "2/2"] {
        apply(&["--client", client]).exits(0);
    }
    assert_eq!(server.count(), 20, "questions are shared as by shards");
}

#[test]
fn small_levels_of_a_sweep_are_sent_by_some_of_the_clients() {
    let server = server(2);
    let bench = bench(&server, "concurrency: [1, 4], requests: 24");
    let at = soon(4000);
    let apply =
        |client: &str| bench.start(&["apply", SPEC, "--client", client, "--start-at", &at, "--every", "3s"], &[]);
    let clients = ["1/2", "2/2"];
    for run in clients.map(apply) {
        run.end().exits(0);
    }
    assert_eq!(clients.map(|client| rows_of(&bench, client).rows.len()), [24 + 12, 12]);
    merge(&bench, &clients);
    let merged = bench.apply();
    merged.exits(0).says(&["48 kept, 0 sent"]);
    let text = format!("{}{}", merged.stdout, merged.stderr);
    assert!(!text.contains("clients (small"), "{text}");
}

#[test]
fn clocks_of_clients_with_a_store_each_are_compared_by_that_of_the_server() {
    let mock = Mock::with(&["--ttft", "5ms", "--gap", "0ms", "--tokens", "1"]);
    let endpoint = format!("{{ openai: {{ url: \"{}/v1\" }} }}", mock.url);
    let spec = Spec::at(&endpoint).with("models", "[{ name: mock, endpoint: local }]");
    let bench = Bench::ready(20, &spec.with("load", "{ warmup: 0, attempts: 1, concurrency: 2, requests: 40 }"));
    let at = soon(8000);
    for run in ["1/2", "2/2"].map(|client| start(&bench, client, &at)) {
        run.end().exits(0);
    }
    merge(&bench, &["1/2", "2/2"]);
    bench.apply().exits(0).says(&["40 kept, 0 sent"]);
    let manifest: serde_json::Value = serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap();
    let clients = manifest["clients"].as_array().unwrap();
    assert_eq!(clients.len(), 2);
    for client in clients {
        // The server is on this machine, so that its clock does not contradict that of the client.
        let (offset, uncertain) = (&client["clock_offset_s"], client["clock_uncertainty_s"].as_f64().unwrap());
        assert!(offset.as_f64().unwrap().abs() < 1e-3 && uncertain < 0.3, "{client}");
        assert!(client["late_s"].as_f64().is_none_or(|late| late < 0.1), "{client}");
    }
}
