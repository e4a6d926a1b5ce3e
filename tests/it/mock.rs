//! `mock`: the built-in endpoint, run as a user runs it, and asked by `apply`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::bench::{Bench, Spec};

/// A mock that runs; it is killed when it is dropped.
pub(crate) struct Mock {
    child: Child,
    pub(crate) url: String,
}

impl Mock {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::with(&[&["--ttft", "2ms", "--gap", "1ms"], arguments].concat())
    }

    /// One with these options and no others, on a free port unless they name one.
    pub(crate) fn with(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_smallbench"));
        command.arg("mock").args(arguments);
        if !arguments.contains(&"--port") {
            command.args(["--port", "0"]);
        }
        command.env("TRIAL_KEY", "sk-right").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { child, url: url.trim().to_owned() }
    }

    /// A spec for it; a key of the spec's own is never in the way.
    fn spec(&self, api: &str) -> Spec {
        let endpoint = match api {
            "openai" => format!("{{ openai: {{ url: \"{}/v1\", api_key_env: TRIAL_KEY }} }}", self.url),
            _ => format!("{{ ollama: {{ url: \"{}\", api: {api} }} }}", self.url),
        };
        Spec::at(&endpoint).with("models", "[{ name: mock, endpoint: local }]")
    }

    /// Requests that it says it works on.
    pub(crate) fn running(&self) -> f64 {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n\r\n").unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        let line = page.lines().find(|line| line.starts_with("vllm:num_requests_running{")).unwrap();
        line.split_once(' ').unwrap().1.parse().unwrap()
    }

    /// Interrupts it; what it has said on standard error.
    #[cfg(unix)]
    fn interrupted(mut self) -> String {
        let kill = format!("kill -INT {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{said}");
        said
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const APIS: [&str; 3] = ["generate", "chat", "openai"];

fn apply(bench: &Bench) -> crate::bench::Finished {
    bench.run_with(&["apply", "experiments/trial.yaml"], &[("TRIAL_KEY", "sk-right")])
}

#[test]
fn every_api_gives_the_same_scores_and_counts_on_every_run() {
    let mut seen = Vec::new();
    for api in APIS {
        let mock = Mock::start(&["--tokens", "6", "--prompt-tokens", "17"]);
        for stream in [true, false] {
            let bench = Bench::ready(8, &mock.spec(api).with("generation", &format!("{{ stream: {stream} }}")));
            apply(&bench).exits(0);
            let results = bench.results();
            assert_eq!(results.column("status"), ["ok"; 8]);
            assert_eq!(results.column("finish_reason"), ["stop"; 8]);
            assert_eq!(results.column("prompt_tokens"), ["17"; 8]);
            assert_eq!(results.column("output_tokens"), ["6"; 8]);
            let read = ["extracted_answer", "score", "output"].map(|name| results.column(name).join("|"));
            assert!(results.column("extracted_answer").iter().all(|letter| !letter.is_empty()), "{read:?}");
            seen.push(read);
        }
    }
    assert!(seen.iter().all(|read| *read == seen[0]), "{seen:?}");
}

#[test]
fn a_limit_of_tokens_caps_an_answer() {
    let mock = Mock::start(&[]);
    for api in APIS {
        let bench = Bench::ready(2, &mock.spec(api).with("generation", "{ max_tokens: 3 }"));
        apply(&bench).exits(0);
        let results = bench.results();
        assert_eq!((results.column("status"), results.column("output_tokens")), (vec!["capped"; 2], vec!["3"; 2]));
        assert_eq!(results.column("finish_reason"), ["length"; 2]);
    }
}

#[test]
fn faults_come_by_their_share_and_are_listed() {
    let cases = [("500", "server_error"), ("cut", "cut_stream"), ("malformed", "malformed"), ("error", "stream_error")];
    for (fault, status) in cases {
        for api in ["generate", "openai"] {
            let mock = Mock::start(&["--fail", &format!("{fault}=0.25")]);
            let bench = Bench::ready(20, &mock.spec(api));
            apply(&bench).exits(3);
            let results = bench.results();
            let wrong = results.column("status").iter().filter(|found| **found == status).count();
            assert_eq!((wrong, results.column("status").iter().filter(|found| **found == "ok").count()), (5, 15));
        }
    }
}

#[test]
fn a_key_is_asked_for() {
    let mock = Mock::start(&["--key-env", "TRIAL_KEY"]);
    let bench = Bench::ready(2, &mock.spec("openai"));
    apply(&bench).exits(0);
    let bench = Bench::ready(2, &mock.spec("openai"));
    bench.run_with(&["apply", "experiments/trial.yaml"], &[("TRIAL_KEY", "sk-wrong")]).exits(2).says(&["HTTP 401"]);
}

#[test]
fn another_model_is_missing() {
    let mock = Mock::start(&["--models", "small,large:7b"]);
    let bench = Bench::ready(2, &mock.spec("generate"));
    apply(&bench).exits(2).says(&["`mock`", "small:latest", "large:7b"]);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_with_a_count() {
    let mock = Mock::start(&["--load-time", "1ms"]);
    let bench = Bench::ready(3, &mock.spec("generate"));
    apply(&bench).exits(0);
    let url = mock.url.clone();
    let said = mock.interrupted();
    for words in ["ollama: { url: \"", "openai: { url: \"", "/v1\"", "anthropic", &url, "served ", "tokens left "] {
        assert!(said.contains(words), "`{words}` is not in:\n{said}");
    }
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let mock = Mock::start(&[]);
    let port = mock.url.rsplit(':').next().unwrap();
    Bench::empty().run(&["mock", "--port", port]).exits(1).says(&[&mock.url[7..], "--port 0"]);
}

#[test]
fn wrong_arguments_are_named() {
    let cases: [(&[&str], &str); 5] = [
        (&["--fail", "429=2"], "429=2"),
        (&["--fail", "404=0.1"], "one of 429, 500"),
        (&["--ttft", "50"], "a number and a unit"),
        (&["--tokens", "0"], "--tokens"),
        (&["--key-env", "NOT_SET"], "NOT_SET is not set"),
    ];
    for (arguments, words) in cases {
        Bench::empty().run(&[&["mock", "--port", "0"], arguments].concat()).exits(2).says(&[words]);
    }
}

#[test]
fn a_server_that_is_gone_is_tried_as_often_as_one_request_would_be() {
    let mock = Mock::start(&["--tokens", "30"]);
    let load = "{ warmup: 0, attempts: 3, concurrency: 4 }";
    let bench = Bench::ready(400, &mock.spec("openai").with("load", load));
    let running = bench.start(&["apply", "experiments/trial.yaml"], &[("TRIAL_KEY", "sk-right")]);
    let log = bench.path("outputs/store.sqlite-wal");
    crate::bench::wait_until("some answers", || std::fs::metadata(&log).is_ok_and(|log| log.len() > 60_000));
    drop(mock);
    let finished = running.end();
    finished.exits(3).says(&["does not answer since", "has not recovered since", "rerun the command", "not sent"]);
    let results = bench.results();
    let failed = results.column("status").iter().filter(|status| **status != "ok").count();
    assert!(results.rows.len() < 400 && (1..=8).contains(&failed), "{failed} of {}", results.rows.len());
}
