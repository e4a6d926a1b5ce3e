//! A key leaves no trace, whatever a server does with it.

use crate::bench::{Bench, Finished, Spec};
use crate::server::{Act, Server};

const KEY: &str = "sk-4f9a2c71d0b8e6";

fn spec(server: &Server) -> Spec {
    Spec::at(&format!("{{ openai: {{ url: \"{}/v1\", api_key_env: TRIAL_KEY }} }}", server.url()))
}

fn run(bench: &Bench, arguments: &[&str]) -> Finished {
    bench.run_with(arguments, &[("TRIAL_KEY", KEY)])
}

/// Neither the program's words nor any file, the store and its log among them, hold the key.
#[track_caller]
fn assert_no_trace(bench: &Bench, finished: &Finished) {
    assert_hidden("standard output", finished.stdout.as_bytes());
    assert_hidden("standard error", finished.stderr.as_bytes());
    for (path, bytes) in bench.everything() {
        assert_hidden(&path.display().to_string(), &bytes);
    }
}

/// Ten characters of a key are enough to look for the rest.
#[track_caller]
fn assert_hidden(place: &str, bytes: &[u8]) {
    let start = &KEY.as_bytes()[..10];
    assert!(!bytes.windows(start.len()).any(|window| window == start), "the key is in {place}");
}

/// Runs against a server that does this with the key, killing nothing.
#[track_caller]
fn leaves_no_trace(code: i32, act: Act) {
    let server = Server::openai(&["small"], Some(KEY));
    server.acts(move |_| act.clone());
    let bench = Bench::ready(3, &spec(&server));
    for arguments in [&["apply", "experiments/trial.yaml"][..], &["apply", "--json", "experiments/trial.yaml"][..]] {
        let finished = run(&bench, arguments);
        finished.exits(code);
        assert_no_trace(&bench, &finished);
    }
}

#[test]
fn a_key_that_is_used_leaves_no_trace() {
    leaves_no_trace(0, Act::Answer);
}

#[test]
fn a_key_in_an_answer_leaves_no_trace() {
    leaves_no_trace(0, Act::Say(format!("Your key is {KEY}.")));
}

#[test]
fn a_key_in_an_error_leaves_no_trace() {
    leaves_no_trace(3, Act::status(500, &format!("failed with {KEY}")));
}

#[test]
fn a_key_in_a_refusal_leaves_no_trace() {
    leaves_no_trace(3, Act::status(401, &format!("{KEY} is not valid")));
}

#[test]
fn a_key_in_an_error_within_a_stream_leaves_no_trace() {
    leaves_no_trace(3, Act::ErrorInside(format!("failed with {KEY}")));
}

#[test]
fn a_key_in_a_redirect_leaves_no_trace() {
    let location = format!("http://127.0.0.1:9/?key={KEY}");
    leaves_no_trace(3, Act::Status(307, vec![("Location", location)], String::new()));
}

#[test]
fn a_redirect_is_not_followed_with_the_key() {
    let (server, other) = (Server::openai(&["small"], None), Server::openai(&["small"], None));
    let location = format!("{}/v1/chat/completions", other.url());
    server.acts(move |_| Act::Status(307, vec![("Location", location.clone())], String::new()));
    let bench = Bench::ready(2, &spec(&server));
    run(&bench, &["apply", "experiments/trial.yaml"]).exits(3);
    assert_eq!(other.count(), 0);
}

#[test]
fn a_key_that_is_refused_at_the_start_leaves_no_trace() {
    let server = Server::openai(&["small"], Some("another"));
    server.refuses_with_an_echo();
    let bench = Bench::ready(2, &spec(&server));
    let finished = run(&bench, &["apply", "experiments/trial.yaml"]);
    finished.exits(2);
    assert_no_trace(&bench, &finished);
}

#[test]
fn a_plan_does_not_show_the_key() {
    let server = Server::openai(&["small"], Some(KEY));
    let bench = Bench::ready(2, &spec(&server));
    let finished = run(&bench, &["plan", "experiments/trial.yaml"]);
    finished.exits(0);
    assert_no_trace(&bench, &finished);
}

#[test]
fn a_recording_does_not_hold_the_key() {
    let server = Server::openai(&["small"], Some(KEY));
    server.acts(|_| Act::Say(format!("Your key is {KEY}.")));
    let bench = Bench::ready(2, &spec(&server));
    let finished = run(&bench, &["apply", "--record", "experiments/recorded.jsonl", "experiments/trial.yaml"]);
    finished.exits(0);
    assert_no_trace(&bench, &finished);
}

#[test]
fn a_key_at_the_cut_of_a_long_error_leaves_no_trace() {
    leaves_no_trace(3, Act::status(500, &format!("{} {KEY}", "x".repeat(485))));
}

#[test]
fn a_key_in_a_warm_up_that_fails_leaves_no_trace() {
    let server = Server::openai(&["small"], Some(KEY));
    server.acts(|asked| if asked.prompt.contains("short sentence") { Act::status(500, KEY) } else { Act::Answer });
    let bench = Bench::ready(2, &spec(&server).with("load", "{ warmup: 1, attempts: 1 }"));
    let finished = run(&bench, &["apply", "experiments/trial.yaml"]);
    finished.exits(0).says(&["warm-up"]);
    assert_no_trace(&bench, &finished);
}

#[test]
fn a_key_in_the_finish_reason_leaves_no_trace() {
    let choice = serde_json::json!({ "message": { "content": "B" }, "finish_reason": KEY });
    let body = serde_json::json!({ "choices": [choice] }).to_string();
    leaves_no_trace(0, Act::Status(200, vec![("Content-Type", "application/json".into())], body));
}

#[test]
fn a_key_that_is_refused_when_all_is_kept_leaves_no_trace() {
    let server = Server::openai(&["small"], Some(KEY));
    let bench = Bench::ready(2, &spec(&server));
    run(&bench, &["apply", "experiments/trial.yaml"]).exits(0);
    server.refuses_with_an_echo();
    let finished = bench.run_with(&["apply", "experiments/trial.yaml"], &[("TRIAL_KEY", "sk-4f9a2c71d0b8e6-old")]);
    finished.exits(0);
    assert_no_trace(&bench, &finished);
}

#[test]
fn a_key_in_other_spellings_leaves_no_trace() {
    use std::fmt::Write;
    let hex = KEY.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    // "Bearer " and the key, as some proxies log it.
    let base64 = "QmVhcmVyIHNrLTRmOWEyYzcxZDBiOGU2";
    for spelling in [KEY.to_uppercase(), hex, base64.to_owned()] {
        let server = Server::openai(&["small"], Some(KEY));
        let said = spelling.clone();
        server.acts(move |asked| {
            if asked.prompt.contains("number 1?") { Act::status(400, &said) } else { Act::Say(format!("A {said}")) }
        });
        let bench = Bench::ready(3, &spec(&server));
        let finished = run(&bench, &["apply", "--record", "experiments/tape.jsonl", "experiments/trial.yaml"]);
        let mut places = vec![finished.stdout.into_bytes(), finished.stderr.into_bytes()];
        places.extend(bench.everything().into_iter().map(|(_, bytes)| bytes));
        let tail = &spelling.as_bytes()[spelling.len() - 10..];
        assert!(!places.iter().any(|bytes| bytes.windows(10).any(|window| window == tail)), "{spelling}");
    }
}

/// What a command says of a spec that holds the key where it does not belong.
#[track_caller]
fn is_refused_unseen(spec: &Spec, words: &[&str]) {
    let bench = Bench::ready(2, spec);
    for command in ["validate", "plan", "apply", "doctor"] {
        let finished = run(&bench, &[command, "experiments/trial.yaml"]);
        finished.exits(2).says(words);
        assert_hidden("standard output", finished.stdout.as_bytes());
        assert_hidden("standard error", finished.stderr.as_bytes());
    }
}

#[test]
fn a_key_in_place_of_its_variable_is_refused_without_being_shown() {
    let endpoint = format!("{{ openai: {{ url: \"http://127.0.0.1:9/v1\", api_key_env: {KEY} }} }}");
    is_refused_unseen(&Spec::at(&endpoint), &["instead of the name of a variable"]);
    // Whatever else is wrong on its line.
    let endpoint = format!("{{ openai: {{ url: \"http://127.0.0.1:9/v1\", api_key: {KEY}, timeoutt: 3 }} }}");
    is_refused_unseen(&Spec::at(&endpoint), &["unknown key"]);
    let endpoint = "{ openai: { url: \"http://127.0.0.1:9/v1\", api_key_env: \"${TRIAL_KEY}\" } }";
    is_refused_unseen(&Spec::at(endpoint), &["instead of the name of a variable"]);
}

#[test]
fn a_key_that_is_expanded_into_the_spec_is_refused() {
    let endpoint = "{ openai: { url: \"http://127.0.0.1:9/v1\", api_key_env: TRIAL_KEY } }";
    let label = Spec::at(endpoint).with("models", "[{ name: small, endpoint: local, label: \"m ${TRIAL_KEY}\" }]");
    is_refused_unseen(&label, &["`${TRIAL_KEY}` holds the key of an endpoint"]);
    let url = Spec::at("{ openai: { url: \"http://127.0.0.1:9/${TRIAL_KEY}\", api_key_env: TRIAL_KEY } }");
    is_refused_unseen(&url, &["`${TRIAL_KEY}` holds the key of an endpoint"]);
}
