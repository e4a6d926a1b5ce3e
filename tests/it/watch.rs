//! Watching a spec: what costs nothing is done at once, and nothing is sent unasked.

use crate::bench::{Bench, Spec, wait_until};
use crate::server::Server;

const WATCH: [&str; 2] = ["watch", "experiments/trial.yaml"];

#[cfg(unix)]
#[test]
fn a_saved_spec_is_looked_at_again_and_nothing_is_sent() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server);
    let bench = Bench::ready(4, &spec);
    bench.apply().exits(0);
    let asked = server.count();
    let rounds = |stderr: &str| stderr.matches("watching experiments/trial.yaml").count();

    let running = bench.start(&WATCH, &[]);
    wait_until("the first look", || rounds(&running.stderr()) == 1);
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
