//! Batch APIs: what is submitted, waited for, collected after whatever happened, and what it shows and costs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::Connection;
use serde_json::{Value as Json, json};

use crate::bench::{Bench, Finished, Running, Spec, wait_until};
use crate::mock::Mock;
use crate::server::Server;

const APPLY: [&str; 2] = ["apply", "experiments/trial.yaml"];

const APIS: [&str; 2] = ["openai", "anthropic"];

/// A mock whose batches behave so.
fn mock(batch: &str) -> Mock {
    Mock::start(&["--prompt-tokens", "100", "--tokens", "10", "--batch", batch])
}

/// A spec that asks a mock by its batch API.
fn spec(mock: &Mock, api: &str, settings: &str) -> Spec {
    let base = if api == "openai" { "/v1" } else { "" };
    let endpoint = format!("{{ {api}: {{ url: \"{}{base}\", api_key_env: TRIAL_KEY, batch: {settings} }} }}", mock.url);
    Spec::at(&endpoint).with("models", "[{ name: mock, endpoint: local }]").with("load", "{ attempts: 1 }")
}

/// The same that looks often.
fn often(mock: &Mock, api: &str) -> Spec {
    spec(mock, api, "{ poll: 50ms }")
}

fn start(bench: &Bench) -> Running {
    bench.start(&APPLY, &[("TRIAL_KEY", "sk-right")])
}

fn run(bench: &Bench, arguments: &[&str]) -> Finished {
    bench.run_with(arguments, &[("TRIAL_KEY", "sk-right")])
}

fn apply(bench: &Bench) -> Finished {
    run(bench, &APPLY)
}

/// A page of a mock.
fn page(mock: &Mock, path: &str) -> Json {
    let address = mock.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// How many requests a mock was asked to answer.
fn answers(mock: &Mock) -> u64 {
    page(mock, "/mock/counters")["answers"].as_u64().unwrap()
}

/// The batches of a mock.
fn batches(mock: &Mock, api: &str) -> Vec<Json> {
    let path = if api == "openai" { "/v1/batches?limit=100" } else { "/v1/messages/batches?limit=100" };
    page(mock, path)["data"].as_array().unwrap().clone()
}

/// The batches that the store knows of: their ids, if known.
fn stored(bench: &Bench) -> Vec<Option<String>> {
    let Ok(store) = Connection::open(bench.path("outputs/store.sqlite")) else { return Vec::new() };
    let Ok(mut statement) = store.prepare("SELECT batch FROM provider_batches") else { return Vec::new() };
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_run_is_submitted_collected_and_not_asked_again() {
    for api in APIS {
        let mock = mock("time=300ms");
        let bench = Bench::ready(20, &often(&mock, api));
        apply(&bench).exits(0).says(&["20 of 20 done", "20 requests: 0 kept, 20 sent"]);
        let results = bench.results();
        assert_eq!(results.column("status"), ["ok"; 20]);
        assert_eq!(results.column("output_tokens"), ["10"; 20]);
        assert!(results.column("extracted_answer").iter().all(|letter| !letter.is_empty()));
        assert_eq!((answers(&mock), batches(&mock, api).len(), stored(&bench).len()), (20, 1, 0));
        apply(&bench).exits(0).says(&["20 requests: 20 kept, 0 sent"]);
        assert_eq!(answers(&mock), 20);
    }
}

#[test]
fn answers_are_those_of_requests_that_are_asked_alone() {
    // The last with the API of texts and that of responses, which are written in the place of settings.
    let settings = ["{ poll: 50ms }", "{ poll: 50ms }, api: responses", "{ poll: 50ms }, api: completions"];
    for (api, settings) in
        [("anthropic", settings[0]), ("openai", settings[0]), ("openai", settings[1]), ("openai", settings[2])]
    {
        let mock = mock("");
        let alone = settings.replace("{ poll: 50ms }", "false");
        let (batch, alone) =
            (Bench::ready(12, &spec(&mock, api, settings)), Bench::ready(12, &spec(&mock, api, &alone)));
        apply(&batch).exits(0);
        apply(&alone).exits(0);
        for column in ["output", "score", "prompt_tokens", "request_key", "finish_reason"] {
            assert_eq!(batch.results().column(column), alone.results().column(column), "{api} {column}");
        }
    }
}

/// Columns that only a measurement can fill.
const MEASURED: [&str; 12] = [
    "latency_sec",
    "scheduled_s",
    "sent_s",
    "headers_s",
    "first_byte_s",
    "ttft_s",
    "ttfc_s",
    "tpot_s",
    "last_token_s",
    "stream_total_s",
    "decode_tokens_per_s",
    "total_duration_s",
];

#[test]
fn what_nobody_measured_is_empty_and_named() {
    let mock = mock("");
    let charts =
        "[score, latency_ecdf, durations, scatter: { x: output_tokens, y: latency }, heatmap: { color: latency }]";
    let bench = Bench::ready(20, &often(&mock, "openai").with("charts", charts));
    let finished = apply(&bench);
    finished.exits(0).shows(&["times not measured (batch API): mock", "throughput: not measured (batch API)"]);
    finished.says(&[
        "not drawn, because their figures are not measured (batch API): latency_ecdf, output_tokens_vs_latency",
    ]);
    assert!(bench.read("outputs/trial/avg_score_by_model_durations.svg").contains("times not measured (batch API)"));
    let results = bench.results();
    for column in MEASURED {
        assert_eq!(results.column(column), [""; 20], "{column}");
    }
    assert!(results.column("measured_by").iter().all(|run| run.ends_with(" batch batch_1")));
    let models = bench.table("model_summary.csv");
    for column in ["avg_latency_sec", "latency_p50_s", "ttft_p50_s", "requests_per_s", "client_tokens_per_s"] {
        assert_eq!(models.field(0, column), "", "{column}");
    }
    let page = bench.read("outputs/trial/report.html");
    assert!(page.contains("not measured (batch API)") && !page.contains(">NaN"), "the page");
    let summary = bench.read("outputs/trial/summary.md");
    assert!(summary.contains("not measured (batch API)"), "{summary}");
}

#[test]
fn the_money_is_the_price_of_a_batch() {
    let mock = mock("");
    let prices = "{ models: { mock: { input: 4, output: 40, batch_input: 2, batch_output: 20 } } }";
    let bench = Bench::ready(10, &often(&mock, "anthropic").with("pricing", prices));
    apply(&bench).exits(0);
    // 100 prompt tokens at 2 and 10 output tokens at 20 per million.
    assert_eq!(bench.results().column("cost"), ["0.0004"; 10]);
    // What was asked so keeps its price when others are asked alone.
    bench.write("experiments/questions.jsonl", crate::bench::questions(12));
    bench.spec(&spec(&mock, "anthropic", "false").with("pricing", prices));
    run(&bench, &["apply", "--update", "experiments/trial.yaml"])
        .exits(0)
        .shows(&["10 answers of 12 came by a batch API"]);
    let costs = bench.results();
    assert_eq!((costs.field(0, "cost"), costs.field(11, "cost")), ("0.0004", "0.0008"));
}

#[test]
fn a_budget_is_checked_before_anything_is_submitted() {
    let mock = mock("");
    let prices = "{ models: { mock: { input: 4, output: 40, batch_input: 2, batch_output: 20 } } }";
    let spec = often(&mock, "openai").with("pricing", prices).with("generation", "{ max_tokens: 10 }");
    let bench = Bench::ready(10, &spec.with("budget", "{ max_cost: 0.0000001 }"));
    apply(&bench).exits(4).says(&["10 requests: 0 kept, 0 sent, 10 not sent"]);
    assert_eq!(answers(&mock), 0);
    bench.spec(&spec.with("budget", "{ max_requests: 4 }"));
    apply(&bench).exits(4);
    assert_eq!((answers(&mock), bench.results().rows.len()), (4, 4));
}

#[test]
fn batches_are_split_by_the_limits_of_the_spec() {
    for (settings, expected) in [("{ poll: 50ms, max_requests: 8 }", 3), ("{ poll: 50ms, max_bytes: 2kB }", 0)] {
        let mock = mock("");
        let bench = Bench::ready(20, &spec(&mock, "openai", settings));
        apply(&bench).exits(0);
        let made = batches(&mock, "openai");
        assert!(if expected > 0 { made.len() == expected } else { made.len() > 3 }, "{}", made.len());
        let requests: u64 = made.iter().map(|batch| batch["request_counts"]["total"].as_u64().unwrap()).sum();
        assert_eq!((requests, answers(&mock)), (20, 20));
    }
}

#[test]
fn a_run_that_is_killed_while_the_provider_works_collects_later() {
    for api in APIS {
        let mock = mock("time=2s");
        let bench = Bench::ready(10, &often(&mock, api));
        let running = start(&bench);
        wait_until("the id", || stored(&bench).iter().any(Option::is_some));
        running.kill();
        run(&bench, &["plan", "experiments/trial.yaml"]).exits(0).shows(&[
            "10 at the provider",
            "0 to send",
            "at endpoint `local`: 10 requests to mock",
            "`apply --cancel`",
        ]);
        apply(&bench).exits(0).says(&["10 requests: 0 kept, 10 sent"]);
        assert_eq!((answers(&mock), batches(&mock, api).len(), stored(&bench).len()), (10, 1, 0));
    }
}

#[test]
fn a_run_that_is_killed_before_it_knows_the_id_finds_its_batch() {
    for api in APIS {
        // The batch is made, and its reply is held back.
        let mock = mock("time=1s,reply=60s");
        let bench = Bench::ready(10, &often(&mock, api));
        let running = start(&bench);
        wait_until("the batch", || batches(&mock, api).len() == 1);
        assert_eq!(stored(&bench), [None]);
        running.kill();
        apply(&bench).exits(0);
        assert_eq!((answers(&mock), batches(&mock, api).len(), stored(&bench).len()), (10, 1, 0), "{api}");
        assert_eq!(bench.results().column("status"), ["ok"; 10]);
    }
}

#[test]
fn a_run_that_was_killed_before_it_submitted_submits_later() {
    for api in APIS {
        let mock = mock("accept=3s");
        let bench = Bench::ready(10, &often(&mock, api));
        let running = start(&bench);
        wait_until("the intent", || stored(&bench) == [None]);
        running.kill();
        assert_eq!(batches(&mock, api).len(), 0);
        apply(&bench).exits(0);
        assert_eq!((answers(&mock), batches(&mock, api).len(), stored(&bench).len()), (10, 1, 0), "{api}");
    }
}

#[test]
fn an_interrupted_run_leaves_the_batch_and_says_so() {
    let mock = mock("time=2s");
    let bench = Bench::ready(10, &often(&mock, "openai"));
    let running = start(&bench);
    wait_until("the id", || stored(&bench).iter().any(Option::is_some));
    running.signal("INT");
    running.end().exits(130).says(&["batch batch_1 (10 requests) continues", "a later `apply` collects it"]);
    assert_eq!(batches(&mock, "openai")[0]["status"], "in_progress");
    apply(&bench).exits(0).says(&["0 kept, 10 sent"]);
    assert_eq!(answers(&mock), 10);
}

#[test]
fn a_cancelled_batch_leaves_what_was_finished() {
    for api in APIS {
        let mock = mock("time=2s");
        let bench = Bench::ready(40, &often(&mock, api));
        let running = start(&bench);
        wait_until("the id", || stored(&bench).iter().any(Option::is_some));
        running.kill();
        std::thread::sleep(std::time::Duration::from_millis(500));
        let cancel = run(&bench, &["apply", "--cancel", "experiments/trial.yaml"]);
        cancel.exits(3).says(&["cancelled 1 batch"]);
        let rows = bench.results().rows.len();
        assert!((1..40).contains(&rows), "{api}: {rows}");
        assert_eq!((batches(&mock, api).len(), stored(&bench).len()), (1, 0));
        let (left, asked) = (40 - rows, answers(&mock));
        apply(&bench).exits(0).says(&[&format!("{rows} kept, {left} sent")]);
        assert_eq!(answers(&mock), asked + left as u64);
        run(&bench, &["apply", "--cancel", "experiments/trial.yaml"]).exits(0).says(&["no batch is open"]);
    }
}

#[test]
fn failures_of_single_requests_are_rows_and_are_asked_again() {
    for api in APIS {
        let mock = mock("errored=0.1,rejected=0.1,expired=0.1,malformed=0.1,missing=0.1");
        let bench = Bench::ready(40, &often(&mock, api));
        apply(&bench).exits(3).says(&["cannot be read or belong to no request"]);
        let results = bench.results();
        let count = |status: &str| results.column("status").iter().filter(|known| **known == status).count();
        // Of a batch whose time is over, what has no result had no time either.
        let expected = if api == "openai" { [20, 4, 4, 12, 0] } else { [20, 4, 4, 4, 8] };
        assert_eq!(["ok", "server_error", "rejected", "timed_out", "malformed"].map(count), expected, "{api}");
        let faults = results.column("fault").join(" ");
        assert!(faults.contains("the batch expired"), "{faults}");
        assert_eq!(faults.contains("do not hold this request"), api == "anthropic", "{faults}");
        // Another run asks what failed, and nothing else.
        let before = answers(&mock);
        apply(&bench).says(&["40 requests: 20 kept, 20 sent"]);
        assert_eq!(answers(&mock), before + 20);
    }
}

#[test]
fn passing_failures_are_submitted_again_by_the_same_run() {
    let mock = mock("errored=0.3");
    let bench = Bench::ready(30, &often(&mock, "openai").with("load", "{ attempts: 6 }"));
    apply(&bench).exits(0).says(&["30 requests: 0 kept, 30 sent"]);
    let results = bench.results();
    assert_eq!(results.column("status"), ["ok"; 30]);
    assert!(results.column("attempts").contains(&"2") && batches(&mock, "openai").len() > 1);
}

#[test]
fn a_request_that_is_submitted_again_is_told_of_once() {
    for (attempts, failed) in [(6, false), (2, true)] {
        let mock = mock(if failed { "errored=1" } else { "errored=0.3" });
        let load = format!("{{ attempts: {attempts} }}");
        let bench = Bench::ready(30, &often(&mock, "anthropic").with("load", &load));
        let finished = run(&bench, &["apply", "--json", "experiments/trial.yaml"]);
        finished.exits(if failed { 3 } else { 0 });
        let events: Vec<Json> = finished.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let told: Vec<&Json> = events.iter().filter(|event| event["event"] == "response_stored").collect();
        let faults = told.iter().filter(|event| !event["fault"].is_null()).count();
        assert_eq!((told.len(), faults), (30, if failed { 30 } else { 0 }));
    }
}

#[test]
fn a_submission_that_is_limited_is_tried_again() {
    for api in APIS {
        let mock = mock("refused=1");
        let bench = Bench::ready(5, &often(&mock, api).with("load", "{ attempts: 3 }"));
        apply(&bench).exits(0);
        assert_eq!((answers(&mock), batches(&mock, api).len()), (5, 1));
        let stubborn = self::mock("refused=9");
        let bench = Bench::ready(5, &often(&stubborn, api));
        apply(&bench).exits(1).says(&[
            "the batch API of endpoint `local`",
            "HTTP 429",
            "nothing of the batch was billed",
        ]);
        assert_eq!((answers(&stubborn), stored(&bench).len()), (0, 0));
    }
}

#[test]
fn a_server_without_a_batch_api_is_named() {
    for api in APIS {
        let mock = mock("none");
        let bench = Bench::ready(5, &often(&mock, api));
        apply(&bench).exits(1).says(&["the batch API of endpoint `local`", "remove `batch` from the endpoint"]);
        assert_eq!(stored(&bench).len(), 0);
    }
}

#[test]
fn a_batch_that_its_provider_does_not_know_is_forgotten_on_demand_only() {
    let mock = mock("time=60s");
    let bench = Bench::ready(5, &often(&mock, "openai"));
    let running = start(&bench);
    wait_until("the id", || stored(&bench).iter().any(Option::is_some));
    running.kill();
    // A server of the same address that starts anew has forgotten it.
    let (port, url) = (mock.url.rsplit(':').next().unwrap().to_owned(), mock.url.clone());
    drop(mock);
    let mock = Mock::start(&["--port", &port]);
    assert_eq!(mock.url, url);
    std::thread::sleep(std::time::Duration::from_secs(5));
    apply(&bench).exits(1).says(&["no such file or batch", "`apply --cancel` forgets it"]);
    assert_eq!((answers(&mock), stored(&bench).len()), (0, 1));
    run(&bench, &["apply", "--cancel", "experiments/trial.yaml"]).says(&["knows no batch batch_1; it is forgotten"]);
    apply(&bench).exits(0);
    assert_eq!(answers(&mock), 5);
}

#[test]
fn a_damaged_row_of_a_batch_stops_the_run_before_it_pays_again() {
    let mock = mock("time=60s");
    let bench = Bench::ready(5, &often(&mock, "openai"));
    let running = start(&bench);
    wait_until("the id", || stored(&bench).iter().any(Option::is_some));
    running.kill();
    let store = Connection::open(bench.path("outputs/store.sqlite")).unwrap();
    store.execute("UPDATE provider_batches SET crc = crc + 1", []).unwrap();
    drop(store);
    apply(&bench).exits(1).says(&["provider_batches", "does not match its checksum"]);
    assert_eq!(answers(&mock), 5);
}

/// Results of a provider that is not to be trusted, by the ids of the requests. The first download breaks off.
fn hostile(results: impl Fn(&[String]) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut ids, mut downloads) = (Vec::new(), 0);
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some((path, body)) = received(&stream) else { continue };
            let asked = body["requests"].as_array().cloned().unwrap_or_default();
            ids.extend(asked.iter().map(|request| request["custom_id"].as_str().unwrap().to_owned()));
            let batch =
                json!({ "id": "msgbatch_1", "processing_status": "ended", "results_url": "http://127.0.0.1:1/steal" });
            let (reply, length) = match path.as_str() {
                "/v1/models" => (json!({ "data": [{ "id": "mock" }] }).to_string(), None),
                path if path.ends_with("/results") => {
                    downloads += 1;
                    let all = results(&ids);
                    if downloads == 1 { (all[..all.len() / 2].to_owned(), Some(all.len())) } else { (all, None) }
                }
                _ => (batch.to_string(), None),
            };
            let length = length.unwrap_or(reply.len());
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            // A client that has had enough is gone.
            let _ = stream.write_all(format!("{head}{reply}").as_bytes());
        }
    });
    url
}

/// Path and body of a request.
fn received(stream: &TcpStream) -> Option<(String, Json)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split_whitespace().nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((path, serde_json::from_slice(&body).unwrap_or_default()))
}

#[test]
fn results_that_are_not_to_be_trusted_cost_a_request_each_and_no_more() {
    let answer = |id: &str, text: &str| {
        let usage = json!({ "input_tokens": 1, "output_tokens": 1 });
        let content = json!([{ "type": "text", "text": text }]);
        let message = json!({ "type": "message", "content": content, "stop_reason": "end_turn", "usage": usage });
        json!({ "custom_id": id, "result": { "type": "succeeded", "message": message } }).to_string()
    };
    let url = hostile(move |ids| {
        let foreign = "f".repeat(64);
        let lines = [
            answer(&foreign, "B"),
            answer("../../etc/passwd", "B"),
            "not json".to_owned(),
            "[1, 2]".to_owned(),
            "x".repeat(1 << 20),
            answer(&ids[0], "A <script>alert(1)</script> \u{1b}[31m sk-right"),
            answer(&ids[0], "B"),
            json!({ "custom_id": ids[1], "result": { "type": "of_tomorrow" } }).to_string(),
            json!({ "custom_id": ids[2], "result": { "type": "succeeded", "message": 7 } }).to_string(),
            answer(&ids[3], "D"),
        ];
        lines.join("\n")
    });
    let endpoint = format!("{{ anthropic: {{ url: \"{url}\", api_key_env: TRIAL_KEY, batch: {{ poll: 50ms }} }} }}");
    let spec = Spec::at(&endpoint).with("models", "[{ name: mock, endpoint: local }]");
    let bench = Bench::ready(5, &spec.with("load", "{ attempts: 2 }"));
    let finished = apply(&bench);
    finished.exits(3).says(&["cannot be read or belong to no request"]);
    let results = bench.results();
    assert_eq!(results.column("status"), ["ok", "malformed", "malformed", "ok", "malformed"]);
    assert!(results.field(0, "output").starts_with("A <script>") && results.field(0, "output").ends_with("[redacted]"));
    assert!(results.field(4, "fault").contains("do not hold this request"));
    assert!(!finished.stderr.contains('\u{1b}') && !finished.stderr.contains("sk-right"));
}

/// A batch of OpenAI's API that has ended with answers: the id of their file by the number of looks at it, and what is in
/// it by the number of downloads. Counts submissions.
fn ended(
    file: impl Fn(usize) -> Json + Send + 'static,
    content: impl Fn(&[String], usize) -> String + Send + 'static,
) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let submissions = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&submissions);
    std::thread::spawn(move || {
        let (mut keys, mut looks, mut downloads) = (Vec::new(), 0, 0);
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some((method, path, body)) = request(&stream) else { continue };
            let reply = match (method.as_str(), path.as_str()) {
                (_, "/v1/models") => json!({ "data": [{ "id": "mock" }] }).to_string(),
                ("POST", "/v1/files") => {
                    let lines = body.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok());
                    keys = lines.filter_map(|line| Some(line["custom_id"].as_str()?.to_owned())).collect();
                    json!({ "id": "file-1" }).to_string()
                }
                (_, path) if path.ends_with("/content") => {
                    downloads += 1;
                    content(&keys, downloads)
                }
                (method, _) => {
                    counted.fetch_add(usize::from(method == "POST"), Ordering::Relaxed);
                    looks += 1;
                    let counts = json!({ "total": keys.len(), "completed": keys.len(), "failed": 0 });
                    json!({ "id": "batch_1", "status": "completed", "output_file_id": file(looks), "request_counts": counts })
                        .to_string()
                }
            };
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", reply.len());
            let _ = stream.write_all(format!("{head}{reply}").as_bytes());
        }
    });
    (url, submissions)
}

/// Five questions to that server.
fn bench_of(url: &str) -> Bench {
    let endpoint = format!("{{ openai: {{ url: \"{url}/v1\", api_key_env: TRIAL_KEY, batch: {{ poll: 50ms }} }} }}");
    let spec = Spec::at(&endpoint).with("models", "[{ name: mock, endpoint: local }]").with("load", "{ attempts: 3 }");
    Bench::ready(5, &spec)
}

/// A file of answers, which begins with a mark of its encoding and has the line ends of Windows.
fn answers_of(keys: &[String]) -> String {
    let answer = |key: &String| {
        let message = json!({ "role": "assistant", "content": "B" });
        let body = json!({ "model": "mock", "choices": [{ "message": message, "finish_reason": "stop" }] });
        json!({ "custom_id": key, "response": { "status_code": 200, "body": body }, "error": null }).to_string()
    };
    format!("\u{feff}{}\r\n", keys.iter().map(answer).collect::<Vec<_>>().join("\r\n"))
}

/// Method, path and body of a request.
fn request(stream: &TcpStream) -> Option<(String, String, String)> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((method, path, String::from_utf8_lossy(&body).into_owned()))
}

#[test]
fn answers_whose_file_is_not_there_yet_are_waited_for_and_not_asked_again() {
    for comes in [true, false] {
        let file = move |looks| if comes && looks > 3 { json!("out.1=") } else { Json::Null };
        let (url, submissions) = ended(file, |keys, _| answers_of(keys));
        let bench = bench_of(&url);
        if comes {
            apply(&bench).exits(0);
            assert_eq!(bench.results().column("status"), ["ok"; 5]);
        } else {
            for _ in 0..2 {
                apply(&bench)
                    .exits(1)
                    .says(&["a batch with answers, and no file of them", "the next `apply` collects it"]);
            }
            run(&bench, &["apply", "--cancel", "experiments/trial.yaml"]).exits(3).says(&["cancelled 1 batch"]);
        }
        assert_eq!(submissions.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn results_that_lack_answers_are_read_again_and_not_asked_again() {
    type Content = fn(&[String], usize) -> String;
    let complete: [Content; 2] = [
        |keys, downloads| answers_of(if downloads < 3 { &keys[..2] } else { keys }),
        |keys, downloads| answers_of(keys).chars().take(if downloads < 3 { 400 } else { usize::MAX }).collect(),
    ];
    for content in complete {
        let (url, submissions) = ended(|_| json!("out"), content);
        let bench = bench_of(&url);
        apply(&bench).exits(0);
        assert_eq!(bench.results().column("status"), ["ok"; 5]);
        assert_eq!(submissions.load(Ordering::Relaxed), 1);
    }
    let lacking: [(Content, &str); 3] = [
        (|keys, _| answers_of(&keys[1..]), "counts 5 answers, and its results hold 4"),
        (|_, _| "<html>Bad gateway</html>".to_owned(), "counts 5 answers, and its results hold 0"),
        (|_, _| String::new(), "counts 5 answers, and its results hold 0"),
    ];
    for (content, said) in lacking {
        let (url, submissions) = ended(|_| json!("out"), content);
        let bench = bench_of(&url);
        apply(&bench).exits(1).says(&[said, "the next `apply` collects it"]);
        assert_eq!(submissions.load(Ordering::Relaxed), 1);
        // It is given up on demand only.
        let cancel = ["apply", "--cancel", "experiments/trial.yaml"];
        run(&bench, &cancel).exits(3).says(&["cancelled 1 batch"]);
        run(&bench, &cancel).says(&["no batch is open"]);
        assert_eq!(submissions.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn a_result_that_says_nothing_is_not_asked_again_by_the_same_run() {
    let (url, submissions) = ended(
        |_| json!("out"),
        |keys, _| {
            let void = json!({ "custom_id": keys[0], "response": null, "error": null });
            format!("{void}\n{}", answers_of(&keys[1..]).trim_start_matches('\u{feff}'))
        },
    );
    let bench = bench_of(&url);
    apply(&bench).exits(3).says(&["a result without a status"]);
    assert_eq!(submissions.load(Ordering::Relaxed), 1);
}

#[test]
fn several_models_are_submitted_side_by_side() {
    let mock = Mock::start(&["--models", "one,two", "--batch", "time=1s"]);
    let models = "[{ name: one, endpoint: local }, { name: two, endpoint: local }]";
    let bench = Bench::ready(6, &often(&mock, "openai").with("models", models));
    let running = start(&bench);
    wait_until("both batches", || batches(&mock, "openai").len() == 2);
    let open = batches(&mock, "openai").iter().filter(|batch| batch["status"] == "in_progress").count();
    assert_eq!(open, 2, "both are at the provider at once");
    running.end().exits(0);
}

#[test]
fn two_runs_at_once_submit_once() {
    let mock = mock("time=1s");
    let bench = Bench::ready(10, &often(&mock, "openai"));
    let twin = often(&mock, "openai").with("output", "{ dir: ../outputs/twin, formats: [svg] }");
    bench.write("experiments/twin.yaml", twin.text());
    let (one, other) = (start(&bench), bench.start(&["apply", "experiments/twin.yaml"], &[("TRIAL_KEY", "sk-right")]));
    one.end().exits(0);
    other.end().exits(0);
    assert_eq!((answers(&mock), batches(&mock, "openai").len()), (10, 1));
}

#[test]
fn the_key_is_in_no_file_and_no_metadata() {
    let mock = mock("");
    let bench = Bench::ready(5, &often(&mock, "openai"));
    let finished = apply(&bench);
    finished.exits(0);
    assert!(bench.everything().iter().all(|(_, bytes)| memchr::memmem::find(bytes, b"sk-right").is_none()));
    assert!(!batches(&mock, "openai")[0].to_string().contains("sk-right"));
    assert!(!finished.stderr.contains("sk-right"));
}

#[test]
fn models_that_judge_may_be_asked_by_batch() {
    let (answering, judging) = (Server::ollama(&["small"]), mock(""));
    let endpoints = format!(
        "{{ local: {}, hosted: {{ openai: {{ url: \"{}/v1\", batch: {{ poll: 50ms }} }} }} }}",
        answering.endpoint(),
        judging.url
    );
    let judge = "{ model: { models: [{ name: mock, endpoint: hosted }], verdict: line } }";
    let bench = Bench::ready(6, &Spec::on(&answering).with("endpoints", &endpoints).with("judge", judge));
    let finished = apply(&bench);
    assert_eq!(batches(&judging, "openai").len(), 1, "{}\n{}", finished.stdout, finished.stderr);
}

#[test]
fn what_a_batch_cannot_do_is_refused_in_the_spec() {
    let mock = mock("");
    let plain = often(&mock, "openai");
    for (key, value, expected) in [
        ("load", "{ concurrency: 4 }", "`load.concurrency` cannot be combined with the batch API of `local`"),
        ("load", "{ rate: 2/s }", "`load.rate` cannot be combined"),
        ("load", "{ duration: 5s }", "`load.duration` cannot be combined"),
        ("slo", "{ latency: 2s }", "`slo` cannot be combined"),
        ("until", "{ width: 0.2 }", "`until` cannot be combined"),
        ("pricing", "{ models: { mock: { input: 1, output: 2 } } }", "is not that of a batch API"),
        (
            "datasets",
            "[{ source: { synthetic: { input_tokens: 9, output_tokens: 9 } }, judge: none }]",
            "a dataset that measures speed",
        ),
    ] {
        let bench = Bench::ready(4, &plain.with(key, value));
        apply(&bench).exits(2).says(&[expected]);
    }
    let turns = "[{ source: { file: { path: questions.jsonl } }, prompt: { follow_ups: [Why?] } }]";
    let bench = Bench::ready(4, &plain.with("datasets", turns));
    apply(&bench).exits(2).says(&["a batch API takes all requests at once"]);
    let bench = Bench::ready(4, &plain);
    run(&bench, &["apply", "--record", "x.jsonl", "experiments/trial.yaml"]).exits(2).says(&["asked one by one"]);
    assert_eq!(answers(&mock), 0);
}
