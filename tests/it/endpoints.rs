//! Every API, streaming and not.

use crate::bench::{Bench, Spec};
use crate::server::{Act, Api, Server};

const KEY: &str = "sk-right";

/// One way to ask.
struct Way {
    api: Api,
    /// The `api` of its endpoint.
    form: &'static str,
    stream: bool,
    path: &'static str,
}

const WAYS: [Way; 12] = [
    Way { api: Api::Ollama, form: "generate", stream: true, path: "/api/generate" },
    Way { api: Api::Ollama, form: "generate", stream: false, path: "/api/generate" },
    Way { api: Api::Ollama, form: "chat", stream: true, path: "/api/chat" },
    Way { api: Api::Ollama, form: "chat", stream: false, path: "/api/chat" },
    Way { api: Api::OpenAi, form: "chat", stream: true, path: "/v1/chat/completions" },
    Way { api: Api::OpenAi, form: "chat", stream: false, path: "/v1/chat/completions" },
    Way { api: Api::OpenAi, form: "completions", stream: true, path: "/v1/completions" },
    Way { api: Api::OpenAi, form: "completions", stream: false, path: "/v1/completions" },
    Way { api: Api::OpenAi, form: "responses", stream: true, path: "/v1/responses" },
    Way { api: Api::OpenAi, form: "responses", stream: false, path: "/v1/responses" },
    Way { api: Api::Anthropic, form: "", stream: true, path: "/v1/messages" },
    Way { api: Api::Anthropic, form: "", stream: false, path: "/v1/messages" },
];

impl Way {
    fn server(&self) -> Server {
        match self.api {
            Api::Ollama => Server::ollama(&["small"]),
            Api::OpenAi => Server::openai(&["small"], Some(KEY)),
            Api::Anthropic => Server::anthropic(&["small"], Some(KEY)),
        }
    }

    fn spec(&self, server: &Server) -> Spec {
        let (url, form) = (server.url(), self.form);
        let endpoint = match self.api {
            Api::Ollama => format!("{{ ollama: {{ url: \"{url}\", api: {form} }} }}"),
            Api::OpenAi => format!("{{ openai: {{ url: \"{url}/v1\", api: {form}, api_key_env: TRIAL_KEY }} }}"),
            Api::Anthropic => format!("{{ anthropic: {{ url: \"{url}\", api_key_env: TRIAL_KEY }} }}"),
        };
        Spec::at(&endpoint).with("generation", &format!("{{ stream: {} }}", self.stream))
    }
}

fn apply_with_key(bench: &Bench) -> crate::bench::Finished {
    bench.run_with(&["apply", "experiments/trial.yaml"], &[("TRIAL_KEY", KEY)])
}

#[test]
fn every_way_to_ask_gives_the_same_scores_and_counts() {
    let read = |way: &Way| {
        let server = way.server();
        let bench = Bench::ready(8, &way.spec(&server));
        apply_with_key(&bench).exits(0);
        assert!(server.asked().iter().all(|asked| asked.path == way.path));
        let results = bench.results();
        ["output", "score", "prompt_tokens", "output_tokens", "status"]
            .map(|name| results.column(name).into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let first = read(&WAYS[0]);
    for way in &WAYS[1..] {
        assert_eq!(read(way), first, "{} stream {}", way.path, way.stream);
    }
}

#[test]
fn only_a_stream_shows_the_time_to_the_first_token() {
    for way in &WAYS {
        let server = way.server();
        let bench = Bench::ready(2, &way.spec(&server));
        apply_with_key(&bench).exits(0);
        let has_first_token = bench.results().column("ttft_s").iter().all(|time| !time.is_empty());
        assert_eq!(has_first_token, way.stream, "{} stream {}", way.path, way.stream);
    }
}

#[test]
fn a_system_message_reaches_every_api() {
    for way in &WAYS {
        let server = way.server();
        let spec = way.spec(&server).with("prompt", "{ system: \"You know {{ subject }} numbers.\" }");
        let bench = Bench::ready(1, &spec);
        apply_with_key(&bench).exits(0);
        let body = server.asked()[0].body.to_string();
        assert!(body.contains("You know even numbers."), "{}: {body}", way.path);
    }
}

#[test]
fn ollama_is_asked_with_the_parameters_of_the_spec() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(
        1,
        &Spec::on(&server).with("generation", "{ max_tokens: 7, temperature: 0.5, seed: 3, stop: [END] }"),
    );
    bench.apply().exits(0);
    let options = serde_json::json!({ "num_predict": 7, "temperature": 0.5, "seed": 3, "stop": ["END"] });
    assert_eq!(server.asked()[0].body["options"], options);
}

#[test]
fn an_openai_server_is_asked_with_the_parameters_of_the_spec() {
    let server = Server::openai(&["small"], None);
    let bench = Bench::ready(
        1,
        &Spec::on(&server).with("generation", "{ max_tokens: 7, temperature: 0.5, seed: 3, stop: [END] }"),
    );
    bench.apply().exits(0);
    let body = &server.asked()[0].body;
    assert_eq!((&body["max_tokens"], &body["temperature"], &body["seed"]), (&7.into(), &0.5.into(), &3.into()));
    assert_eq!(body["stream_options"]["include_usage"], true);
}

#[test]
fn anthropic_is_asked_with_the_parameters_of_the_spec() {
    let server = Server::anthropic(&["small"], None);
    let generation = "{ max_tokens: 7, temperature: 0.5, top_k: 9, seed: 3, stop: [END] }";
    let bench = Bench::ready(1, &Spec::on(&server).with("generation", generation));
    bench.apply().exits(0);
    let asked = &server.asked()[0];
    let mut body = asked.body.clone();
    body.as_object_mut().unwrap().remove("messages");
    let expected = serde_json::json!({
        "model": "small", "max_tokens": 7, "temperature": 0.5, "top_k": 9, "stop_sequences": ["END"], "stream": true,
    });
    assert_eq!(body, expected);
    assert_eq!(asked.version.as_deref(), Some("2023-06-01"));
    assert_eq!(bench.results().field(0, "cached_prompt_tokens"), "4");
}

#[test]
fn anthropics_address_may_end_in_its_version() {
    let server = Server::anthropic(&["small"], None);
    let bench = Bench::ready(1, &Spec::on(&server));
    bench.apply().exits(0);
    bench.spec(&Spec::at(&format!("{{ anthropic: {{ url: \"{}/v1/\" }} }}", server.url())));
    bench.apply().exits(0).says(&["1 request: 1 kept, 0 sent"]);
}

#[test]
fn anthropics_key_leaves_no_trace() {
    for stream in [true, false] {
        let server = Server::anthropic(&["small"], Some(KEY));
        server.acts(|_| Act::Say(format!("Your key is {KEY}. The answer is B.")));
        let way = Way { api: Api::Anthropic, form: "", stream, path: "/v1/messages" };
        let bench = Bench::ready(2, &way.spec(&server));
        let finished = apply_with_key(&bench);
        finished.exits(0);
        assert!(server.asked().iter().all(|asked| asked.api_key.as_deref() == Some(KEY) && asked.bearer.is_none()));
        assert!(!finished.stdout.contains(KEY) && !finished.stderr.contains(KEY));
        for (path, bytes) in bench.everything() {
            assert!(!bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes()), "{}", path.display());
        }
    }
}

#[test]
fn a_prompt_that_is_cut_in_silence_is_an_error_instead() {
    for way in &WAYS[..4] {
        let server = way.server();
        Bench::ready(1, &way.spec(&server)).apply().exits(0);
        assert_eq!(server.asked()[0].body["truncate"], false);
    }
}

#[test]
fn reasoning_between_tags_is_kept_out_of_the_answer() {
    for way in &WAYS {
        let server = way.server();
        server.acts(|_| Act::Say("<think>\nIt may be A or C.\n</think>\n\nB".into()));
        let bench = Bench::ready(2, &way.spec(&server));
        apply_with_key(&bench).exits(0);
        let results = bench.results();
        assert_eq!(results.column("output"), ["B"; 2], "{} stream {}", way.path, way.stream);
        assert_eq!(results.column("score"), ["0", "1"]);
        assert_eq!(results.column("reasoning"), ["It may be A or C."; 2]);
    }
}

#[test]
fn an_answer_that_begins_like_a_tag_begins_with_its_first_token() {
    for said in [" B", "< B", "<think B"] {
        let server = Server::ollama(&["small"]);
        server.acts(move |_| Act::Say(said.into()));
        let bench = Bench::ready(1, &Spec::on(&server));
        bench.apply().exits(0);
        let results = bench.results();
        assert_eq!(results.field(0, "output"), said.trim());
        assert_eq!(results.field(0, "ttfc_s"), results.field(0, "ttft_s"));
    }
}

#[test]
fn an_error_within_a_stream_of_each_api_is_a_row() {
    for way in WAYS.iter().filter(|way| way.stream) {
        let server = way.server();
        server.acts(|_| Act::ErrorInside("Overloaded".into()));
        let bench = Bench::ready(1, &way.spec(&server));
        apply_with_key(&bench).exits(3);
        let results = bench.results();
        assert_eq!(results.field(0, "status"), "stream_error", "{}", way.path);
        assert!(results.field(0, "fault").starts_with("Overloaded"), "{}", results.field(0, "fault"));
    }
}

#[test]
fn an_overloaded_anthropic_is_spared_and_asked_again() {
    let server = Server::anthropic(&["small"], None);
    let body = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let overloaded = Act::Status(529, vec![("retry-after-ms", "1".into())], body.into());
    server.acts(
        move |asked| {
            if asked.prompt.contains("number 1?") && asked.before == 0 { overloaded.clone() } else { Act::Answer }
        },
    );
    let bench = Bench::ready(30, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 2, concurrency: 4 }"));
    bench.apply().exits(0);
    assert_eq!(bench.results().column("attempts")[..3], ["1", "2", "1"]);
    let manifest: serde_json::Value = serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap();
    assert_eq!(manifest["throttling"]["local"][0]["limit"], 2.0);
}

#[test]
fn a_model_may_have_another_name_at_its_endpoint() {
    let server = Server::ollama(&["small:1b-q4"]);
    let bench =
        Bench::ready(1, &Spec::on(&server).with("models", "[{ name: mine, model: \"small:1b-q4\", endpoint: local }]"));
    bench.apply().exits(0);
    assert_eq!((server.asked()[0].model.as_str(), bench.results().column("model")), ("small:1b-q4", vec!["mine"]));
}

#[test]
fn the_host_of_ollamas_users_is_understood() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(1, &Spec::at("{ ollama: { url: \"${OLLAMA_HOST:-http://127.0.0.1:11434}\" } }"));
    let host = server.url().replace("http://", "");
    bench.run_with(&["apply", "experiments/trial.yaml"], &[("OLLAMA_HOST", &host)]).exits(0);
    assert_eq!(server.count(), 1);
}

#[test]
fn the_key_is_sent_as_a_bearer_token() {
    let server = Server::openai(&["small"], Some(KEY));
    let bench = Bench::ready(2, &WAYS[4].spec(&server));
    apply_with_key(&bench).exits(0);
    assert!(server.asked().iter().all(|asked| asked.bearer.as_deref() == Some(KEY)));
}

#[test]
fn a_key_that_is_not_set_is_named_before_anything_is_sent() {
    let server = Server::openai(&["small"], None);
    let bench = Bench::ready(2, &WAYS[4].spec(&server));
    bench.apply().exits(2).says(&["TRIAL_KEY", "is not set", "local", &server.url()]);
    assert_eq!(server.count(), 0);
}

#[test]
fn a_key_that_is_refused_is_named_before_anything_is_sent() {
    let server = Server::openai(&["small"], Some("another"));
    let bench = Bench::ready(2, &WAYS[4].spec(&server));
    apply_with_key(&bench).exits(2).says(&["HTTP 401", "TRIAL_KEY", &server.url()]);
    assert_eq!(server.count(), 0);
}

#[test]
fn a_server_that_is_down_is_named_with_what_to_start() {
    let server = Server::ollama(&["small"]);
    let (bench, url) = (Bench::ready(2, &Spec::on(&server)), server.url());
    drop(server);
    bench.apply().exits(1).says(&["local", &url, "does not answer", "ollama serve"]);
    assert!(!bench.path("outputs/trial/results.csv").exists());
}

#[test]
fn one_server_that_is_down_keeps_the_other_from_being_asked() {
    let (up, down) = (Server::ollama(&["small"]), Server::ollama(&["small"]));
    let spec = Spec::on(&up)
        .with("endpoints", &format!("{{ up: {}, down: {} }}", up.endpoint(), down.endpoint()))
        .with("models", "[{ name: one, model: small, endpoint: up }, { name: two, model: small, endpoint: down }]");
    drop(down);
    Bench::ready(2, &spec).apply().exits(1).says(&["`down` does not answer"]);
    assert_eq!((up.count(), up.loads()), (0, 0));
}

#[test]
fn a_server_that_is_no_ollama_is_not_asked() {
    let server = Server::openai(&["small"], None);
    let bench = Bench::ready(2, &Spec::at(&format!("{{ ollama: {{ url: \"{}\" }} }}", server.url())));
    bench.apply().exits(1).says(&[&server.url()]);
    assert_eq!(server.count(), 0);
}

#[test]
fn a_missing_model_is_named_with_what_to_pull() {
    let server = Server::ollama(&["small", "large:7b"]);
    let bench = Bench::ready(
        2,
        &Spec::on(&server).with("models", "[{ name: small, endpoint: local }, { name: smoll, endpoint: local }]"),
    );
    bench.apply().exits(2).says(&["`smoll`", "`ollama pull smoll`", "large:7b"]);
    assert_eq!(server.count(), 0);
}

#[test]
fn an_answer_at_the_token_limit_is_capped_and_scored() {
    let server = Server::openai(&["small"], None);
    server.acts(|_| {
        let choice = serde_json::json!({ "message": { "content": "B" }, "finish_reason": "length" });
        Act::Status(
            200,
            vec![("Content-Type", "application/json".into())],
            serde_json::json!({ "choices": [choice] }).to_string(),
        )
    });
    let bench = Bench::ready(2, &Spec::on(&server));
    bench.apply().exits(0);
    let results = bench.results();
    assert_eq!((results.column("status"), results.column("score")), (vec!["capped"; 2], vec!["0", "1"]));
    assert_eq!(bench.table("model_summary.csv").field(0, "capped"), "2");
}

/// What a replay has of its own.
const NOT_RECORDED: [&str; 9] = [
    "measured_by",
    "request_key",
    "scheduled_s",
    "permit_s",
    "sent_s",
    "connect_s",
    "new_connection",
    "latency_from_schedule_s",
    "dispatch_delay_s",
];

#[test]
fn a_recording_answers_in_place_of_its_server() {
    for way in &WAYS {
        let server = way.server();
        let bench = Bench::ready(4, &way.spec(&server));
        let record = ["apply", "--record", "experiments/recorded.jsonl", "experiments/trial.yaml"];
        bench.run_with(&record, &[("TRIAL_KEY", KEY)]).exits(0);
        let recorded = bench.results().without(&NOT_RECORDED);
        drop(server);
        let replay = Spec::at("{ replay: { cassette: recorded.jsonl } }");
        bench.spec(&replay.with("generation", &format!("{{ stream: {} }}", way.stream)));
        bench.apply().exits(0);
        assert_eq!(bench.results().without(&NOT_RECORDED), recorded, "{} stream {}", way.path, way.stream);
    }
}

#[test]
fn a_server_that_is_far_away_is_reached_through_a_proxy() {
    // The server plays the proxy: it is asked for whole addresses that no name server knows.
    let proxy = Server::openai(&["small"], None);
    let spec = Spec::at("{ openai: { url: \"http://far.invalid/v1\" } }");
    let bench = Bench::ready(2, &spec);
    let apply = ["apply", "experiments/trial.yaml"];
    bench.run_with(&apply, &[("HTTP_PROXY", &proxy.url())]).exits(0);
    assert_eq!(proxy.count(), 2);
    let elsewhere = [("HTTP_PROXY", proxy.url()), ("NO_PROXY", "far.invalid".to_owned())];
    let elsewhere = elsewhere.each_ref().map(|(name, value)| (*name, value.as_str()));
    bench.run_with(&["apply", "--set", "generation.seed=7", "experiments/trial.yaml"], &elsewhere).exits(1);
    assert_eq!(proxy.count(), 2);
}

#[test]
fn an_answer_is_complete_with_its_last_word_although_the_body_stays_open() {
    for server in [Server::ollama(&["small"]), Server::openai(&["small"], None), Server::anthropic(&["small"], None)] {
        server.acts(|_| Act::LeaveOpen);
        let load = "{ warmup: 0, attempts: 1, stall_timeout: 5s }";
        let bench = Bench::ready(2, &Spec::on(&server).with("load", load));
        bench.apply().exits(0);
        let results = bench.results();
        assert_eq!((results.column("status"), server.count()), (vec!["ok"; 2], 2));
        // The time for which it was left open is part of nothing.
        assert!((0..2).all(|row| results.number(row, "stream_total_s") < 0.2));
    }
}

#[test]
fn counts_of_nothing_where_there_is_text_are_no_counts() {
    let server = Server::openai(&["small"], None);
    let choice = serde_json::json!({ "message": { "content": "B" }, "finish_reason": "stop" });
    let body =
        serde_json::json!({ "choices": [choice], "usage": { "prompt_tokens": 0, "completion_tokens": 0 } }).to_string();
    server.acts(move |_| Act::Status(200, vec![("Content-Type", "application/json".into())], body.clone()));
    let spec = Spec::on(&server)
        .with("generation", "{ stream: false }")
        .with("pricing", "{ models: { small: { input: 1, output: 2 } } }");
    let bench = Bench::ready(2, &spec);
    bench.apply().exits(0);
    let results = bench.results();
    for name in ["prompt_tokens", "output_tokens", "tokens_source", "cost"] {
        assert_eq!(results.column(name), ["", ""], "{name}");
    }
}

#[test]
fn an_endpoint_that_asks_for_more_time_than_there_is_ends_its_requests() {
    let server = Server::ollama(&["small"]);
    let wait = vec![("Retry-After", "100000000000".to_owned())];
    server.acts(move |_| Act::Status(429, wait.clone(), "{}".into()));
    let bench = Bench::ready(3, &Spec::on(&server).with("load", "{ warmup: 0, deadline: 300ms }"));
    let finished = bench.apply();
    finished.exits(3).shows(&["1 × rate_limited"]).says(&["sent Retry-After until", "2 not sent"]);
    assert_eq!(server.count(), 1);
}
