//! Watching a spec: what costs nothing is done at once, and nothing is sent unasked.

use crate::bench::{Bench, Running, Spec, wait_until};
use crate::server::Server;

const WATCH: [&str; 2] = ["watch", "experiments/trial.yaml"];

#[test]
fn a_saved_spec_is_looked_at_again_and_nothing_is_sent() {
    let Watched { server, asked, spec, bench, running } = Watched::by(&WATCH);
    bench.spec(&spec.with("judge", "first_letter"));
    wait_until("the look at the new judge", || rounds(&running.stderr()) == 2);
    bench.write("experiments/trial.yaml", "version: 1\nname: [");
    wait_until("the look at the broken spec", || rounds(&running.stderr()) == 3);
    bench.spec(&spec.with("generation", "{ max_tokens: 7 }"));
    wait_until("the look at what is to be sent", || rounds(&running.stderr()) == 4);
    running.signal("INT");
    let ended = running.end();
    ended.exits(0).says(&["error: ", "`smallbench apply experiments/trial.yaml` sends the missing requests"]);
    ended.shows(&["4 requests: 0 kept, 4 to send", "written to outputs/trial"]);
    assert_eq!(server.count(), asked);
}

/// A spec that was applied once, and is watched.
struct Watched {
    server: Server,
    /// Requests before it was watched.
    asked: usize,
    spec: Spec,
    bench: Bench,
    running: Running,
}

impl Watched {
    fn by(arguments: &[&str]) -> Self {
        let server = Server::ollama(&["small"]);
        let spec = Spec::on(&server);
        let bench = Bench::ready(4, &spec);
        bench.apply().exits(0);
        let asked = server.count();
        let running = bench.start(arguments, &[]);
        wait_until("the first look", || rounds(&running.stderr()) == 1);
        Self { server, asked, spec, bench, running }
    }
}

/// How often a watched spec was looked at.
fn rounds(stderr: &str) -> usize {
    stderr.matches("watching experiments/trial.yaml").count()
}

#[test]
fn editors_that_write_another_file_and_rename_it_are_seen() {
    let Watched { server: _server, spec, bench, running, .. } = Watched::by(&WATCH);
    // Vim: the old file becomes a backup, a new one takes its name.
    std::fs::rename(bench.path("experiments/trial.yaml"), bench.path("experiments/trial.yaml~")).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(50));
    bench.spec(&spec.with("judge", "first_letter"));
    wait_until("the look at the new file", || running.stderr().matches("render ").count() >= 2);
    // Others: a draft is renamed over the spec.
    bench.write("experiments/.trial.yaml.swp", spec.with("judge", "choice").text());
    std::fs::rename(bench.path("experiments/.trial.yaml.swp"), bench.path("experiments/trial.yaml")).unwrap();
    wait_until("the look at the draft", || running.stderr().matches("render ").count() >= 3);
    running.signal("INT");
    running.end().exits(0);
}

#[test]
fn a_spec_that_is_removed_is_waited_for() {
    let Watched { server: _server, spec, bench, running, .. } = Watched::by(&WATCH);
    std::fs::remove_file(bench.path("experiments/trial.yaml")).unwrap();
    wait_until("the missing spec", || running.stderr().contains("does not exist"));
    std::thread::sleep(std::time::Duration::from_millis(700));
    bench.spec(&spec);
    wait_until("the spec that is back", || running.stderr().matches("render ").count() >= 2);
    running.signal("INT");
    running.end().exits(0);
}

#[test]
fn what_is_looked_at_is_told_in_events() {
    let Watched { server, asked, bench, running, .. } = Watched::by(&["watch", "--json", "experiments/trial.yaml"]);
    bench.write("experiments/trial.yaml", "version: 1\nname: [");
    wait_until("the broken spec", || rounds(&running.stderr()) == 2);
    running.signal("INT");
    let ended = running.end();
    ended.exits(0).shows(&["\"event\":\"finished\"", "\"event\":\"failed\""]);
    assert_eq!(server.count(), asked);
}
