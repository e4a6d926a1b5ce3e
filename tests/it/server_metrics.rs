//! `metrics` and `energy`: what servers and machines say while a batch is sent.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use polars::prelude::{DataFrame, ParquetReader, SerReader};
use serde_json::Value as Json;

use crate::bench::{Bench, Spec, wait_until};
use crate::mock::Mock;
use crate::server::Server;

/// A mock that works on two requests at a time, each of 150 ms.
const TWO_SLOTS: [&str; 10] =
    ["--ttft", "100ms", "--gap", "5ms", "--tokens", "10", "--slots", "2", "--prompt-tokens", "20"];

/// Four requests at a time, 40 of them: about 3 s on two slots.
const FOUR_AT_ONCE: &str = "{ warmup: 0, attempts: 1, concurrency: 4, requests: 40 }";

fn endpoint(url: &str, settings: &str) -> String {
    format!("{{ openai: {{ url: \"{url}/v1\", {settings} }} }}")
}

fn spec(url: &str, settings: &str) -> Spec {
    Spec::at(&endpoint(url, settings)).with("models", "[{ name: mock, endpoint: local }]").with("load", FOUR_AT_ONCE)
}

/// Status and message of a check; the first of several.
fn check(bench: &Bench, name: &str) -> (String, String) {
    let manifest: Json = serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap();
    let found = manifest["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).cloned();
    let text = |key: &str| found.as_ref().and_then(|found| found[key].as_str()).unwrap_or("none").to_owned();
    (text("outcome"), text("message"))
}

fn readings(bench: &Bench) -> DataFrame {
    let file = std::fs::File::open(bench.path("outputs/trial/server_metrics.parquet")).unwrap();
    ParquetReader::new(file).finish().unwrap()
}

/// The values of a column that are known.
fn numbers(frame: &DataFrame, name: &str) -> Vec<f64> {
    frame.column(name).unwrap().f64().unwrap().iter().flatten().collect()
}

#[test]
fn a_server_tells_its_load_and_its_tokens() {
    let mock = Mock::with(&TWO_SLOTS);
    let bench = Bench::ready(10, &spec(&mock.url, "metrics: true").with("charts", "[timeline]"));
    bench.apply().exits(0);
    let frame = readings(&bench);
    assert!(frame.height() >= 4, "{frame}");
    assert_eq!(frame.column("endpoint").unwrap().str().unwrap().get(0), Some("local"));
    let most = |name: &str| numbers(&frame, name).into_iter().fold(0.0, f64::max);
    assert_eq!((most("running"), most("waiting"), most("kv_cache_used")), (2.0, 2.0, 1.0));
    // 40 answers of 10 tokens to prompts of 20, and all of them after the first reading and before the last.
    assert_eq!((most("output_tokens"), most("prompt_tokens"), most("prefix_hits")), (400.0, 800.0, 0.0));
    let elapsed = numbers(&frame, "elapsed_s");
    assert!(elapsed[0] == 0.0 && elapsed.is_sorted() && elapsed.windows(2).all(|pair| pair[1] - pair[0] < 5.0));
    assert_eq!(check(&bench, "server_queue").0, "warned");
    assert!(check(&bench, "server_queue").1.contains("up to 2 at once"));
    for name in ["server_readings", "server_tokens", "prefix_cache_hits", "other_traffic"] {
        assert_eq!(check(&bench, name), ("passed".to_owned(), "none".to_owned()), "{name}");
    }
    assert_eq!(check(&bench, "energy").0, "none");
    let summary = bench.read("outputs/trial/summary.md");
    // How much of the cache is in use on average depends on when the readings fell.
    let row = summary.lines().find(|line| line.starts_with("| mock | 2 | 2 | ")).expect(&summary);
    assert!(row.ends_with(" % | 0.0 % | 400 | 400 |"), "{row}");
    assert!(bench.read("outputs/trial/run_timeline.svg").contains("at the server: at most 2 running, 2 waiting"));
    let page = bench.read("outputs/trial/report.html");
    assert!(page.contains("Running at the server") && page.contains("id=\"servers\""));
    // What is kept gives the same files again, without a server.
    drop(mock);
    let before = bench.outputs();
    bench.apply().exits(0);
    assert_eq!(bench.outputs(), before);
    let summary = bench.read("outputs/trial/model_summary.csv");
    assert!(summary.lines().next().unwrap().contains("energy_j"));
}

#[test]
fn others_at_the_server_are_noticed() {
    let mock = Mock::with(&["--ttft", "100ms", "--gap", "5ms", "--tokens", "10"]);
    let other = Bench::ready(10, &spec(&mock.url, "").with("load", "{ warmup: 0, concurrency: 16, duration: 60s }"));
    let asking = other.start(&["apply", "experiments/trial.yaml"], &[]);
    wait_until("the other client", || mock.running() == 16.0);
    let load = "{ warmup: 0, attempts: 1, concurrency: 2, requests: 40 }";
    let bench = Bench::ready(10, &spec(&mock.url, "metrics: true").with("load", load));
    bench.apply().exits(0);
    asking.kill();
    let (status, message) = check(&bench, "other_traffic");
    assert_eq!(status, "warned");
    // How many of the other client's requests are in flight depends on the instant of a reading.
    let (most, rest) = message.split_once("up to ").and_then(|(_, rest)| rest.split_once(' ')).expect(&message);
    assert!((3..=18).contains(&most.parse::<u32>().unwrap()), "{message}");
    assert!(rest.starts_with("where this client had at most 2 in flight"), "{message}");
    let (status, message) = check(&bench, "server_tokens");
    assert_eq!(status, "warned");
    assert!(message.contains("its responses report 400"), "{message}");
}

#[test]
fn a_server_without_metrics_is_one_warning_and_a_gap() {
    let server = Server::openai(&["small"], None);
    let endpoint = format!("{{ openai: {{ url: \"{}/v1\", metrics: true }} }}", server.url());
    let bench = Bench::ready(3, &Spec::at(&endpoint).with("load", "{ warmup: 0, concurrency: [1, 2] }"));
    let finished = bench.apply();
    finished.exits(0).says(&[
        "endpoint `local`: its metrics were not read: HTTP 404: no such page; llama-server has it with `--metrics`",
    ]);
    assert_eq!(finished.stderr.matches("were not read").count(), 1, "{}", finished.stderr);
    assert!(check(&bench, "server_readings").1.contains("2 of 2 readings of the server's metrics failed: HTTP 404"));
    assert!(!bench.path("outputs/trial/server_metrics.parquet").exists());
}

/// A page of metrics beside a server: what it says, by how often it was asked.
fn page(says: impl Fn(usize) -> String + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/metrics", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (asked, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let request = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            request.take_while(|line| !line.is_empty()).for_each(drop);
            let text = says(asked);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", text.len());
            // Nobody may listen any more.
            let _ = stream.write_all(format!("{head}{text}").as_bytes());
        }
    });
    url
}

#[test]
fn a_page_that_says_what_cannot_be_is_not_believed() {
    let (running, tokens) = ("vllm:num_requests_running", "vllm:generation_tokens_total");
    let hits = ("vllm:prefix_cache_hits_total", "vllm:prefix_cache_queries_total");
    type Says = Box<dyn Fn(usize) -> String + Send>;
    let cases: [(Says, &str, &str); 6] = [
        (
            Box::new(move |_| format!("{running} NaN\n")),
            "its metrics were not read: its `vllm:num_requests_running` is NaN, which is no count",
            "readings of the server's metrics failed: its `vllm:num_requests_running` is NaN",
        ),
        (
            Box::new(move |_| format!("{running} 1e300\n{tokens} 0\n")),
            "not all of its metrics were read: its `vllm:num_requests_running` is 1e300, which is no count",
            "some of the server's metrics are left out: its `vllm:num_requests_running` is 1e300",
        ),
        (
            Box::new(|_| "vllm:kv_cache_usage_perc 40\nvllm:num_requests_waiting 0\n".to_owned()),
            "is 40, and a share is at most 1",
            "some of the server's metrics are left out",
        ),
        (
            Box::new(move |asked| format!("{tokens} {}\n", if asked == 0 { 1000 } else { asked })),
            "",
            "the server's counters were reset while requests were sent, as when it is restarted",
        ),
        (
            Box::new(move |asked| format!("{tokens} {}\n", if asked % 2 == 0 { 1000 + asked } else { asked })),
            "",
            "as where several servers answer in turn at one address",
        ),
        (
            Box::new(move |asked| format!("{} {}\n{} {}\n", hits.0, 90 * asked, hits.1, 10 * asked)),
            "",
            "the server found more prompt tokens in its cache than it looked up",
        ),
    ];
    let mock = Mock::with(&["--ttft", "100ms", "--gap", "0ms"]);
    for (says, warning, problem) in cases {
        let url = page(says);
        let spec = spec(&mock.url, &format!("metrics: \"{url}\"")).with("load", "{ warmup: 0, concurrency: 1 }");
        // Long enough for counters to fall more than once where they do.
        let bench = Bench::ready(if problem.contains("in turn") { 30 } else { 4 }, &spec);
        let finished = bench.apply();
        finished.exits(0);
        assert!(finished.stderr.contains(warning), "{}", finished.stderr);
        assert_eq!(warning.is_empty(), !finished.stderr.contains("metrics were"), "{}", finished.stderr);
        let (status, message) = check(&bench, "server_readings");
        assert!(status == "warned" && message.contains(problem), "{message}");
        let summary = bench.read("outputs/trial/summary.md");
        assert!(
            !summary.contains("00000000") && !summary.contains("inf ") && !summary.contains("900.0 %"),
            "{summary}"
        );
    }
}

#[test]
fn of_several_clients_the_first_reads_and_the_others_are_not_asked_why() {
    let mock = Mock::start(&[]);
    let bench = Bench::ready(10, &spec(&mock.url, "metrics: true"));
    let outcome = |client: &str| {
        let apply = ["apply", "experiments/trial.yaml", "--client", client, "--start-at", "2025-01-01T00:00:00Z"];
        bench.run(&apply).exits(0);
        let folder = format!("outputs/trial-{}", client.replace('/', "-of-"));
        let manifest: Json = serde_json::from_str(&bench.read(&format!("{folder}/manifest.json"))).unwrap();
        let checks = manifest["checks"].as_array().unwrap().clone();
        checks.iter().find(|check| check["name"] == "server_readings").map(|check| check["outcome"].to_string())
    };
    assert_eq!((outcome("1/2").as_deref(), outcome("2/2")), (Some("\"passed\""), None));
}

#[test]
fn the_doctor_looks_at_the_page() {
    let mock = Mock::start(&[]);
    let bench = Bench::ready(1, &spec(&mock.url, "metrics: true"));
    let doctor = ["doctor", "experiments/trial.yaml"];
    bench.run(&doctor).exits(0).shows(&[&format!("metrics of endpoint `local`: {}/metrics says ", mock.url)]);
    let server = Server::openai(&["small"], None);
    let endpoint = format!("{{ openai: {{ url: \"{}/v1\", metrics: true }} }}", server.url());
    let bench = Bench::ready(1, &Spec::at(&endpoint));
    let words = "/metrics cannot be read: HTTP 404: no such page; llama-server has it with `--metrics`";
    bench.run(&doctor).exits(1).shows(&["FAIL  metrics of endpoint `local`", words]);
}

#[test]
fn a_key_goes_to_the_endpoints_own_origin_alone() {
    let key = [("TRIAL_KEY", "sk-right")];
    let keyed = ["--ttft", "1ms", "--gap", "1ms", "--key-env", "TRIAL_KEY"];
    let (mock, elsewhere) = (Mock::with(&keyed), Mock::with(&keyed));
    let apply = |metrics: &str| {
        let spec = spec(&mock.url, &format!("api_key_env: TRIAL_KEY, metrics: {metrics}"));
        let bench = Bench::ready(4, &spec.with("load", "{ warmup: 0 }"));
        let finished = bench.run_with(&["apply", "experiments/trial.yaml"], &key);
        finished.exits(0);
        (check(&bench, "server_readings"), finished.stderr)
    };
    assert_eq!(apply("true").0.0, "passed");
    assert_eq!(apply(&format!("\"{}/metrics\"", mock.url)).0.0, "passed");
    let (found, stderr) = apply(&format!("\"{}/metrics\"", elsewhere.url));
    assert!(found.1.contains("HTTP 401") && stderr.contains("were not read: HTTP 401"), "{found:?} {stderr}");
}

#[test]
fn a_server_that_a_run_starts_is_read_at_its_port() {
    let serve = format!("[{}, mock, --port, \"{{port}}\", --ttft, 1ms, --gap, 1ms]", env!("CARGO_BIN_EXE_smallbench"));
    let settings = format!("metrics: true, serve: {{ command: {serve}, health: /v1/models }}");
    let spec = Spec::at(&endpoint("http://127.0.0.1:{port}", &settings));
    let bench = Bench::ready(4, &spec.with("models", "[{ name: mock, endpoint: local }]"));
    bench.apply().exits(0);
    assert_eq!(check(&bench, "server_readings").0, "passed");
    assert!(readings(&bench).height() >= 2);
}

#[test]
fn energy_is_measured_or_explained() {
    let mock = Mock::with(&["--ttft", "1ms", "--gap", "1ms"]);
    let bench = Bench::ready(4, &spec(&mock.url, "energy: true").with("load", "{ warmup: 0 }"));
    bench.apply().exits(0);
    let (status, message) = check(&bench, "energy");
    let doctor = bench.run(&["doctor", "experiments/trial.yaml"]);
    doctor.exits(i32::from(status != "passed")).shows(&["energy of endpoint `local`: "]);
    let joules = bench.table("model_summary.csv").field(0, "energy_j").to_owned();
    match status.as_str() {
        "passed" => assert!(joules.parse::<f64>().unwrap() > 0.0),
        _ => assert!(joules.is_empty() && message.starts_with("no energy is given: "), "{message}"),
    }
    let far = Bench::ready(1, &spec("http://far.invalid", "energy: true"));
    far.run(&["validate", "experiments/trial.yaml"]).exits(2).says(&["`energy` reads counters of this machine"]);
}

#[test]
fn answers_that_are_older_than_the_key_are_explained() {
    let mock = Mock::with(&["--ttft", "1ms", "--gap", "1ms"]);
    let bench = Bench::ready(4, &spec(&mock.url, "").with("load", "{ warmup: 0 }"));
    bench.apply().exits(0);
    bench.spec(&spec(&mock.url, "metrics: true, energy: true").with("load", "{ warmup: 0 }"));
    bench.apply().exits(0).says(&["4 kept, 0 sent"]);
    assert!(check(&bench, "server_readings").1.contains("may be older than the key `metrics`"));
    assert!(check(&bench, "energy").1.contains("may be older than the key `energy`"));
}
