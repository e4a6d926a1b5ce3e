//! What happens to the database and to the network: answers that were received are kept, and nothing is asked twice.

use std::time::Duration;

use super::proxy::Proxy;
use super::{APPLY, Database, Gate, Shared};
use crate::bench::wait_until;
use crate::server::{Act, Server};

#[test]
fn a_network_that_is_cut_and_back_costs_nothing() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let gate = Gate::default();
    let held = gate.clone();
    server.acts(move |asked| if asked.prompt.contains("number 5?") { held.pass() } else { Act::Answer });
    let proxy = Proxy::to(database.port());
    let shared = Shared::new(database, &server, 60).by(proxy.port());
    let running = shared.start(&APPLY);
    wait_until("the one that waits", || server.asked().iter().any(|asked| asked.prompt.contains("number 5?")));
    proxy.cut();
    gate.open();
    wait_until("the notice", || running.stderr().contains("the store cannot be used"));
    proxy.mend();
    running.end().exits(0).says(&["the store is back after", "60 requests: 0 kept, 60 sent"]);
    assert_eq!((server.count(), shared.responses()), (60, 60));
}

#[test]
fn what_was_taken_over_from_a_run_that_was_cut_off_is_stored_once() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let gate = Gate::default();
    let held = gate.clone();
    server.acts(move |asked| if asked.before == 0 { held.pass() } else { Act::Answer });
    let proxy = Proxy::to(database.port());
    let shared = Shared::new(database, &server, 2).by(proxy.port());
    let cut_off = shared.start(&APPLY);
    wait_until("two in flight", || server.count() == 2);
    proxy.cut();
    // As if the lease had run out meanwhile.
    shared.sql("DELETE FROM workers");
    gate.open();
    wait_until("both wait for the store", || cut_off.stderr().contains("the store cannot be used"));
    let other = Shared { url: database.url(), ..shared };
    other.run(&["apply", "experiments/second.yaml"]).exits(0).says(&["2 requests: 0 kept, 2 sent"]);
    let runs = other.sql("SELECT DISTINCT run FROM responses");
    proxy.mend();
    cut_off.end().exits(0);
    assert_eq!((server.count(), other.responses()), (2 + 2, 2));
    assert_eq!(other.sql("SELECT DISTINCT run FROM responses"), runs);
}

#[test]
fn a_database_that_is_restarted_or_crashes_loses_no_answer() {
    for mode in ["fast", "immediate"] {
        let Some(mut database) = Database::start() else { return };
        let server = Server::ollama(&["small"]);
        server.acts(|_| Act::Late(Duration::from_millis(3)));
        let (schema, running, bench) = {
            let shared = Shared::new(&database, &server, 120);
            let running = shared.start(&APPLY);
            wait_until("some answers", || server.count() > 30);
            (shared.schema, running, shared.bench)
        };
        database.restart(mode, || wait_until("the notice", || running.stderr().contains("the store cannot be used")));
        running.end().exits(0).says(&["the store is back after", "120 requests: 0 kept, 120 sent"]);
        let stored = database.sql(&format!("SELECT count(*) FROM {schema}.responses"));
        assert_eq!((server.count(), stored.as_str()), (120, "120"), "{mode}");
        drop(bench);
    }
}

/// Lets the database refuse responses as one does whose disk is full.
const FULL: &str = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$; \
    CREATE TRIGGER full_disk BEFORE INSERT ON responses EXECUTE FUNCTION full_disk()";

#[test]
fn a_full_disk_is_waited_for_and_nothing_is_sent_meanwhile() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = Shared::new(database, &server, 20);
    shared.run(&["apply", "experiments/trial.yaml", "--limit", "1"]).exits(0);
    shared.sql(FULL);
    let running = shared.start(&APPLY);
    wait_until("the notice", || running.stderr().contains("No space left on device"));
    wait_until("two answers", || server.count() == 1 + 2);
    shared.sql("DROP FUNCTION full_disk CASCADE");
    running.end().exits(0).says(&["the store is back after"]);
    assert_eq!((server.count(), shared.responses()), (20, 20));
}

#[test]
fn a_run_ends_when_its_patience_does_and_says_what_to_do() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = Shared::with(database, &server, 5, ", patience: 100ms");
    shared.run(&["apply", "experiments/trial.yaml", "--limit", "1"]).exits(0);
    shared.sql(FULL);
    shared.run(&APPLY).exits(1).says(&["No space left on device", "make room in the database"]);
    shared.sql("DROP FUNCTION full_disk CASCADE");
    shared.run(&APPLY).exits(0);
    assert_eq!(shared.responses(), 5);
}
