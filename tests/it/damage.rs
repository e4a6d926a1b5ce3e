//! A store that is damaged is refused, and gives back what can be read.

use crate::bench::{Bench, Spec, wait_until};
use crate::server::{Act, Server};

const QUESTIONS: usize = 40;

const RECOVER: [&str; 3] = ["store", "recover", "outputs/store.sqlite"];

/// A bench with a whole run in its store.
fn after_a_run(server: &Server) -> Bench {
    let bench = Bench::ready(QUESTIONS, &Spec::on(server));
    bench.apply().exits(0);
    bench
}

fn store(bench: &Bench) -> Vec<u8> {
    std::fs::read(bench.path("outputs/store.sqlite")).unwrap()
}

fn names(bench: &Bench) -> Vec<String> {
    let entries = std::fs::read_dir(bench.path("outputs")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A bench whose run was killed after half of its questions, so that its log is left.
fn after_a_kill(server: &Server, questions: usize) -> Bench {
    server.acts(|_| Act::Late(std::time::Duration::from_millis(2)));
    let bench = Bench::ready(questions, &Spec::on(server));
    let running = bench.start(&["apply", "experiments/trial.yaml"], &[]);
    wait_until("some requests", || server.count() > questions / 2);
    running.kill();
    bench
}

#[test]
fn a_changed_letter_of_an_answer_is_refused_and_only_that_is_asked_again() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    let before = bench.outputs();
    let changed = |bytes: &mut Vec<u8>| {
        let run = bytes.windows(5).rposition(|word| word == b"stop\0" || word.starts_with(b"stop")).unwrap();
        bytes[run] ^= 1;
    };
    let mut bytes = store(&bench);
    changed(&mut bytes);
    bench.write("outputs/store.sqlite", &bytes);
    bench.apply().exits(1).says(&["1 response does not match its checksum", "smallbench store recover"]);
    bench.run(&["doctor", "experiments/trial.yaml"]).exits(1).shows(&["does not match its checksum"]);
    bench.run(&RECOVER).exits(0).shows(&["39 responses recovered; 1 is lost", "store.sqlite.damaged-1"]);
    bench.apply().exits(0).says(&["40 requests: 39 kept, 1 sent"]);
    assert_eq!(bench.outputs().keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
}

#[test]
fn a_store_that_was_cut_gives_back_what_comes_before_the_cut() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    let bytes = store(&bench);
    for length in [bytes.len() - 100, bytes.len() - 3 * 4096] {
        bench.write("outputs/store.sqlite", &bytes[..length]);
        bench.apply().exits(1).says(&["malformed", "smallbench store recover"]);
        assert_eq!(store(&bench), &bytes[..length], "it is left as it is");
        bench.run(&RECOVER).exits(0).shows(&["recovered"]);
        bench.apply().exits(0);
        bench.run(&["doctor", "experiments/trial.yaml"]).exits(0);
    }
}

#[test]
fn a_changed_letter_of_a_name_loses_nothing() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    let bytes = store(&bench);
    for name in ["first_token_ns INTEGER", "TABLE responses(", "responses_by_sample ON", "TABLE prompts(", "hash BLOB"]
    {
        let mut changed = bytes.clone();
        let at = changed.windows(name.len()).position(|word| word == name.as_bytes()).unwrap();
        changed[at + name.len() / 2] ^= 1;
        bench.write("outputs/store.sqlite", &changed);
        let finished = bench.apply();
        if finished.code == Some(0) {
            continue;
        }
        finished.exits(1).says(&["malformed", "smallbench store recover"]);
        bench.run(&RECOVER).exits(0).shows(&["40 responses recovered; old files"]);
        bench.apply().exits(0).says(&["40 requests: 40 kept, 0 sent"]);
    }
    assert_eq!(server.count(), QUESTIONS);
}

#[test]
fn no_flipped_bit_is_believed() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    let (bytes, reference) = (store(&bench), bench.results().without(&crate::table::TIMES));
    for step in 0..24 {
        let mut changed = bytes.clone();
        changed[step * bytes.len() / 24 + 17 * step] ^= 1 << (step % 8);
        bench.write("outputs/store.sqlite", &changed);
        let finished = bench.apply();
        match finished.code {
            Some(0) => assert_eq!(bench.results().without(&crate::table::TIMES), reference, "at step {step}"),
            code => assert_eq!(code, Some(1), "at step {step}: {}", finished.stderr),
        }
    }
}

#[test]
fn a_log_without_its_store_is_moved_aside() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_kill(&server, QUESTIONS);
    std::fs::remove_file(bench.path("outputs/store.sqlite")).unwrap();
    bench.apply().exits(0).says(&["warning", "store.sqlite-wal.orphan-1", "40 requests: 0 kept, 40 sent"]);
    assert!(names(&bench).contains(&"store.sqlite-wal.orphan-1".to_owned()));
}

#[test]
fn a_log_without_its_store_gives_back_what_it_holds_when_it_is_asked_to() {
    for emptied in [false, true] {
        let server = Server::ollama(&["small"]);
        let bench = after_a_kill(&server, QUESTIONS);
        std::fs::remove_file(bench.path("outputs/store.sqlite")).unwrap();
        if emptied {
            bench.write("outputs/store.sqlite", "");
        }
        bench.run(&RECOVER).exits(0).shows(&["responses recovered", "store.sqlite-wal.damaged-1"]);
        let asked = server.count();
        bench.apply().exits(0);
        assert!(server.count() - asked <= QUESTIONS / 2, "{} asked again", server.count() - asked);
        assert_eq!(bench.results().column("status"), vec!["ok"; QUESTIONS]);
        bench.run(&["doctor", "experiments/trial.yaml"]).exits(0);
    }
}

#[test]
fn a_log_gives_back_no_more_than_is_whole_in_it() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    // The first run has closed its store, so that the log of the second lacks most of its pages.
    bench.write("experiments/questions.jsonl", crate::bench::questions(2 * QUESTIONS));
    let running = bench.start(&["apply", "experiments/trial.yaml"], &[]);
    server.acts(|_| Act::Late(std::time::Duration::from_millis(2)));
    wait_until("some requests", || server.count() > QUESTIONS + QUESTIONS / 2);
    running.kill();
    std::fs::remove_file(bench.path("outputs/store.sqlite")).unwrap();
    let finished = bench.run(&RECOVER);
    assert!(matches!(finished.code, Some(0 | 1)), "{}", finished.stderr);
    bench.apply().exits(0);
    assert_eq!(bench.results().column("status"), vec!["ok"; 2 * QUESTIONS]);
    bench.run(&["doctor", "experiments/trial.yaml"]).exits(0);
}

#[test]
fn a_store_whose_log_was_half_brought_home_is_whole() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_kill(&server, 200);
    let before = store(&bench);
    let log = std::fs::read(bench.path("outputs/store.sqlite-wal")).unwrap();
    let home = rusqlite::Connection::open(bench.path("outputs/store.sqlite")).unwrap();
    home.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    drop(home);
    let after = store(&bench);
    assert!(after.len() > before.len(), "the log makes it longer");
    // The first page is home, and with it the number of pages; the last ones are still in the log alone.
    let half = [&after[..4096], &before[4096..]].concat();
    bench.write("outputs/store.sqlite", half);
    bench.write("outputs/store.sqlite-wal", log);
    let asked = server.count();
    bench.apply().exits(0);
    assert!(server.count() <= 200 + 1, "{asked} before, {} after", server.count());
}

/// The database of another program in the store's place.
fn foreign(bench: &Bench, tables: &str, application: i64) -> Vec<u8> {
    let path = bench.path("outputs/store.sqlite");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch(tables).unwrap();
    database.pragma_update(None, "application_id", application).unwrap();
    drop(database);
    store(bench)
}

/// The number by which stores are known.
const OURS: i64 = 0x736d_6265;

#[test]
fn the_database_of_another_program_is_left_alone_whatever_its_number_is() {
    let server = Server::ollama(&["small"]);
    for application in [0, 7, OURS] {
        let bench = Bench::ready(1, &Spec::on(&server));
        let bytes = foreign(&bench, "CREATE TABLE photos(id INTEGER PRIMARY KEY); CREATE TABLE tags(x);", application);
        bench.apply().exits(1).says(&["is not a smallbench store", "choose another output folder"]);
        bench.run(&RECOVER).exits(1).says(&["no responses to recover", "give the path of a store"]);
        assert_eq!(store(&bench), bytes);
        assert_eq!(names(&bench), ["store.sqlite"]);
    }
    assert_eq!(server.count(), 0);
}

#[test]
fn a_store_whose_number_was_damaged_gives_all_of_it_back() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    foreign(&bench, "", OURS ^ 0x100);
    bench.apply().exits(1).says(&["malformed", "smallbench store recover"]);
    bench.run(&RECOVER).exits(0).shows(&["40 responses recovered; old files"]);
    bench.apply().exits(0).says(&["40 requests: 40 kept, 0 sent"]);
}

#[cfg(unix)]
#[test]
fn what_a_killed_recovery_left_is_removed() {
    let server = Server::ollama(&["small"]);
    let bench = after_a_run(&server);
    let left = || {
        bench.write("outputs/.smallbench-Ab12Cd/copy.sqlite", "half");
        bench.write("outputs/.smallbench-Ab12Cd/copy.sqlite-wal", "half");
    };
    left();
    bench.run(&RECOVER).exits(0);
    assert!(!bench.path("outputs/.smallbench-Ab12Cd").exists());
    left();
    bench.apply().exits(0);
    assert!(!bench.path("outputs/.smallbench-Ab12Cd").exists());
}
