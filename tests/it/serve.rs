//! `serve`: servers that a run starts and ends.

#![cfg(unix)]

use std::net::TcpListener;
use std::process::Command;

use crate::bench::{Bench, Spec, wait_until};

const APPLY: [&str; 2] = ["apply", "experiments/trial.yaml"];

/// A server that notes its process before it runs the mock.
const NOTED: &str = "echo $$ >> pids; echo $PPID >> guards; exec \"$SMALLBENCH\" mock --port \"$1\" --models small,other --ttft 2ms --gap 1ms";

/// A spec whose server is a script of the spec's folder, which is told the port.
fn spec(settings: &str) -> Spec {
    endpoint(&format!("[sh, serve.sh, \"{{port}}\"], health: /v1/models{settings}"))
}

fn endpoint(serve: &str) -> Spec {
    Spec::at(&format!("{{ openai: {{ url: \"http://127.0.0.1:{{port}}/v1\", serve: {{ command: {serve} }} }} }}"))
}

fn bench(questions: usize, spec: &Spec, script: &str) -> Bench {
    let bench = Bench::ready(questions, spec);
    bench.write("experiments/serve.sh", script.replace("$SMALLBENCH", env!("CARGO_BIN_EXE_smallbench")));
    bench
}

/// The processes of the servers that were started.
fn pids(bench: &Bench) -> Vec<String> {
    let noted = std::fs::read_to_string(bench.path("experiments/pids")).unwrap_or_default();
    noted.lines().map(str::to_owned).collect()
}

fn is_alive(pid: &str) -> bool {
    // One that has ended and was not waited for yet is not alive either.
    let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap();
    let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

#[track_caller]
fn all_have_ended(bench: &Bench, count: usize) {
    let pids = pids(bench);
    assert_eq!(pids.len(), count, "{pids:?}");
    let guards = std::fs::read_to_string(bench.path("experiments/guards")).unwrap_or_default();
    let all = || pids.iter().map(String::as_str).chain(guards.lines());
    wait_until("the end of the servers and their guards", || !all().any(is_alive));
}

fn log(bench: &Bench) -> String {
    bench.read("outputs/trial/server-local.log")
}

#[test]
fn a_server_is_started_when_it_is_needed_and_ended() {
    let bench = bench(3, &spec(""), NOTED);
    bench.run(&["validate", "experiments/trial.yaml"]).exits(0);
    bench.plan().exits(0);
    bench.run(&["doctor", "experiments/trial.yaml"]).exits(0).shows(&["ok    server of endpoint `local`: ", "/sh; "]);
    all_have_ended(&bench, 0);
    bench.apply().exits(0).says(&["server of endpoint `local` for small ready after "]);
    assert_eq!(bench.results().column("status"), ["ok"; 3]);
    all_have_ended(&bench, 1);
    assert!(log(&bench).starts_with("$ sh serve.sh ") && log(&bench).contains("http://127.0.0.1:"), "{}", log(&bench));
    // The manifest holds what answered, also when a later run sends nothing.
    let served = |bench: &Bench| {
        let manifest: serde_json::Value = serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap();
        manifest["served"].clone()
    };
    let first = served(&bench);
    let bytes = bench.read("experiments/serve.sh").len();
    assert_eq!((&first[0]["path"], &first[0]["bytes"]), (&"serve.sh".into(), &bytes.into()));
    assert_eq!(first[0]["sha256"].as_str().unwrap().len(), 64);
    // Another port is no other request.
    bench.apply().exits(0).says(&["3 requests: 3 kept, 0 sent"]);
    assert_eq!(served(&bench), first);
    all_have_ended(&bench, 1);
    // Another command is.
    bench.write("experiments/serve.sh", format!("# Another.\n{}", bench.read("experiments/serve.sh")));
    bench.spec(&endpoint("[sh, serve.sh, \"{port}\", --flag], health: /v1/models, log: logs/flag.txt"));
    bench.plan().exits(0).shows(&["3"]);
    bench.apply().exits(0).says(&["3 requests: 0 kept, 3 sent"]);
    all_have_ended(&bench, 2);
    assert!(bench.read("outputs/trial/logs/flag.txt").contains(" --flag\n"));
    assert_ne!(served(&bench)[0]["sha256"], first[0]["sha256"]);
}

#[test]
fn each_model_has_a_server_of_its_own_if_the_command_names_it() {
    let models = "[{ name: small, endpoint: local }, { name: other, endpoint: local }]";
    let one = spec("").with("models", models).with("load", "{ warmup: 1, attempts: 1, concurrency: [1, 2] }");
    let together = bench(2, &one, NOTED);
    together.apply().exits(0);
    all_have_ended(&together, 1);
    let each = endpoint("[sh, serve.sh, \"{port}\", \"{model}\"], health: /v1/models").with("models", models);
    let each = each.with("load", "{ warmup: 1, attempts: 1, concurrency: [1, 2] }");
    // One at a time: a server that finds another one alive does not start.
    let script = format!("for pid in $(cat pids); do kill -0 $pid 2>/dev/null && exit 5; done\n{NOTED}");
    let apart = bench(2, &each, &script);
    apart.write("experiments/pids", "");
    apart.apply().exits(0);
    all_have_ended(&apart, 2);
    let log = log(&apart);
    assert!(log.contains(" small\n") && log.contains(" other\n"), "{log}");
    assert_eq!(apart.results().column("status"), ["ok"; 8]);
}

#[test]
fn a_server_that_does_not_start_is_an_error_with_its_last_words() {
    let dead = bench(2, &spec(""), "echo loading; echo 'no such model' >&2; exit 3");
    let finished = dead.apply();
    finished
        .exits(1)
        .says(&["the server of endpoint `local` has ended by itself (exit status: 3)", "its log ends with"]);
    finished.says(&["\n  loading", "\n  no such model", "hint: ", "server-local.log"]);
    let hanging = bench(2, &spec(", start_timeout: 400ms"), "echo $$ >> pids; echo loading; sleep 60 & wait");
    let finished = hanging.apply();
    finished.exits(1).says(&["is not ready within 400 ms: nothing answers at `/v1/models`", "serve.start_timeout"]);
    all_have_ended(&hanging, 1);
    let absent = bench(2, &endpoint("[no-such-server, \"{port}\"]"), "");
    absent.run(&["doctor", "experiments/trial.yaml"]).exits(1).shows(&["FAIL  server of", "not in a folder of PATH"]);
    absent.apply().exits(1).says(&["cannot run no-such-server: No such file"]);
    let sick = bench(2, &endpoint("[sh, serve.sh, \"{port}\"], health: /none, start_timeout: 1s"), NOTED);
    sick.apply().exits(1).says(&["HTTP 404 at `/none`", "does not know the path in `serve.health`"]);
    all_have_ended(&sick, 1);
}

#[test]
fn a_server_that_dies_in_the_middle_ends_the_run_and_what_came_is_kept() {
    let script = "\"$SMALLBENCH\" mock --port \"$1\" --models small --ttft 50ms & \
                  echo $$ >> pids; sleep 2; echo 'out of memory'; kill -9 $!; sleep 0.3; exit 9";
    let bench = bench(500, &spec(""), script);
    let finished = bench.apply();
    finished.exits(1).says(&["has ended by itself (exit status: 9)", "\n  out of memory", "responses are stored"]);
    bench.write("experiments/serve.sh", NOTED.replace("$SMALLBENCH", env!("CARGO_BIN_EXE_smallbench")));
    let again = bench.apply();
    again.exits(0);
    assert!(!again.stderr.contains("500 requests: 0 kept"), "{}", again.stderr);
    all_have_ended(&bench, 2);
}

#[test]
fn servers_end_on_every_way_out() {
    let slow = NOTED.replace("--ttft 2ms", "--ttft 300ms");
    let has_answers = |running: &crate::bench::Running| running.stderr().contains("for small ready");
    let interrupted = bench(200, &spec(""), &slow);
    let running = interrupted.start(&APPLY, &[]);
    wait_until("a server", || has_answers(&running));
    running.signal("INT");
    running.end().exits(130);
    all_have_ended(&interrupted, 1);

    let aborted = bench(200, &spec(""), &slow);
    let running = aborted.start(&APPLY, &[]);
    wait_until("a server", || has_answers(&running));
    running.signal("INT");
    running.signal("INT");
    running.end().exits(130);
    all_have_ended(&aborted, 1);

    let killed = bench(200, &spec(""), &slow);
    let running = killed.start(&APPLY, &[]);
    wait_until("a server", || has_answers(&running));
    running.kill();
    all_have_ended(&killed, 1);

    let starting = bench(200, &spec(""), "echo $$ >> pids; sleep 60 & wait");
    let running = starting.start(&APPLY, &[]);
    wait_until("a server", || pids(&starting).len() == 1);
    running.signal("INT");
    running.end().exits(130);
    all_have_ended(&starting, 1);

    let limited = bench(20, &spec("").with("budget", "{ max_requests: 2 }"), NOTED);
    limited.apply().exits(4);
    all_have_ended(&limited, 1);
}

#[test]
fn a_port_that_is_taken_is_not_taken_for_the_server() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let fixed =
        format!("{{ openai: {{ url: \"http://127.0.0.1:{port}/v1\", serve: {{ command: [sh, serve.sh] }} }} }}");
    let bench = bench(2, &Spec::at(&fixed), NOTED);
    bench.apply().exits(1).says(&[&format!("something already listens on port {port}"), "write `{port}` into"]);
    all_have_ended(&bench, 0);
}

#[test]
fn what_cannot_be_meant_is_refused_where_it_stands() {
    let bench = bench(2, &endpoint("[\"./none\", \"{port}\"]"), "");
    let refused = bench.run(&["validate", "experiments/trial.yaml"]);
    refused.exits(2).says(&["program `./none` does not exist", "experiments/trial.yaml:4:"]);
    let plain = Spec::at("{ openai: { url: \"http://127.0.0.1:{port}/v1\" } }");
    bench.spec(&plain);
    bench.run(&["validate", "experiments/trial.yaml"]).exits(2).says(&["{port}"]);
}
