//! Commands on a whole store in a database: looking, removing, merging, comparing; and what is done to files only.

use super::{APPLY, Database, Gate, Shared, VARIABLE};
use crate::bench::wait_until;
use crate::server::{Act, Server};

const MODELS: [&str; 2] = ["--set", "models=[{ name: small, endpoint: local }, { name: large, endpoint: local }]"];

#[test]
fn a_store_is_shown_and_the_responses_of_a_model_are_removed_and_asked_again() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small", "large"]);
    let shared = Shared::new(database, &server, 5);
    let store = shared.named();
    shared.run(&["store", "show", &store]).exits(1).says(&["there is no store", "`smallbench apply` makes it"]);
    let apply = || shared.run(&[&APPLY[..], &MODELS].concat());
    apply().exits(0);
    let shown = shared.run(&["store", "show", &store]);
    shown.exits(0).shows(&["PostgreSQL ($SMALLBENCH_STORE", "10 responses", "small", "large", "answers", "run"]);
    shared.run(&["store", "remove", &store, "--model", "small"]).exits(4).says(&["5 responses of `small`", "--yes"]);
    shared
        .run(&["store", "remove", &store, "--model", "tiny", "--yes"])
        .exits(2)
        .says(&["no response of `tiny`", &store]);
    let removed = shared.run(&["store", "remove", &store, "--model", "small", "--yes"]);
    removed.exits(0).shows(&["5 responses of `small` removed"]);
    assert_eq!((shared.responses(), shared.sql("SELECT count(*) FROM settings").as_str()), (5, "1"));
    assert_eq!(shared.sql("SELECT count(*) FROM prompts"), "5", "the other model was asked the same");
    apply().exits(0).says(&["10 requests: 5 kept, 5 sent"]);
    assert_eq!(server.count(), 15);
}

#[test]
fn nothing_is_removed_from_a_store_on_which_a_run_works() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let gate = Gate::default();
    let held = gate.clone();
    server.acts(move |asked| if asked.prompt.contains("number 2?") { held.pass() } else { Act::Answer });
    let shared = Shared::new(database, &server, 3);
    let running = shared.start(&APPLY);
    wait_until("the others", || server.count() == 3 && shared.responses() == 2);
    let removed = shared.run(&["store", "remove", &shared.named(), "--model", "small", "--yes"]);
    removed.exits(1).says(&["is in use by 1 run", "nothing was changed"]);
    gate.open();
    running.end().exits(0);
    assert_eq!((server.count(), shared.responses()), (3, 3));
}

#[test]
fn stores_are_merged_into_a_database_and_out_of_it() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = Shared::new(database, &server, 40);
    // On two machines with a file each, and the rest in the database.
    let in_file = |limit: &str, file: &str| {
        let store = format!("output.store={{ sqlite: {{ path: ../outputs/{file} }} }}");
        shared.run(&[&APPLY[..], &["--limit", limit, "--set", &store]].concat()).exits(0);
    };
    in_file("10", "one.sqlite");
    in_file("20", "other.sqlite");
    let store = shared.named();
    let merge = ["merge", "outputs/one.sqlite", "--into", &store];
    shared.run(&merge).exits(0).shows(&["10 responses added"]);
    shared.run(&merge).exits(0).shows(&["0 responses added", "10 already there"]);
    // Asked twice, at a level where a time says nothing of others' load: not so here.
    let refused = shared.run(&["merge", "outputs/other.sqlite", "--into", &store]);
    refused.exits(1).says(&["other.sqlite has other times for requests of level c=2", "nothing was changed"]);
    assert_eq!(shared.responses(), 10);
    let sent = server.count();
    shared.run(&APPLY).exits(0).says(&["40 requests: 10 kept, 30 sent"]);
    assert_eq!(server.count(), sent + 30);
    let in_database = shared.bench.results();
    // Out into a file, which then has all that the run has, and on into another database.
    shared.run(&["merge", &store, "--into", "outputs/all.sqlite"]).exits(0).shows(&["40 responses added"]);
    let out = "output.store={ sqlite: { path: ../outputs/all.sqlite } }";
    shared.run(&[&APPLY[..], &["--set", out]].concat()).exits(0).says(&["40 kept, 0 sent"]);
    assert_eq!(shared.bench.results(), in_database);
    shared.run(&["doctor", "experiments/trial.yaml", "--set", out]).exits(0).shows(&["is intact, 40 responses"]);
    let second = Shared::new(database, &server, 40);
    let into = format!("postgres:{VARIABLE}/{}", second.schema);
    shared.run(&["merge", &store, "--into", &into]).exits(0).shows(&["40 responses added"]);
    second.run(&["store", "show", &into]).exits(0).shows(&["40 responses"]);
    let answers =
        "SELECT md5(string_agg(r::text, '' ORDER BY key)) FROM (SELECT key, settings, prompt, crc FROM responses) r";
    assert_eq!(shared.sql(answers), second.sql(answers), "row for row, with the same names");
}

#[test]
fn a_store_in_a_database_is_compared_with_a_file_and_with_itself() {
    let Some(database) = Database::shared() else { return };
    let server = Server::ollama(&["small"]);
    let shared = Shared::new(database, &server, 12);
    shared.run(&APPLY).exits(0);
    let store = shared.named();
    let file = "output.store={ sqlite: { path: ../outputs/file.sqlite } }";
    shared.run(&[&APPLY[..], &["--set", file]].concat()).exits(0);
    let compared = shared.run(&["compare", &store, "outputs/file.sqlite", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&compared.exits(0).stdout).unwrap();
    assert!(json.to_string().contains("PostgreSQL ($SMALLBENCH_STORE"), "{json}");
    shared.run(&["compare", &store, &store]).exits(0);
}

#[test]
fn what_is_done_to_files_only_is_refused_by_name_with_what_to_do_instead() {
    let bench = crate::bench::Bench::empty();
    for (command, instead) in [("recover", "restore a backup"), ("vacuum", "autovacuum")] {
        bench.run(&["store", command, "postgres:STORE"]).exits(2).says(&[instead]);
    }
    bench.run(&["store", "show", "postgres:NOT_SET"]).exits(1).says(&["the environment variable NOT_SET is not set"]);
    bench.run(&["store", "show", "postgres:STORE/Not-A-Schema"]).exits(2).says(&["cannot be the schema"]);
    for address in ["postgres://anna:p4ss-w0rd@host/name", "postgresql://anna:p4ss-w0rd@host/name"] {
        let refused = bench.run(&["store", "show", address]);
        refused.exits(2).says(&["can be read by others", "postgres:VARIABLE"]);
        assert!(!refused.stderr.contains("p4ss-w0rd"), "{}", refused.stderr);
    }
}
