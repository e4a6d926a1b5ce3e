//! `apply --json`: every line is an event of the schema, and every event of the schema is a line of some run.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value as Json;

use crate::bench::{Bench, Spec};
use crate::mock::Mock;
use crate::server::{Act, Server};

/// A judge that takes every answer for right.
const JUDGE: &str = r#"while IFS= read -r line; do
rest=${line#*\"id\":}; id=${rest%%,*}
echo "{\"id\":$id,\"score\":1}"
done
"#;

/// The names of all events of a run, each checked against the schema.
fn names(bench: &Bench) -> BTreeSet<String> {
    let schema: Json = serde_json::from_str(&Bench::empty().run(&["schema", "--events"]).exits(0).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let finished = bench.run(&["apply", "--json", "experiments/trial.yaml"]);
    let event = |line: &str| {
        let event: Json = serde_json::from_str(line).unwrap();
        let faults: Vec<String> = validator.iter_errors(&event).map(|error| error.to_string()).collect();
        assert_eq!(faults, [""; 0], "{line}");
        event["event"].as_str().unwrap().to_owned()
    };
    finished.stdout.lines().map(event).collect()
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
    let schema: Json = serde_json::from_str(&Bench::empty().run(&["schema", "--events"]).exits(0).stdout).unwrap();
    let of_schema: BTreeSet<String> = schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["properties"]["event"]["const"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(seen, of_schema);
}
