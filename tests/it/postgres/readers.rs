//! What does not write: readers, and what the world may see of the address.

use super::{APPLY, Database, Shared, VARIABLE};
use crate::bench::{Bench, Spec};
use crate::server::Server;

#[test]
fn a_store_in_a_database_gives_the_files_that_one_on_the_disk_gives() {
    let Some(database) = Database::shared() else { return };
    let project = env!("CARGO_MANIFEST_DIR");
    let bench = Bench::empty();
    for name in ["quickstart.yaml", "quickstart.cassette.jsonl", "quickstart.lock", "data/short_answers.jsonl"] {
        let from = format!("{project}/experiments/{name}");
        bench.write(&format!("experiments/{name}"), std::fs::read(from).unwrap());
    }
    let schema = database.schema();
    let store = format!("output.store={{ postgres: {{ url_env: {VARIABLE}, schema: {schema} }} }}");
    let (url, apply) = (database.url(), ["apply", "experiments/quickstart.yaml"]);
    bench.run(&[&apply[..], &["--set", "output.dir=../outputs/trial"]].concat()).exits(0);
    let on_disk = bench.outputs();
    let set = ["--set", "output.dir=../outputs/trial", "--set", &store];
    bench.run_with(&[&apply[..], &set].concat(), &[(VARIABLE, &url)]).exits(0).says(&["0 kept, 160 sent"]);
    let in_database = bench.outputs();
    assert_eq!(on_disk.keys().collect::<Vec<_>>(), in_database.keys().collect::<Vec<_>>());
    // The page names its overrides, and with them the store.
    for (name, bytes) in on_disk.iter().filter(|(name, _)| !name.ends_with("report.html")) {
        assert!(in_database[name] == *bytes, "{name} differs");
    }
}

#[test]
fn a_role_that_may_only_read_is_enough_for_readers() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let mut shared = Shared::new(database, &server, 6);
    shared.run(&APPLY).exits(0);
    let role = format!("reader_{}", shared.schema);
    shared.sql(&format!(
        "CREATE ROLE {role} LOGIN; GRANT USAGE ON SCHEMA {0} TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {0} TO {role}",
        shared.schema
    ));
    shared.url = shared.url.replace("bench:", &format!("{role}:"));
    shared.run(&["plan", "experiments/trial.yaml"]).exits(0).shows(&["6 requests: 6 kept, 0 to send"]);
    shared.run(&["judge", "experiments/trial.yaml"]).exits(0);
    shared.run(&["explain", "experiments/trial.yaml", "questions#0"]).exits(0);
    shared.run(&["status", "experiments/trial.yaml"]).exits(0);
    shared.run(&["doctor", "experiments/trial.yaml"]).exits(0).shows(&["is intact, 6 responses"]);
    shared.bench.write("experiments/questions.jsonl", crate::bench::questions(8));
    shared.run(&["apply", "experiments/trial.yaml", "--update"]).exits(1).says(&["permission denied", "may read"]);
    assert_eq!(server.count(), 6);
}

#[test]
fn tables_of_a_newer_version_are_refused_and_left_alone() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = Shared::new(database, &server, 2);
    shared.run(&APPLY).exits(0);
    shared.sql("INSERT INTO formats(format) VALUES (99)");
    for command in ["apply", "plan", "status"] {
        let finished = shared.run(&[command, "experiments/trial.yaml"]);
        finished
            .exits(1)
            .says(&["has format 99; this version of smallbench reads formats up to 4", "nothing was changed"]);
    }
    assert_eq!((server.count(), shared.responses()), (2, 2));
}

#[test]
fn tables_of_an_older_version_are_read_as_they_are_and_brought_up_to_date_by_a_run() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = Shared::new(database, &server, 3);
    shared.run(&APPLY).exits(0);
    shared.sql("DELETE FROM formats WHERE format > 1; DROP TABLE overloads, client_parts, arrivals, failed_attempts");
    shared.run(&["plan", "experiments/trial.yaml"]).exits(0).shows(&["3 requests: 3 kept, 0 to send"]);
    shared.run(&["explain", "experiments/trial.yaml", "questions#0"]).exits(0);
    assert_eq!(shared.sql("SELECT max(format) FROM formats"), "1", "who looks changes nothing");
    shared.run(&APPLY).exits(0).says(&["3 kept, 0 sent"]);
    assert_eq!(shared.sql("SELECT max(format) FROM formats"), "4");
    assert_eq!(server.count(), 3);
}

#[test]
fn several_runs_that_begin_on_an_empty_database_make_its_tables_once() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = Shared::new(database, &server, 4);
    let names = ["trial", "second", "third"];
    let running: Vec<_> =
        names.iter().map(|name| shared.start(&["apply", &format!("experiments/{name}.yaml")])).collect();
    for run in running {
        run.end().exits(0);
    }
    assert_eq!(shared.sql("SELECT string_agg(format::text, ' ' ORDER BY format) FROM formats"), "1 2 3 4", "each once");
    assert_eq!(server.count(), 4);
}

#[test]
fn neither_the_address_nor_its_password_is_written_anywhere() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = Shared::new(database, &server, 2);
    let (password, url) = ("p4ss-w0rd", shared.url.clone());
    assert!(url.contains(password));
    let good = shared.run(&APPLY);
    good.exits(0);
    let nowhere = Shared { url: url.replace(&database.port().to_string(), "1"), ..shared };
    let bad = nowhere.run(&APPLY);
    bad.exits(1).says(&["check that the database runs"]);
    for output in [&good, &bad] {
        assert!(!output.stdout.contains(password) && !output.stderr.contains(password), "{}", output.stderr);
    }
    for (path, bytes) in nowhere.bench.everything() {
        assert!(!String::from_utf8_lossy(&bytes).contains(password), "{}", path.display());
    }
}

#[test]
fn an_address_in_the_place_of_its_variable_is_refused_and_not_shown() {
    let spec = Spec::at("{ ollama: {} }");
    let url = "postgresql://bench:p4ss-w0rd@host/name";
    let output = format!("{{ store: {{ postgres: {{ url_env: \"{url}\" }} }} }}");
    let bench = Bench::ready(1, &spec.with("output", &output));
    let finished = bench.run(&["validate", "experiments/trial.yaml"]);
    finished.exits(2).says(&["holds an address instead of the name of a variable"]);
    assert!(!finished.stderr.contains("p4ss-w0rd"), "{}", finished.stderr);
    let unset = "{ store: { postgres: { url_env: NOT_SET } } }";
    bench.spec(&spec.with("output", unset));
    bench.plan().exits(1).says(&["the environment variable NOT_SET is not set", "export NOT_SET=postgresql://"]);
}
