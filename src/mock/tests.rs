//! The server as its clients see it: shapes, limits, faults, slots and loading, over real connections.

use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::faults::Fault;
use super::*;
use crate::endpoint;
use crate::endpoint::answer::Answer;
use crate::endpoint::fault::Fault as Broken;
use crate::endpoint::frames::{Frames, Framing};
use crate::response::Status;
use crate::secret::Secret;

/// A server that serves, and a client.
struct Running {
    url: String,
    client: reqwest::Client,
    counters: std::sync::Arc<Counters>,
    shutdown: CancellationToken,
    serving: JoinHandle<()>,
}

impl Running {
    async fn start(behaviour: Behaviour) -> Self {
        let server = MockServer::bind("127.0.0.1:0".parse().unwrap(), behaviour).await.unwrap();
        let (url, counters, shutdown) = (server.url(), server.counters(), CancellationToken::new());
        let serving = tokio::spawn(server.serve(shutdown.clone()));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { url, client, counters, shutdown, serving }
    }

    async fn post(&self, path: &str, body: &Json) -> (u16, Result<String, reqwest::Error>) {
        let request = self.client.post(format!("{}{path}", self.url)).body(body.to_string());
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await)
    }

    async fn ask(&self, path: &str, body: &Json) -> String {
        let (status, text) = self.post(path, body).await;
        let text = text.unwrap();
        assert_eq!(status, 200, "{text}");
        text
    }

    async fn get(&self, path: &str) -> Json {
        let response = self.client.get(format!("{}{path}", self.url)).send().await.unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }
}

/// A request for a path.
fn request(path: &str, prompt: &str, stream: bool) -> Json {
    match path {
        "/api/generate" => json!({ "model": "mock", "prompt": prompt, "stream": stream }),
        "/v1/completions" => json!({ "model": "mock", "prompt": prompt, "stream": stream }),
        _ => json!({
            "model": "mock", "messages": [{ "role": "user", "content": prompt }], "stream": stream,
            "stream_options": { "include_usage": true },
        }),
    }
}

const APIS: [(&str, &str); 3] =
    [("/api/generate", "ollama generate"), ("/api/chat", "ollama chat"), ("/v1/chat/completions", "openai chat")];

/// Reads an answer as the project itself does.
fn read(api: &str, stream: bool, body: &str) -> Result<Answer, Broken> {
    let api = endpoint::providers::api(api).unwrap();
    let framing = if stream { api.framing() } else { Framing::Whole };
    let (mut frames, mut answer) = (Frames::new(framing), Answer::default());
    let mut take = |frame: &[u8]| api.read(frame, &mut answer).map(|_| ());
    frames.push(body.as_bytes(), &mut take)?;
    frames.finish(&mut take)?;
    Ok(answer)
}

#[test]
fn the_server_speaks_every_api_that_endpoints_ask() {
    let apis = providers::PROVIDERS.iter().flat_map(|provider| provider.apis);
    let spoken = apis.map(|api| (api.name(), api.path().to_owned()));
    let asked = endpoint::providers::PROVIDERS.iter().flat_map(|provider| {
        let path = move |api: &dyn endpoint::provider::Provider| format!("{}{}", provider.base_path, api.path());
        (provider.apis)().into_iter().map(move |api| (api.name(), path(&*api)))
    });
    assert_eq!(spoken.collect::<Vec<_>>(), asked.collect::<Vec<_>>());
}

/// The data of each event, with its name.
fn events(body: &str) -> Vec<(String, Json)> {
    let blocks = body.split_terminator("\n\n").map(|block| block.split_once('\n').unwrap());
    blocks
        .map(|(name, data)| {
            let name = name.strip_prefix("event: ").unwrap().to_owned();
            (name, serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap())
        })
        .collect()
}

#[tokio::test]
async fn every_api_reads_the_same_answer_streamed_and_whole() {
    let behaviour = Behaviour { output_tokens: 6, thinking_tokens: 2, prompt_tokens: Some(31), ..Behaviour::default() };
    let server = Running::start(behaviour).await;
    let mut letters = String::new();
    for (path, api) in APIS {
        for stream in [true, false] {
            let body = server.ask(path, &request(path, "Which?", stream)).await;
            let answer = read(api, stream, &body).unwrap();
            letters.push_str(&answer.text[..1]);
            assert_eq!(&answer.text[1..], ". This is only filler.", "{path} {stream}");
            assert_eq!((answer.reasoning.as_str(), answer.finished), ("hm hm", true), "{path} {stream}");
            assert_eq!(answer.finish_reason.as_deref(), Some("stop"));
            assert_eq!((answer.usage.prompt_tokens, answer.usage.output_tokens), (Some(31), Some(8)));
        }
    }
    assert_eq!(letters.replace(&letters[..1], ""), "");
}

#[tokio::test]
async fn anthropic_streams_its_events_in_order() {
    let server = Running::start(Behaviour { output_tokens: 2, thinking_tokens: 1, ..Behaviour::default() }).await;
    let events = events(&server.ask("/v1/messages", &request("/v1/messages", "Which?", true)).await);
    let names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    let [start, stop, delta] = ["content_block_start", "content_block_stop", "content_block_delta"];
    let expected = [
        "message_start",
        start,
        "ping",
        delta,
        delta,
        stop,
        start,
        delta,
        delta,
        stop,
        "message_delta",
        "message_stop",
    ];
    assert_eq!(names, expected);
    assert!(events.iter().all(|(name, data)| data["type"] == name.as_str()));
    assert_eq!((&events[3].1["delta"]["thinking"], &events[7].1["index"]), (&json!("hm"), &json!(1)));
    assert_eq!(events[10].1["usage"]["output_tokens"], 3);
    assert_eq!(events[10].1["delta"]["stop_reason"], "end_turn");
    assert_eq!(events[0].1["message"]["usage"]["input_tokens"], 1);
}

#[tokio::test]
async fn anthropic_and_completions_answer_whole() {
    let server = Running::start(Behaviour { output_tokens: 2, thinking_tokens: 1, ..Behaviour::default() }).await;
    let mut message = request("/v1/messages", "Which?", false);
    message["max_tokens"] = json!(2);
    let whole: Json = serde_json::from_str(&server.ask("/v1/messages", &message).await).unwrap();
    assert_eq!((&whole["stop_reason"], &whole["usage"]["output_tokens"]), (&json!("max_tokens"), &json!(2)));
    let letter = whole["content"][1]["text"].as_str().unwrap();
    let whole = server.ask("/v1/completions", &request("/v1/completions", "Which?", false)).await;
    let whole: Json = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["choices"][0]["text"], format!("{letter}."));
    let stream = server.ask("/v1/completions", &request("/v1/completions", "Which?", true)).await;
    assert!(stream.starts_with("data: {") && stream.ends_with("data: [DONE]\n\n"), "{stream}");
    assert!(!stream.contains("usage"), "nobody asked for it");
}

#[tokio::test]
async fn a_limit_of_tokens_ends_an_answer() {
    let server = Running::start(Behaviour::default()).await;
    for (path, api) in APIS {
        for stream in [true, false] {
            let mut body = request(path, "Which?", stream);
            body["max_tokens"] = json!(3);
            body["options"] = json!({ "num_predict": 3 });
            let answer = read(api, stream, &server.ask(path, &body).await).unwrap();
            assert_eq!((answer.finish_reason.as_deref(), answer.usage.output_tokens), (Some("length"), Some(3)));
        }
    }
}

#[tokio::test]
async fn the_servers_durations_are_the_times_that_were_set() {
    let (ttft, gap) = (Duration::from_millis(3), Duration::from_millis(1));
    let behaviour =
        Behaviour { ttft, gap, output_tokens: 5, load_time: Duration::from_millis(20), ..Behaviour::default() };
    let server = Running::start(behaviour).await;
    for cold in [true, false] {
        let start = std::time::Instant::now();
        let body = server.ask("/api/generate", &request("/api/generate", "Which?", cold)).await;
        let took = start.elapsed();
        let durations = read("ollama generate", cold, &body).unwrap().server;
        assert_eq!((durations.prompt_eval, durations.eval), (Some(ttft), Some(4 * gap)));
        assert_eq!(durations.load.is_some_and(|load| load > Duration::ZERO), cold);
        assert_eq!(durations.total.unwrap(), durations.load.unwrap() + ttft + 4 * gap);
        assert!(took >= durations.total.unwrap(), "{took:?}");
    }
}

#[tokio::test]
async fn an_empty_prompt_loads_a_model_and_unloads_it() {
    let server = Running::start(Behaviour { load_time: Duration::from_millis(1), ..Behaviour::default() }).await;
    let loaded = async || server.get("/api/ps").await["models"].as_array().unwrap().len();
    for (body, reason, models) in [
        (json!({ "model": "mock" }), "load", 1),
        (json!({ "model": "mock:latest", "keep_alive": 0 }), "unload", 0),
        (json!({ "model": "mock", "messages": [] }), "load", 1),
    ] {
        let path = if body["messages"].is_array() { "/api/chat" } else { "/api/generate" };
        let answer: Json = serde_json::from_str(&server.ask(path, &body).await).unwrap();
        assert_eq!((&answer["done_reason"], loaded().await), (&json!(reason), models));
    }
    let mut last = request("/api/generate", "Which?", true);
    last["keep_alive"] = json!("0s");
    server.ask("/api/generate", &last).await;
    assert_eq!((loaded().await, server.counters.answers()), (0, 1));
}

#[tokio::test]
async fn pages_tell_of_the_models() {
    let behaviour = Behaviour { models: vec!["a".into(), "b:1b".into()], context_length: 77, ..Behaviour::default() };
    let server = Running::start(behaviour).await;
    let tags = server.get("/api/tags").await;
    assert_eq!((&tags["models"][0]["name"], &tags["models"][1]["name"]), (&json!("a:latest"), &json!("b:1b")));
    assert_ne!(tags["models"][0]["digest"], tags["models"][1]["digest"]);
    assert!(server.get("/api/version").await["version"].is_string());
    assert_eq!(server.get("/health").await["status"], "ok");
    assert_eq!(server.get("/v1/models").await["data"][1]["id"], "b:1b");
    let show: Json = serde_json::from_str(&server.ask("/api/show", &json!({ "model": "a" })).await).unwrap();
    assert_eq!(show["model_info"]["mock.context_length"], 77);
    assert_eq!(server.get("/api/nothing").await["error"], "no such page");
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_in_the_words_of_each_api() {
    let server = Running::start(Behaviour { context_length: 5, ..Behaviour::default() }).await;
    let unknown = json!({ "model": "other", "prompt": "x", "messages": [] });
    for (path, place) in
        [("/api/chat", "/error"), ("/v1/completions", "/error/message"), ("/v1/messages", "/error/message")]
    {
        let (status, text) = server.post(path, &unknown).await;
        let body: Json = serde_json::from_str(&text.unwrap()).unwrap();
        assert_eq!((status, body.pointer(place)), (404, Some(&json!("model 'other' not found"))));
        assert_eq!(server.post(path, &json!([])).await.0, 400);
    }
    let long = "x".repeat(100);
    for (path, status) in [("/api/chat", 200), ("/v1/chat/completions", 400), ("/v1/messages", 400)] {
        assert_eq!(server.post(path, &request(path, &long, false)).await.0, status, "{path}");
    }
}

#[tokio::test]
async fn a_key_must_be_presented_if_there_is_one() {
    let server = Running::start(Behaviour { key: Some(Secret::new("sk-right")), ..Behaviour::default() }).await;
    let cases =
        [("authorization", "Bearer sk-right", 200), ("x-api-key", "sk-right", 200), ("x-api-key", "sk-wrong", 401)];
    for (header, value, expected) in cases {
        let request = server.client.get(format!("{}/v1/models", server.url)).header(header, value);
        assert_eq!(request.send().await.unwrap().status(), expected);
    }
    assert_eq!(server.post("/v1/messages", &json!({})).await.0, 401);
}

#[tokio::test]
async fn every_fault_shows_as_what_it_is() {
    for (path, api) in APIS {
        for stream in [true, false] {
            for (fault, status) in [(Fault::Malformed, Status::Malformed), (Fault::ErrorInside, Status::StreamError)] {
                let server = failing(fault).await;
                let body = server.ask(path, &request(path, "Which?", stream)).await;
                assert_eq!(read(api, stream, &body).unwrap_err().status, status, "{path} {stream}");
            }
            let server = failing(Fault::Cut).await;
            assert!(server.post(path, &request(path, "Which?", stream)).await.1.is_err(), "{path} {stream}");
        }
        for (fault, status) in [(Fault::RateLimited, 429), (Fault::Failed, 500), (Fault::Overloaded, 503)] {
            let server = failing(fault).await;
            assert_eq!(server.post(path, &request(path, "Which?", true)).await.0, status);
        }
    }
}

async fn failing(fault: Fault) -> Running {
    let faults = Faults::default().with(fault, 1.0).unwrap();
    Running::start(Behaviour { faults, ..Behaviour::default() }).await
}

#[tokio::test]
async fn a_stalled_stream_begins_and_says_no_more() {
    let server = failing(Fault::Stall).await;
    let body = request("/v1/messages", "Which?", true).to_string();
    let mut response = server.client.post(format!("{}/v1/messages", server.url)).body(body).send().await.unwrap();
    let mut text = String::new();
    while !text.contains("filler") {
        text.push_str(std::str::from_utf8(&response.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(!text.contains("message_stop"));
    assert!(tokio::time::timeout(Duration::from_millis(50), response.chunk()).await.is_err());
}

#[tokio::test]
async fn requests_beyond_the_slots_queue() {
    let faults = Faults::default().with(Fault::Stall, 1.0).unwrap();
    let server = Running::start(Behaviour { faults, slots: Some(2), ..Behaviour::default() }).await;
    let begin = async || {
        let body = request("/v1/messages", "Which?", true).to_string();
        server.client.post(format!("{}/v1/messages", server.url)).body(body).send().await.unwrap()
    };
    let (first, _second) = (begin().await, begin().await);
    let mut third = Box::pin(begin());
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut third).await.is_err());
    drop(first);
    assert_eq!(third.await.status(), 200);
}

#[tokio::test]
async fn a_shutdown_closes_every_connection() {
    let server = failing(Fault::Stall).await;
    let body = request("/v1/messages", "Which?", true).to_string();
    let mut response = server.client.post(format!("{}/v1/messages", server.url)).body(body).send().await.unwrap();
    server.shutdown.cancel();
    server.serving.await.unwrap();
    while let Ok(Some(_)) = response.chunk().await {}
    assert!(server.client.get(&server.url).send().await.is_err());
    assert_eq!((server.counters.requests(), server.counters.connections()), (1, 1));
}

#[tokio::test]
async fn the_media_type_is_that_of_each_api() {
    let server = Running::start(Behaviour::default()).await;
    for (path, streamed) in [
        ("/api/chat", "application/x-ndjson"),
        ("/v1/chat/completions", "text/event-stream"),
        ("/v1/messages", "text/event-stream"),
    ] {
        for (stream, expected) in [(true, streamed), (false, "application/json")] {
            let body = request(path, "Which?", stream).to_string();
            let response = server.client.post(format!("{}{path}", server.url)).body(body).send().await.unwrap();
            assert_eq!(response.headers()["content-type"], expected, "{path}");
        }
    }
}

#[tokio::test]
async fn counters_are_shown_and_started_anew() {
    let server = Running::start(Behaviour { output_tokens: 3, ..Behaviour::default() }).await;
    let page = server.get("/mock/counters").await;
    assert_eq!((&page["answers"], &page["late_p50_s"]), (&json!(0), &Json::Null));
    for stream in [true, false] {
        server.ask("/api/chat", &request("/api/chat", "Which?", stream)).await;
    }
    let page = server.get("/mock/counters").await;
    assert_eq!((&page["answers"], &page["requests"]), (&json!(2), &json!(4)));
    let late = |share: &str| page[share].as_f64().unwrap();
    assert!(0.0 < late("late_p50_s") && late("late_p50_s") <= late("late_p99_s"), "{page}");
    assert!(server.counters.late(1.0).unwrap() >= server.counters.late(0.5).unwrap());
    let last = server.client.delete(format!("{}/mock/counters", server.url)).send().await.unwrap();
    let last: Json = serde_json::from_str(&last.text().await.unwrap()).unwrap();
    assert_eq!(last["answers"], 2);
    let page = server.get("/mock/counters").await;
    assert_eq!((&page["answers"], &page["requests"], &page["late_p99_s"]), (&json!(0), &json!(1), &Json::Null));
}
