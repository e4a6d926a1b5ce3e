//! A run against a server of which a fifth of the answers is no good: nothing may be lost or made up.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::server::Server;

/// Requests of the run.
const REQUESTS: usize = 5_000;

pub fn run_all() {
    let server = Server::start_faulty();
    let folder = tempfile::tempdir().expect("a folder");
    let rows = (0..REQUESTS).map(|index| {
        format!(
            "{{\"question\": \"q{index}\", \"choices\": [\"1\", \"2\", \"3\", \"4\"], \"answer\": {}}}\n",
            index % 4
        )
    });
    fs::write(folder.path().join("q.jsonl"), rows.collect::<String>()).expect("the questions are written");
    let spec = format!(
        "version: 1\nname: faulty\ndatasets: [{{source: {{file: {{path: q.jsonl}}}}}}]\n\
         endpoints: {{e: {{ollama: {{url: \"{}\"}}}}}}\nmodels: [{{name: m0, endpoint: e}}]\ngeneration: {{stream: false}}\n\
         load: {{concurrency: 32, warmup: 0, timeout: 3s, attempts: 4}}\ncharts: []\noutput: {{dir: out/faulty}}\n",
        server.url
    );
    let path = folder.path().join("faulty.yaml");
    fs::write(&path, spec).expect("the spec is written");
    let started = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_smallbench"));
    let program = program.arg("apply").arg(&path).env_clear().stdout(Stdio::null()).stderr(Stdio::null());
    let status = program.status().expect("the program runs");
    let mut reader =
        csv::Reader::from_path(folder.path().join("out/faulty/results.csv")).expect("the results are there");
    let headers = reader.headers().expect("a header").clone();
    let column = |name: &str| headers.iter().position(|header| header == name).expect("the column is there");
    let (status_at, score_at) = (column("status"), column("score"));
    let mut counts = BTreeMap::<String, usize>::new();
    for row in reader.records() {
        let row = row.expect("a row");
        *counts.entry(row[status_at].to_owned()).or_default() += 1;
        assert_eq!(row[score_at].is_empty(), &row[status_at] != "ok", "a fault has no score, an answer has one");
    }
    assert_eq!(counts.values().sum::<usize>(), REQUESTS, "every request has a row");
    println!(
        "{REQUESTS} requests, 5 % each 429, 500, cut, malformed, 1 % hanging: {:.1} s, exit {:?}, {} sent, {counts:?}",
        started.elapsed().as_secs_f64(),
        status.code(),
        server.seen().generations
    );
}
