//! Upkeep: what a store holds, removing a model's responses, and removing results.

use crate::bench::{Bench, Spec};
use crate::server::Server;

const STORE: &str = "outputs/store.sqlite";

#[test]
fn a_store_is_shown_and_the_responses_of_a_model_are_removed_and_asked_again() {
    let server = Server::ollama(&["small", "large"]);
    let models = "[{ name: small, endpoint: local }, { name: large, endpoint: local }]";
    let bench = Bench::ready(5, &Spec::on(&server).with("models", models));
    bench.apply().exits(0);
    let asked = server.count();
    bench.run(&["store", "show", STORE]).exits(0).shows(&["10 responses", "small", "large", "answers", "run"]);
    bench.run(&["store", "remove", STORE, "--model", "small"]).exits(4).says(&["5 responses of `small`", "--yes"]);
    bench.run(&["store", "remove", STORE, "--model", "tiny", "--yes"]).exits(2).says(&["no response of `tiny`"]);
    bench
        .run(&["store", "remove", STORE, "--model", "small", "--yes"])
        .exits(0)
        .shows(&["5 responses of `small` removed"]);
    bench.run(&["store", "show", STORE]).exits(0).shows(&["5 responses", "large"]);
    bench.apply().exits(0);
    assert_eq!(server.count(), asked + 5);
    bench.run(&["store", "vacuum", STORE]).exits(0).shows(&["takes"]);
    bench.run(&["store", "show", "outputs/none.sqlite"]).exits(1).says(&["there is no store outputs/none.sqlite"]);
    bench
        .run(&["store", "show", "outputs/trial/results.csv"])
        .exits(1)
        .says(&["not a smallbench store", "give the path of a store"]);
}

#[test]
fn clean_removes_what_a_run_has_written_and_nothing_else() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    let asked = server.count();
    bench.write("outputs/trial/notes.txt", "mine");
    bench.run(&["clean", "--dry-run", "experiments/trial.yaml"]).exits(0).shows(&["would be removed"]);
    assert!(bench.path("outputs/trial/results.csv").exists());
    bench.run(&["clean", "experiments/trial.yaml"]).exits(0).shows(&["removed from", "kept in"]);
    assert!(!bench.path("outputs/trial/results.csv").exists());
    assert_eq!(bench.read("outputs/trial/notes.txt"), "mine");
    bench.run(&["clean", "experiments/trial.yaml"]).exits(0).shows(&["has no results"]);
    bench.apply().exits(0);
    assert_eq!(server.count(), asked);
}
