//! Runs on one store: what one has claimed no other asks, for as long as it may still ask it and no longer.

use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::Connection;

use crate::bench::{Bench, Spec, wait_until};
use crate::server::{Act, Server};

const APPLY: [&str; 2] = ["apply", "experiments/trial.yaml"];

/// A bench whose first run was killed with 5 answers, one request in flight, and the rest claimed.
fn killed(server: &Server) -> Bench {
    server.acts(|asked| if asked.prompt.contains("number 5?") { Act::Silence } else { Act::Answer });
    let bench = Bench::ready(20, &Spec::on(server).with("load", "{ warmup: 0, concurrency: 1 }"));
    let running = bench.start(&APPLY, &[]);
    wait_until("the silent one", || server.count() == 6);
    running.kill();
    server.acts(|_| Act::Answer);
    bench
}

fn store(bench: &Bench) -> Connection {
    Connection::open(bench.path("outputs/store.sqlite")).unwrap()
}

/// Makes the claims of the killed run those of one on another machine, which may still live for so long.
fn claimed_elsewhere(store: &Connection, time: Duration) {
    let until = (SystemTime::now() + time).duration_since(UNIX_EPOCH).unwrap().as_millis();
    let changed = store.execute("UPDATE runs SET host='elsewhere', until=?", [i64::try_from(until).unwrap()]).unwrap();
    assert_eq!(changed, 1, "the killed run had claims");
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_killed_run_had_claimed_is_free_at_once_and_nothing_else_is_asked() {
    let server = Server::ollama(&["small"]);
    let bench = killed(&server);
    let start = Instant::now();
    bench.apply().exits(0).says(&["20 requests: 5 kept, 15 sent"]);
    assert!(start.elapsed() < Duration::from_secs(15), "it waited for the lease");
    assert_eq!(server.count(), 20 + 1);
    let prompts: BTreeSet<String> = server.asked().into_iter().skip(6).map(|asked| asked.prompt).collect();
    assert_eq!(prompts.len(), 15);
}

/// A program closes a store as its last user, and takes its log away, where nobody else holds a lock on the file. A
/// process loses all its locks on a file with the first handle of it that it closes.
#[cfg(target_os = "linux")]
#[test]
fn a_run_holds_its_lock_on_the_store_whoever_looks_into_it() {
    use std::os::unix::fs::MetadataExt;
    let server = Server::ollama(&["small"]);
    server.acts(|asked| if asked.prompt.contains("number 15?") { Act::Silence } else { Act::Answer });
    let bench = Bench::ready(20, &Spec::on(&server).with("load", "{ warmup: 0, concurrency: 1 }"));
    let running = bench.start(&APPLY, &[]);
    wait_until("the silent one", || server.count() == 16);
    let looks = store(&bench);
    looks.execute_batch("BEGIN EXCLUSIVE; COMMIT").unwrap();
    drop(looks);
    let inode = format!(":{} ", std::fs::metadata(bench.path("outputs/store.sqlite")).unwrap().ino());
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    let held = locks.lines().filter(|line| line.contains("POSIX") && line.contains(&inode)).count();
    assert_eq!(held, 1, "{locks}");
    running.kill();
    server.acts(|_| Act::Answer);
    bench.apply().exits(0).says(&["20 requests: 15 kept, 5 sent"]);
}

#[test]
fn what_a_run_elsewhere_has_claimed_is_waited_for_until_its_lease_ends() {
    let server = Server::ollama(&["small"]);
    let bench = killed(&server);
    let lease = Duration::from_secs(2);
    claimed_elsewhere(&store(&bench), lease);
    let start = Instant::now();
    bench.apply().exits(0).says(&["20 requests: 5 kept, 15 sent"]);
    let took = start.elapsed();
    assert!(took > lease - Duration::from_millis(100), "{took:?}");
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_eq!(server.count(), 20 + 1);
}

#[cfg(target_os = "linux")]
#[test]
fn what_a_run_has_claimed_stays_its_own_when_the_clock_was_set_before_another_began() {
    for hours in [-2_i64, 2] {
        let server = Server::ollama(&["small"]);
        server.acts(|asked| if asked.prompt.contains("number 5?") { Act::Silence } else { Act::Answer });
        let bench = Bench::ready(20, &Spec::on(&server).with("load", "{ warmup: 0, concurrency: 1 }"));
        let first = bench.start(&APPLY, &[]);
        wait_until("the silent one", || server.count() == 6);
        // As if it had begun when the clock stood elsewhere. It stands still, so that it does not say otherwise.
        first.signal("STOP");
        let shifted = "UPDATE runs SET until = until + ?1, booted = booted + ?1";
        assert_eq!(store(&bench).execute(shifted, [hours * 3_600_000]), Ok(1));
        let second = bench.start(&APPLY, &[]);
        wait_until("the second run", || second.stderr().contains("requests"));
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(server.count(), 6, "{hours}: it asked what the first had claimed");
        server.acts(|_| Act::Answer);
        first.kill();
        second.end().exits(0).says(&["20 requests: 5 kept, 15 sent"]);
        assert_eq!(server.count(), 20 + 1);
    }
}

#[test]
fn what_nobody_has_claimed_does_not_wait_for_what_somebody_has() {
    let server = Server::ollama(&["small"]);
    let bench = killed(&server);
    let store = store(&bench);
    claimed_elsewhere(&store, Duration::from_secs(25));
    // 16 bytes a key, and the last three of them are not claimed any more.
    store.execute("UPDATE claims SET keys=substr(keys, 1, length(keys) - 48)", []).unwrap();
    let running = bench.start(&APPLY, &[]);
    wait_until("the free ones", || server.count() == 6 + 3);
    store.execute("UPDATE runs SET until=1 WHERE host='elsewhere'", []).unwrap();
    running.end().exits(0);
    assert_eq!(server.count(), 20 + 1);
}

/// The exchanges of a cassette, each line of which is whole.
fn exchanges(bench: &Bench, name: &str) -> usize {
    let text = bench.read(name);
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let labels = lines.iter().filter(|line| !line["cassette"].is_null()).count();
    assert_eq!((labels, lines[0]["cassette"].is_null()), (1, false), "one label, and at the top");
    lines.iter().filter(|line| line["body"]["messages"].is_array() || !line["body"]["prompt"].is_null()).count()
}

/// A spec of a level that lasts for a second, and its other run beside it.
fn lasting(server: &Server, concurrency: usize) -> Bench {
    server.acts(|_| Act::Late(Duration::from_millis(10)));
    let load = format!("{{ warmup: 0, concurrency: {concurrency}, duration: 1s }}");
    let spec = Spec::on(server).with("load", &load);
    let bench = Bench::ready(50, &spec);
    bench.write("experiments/twin.yaml", spec.with("output", "{ dir: ../outputs/twin, formats: [svg] }").text());
    bench
}

#[test]
fn two_runs_of_a_level_that_lasts_for_a_time_share_its_turns_and_leave_no_gap() {
    for concurrency in [1, 4] {
        let server = Server::ollama(&["small"]);
        let bench = lasting(&server, concurrency);
        let runs = ["trial", "twin"].map(|name| {
            let (spec, tape) = (format!("experiments/{name}.yaml"), bench.path("tape.jsonl"));
            bench.start(&["apply", &spec, "--record", tape.to_str().unwrap()], &[])
        });
        let start = Instant::now();
        for run in runs {
            let finished = run.end();
            finished.exits(0);
            assert!(!finished.stderr.contains(" not sent\n"), "{}", finished.stderr);
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
        let sent = server.count();
        assert_eq!(exchanges(&bench, "tape.jsonl"), sent);
        // What either of them asked is in the tables of the next, once each, and nothing is left to ask.
        bench.apply().exits(0).says(&[&format!("{sent} requests: {sent} kept, 0 sent")]);
        assert_eq!((server.count(), bench.results().rows.len()), (sent, sent));
        assert_eq!(bench.results().column("status"), vec!["ok"; sent]);
    }
}

#[test]
fn a_run_that_joins_a_level_that_lasts_for_a_time_takes_nothing_from_it() {
    let server = Server::ollama(&["small"]);
    let bench = lasting(&server, 2);
    let one = bench.start(&APPLY, &[]);
    wait_until("some requests", || server.count() > 20);
    let other = bench.start(&["apply", "experiments/twin.yaml"], &[]);
    one.end().exits(0);
    let rows = bench.results().rows.len();
    other.end().exits(0);
    bench.apply().exits(0).says(&[", 0 sent"]);
    let sent = server.count();
    assert_eq!(bench.results().rows.len(), sent);
    assert!(rows <= sent);
}
