//! `apply --json`: every line is an event of the schema, and every event of the schema is a line of some run.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value as Json;

use crate::bench::{Bench, Spec, wait_until};
use crate::mock::Mock;
use crate::server::{Act, Server};

/// A judge that takes every answer for right.
const JUDGE: &str = r#"while IFS= read -r line; do
rest=${line#*\"id\":}; id=${rest%%,*}
echo "{\"id\":$id,\"score\":1}"
done
"#;

const APPLY: [&str; 3] = ["apply", "--json", "experiments/trial.yaml"];

/// The names of all events of a run.
fn names(bench: &Bench) -> BTreeSet<String> {
    events(&bench.run(&APPLY).stdout).iter().map(name).collect()
}

fn name(event: &Json) -> String {
    event["event"].as_str().unwrap().to_owned()
}

/// The events of a run, each checked against the schema.
fn events(stdout: &str) -> Vec<Json> {
    let schema: Json = serde_json::from_str(&Bench::empty().run(&["schema", "--events"]).exits(0).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let event = |line: &str| {
        let event: Json = serde_json::from_str(line).unwrap();
        let faults: Vec<String> = validator.iter_errors(&event).map(|error| error.to_string()).collect();
        assert_eq!(faults, [""; 0], "{line}");
        event
    };
    stdout.lines().map(event).collect()
}

/// The events of a run whose requests take a while, from the first signal to its end, which may come by a second.
#[cfg(unix)]
fn interrupted(signals: usize) -> (Vec<Json>, String) {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| match asked.prompt.contains("number 3?") {
        true => Act::Late(Duration::from_millis(900)),
        false => Act::Late(Duration::from_millis(30)),
    });
    let bench = Bench::ready(40, &Spec::on(&server).with("load", "{ warmup: 0, concurrency: 2 }"));
    let running = bench.start(&APPLY, &[]);
    wait_until("some requests", || server.count() >= 8);
    for signal in 0..signals {
        running.signal("INT");
        wait_until("the signal", || signal > 0 || running.stderr().contains("stopping"));
    }
    let ended = running.end();
    ended.exits(130);
    (events(&ended.stdout), ended.stderr.clone())
}

#[test]
fn a_server_that_does_not_answer_is_an_event() {
    let bench = Bench::ready(2, &Spec::at("{ openai: { url: \"http://127.0.0.1:9/v1\" } }"));
    let ended = bench.run(&APPLY);
    let events = events(&ended.stdout);
    let last = events.last().unwrap();
    assert_eq!(name(last), "failed");
    assert!(last["error"].as_str().unwrap().contains("does not answer at http://127.0.0.1:9/v1"), "{last}");
    assert!(last["hint"].as_str().unwrap().starts_with("start the server"), "{last}");
    assert_eq!(Some(last["exit_code"].as_i64().unwrap()), ended.code.map(i64::from));
    // People read it as well.
    ended.says(&["error: endpoint", "hint: start the server"]);
}

#[test]
fn a_broken_spec_is_an_event_as_well() {
    let bench = Bench::empty();
    bench.write("experiments/trial.yaml", "version: 1\nname: t\nmodels: 7\n");
    for command in ["apply", "judge"] {
        let ended = bench.run(&[command, "--json", "experiments/trial.yaml"]);
        let events = events(&ended.stdout);
        assert_eq!(events.iter().map(name).collect::<Vec<_>>(), ["failed"], "{command}");
        assert!(events[0]["error"].as_str().unwrap().contains("experiments/trial.yaml:3:9"), "{}", events[0]);
    }
    assert_eq!(bench.run(&["apply", "experiments/trial.yaml"]).stdout, "");
}

#[test]
fn a_server_that_dies_is_waited_for_in_events() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Late(Duration::from_millis(20)));
    let bench = Bench::ready(400, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 3 }"));
    let running = bench.start(&APPLY, &[]);
    wait_until("some requests", || server.count() >= 12);
    drop(server);
    let events = events(&running.end().stdout);
    let waits: Vec<&Json> = events.iter().filter(|event| name(event) == "waiting").collect();
    assert!(
        waits.iter().any(|event| event["wait"]["for"] == "server" && event["wait"]["tries"].as_u64() > Some(0)),
        "{waits:#?}"
    );
    assert!(waits.last().unwrap()["wait"].is_null(), "{waits:#?}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_is_an_event_with_what_is_kept() {
    let (events, stderr) = interrupted(1);
    let names: Vec<String> = events.iter().map(name).collect();
    let at = |wanted: &str| names.iter().position(|name| name == wanted).unwrap();
    assert!(at("stopping") < at("interrupted") && at("interrupted") + 1 == names.len() - 1, "{names:?}");
    assert_eq!(names.last().unwrap(), "finished");
    let kept = &events[at("interrupted")];
    assert_eq!((kept["is_aborted"].as_bool(), kept["requests"].as_u64()), (Some(false), Some(40)), "{kept}");
    assert!(kept["done"].as_u64() >= Some(6) && kept["command"] == "smallbench apply experiments/trial.yaml", "{kept}");
    assert!(stderr.contains("interrupted;"), "{stderr}");
    let (events, _) = interrupted(2);
    let last = events.last().unwrap();
    assert_eq!((name(last).as_str(), last["is_aborted"].as_bool()), ("interrupted", Some(true)), "{last}");
}

#[test]
fn every_event_is_one_of_the_schema_and_the_other_way_round() {
    let server = Server::ollama(&["small", "large"]);
    server.forgets_its_models();
    let times = AtomicUsize::new(0);
    server.acts(move |asked| match asked.prompt.contains("number 0?") && asked.model == "small" {
        // The first time, the endpoint asks for a pause.
        true if times.fetch_add(1, Ordering::SeqCst) == 0 => {
            Act::Status(429, vec![("Retry-After", "1".into())], "{\"error\":\"slow down\"}".to_owned())
        }
        _ => Act::Late(Duration::from_millis(250)),
    });
    let spec = Spec::on(&server)
        .with("models", "[{ name: small, endpoint: local }, { name: large, endpoint: local }]")
        .with(
            "pricing",
            "{ models: { small: { input: 1, output: 2, as_of: 2020-01-01 }, large: { input: 3, output: 4 } } }",
        )
        .with("load", "{ warmup: 1, concurrency: [1] }");
    let mut seen = names(&Bench::ready(6, &spec));
    let asked = Bench::ready(2, &Spec::on(&server).with("judge", "{ command: { run: [sh, judge.sh] } }"));
    asked.write("experiments/judge.sh", JUDGE);
    seen.extend(names(&asked));
    let mock = Mock::start(&[]);
    let batch = format!("{{ openai: {{ url: \"{}/v1\", batch: {{ poll: 50ms }} }} }}", mock.url);
    seen.extend(names(&Bench::ready(2, &Spec::at(&batch).with("models", "[{ name: mock, endpoint: local }]"))));
    seen.extend(names(&Bench::empty()));
    #[cfg(unix)]
    seen.extend(interrupted(1).0.iter().map(name));
    // They take runs that share a database, and are looked at there.
    seen.extend(["left_to_others", "standing_by"].map(str::to_owned));
    let schema: Json = serde_json::from_str(&Bench::empty().run(&["schema", "--events"]).exits(0).stdout).unwrap();
    let of_schema: BTreeSet<String> = schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["properties"]["event"]["const"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(seen, of_schema);
}
