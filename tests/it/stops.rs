//! Runs that are killed or stopped lose nothing and pay for nothing again.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::bench::{Bench, Running, Spec, wait_until};
use crate::server::{Act, Server};
use crate::table::TIMES;

const APPLY: [&str; 2] = ["apply", "experiments/trial.yaml"];

/// A server that takes its time, so that a run can be caught in the middle.
fn slow_server(milliseconds: u64) -> Server {
    let server = Server::ollama(&["small"]);
    server.acts(move |_| Act::Late(Duration::from_millis(milliseconds)));
    server
}

fn spec(server: &Server, concurrency: usize) -> Spec {
    Spec::on(server).with("load", &format!("{{ warmup: 0, concurrency: {concurrency} }}"))
}

/// Starts a run and waits until the server has been asked so much.
fn run_until(bench: &Bench, server: &Server, asked: usize) -> Running {
    let running = bench.start(&APPLY, &[]);
    wait_until("enough requests", || server.count() >= asked);
    running
}

/// Kills a run at each of some moments; then nothing is asked twice but what was in flight, and the
/// rows are those of a run that nobody disturbed.
fn killed_at(moments: &[usize], questions: usize, concurrency: usize) {
    let server = slow_server(10);
    let bench = Bench::ready(questions, &spec(&server, concurrency));
    for moment in moments {
        run_until(&bench, &server, *moment).kill();
    }
    bench.apply().exits(0);
    let most = questions + moments.len() * concurrency;
    assert!((questions..=most).contains(&server.count()), "{} requests", server.count());

    let undisturbed = Bench::ready(questions, &spec(&server, concurrency));
    undisturbed.apply().exits(0);
    assert_eq!(bench.results().without(&TIMES), undisturbed.results().without(&TIMES));
}

#[test]
fn a_killed_run_with_one_in_flight_goes_on_from_there() {
    killed_at(&[15], 30, 1);
}

#[test]
fn a_killed_run_with_eight_in_flight_goes_on_from_there() {
    killed_at(&[40], 80, 8);
}

#[test]
fn a_run_that_is_killed_again_and_again_comes_to_its_end() {
    killed_at(&[1, 9, 20, 31, 50], 60, 4);
}

#[test]
fn an_interrupted_run_finishes_what_is_in_flight_and_keeps_it() {
    let server = slow_server(50);
    let bench = Bench::ready(60, &spec(&server, 4));
    let running = run_until(&bench, &server, 8);
    running.signal("INT");
    running.end().exits(130).says(&["stopping", "not sent"]).shows(&["were not sent; rerun the command"]);
    let rows = bench.results().rows.len();
    assert_eq!(rows, server.count());
    assert!((8..60).contains(&rows), "{rows} rows");
    server.acts(|_| Act::Answer);
    bench.apply().exits(0).says(&[&format!("60 requests: {rows} kept, {} sent", 60 - rows)]);
    assert_eq!(server.count(), 60);
}

#[test]
fn a_terminated_run_ends_as_an_interrupted_one() {
    let server = slow_server(50);
    let bench = Bench::ready(60, &spec(&server, 1));
    let running = run_until(&bench, &server, 3);
    running.signal("TERM");
    running.end().exits(130);
    assert_eq!(bench.results().rows.len(), server.count());
}

#[test]
fn a_second_interrupt_aborts_at_once() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| if asked.prompt.contains("number 2?") { Act::Silence } else { Act::Answer });
    let bench = Bench::ready(6, &spec(&server, 1));
    let running = run_until(&bench, &server, 3);
    running.signal("INT");
    wait_until("the notice", || running.stderr().contains("stopping"));
    running.signal("INT");
    running.end().exits(130).says(&["aborted"]);
    server.acts(|_| Act::Answer);
    bench.apply().exits(0).says(&["6 requests: 2 kept, 4 sent"]);
}

#[test]
fn two_runs_at_once_share_a_store() {
    let server = slow_server(10);
    let bench = Bench::ready(30, &spec(&server, 4));
    bench.spec(&spec(&server, 4));
    bench.write(
        "experiments/twin.yaml",
        spec(&server, 4).with("output", "{ dir: ../outputs/twin, formats: [svg] }").text(),
    );
    let (one, other) = (bench.start(&APPLY, &[]), bench.start(&["apply", "experiments/twin.yaml"], &[]));
    one.end().exits(0);
    other.end().exits(0);
    assert_eq!(server.count(), 30, "each question is asked by one of them");
    let prompts: BTreeSet<String> = server.asked().into_iter().map(|asked| asked.prompt).collect();
    assert_eq!(prompts.len(), 30);
    bench.apply().exits(0).says(&["30 requests: 30 kept, 0 sent"]);
}

/// The spec of another experiment beside the store, with the same requests.
fn twin(server: &Server, concurrency: usize) -> String {
    spec(server, concurrency).with("output", "{ dir: ../outputs/twin, formats: [svg] }").text()
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_takes_over_from_one_that_was_killed() {
    let server = slow_server(20);
    let bench = Bench::ready(60, &spec(&server, 4));
    bench.write("experiments/twin.yaml", twin(&server, 4));
    let one = run_until(&bench, &server, 8);
    let other = bench.start(&["apply", "experiments/twin.yaml"], &[]);
    let asked = server.count();
    wait_until("some more requests", || server.count() > asked + 8);
    one.kill();
    other.end().exits(0);
    assert!((60..=64).contains(&server.count()), "{} requests", server.count());
}

#[test]
fn an_interrupt_ends_a_wait_for_another_run() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Silence);
    let bench = Bench::ready(3, &spec(&server, 4));
    bench.write("experiments/twin.yaml", twin(&server, 4));
    let one = run_until(&bench, &server, 3);
    let other = bench.start(&["apply", "experiments/twin.yaml"], &[]);
    wait_until("the other to wait", || bench.path("outputs/twin").exists());
    other.signal("INT");
    other.end().exits(130);
    assert_eq!(server.count(), 3);
    one.kill();
}

#[test]
fn six_runs_at_once_on_nothing_ask_each_question_once() {
    let server = slow_server(5);
    let bench = Bench::ready(12, &spec(&server, 2));
    let runs: Vec<Running> = (0..6).map(|_| bench.start(&APPLY, &[])).collect();
    runs.into_iter().for_each(|run| {
        run.end().exits(0);
    });
    assert_eq!(server.count(), 12);
}

#[cfg(unix)]
#[test]
fn a_store_that_is_removed_ends_the_run_and_is_saved() {
    let server = slow_server(20);
    let bench = Bench::ready(60, &spec(&server, 4));
    let running = run_until(&bench, &server, 8);
    for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
        std::fs::remove_file(bench.path("outputs").join(name)).unwrap();
    }
    running.end().exits(1).says(&["was removed or replaced", "saved there again"]);
    let sent = server.count();
    assert!(sent < 60, "nothing more is sent");
    bench.apply().exits(0).says(&[&format!("60 requests: {sent} kept")]);
    assert_eq!(server.count(), 60);
}

#[cfg(unix)]
#[test]
fn a_store_that_is_replaced_is_saved_beside_and_the_other_file_is_left_alone() {
    let server = slow_server(20);
    let bench = Bench::ready(60, &spec(&server, 4));
    let running = run_until(&bench, &server, 8);
    std::fs::rename(bench.path("outputs/store.sqlite"), bench.path("away.sqlite")).unwrap();
    bench.write("outputs/store.sqlite", "a diary");
    running.end().exits(1).says(&["was removed or replaced", "store.sqlite.saved-1"]);
    assert_eq!(bench.read("outputs/store.sqlite"), "a diary");
    let sent = server.count();
    std::fs::rename(bench.path("outputs/store.sqlite.saved-1"), bench.path("outputs/store.sqlite")).unwrap();
    std::fs::remove_file(bench.path("outputs/store.sqlite-wal")).unwrap();
    std::fs::remove_file(bench.path("outputs/store.sqlite-shm")).unwrap();
    bench.apply().exits(0).says(&[&format!("60 requests: {sent} kept")]);
}

#[test]
fn an_interrupt_in_a_wait_sends_nothing_more() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Status(429, vec![("retry-after-ms", "30000".into())], String::new()));
    let bench = Bench::ready(3, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 9 }"));
    let running = run_until(&bench, &server, 1);
    running.signal("INT");
    running.end().exits(130);
    assert_eq!(server.count(), 1);
}

#[cfg(unix)]
#[test]
fn a_full_disk_ends_the_run_and_the_next_one_goes_on() {
    let server = slow_server(5);
    let bench = Bench::ready(40, &spec(&server, 4));
    let finished = bench.start_on_a_full_disk(&APPLY, 300).end();
    finished.exits(1).says(&["store.sqlite", "all committed responses are kept"]);
    let sent = server.count();
    assert!(sent < 40, "nothing more is sent without a store");
    bench.apply().exits(0);
    assert!(server.count() <= 40 + 4, "{} of {sent} were lost", server.count() - 40);
    assert_eq!(bench.results().column("model").len(), 40);
}

/// A server that says which models it has, and nothing else; it is told of each connection.
fn listing(connected: std::sync::mpsc::Sender<()>) -> std::net::SocketAddr {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ =
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n{\"data\":[]}");
            if connected.send(()).is_err() {
                return;
            }
        }
    });
    address
}

#[test]
fn a_stage_that_computes_is_interrupted_at_once() {
    let (connected, connection) = std::sync::mpsc::channel();
    let url = format!("{{ openai: {{ url: \"http://{}/v1\" }} }}", listing(connected));
    let bench = Bench::ready(300_000, &Spec::at(&url));
    for signal in ["INT", "TERM"] {
        let running = bench.start(&APPLY, &[]);
        connection.recv().unwrap();
        running.signal(signal);
        let finished = running.end();
        finished.exits(130).says(&["aborted"]);
        assert!(!finished.stderr.contains("rows from"), "the dataset was read to its end: {}", finished.stderr);
        while connection.try_recv().is_ok() {}
    }
}

#[cfg(unix)]
#[test]
fn a_run_that_stood_still_says_so_and_takes_no_times_from_it() {
    let server = slow_server(100);
    let bench = Bench::ready(40, &spec(&server, 4));
    let running = run_until(&bench, &server, 8);
    running.signal("STOP");
    // No clock can be paused here: the process itself is what stands still.
    std::thread::sleep(Duration::from_millis(1500));
    running.signal("CONT");
    running.end().exits(0).shows(&["warned: clock", "suspended"]);
    let results = bench.results();
    let latencies = results.column("latency_sec");
    let unknown = latencies.iter().filter(|latency| latency.is_empty()).count();
    assert!((1..=8).contains(&unknown), "{unknown} of {latencies:?}");
    let known = latencies.iter().filter_map(|latency| latency.parse::<f64>().ok());
    assert!(known.fold(0.0, f64::max) < 1.4, "{latencies:?}");
    bench.apply().exits(0).shows(&["warned: clock"]);
    assert_eq!(server.count(), 40);
}
