//! Options of requests: what a spec sets reaches the server, and what the API does not have is refused before.

use serde_json::json;

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

#[test]
fn options_reach_each_api_in_its_own_words() {
    let generation = "{ think: low, response_format: { json_schema: { type: object } }, extra_body: { user: me, seed: null }, max_tokens: 2000 }";
    for (server, expected) in [
        (Server::ollama(&["small"]), json!({ "think": "low", "format": { "type": "object" }, "user": "me" })),
        (
            Server::openai(&["small"], None),
            json!({
                "reasoning_effort": "low", "user": "me",
                "response_format": {
                    "type": "json_schema",
                    "json_schema": { "name": "answer", "schema": { "type": "object" }, "strict": true },
                },
            }),
        ),
        (
            Server::anthropic(&["small"], None),
            json!({
                "thinking": { "type": "enabled", "budget_tokens": 1024 }, "user": "me",
                "output_config": { "format": { "type": "json_schema", "schema": { "type": "object" } } },
            }),
        ),
    ] {
        let bench = Bench::ready(1, &Spec::on(&server).with("generation", generation));
        bench.apply().exits(0);
        let body = server.asked()[0].body.clone();
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&body[name], value, "{name} in {body}");
        }
        assert_eq!(body.get("seed"), None);
    }
}

#[test]
fn what_can_change_an_answer_is_asked_again() {
    let server = Server::openai(&["small"], None);
    let bench = Bench::ready(2, &Spec::on(&server));
    bench.apply().exits(0);
    for generation in
        ["{ extra_body: { user: me } }", "{ think: false }", "{ min_p: 0.1 }", "{ response_format: json }"]
    {
        bench.spec(&Spec::on(&server).with("generation", generation));
        bench.apply().exits(0).says(&["2 requests: 0 kept, 2 sent"]);
        bench.apply().exits(0).says(&["2 requests: 2 kept, 0 sent"]);
    }
}

#[test]
fn what_an_api_does_not_have_is_refused_with_what_to_write() {
    let server = Server::openai(&["small"], None);
    let refused = |spec: &Spec, words: &[&str]| {
        Bench::ready(1, spec).apply().exits(2).says(words);
    };
    refused(&Spec::on(&server).with("generation", "{ think: true }"), &["endpoint `local`", "`low`", "extra_body"]);
    refused(&Spec::on(&server).with("generation", "{ think: much }"), &["`false`, `true`, `low`"]);
    let anthropic = Server::anthropic(&["small"], None);
    refused(&Spec::on(&anthropic).with("generation", "{ think: low }"), &["generation.max_tokens"]);
    refused(&Spec::on(&anthropic).with("generation", "{ min_p: 0.1 }"), &["no `min_p`"]);
    assert_eq!((server.count(), anthropic.count()), (0, 0));
}

#[test]
fn headers_and_a_query_are_sent_and_keys_leave_no_trace() {
    const KEY: &str = "azure-secret-0123456789";
    let server = Server::openai(&["small"], None);
    let more = "headers: { X-Title: benchmark }, headers_env: { x-api-key: TRIAL_KEY }, query: { api-version: \"2024-10-21\" }";
    let spec = Spec::at(&format!("{{ openai: {{ url: \"{}/v1\", {more} }} }}", server.url()));
    let bench = Bench::ready(1, &spec);
    bench.apply().exits(2).says(&["environment variable TRIAL_KEY"]);
    bench.run_with(&["apply", "experiments/trial.yaml"], &[("TRIAL_KEY", KEY)]).exits(0);
    let asked = &server.asked()[0];
    assert_eq!(asked.path, "/v1/chat/completions?api-version=2024-10-21");
    assert_eq!(asked.api_key.as_deref(), Some(KEY));
    for (path, bytes) in bench.everything() {
        assert!(!bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes()), "{}", path.display());
    }
}

#[test]
fn a_key_in_a_header_is_refused_without_being_printed() {
    for header in
        ["Authorization: \"Bearer sk-0123456789abcdef\"", "api-key: anything", "X-Own: sk-0123456789abcdef0123456789"]
    {
        let spec = Spec::at(&format!("{{ openai: {{ url: \"http://127.0.0.1:9/v1\", headers: {{ {header} }} }} }}"));
        let finished = Bench::ready(1, &spec).apply();
        finished.exits(2).says(&["headers_env"]);
    }
}

#[test]
fn an_address_that_is_not_the_base_is_refused_with_the_one_to_write() {
    for (endpoint, instead) in [
        ("openai: { url: \"http://127.0.0.1:9/v1/chat/completions\" }", "write `http://127.0.0.1:9/v1`"),
        ("openai: { url: \"http://127.0.0.1:9/v1/v1\" }", "write `http://127.0.0.1:9/v1`"),
        ("openai: { url: \"http://127.0.0.1:11434\" }", "write `http://127.0.0.1:11434/v1`"),
        ("ollama: { url: \"http://127.0.0.1:9/api/generate\" }", "write `http://127.0.0.1:9`"),
        ("ollama: { url: \"http://127.0.0.1:9/v1\" }", "write `http://127.0.0.1:9`"),
        ("anthropic: { url: \"http://127.0.0.1:9/v1/messages\" }", "write `http://127.0.0.1:9`"),
    ] {
        Bench::ready(1, &Spec::at(&format!("{{ {endpoint} }}")))
            .run(&["validate", "experiments/trial.yaml"])
            .exits(2)
            .says(&[instead]);
    }
}

#[test]
fn answers_are_held_against_the_form_that_was_asked_for() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| {
        Act::Say(match asked.prompt {
            ref prompt if prompt.contains("number 0?") => "{\"answer\": \"B\"}".into(),
            ref prompt if prompt.contains("number 1?") => "{\"letter\": \"B\"}".into(),
            _ => "The answer is B.".into(),
        })
    });
    let form = "{ response_format: { json_schema: { type: object, required: [answer] } } }";
    let bench = Bench::ready(4, &Spec::on(&server).with("generation", form));
    bench.apply().exits(0).shows(&[
        "answer_format (small): 75.0 % of the answers do not have the form that `response_format` asks for (2 are not JSON, 1 violates the schema)",
    ]);
    assert_eq!(bench.results().column("answer_format"), ["fits", "violates_schema", "not_json", "not_json"]);
    assert_eq!(bench.table("model_summary.csv").column("format_fit_share"), ["0.25"]);
}
