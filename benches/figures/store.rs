//! The store under load: responses per second, bytes per response, and `plan` over many of them.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use smallbench::level::Level;
use smallbench::request::{Parameters, Prompt, Request, Settings};
use smallbench::response::{Dispatch, Response, ServerDurations, Stamps, Status, Usage};
use smallbench::store::{SqliteStore, Store};

/// Responses of a store that has seen some use.
const MANY: usize = 200_000;

/// When a request was sent, since its run started.
const SENT: Duration = Duration::from_secs(1234);

/// Requests in flight.
const IN_FLIGHT: usize = 64;

pub fn run_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.sqlite");
    let requests = requests();
    let store = SqliteStore::open(&path).expect("a store");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let started = Instant::now();
    runtime.block_on(async {
        futures::stream::iter(&requests)
            .map(|request| store.put(request.clone(), Arc::new(response(request))))
            .buffer_unordered(IN_FLIGHT)
            .for_each(|outcome| async { outcome.expect("it is stored") })
            .await;
    });
    let rate = MANY as f64 / started.elapsed().as_secs_f64();
    println!("{:<58} {rate:>12.0}", "responses stored per second, 64 in flight");
    drop(store);
    let size = std::fs::metadata(&path).map_or(0, |file| file.len());
    println!("{:<58} {:>12}", "bytes per response", size / MANY as u64);

    let started = Instant::now();
    let store = SqliteStore::open(&path).expect("a store");
    println!("{:<58} {:>12.3}", "opening the store (s)", started.elapsed().as_secs_f64());
    let keys: Vec<_> = requests.iter().map(|request| &request.key).collect();
    let started = Instant::now();
    let held = store.holds(&keys).expect("an answer").into_iter().filter(|held| *held).count();
    println!("{:<58} {:>12.3}", "looking up 200,000 keys (s)", started.elapsed().as_secs_f64());
    assert_eq!(held, MANY, "nothing is lost");
    let started = Instant::now();
    let kept = store.read(&keys).expect("an answer").iter().flatten().count();
    println!("{:<58} {:>12.3}", "reading 200,000 responses (s)", started.elapsed().as_secs_f64());
    assert_eq!(kept, MANY, "nothing is lost");
}

fn requests() -> Vec<Request> {
    let parameters = Parameters {
        max_tokens: Some(128),
        temperature: Some(0.0),
        seed: Some(42),
        stream: true,
        ..Parameters::default()
    };
    let settings = Arc::new(Settings {
        endpoint: "ollama generate http://127.0.0.1:11434".into(),
        model: "gemma:2b".into(),
        digest: Some("b50d6c999e592ae4f79acae23b4feaefbdfceaa7cd366df2610e3072c052a160".into()),
        parameters,
        repeat: 0,
        level: Level::Concurrency(NonZeroU32::MIN),
    });
    let hasher = settings.hasher();
    let question = "Find the order of the factor group that the lecture described. ".repeat(7);
    let request = |index: usize| {
        let prompt = Prompt::new(None, format!("Question {index}. {question}\nA. 1\nB. 2\nC. 3\nD. 4\nAnswer:"));
        let key = hasher.key(&prompt);
        Request { key, settings: Arc::clone(&settings), prompt, sample: format!("all#{index}") }
    };
    (0..MANY).map(request).collect()
}

/// An answer as models give it.
pub fn response(request: &Request) -> Response {
    let at = |milliseconds: u64| Some(Duration::from_micros(milliseconds * 1_000 + 7));
    Response {
        key: request.key,
        status: Status::Ok,
        fault: None,
        text: "The answer is B, because the order of the group divides its index.".into(),
        reasoning: None,
        finish_reason: Some("stop".into()),
        attempts: 1,
        unanswered: 0,
        alternatives: Vec::new(),
        failed_attempts: Vec::new(),
        calls: Vec::new(),
        retry_time: Duration::ZERO,
        throttled: false,
        dispatch: Some(Dispatch { scheduled: SENT, permit: SENT, sent: SENT, connect: None }),
        gaps: vec![Duration::from_micros(5_120); 15],
        cold: false,
        warmup: false,
        stamps: Stamps {
            headers: at(10),
            first_byte: at(10),
            first_token: at(10),
            first_content: at(10),
            last_token: at(90),
            end: at(91),
        },
        usage: Usage { prompt_tokens: Some(120), output_tokens: Some(16), ..Usage::default() },
        server: ServerDurations { total: at(90), load: at(1), prompt_eval: at(9), eval: at(80) },
        run: "20261123T162119000Z-1a2b".into(),
    }
}
