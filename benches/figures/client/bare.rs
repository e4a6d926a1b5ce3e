//! Bare loops: the same requests over the program's own connections, hyper's pooled client and reqwest, with nothing
//! done to the answers but reading them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use smallbench::endpoint::wire::{ConnectionPool, PostContent, Trust};
use tokio::runtime::Runtime;

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
pub fn hyper(runtime: &Runtime, url: &str, body: &Bytes, (in_flight, requests): (usize, usize)) -> f64 {
    let client = pooled();
    let uri: hyper::Uri = format!("{url}/v1/chat/completions").parse().expect("an address");
    let body = body.clone();
    rate(runtime, (in_flight, requests), move || {
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
pub fn wire(runtime: &Runtime, url: &str, body: &Bytes, (in_flight, requests): (usize, usize)) -> f64 {
    let wire = Arc::new(
        ConnectionPool::new(&format!("{url}/v1"), &[], (None, &Trust::default()), Duration::from_secs(5))
            .expect("a wire"),
    );
    let body = body.clone();
    rate(runtime, (in_flight, requests), move || {
        let (wire, body) = (Arc::clone(&wire), PostContent::json(body.clone()));
        async move {
            let mut exchange = wire.send("/chat/completions", Some(body), None).await.expect("an answer");
            let mut length = 0;
            while let Some((_, bytes)) = exchange.chunk().await.expect("a body") {
                length += bytes.len();
            }
            length
        }
    })
}

/// Requests per second of reqwest.
pub fn reqwest(runtime: &Runtime, url: &str, body: &Bytes, (in_flight, requests): (usize, usize)) -> f64 {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let (url, body) = (format!("{url}/v1/chat/completions"), body.clone());
    rate(runtime, (in_flight, requests), move || {
        let request = client.post(&url).header("content-type", "application/json").body(body.clone());
        async move { request.send().await.expect("an answer").bytes().await.expect("a body").len() }
    })
}

/// Time to the first piece with text and to the last one, of streams over hyper's pooled client, in seconds: the
/// stamps that a program would take which does nothing else.
pub fn stream_times(
    runtime: &Runtime,
    url: &str,
    body: &Bytes,
    (in_flight, requests): (usize, usize),
) -> [Vec<f64>; 2] {
    let client = pooled();
    let uri: hyper::Uri = format!("{url}/v1/chat/completions").parse().expect("an address");
    let times = Arc::new(Mutex::new([Vec::new(), Vec::new()]));
    let (body, noted) = (body.clone(), Arc::clone(&times));
    rate(runtime, (in_flight, requests), move || {
        let (client, uri, body, noted) = (client.clone(), uri.clone(), body.clone(), Arc::clone(&noted));
        async move {
            let request = hyper::Request::post(uri)
                .header("content-type", "application/json")
                .body(Full::new(body))
                .expect("a request");
            let sent = Instant::now();
            let mut answer = client.request(request).await.expect("an answer").into_body();
            let (mut first, mut last) = (None, sent);
            while let Some(frame) = answer.frame().await {
                let at = Instant::now();
                let bytes = frame.expect("a frame").into_data().unwrap_or_default();
                if has_text(&bytes) {
                    first.get_or_insert(at);
                    last = at;
                }
            }
            let mut noted = noted.lock().expect("a lock");
            noted[0].push((first.expect("text") - sent).as_secs_f64());
            noted[1].push((last - sent).as_secs_f64());
            1
        }
    });
    Arc::into_inner(times).expect("no other owner").into_inner().expect("a lock")
}

/// True if a piece of a stream holds text of the answer.
fn has_text(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.match_indices("\"content\":\"").any(|(at, found)| !text[at + found.len()..].starts_with('"'))
}

fn pooled() -> Client<HttpConnector, Full<Bytes>> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(usize::MAX).build(connector)
}

fn rate<F, A>(runtime: &Runtime, (in_flight, requests): (usize, usize), ask: F) -> f64
where
    F: Fn() -> A + Clone + Send + 'static,
    A: Future<Output = usize> + Send,
{
    let left = Arc::new(AtomicUsize::new(requests));
    let started = Instant::now();
    runtime.block_on(async {
        let workers = (0..in_flight).map(|_| {
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
