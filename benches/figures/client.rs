//! The client beside bare loops over the same connections, and beside hyper's own pooled client, against the
//! built-in server in a process of its own on the same machine.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use smallbench::endpoint::wire::Wire;

/// Requests in flight.
pub const IN_FLIGHT: usize = 64;

/// The built-in server in a process of its own; it ends with this value.
pub struct Mock {
    child: Child,
    /// Its address.
    pub url: String,
}

impl Mock {
    /// Starts it with these options.
    pub fn start(options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_smallbench"))
            .args(["mock", "--port", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("its address").to_owned();
        Self { child, url }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A body as the program sends it.
pub fn body(stream: bool, prompt: &str) -> Bytes {
    let options = if stream { ",\"stream_options\":{\"include_usage\":true}" } else { "" };
    format!(
        "{{\"model\":\"mock\",\"messages\":[{{\"role\":\"user\",\"content\":\"{prompt}\"}}],\"stream\":{stream}{options},\
         \"max_tokens\":128,\"temperature\":0.0,\"seed\":42}}"
    )
    .into()
}

/// Requests per second of hyper's own pooled client, which reads each answer to its end.
pub fn bare_hyper(runtime: &tokio::runtime::Runtime, url: &str, body: &Bytes, requests: usize) -> f64 {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client: Client<_, Full<Bytes>> =
        Client::builder(TokioExecutor::new()).pool_max_idle_per_host(usize::MAX).build(connector);
    let uri: hyper::Uri = format!("{url}/v1/chat/completions").parse().expect("an address");
    let body = body.clone();
    rate(runtime, requests, move || {
        let (client, uri, body) = (client.clone(), uri.clone(), body.clone());
        async move {
            let request = hyper::Request::post(uri)
                .header("content-type", "application/json")
                .body(Full::new(body))
                .expect("a request");
            let answer = client.request(request).await.expect("an answer");
            answer.into_body().collect().await.expect("a body").to_bytes().len()
        }
    })
}

/// Requests per second of the program's own connections, which read each answer to its end and do nothing with it.
pub fn bare_wire(runtime: &tokio::runtime::Runtime, url: &str, body: &Bytes, requests: usize) -> f64 {
    let wire = Arc::new(Wire::new(&format!("{url}/v1"), &[], None, Duration::from_secs(5)).expect("a wire"));
    let body = body.clone();
    rate(runtime, requests, move || {
        let (wire, body) = (Arc::clone(&wire), body.clone());
        async move {
            let mut exchange = wire.send("/chat/completions", Some(body)).await.expect("an answer");
            let mut length = 0;
            while let Some((_, bytes)) = exchange.chunk().await.expect("a body") {
                length += bytes.len();
            }
            length
        }
    })
}

fn rate<F, A>(runtime: &tokio::runtime::Runtime, requests: usize, ask: F) -> f64
where
    F: Fn() -> A + Clone + Send + 'static,
    A: Future<Output = usize> + Send,
{
    let left = Arc::new(AtomicUsize::new(requests));
    let started = Instant::now();
    runtime.block_on(async {
        let workers = (0..IN_FLIGHT).map(|_| {
            let (left, ask) = (Arc::clone(&left), ask.clone());
            tokio::spawn(async move {
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                    assert!(ask().await > 0, "an answer has a body");
                }
            })
        });
        for worker in workers.collect::<Vec<_>>() {
            worker.await.expect("a worker ends");
        }
    });
    requests as f64 / started.elapsed().as_secs_f64()
}

pub fn run_all() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mock = Mock::start(&["--ttft", "0ms", "--gap", "0ms", "--tokens", "8"]);
    let body = body(false, &"Which of these holds for the group that was described in the lecture? ".repeat(6));
    for _ in 0..3 {
        let hyper = bare_hyper(&runtime, &mock.url, &body, 60_000);
        let wire = bare_wire(&runtime, &mock.url, &body, 60_000);
        println!("bare hyper {hyper:.0}/s, bare wire {wire:.0}/s");
    }
}
