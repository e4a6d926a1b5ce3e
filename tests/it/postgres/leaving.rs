//! Runs that end before others on the same store: what they leave to whom, and who writes the results.

use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::{APPLY, Database, Gate, Shared};
use crate::bench::{Finished, Running, wait_until};
use crate::server::{Act, Server};

/// A server that keeps all answers back until the gate opens.
fn held() -> (Server, Gate) {
    let (server, gate) = (Server::ollama(&["small"]), Gate::default());
    let held = gate.clone();
    server.acts(move |_| held.pass());
    (server, gate)
}

fn has_results(shared: &Shared<'_>) -> bool {
    shared.bench.path("outputs/trial/results.csv").exists()
}

/// True if the run left the results to another.
fn has_left(run: &Finished) -> bool {
    run.stdout.contains("writes the results to")
}

#[test]
fn a_run_that_finds_nothing_to_send_leaves_while_two_others_work_and_the_last_writes_the_results() {
    let Some(database) = Database::shared() else { return };
    let (server, gate) = held();
    let shared = Shared::new(database, &server, 40);
    let first = shared.start(&APPLY);
    wait_until("the first block", || server.count() == 2);
    let second = shared.start(&APPLY);
    wait_until("the rest", || server.count() == 4);
    let left = shared.run(&APPLY);
    left.exits(0).shows(&[
        "2 other runs still have up to 40 requests left; the last run writes the results to",
        "outputs/trial of its machine; `smallbench judge experiments/trial.yaml` writes them here",
    ]);
    assert!(!has_results(&shared) && left.stderr.contains("0 kept, 0 sent"), "{}", left.stderr);
    // Of those that are left none leaves, so that one takes over where the other dies.
    assert_eq!(shared.sql("SELECT count(*) FROM workers"), "2");
    gate.open();
    let ended = [first, second].map(|run| run.end());
    for run in &ended {
        run.exits(0);
    }
    assert!(has_results(&shared) && !ended.iter().all(has_left));
    assert_eq!((server.count(), shared.bench.results().rows.len()), (40, 40));
    // Who finds everything answered was asked for the results.
    let again = shared.run(&APPLY);
    assert!(!has_left(again.exits(0)), "{}", again.stdout);
}

#[test]
fn a_run_waits_for_one_that_is_not_heard_of_and_takes_over_what_it_had() {
    let Some(database) = Database::shared() else { return };
    let (server, gate) = held();
    let shared = Shared::new(database, &server, 40);
    let victim = shared.start(&APPLY);
    wait_until("the first block", || server.count() == 2);
    let working = shared.start(&APPLY);
    wait_until("the rest", || server.count() == 4);
    victim.kill();
    let dead = "host = 'elsewhere', heard = clock_timestamp() - interval '20 s'";
    let first = "id = (SELECT min(id) FROM workers)";
    shared.sql(&format!("UPDATE workers SET {dead}, until = clock_timestamp() + interval '1 h' WHERE {first}"));
    let waiting = shared.start(&APPLY);
    wait_until("the third run", || shared.sql("SELECT count(*) FROM workers") == "3");
    std::thread::sleep(Duration::from_secs(9));
    assert_eq!(shared.sql("SELECT count(*) FROM workers"), "3", "{}", waiting.stdout());
    gate.open();
    shared.sql("UPDATE workers SET until = clock_timestamp() WHERE host = 'elsewhere'");
    let ended = [working, waiting].map(|run| run.end());
    for run in &ended {
        run.exits(0);
    }
    assert_eq!((server.count(), shared.responses()), (42, 40));
    assert!(has_results(&shared) && !ended.iter().all(has_left));
}

#[cfg(unix)]
#[test]
fn a_run_that_is_stopped_writes_nothing_while_others_have_requests() {
    let Some(database) = Database::shared() else { return };
    let (server, gate) = held();
    let shared = Shared::new(database, &server, 60);
    let working = shared.start(&APPLY);
    wait_until("the first block", || server.count() == 2);
    let stopped = shared.start(&["apply", "--json", "experiments/trial.yaml"]);
    wait_until("the rest", || server.count() == 4);
    stopped.signal("INT");
    wait_until("the signal", || stopped.stderr().contains("stopping"));
    // What was asked of it is answered, what else the other asks of its first block is not.
    let first_block: Vec<String> = (0..32).map(|number| format!("number {number}?")).collect();
    server.acts(move |asked| match first_block.iter().any(|number| asked.prompt.contains(number)) {
        true => Act::Silence,
        false => Act::Answer,
    });
    let first = Instant::now();
    gate.open();
    let ended = stopped.end();
    ended.exits(130);
    assert!(first.elapsed() < Duration::from_secs(10), "it waited for the other run");
    let last: Json = serde_json::from_str(ended.stdout.lines().last().unwrap()).unwrap();
    assert_eq!((&last["event"], &last["runs"]), (&"left_to_others".into(), &1.into()), "{last}");
    assert_eq!((&last["is_cut"], &last["writer"]), (&true.into(), &Json::Null), "{last}");
    assert_eq!(last["command"], "smallbench judge experiments/trial.yaml");
    assert!(!has_results(&shared) && !shared.bench.path("outputs/trial/partial").exists());
    working.kill();
}

/// A bench whose runs find, when they come to the end, that run7 on host7 has claimed what has such a number in SQL.
fn claimed_by_another<'d>(database: &'d Database, server: &Server, numbers: &str) -> Shared<'d> {
    let shared = Shared::new(database, server, 4);
    shared.run(&["plan", "experiments/trial.yaml"]);
    shared.run(&APPLY).exits(0);
    shared.sql("DELETE FROM responses");
    std::fs::remove_dir_all(shared.bench.path("outputs/trial")).unwrap();
    shared.sql(&format!(
        "INSERT INTO workers(host, process, started, machine, run, experiment, until) \
         VALUES ('elsewhere', 1, 1, 'host7', 'run7', 'trial', clock_timestamp() + interval '1 h'); \
         CREATE FUNCTION elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         NEW.worker := coalesce((SELECT min(id) FROM workers WHERE host = 'elsewhere'), NEW.worker); RETURN NEW; END $$; \
         CREATE TRIGGER elsewhere BEFORE INSERT ON claims FOR EACH ROW WHEN (NEW.batch {numbers}) \
         EXECUTE FUNCTION elsewhere()"
    ));
    shared
}

/// The numbers under which the results are claimed, and the place of the run that stands by.
const RESULTS: u32 = u32::MAX;
const STANDBY: u32 = u32::MAX - 1;

#[test]
fn while_one_run_writes_and_one_stands_by_the_others_leave() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = claimed_by_another(database, &server, &format!(">= {STANDBY}"));
    let run = shared.run(&APPLY);
    run.exits(0).shows(&["run run7 on host7 writes the results to", "`smallbench judge experiments/trial.yaml`"]);
    assert!(!has_results(&shared));
    shared.run(&["status", "experiments/trial.yaml"]).exits(0).shows(&["host7", "results"]);
    shared.run(&["judge", "experiments/trial.yaml"]).exits(0);
    assert!(has_results(&shared));
}

#[test]
fn a_run_that_stands_by_leaves_when_the_results_are_written_and_writes_them_when_their_writer_is_gone() {
    let Some(database) = Database::shared() else { return };
    for is_written in [true, false] {
        let server = Server::ollama(&["small"]);
        let shared = claimed_by_another(database, &server, &format!("= {RESULTS}"));
        let run = shared.start(&["apply", "--json", "experiments/trial.yaml"]);
        wait_until("the claim", || shared.sql(&format!("SELECT count(*) FROM claims WHERE batch = {STANDBY}")) == "1");
        shared.run(&["status", "experiments/trial.yaml"]).exits(0).shows(&["waits for results"]);
        std::thread::sleep(Duration::from_millis(1500));
        assert!(!has_results(&shared) && !run.stdout().contains("left_to_others"));
        let done = if is_written { &*format!("DELETE FROM claims WHERE batch = {STANDBY};") } else { "" };
        shared.sql(&format!("{done} DELETE FROM workers WHERE host = 'elsewhere'"));
        let ended = run.end();
        let events: Vec<Json> = ended.exits(0).stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let standing: Vec<&Json> = events.iter().filter(|event| event["event"] == "standing_by").collect();
        assert_eq!(
            (standing.len(), &standing[0]["writer"], &standing[0]["machine"]),
            (1, &"run7".into(), &"host7".into())
        );
        let last = events.last().unwrap();
        let expected = if is_written { "left_to_others" } else { "finished" };
        assert_eq!((&last["event"], has_results(&shared)), (&expected.into(), !is_written));
        assert_eq!(last["is_written"], if is_written { true.into() } else { Json::Null });
    }
}

/// Keeps a run that writes its results waiting, as long as the table `held` has a row.
const HELD: &str = "CREATE TABLE held AS SELECT 1; ALTER TABLE client_parts RENAME TO parts; \
    CREATE FUNCTION waited() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN \
    WHILE EXISTS (SELECT FROM held) LOOP PERFORM pg_sleep(0.05); END LOOP; RETURN false; END $$; \
    CREATE VIEW client_parts AS SELECT * FROM parts UNION ALL (SELECT '', '', '', 0 WHERE waited()) OFFSET 0";

#[test]
fn of_two_runs_that_come_to_the_end_one_writes_and_the_other_does_it_when_that_one_is_killed() {
    let Some(database) = Database::shared() else { return };
    for is_killed in [true, false] {
        let (server, gate) = held();
        let shared = Shared::new(database, &server, 40);
        let runs = [shared.start(&APPLY), shared.start(&APPLY)];
        wait_until("both", || server.count() == 4);
        shared.sql(HELD);
        gate.open();
        let stands_by = |run: &Running| run.stderr().contains("this run waits, and writes them if that one dies");
        wait_until("one stands by", || runs.iter().any(stands_by));
        let [first, second] = runs;
        let (writer, other) = if stands_by(&first) { (second, first) } else { (first, second) };
        assert!(!has_results(&shared));
        if is_killed {
            writer.kill();
            shared.sql("DELETE FROM held");
            let ended = other.end();
            assert!(!has_left(ended.exits(0)), "{}", ended.stdout);
        } else {
            shared.sql("DELETE FROM held");
            assert!(!has_left(writer.end().exits(0)));
            other.end().exits(0).shows(&["has written the results to", "outputs/trial of its machine"]);
        }
        assert_eq!((has_results(&shared), server.count(), shared.bench.results().rows.len()), (true, 40, 40));
    }
}
