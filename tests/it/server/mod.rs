//! A server that a test starts on a free port: HTTP/1.1 by hand, so that it can misbehave by the byte.
//!
//! It answers the same prompt with the same text, counts and durations each time, and keeps what it
//! was asked.

mod anthropic;
mod http;
pub(crate) mod hub;
mod ollama;
mod openai;

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value as Json;

use http::Message;

/// The API that a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    Ollama,
    OpenAi,
    Anthropic,
}

/// What a server does when it is asked.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Answers a letter that depends on the prompt.
    Answer,
    /// Answers this text.
    Say(String),
    /// Answers after a while.
    Late(Duration),
    /// Answers this status with these headers and this body.
    Status(u16, Vec<(&'static str, String)>, String),
    /// Closes the connection in the middle of the answer.
    Cut,
    /// Ends the answer in good order, but without its finish marker.
    Unfinished,
    /// Answers 200 with a web page.
    Garbage,
    /// Reports an error within the answer.
    ErrorInside(String),
    /// Sends the answer byte by byte with a pause before each.
    Drip(Duration),
    /// Sends these pieces with a pause before each.
    Slow(Vec<&'static str>, Duration),
    /// Sends this whole body, and the end of its chunks after a while.
    LateEnd(&'static str, Duration),
    /// Begins the answer and falls silent.
    Stall,
    /// Gives the whole answer and leaves its body open.
    LeaveOpen,
    /// Goes on and on with the answer's first piece.
    Endless,
    /// Gives another answer, that nobody asked for, after so long a time.
    Twice(Duration),
    /// Says nothing at all.
    Silence,
    /// Closes the connection at once.
    Close,
}

impl Act {
    /// A status with an error text as both APIs write it.
    pub(crate) fn status(code: u16, text: &str) -> Self {
        Self::Status(code, Vec::new(), serde_json::json!({ "error": text }).to_string())
    }
}

/// One request for an answer.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) bearer: Option<String>,
    /// The header `x-api-key`.
    pub(crate) api_key: Option<String>,
    /// The header `anthropic-version`.
    pub(crate) version: Option<String>,
    pub(crate) model: String,
    pub(crate) prompt: String,
    pub(crate) body: Json,
    /// How often the same was asked before.
    pub(crate) before: usize,
}

type Script = Arc<dyn Fn(&Asked) -> Act + Send + Sync>;

struct State {
    api: Api,
    models: Vec<String>,
    /// Names the content of the models; another generation has other digests.
    generation: AtomicUsize,
    key: Option<String>,
    script: Mutex<Script>,
    asked: Mutex<Vec<Asked>>,
    loads: AtomicUsize,
    /// Models that it was told to take out of memory, and how much it had been asked by then.
    unloaded: Mutex<Vec<(String, usize)>>,
    /// Requests that it works on now, and the most of them so far.
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    version: AtomicUsize,
    /// Models in memory.
    resident: Mutex<BTreeSet<String>>,
    /// A refusal names the key that was refused, as some servers do.
    echoes: AtomicBool,
    closed: AtomicBool,
}

/// A server; it goes down when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// An Ollama with these models.
    pub(crate) fn ollama(models: &[&str]) -> Self {
        Self::start(Api::Ollama, models, None)
    }

    /// An OpenAI-compatible server with these models, which may want a key.
    pub(crate) fn openai(models: &[&str], key: Option<&str>) -> Self {
        Self::start(Api::OpenAi, models, key)
    }

    /// An Anthropic with these models, which may want a key.
    pub(crate) fn anthropic(models: &[&str], key: Option<&str>) -> Self {
        Self::start(Api::Anthropic, models, key)
    }

    fn start(api: Api, models: &[&str], key: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            api,
            models: models.iter().map(|&model| model.to_owned()).collect(),
            generation: AtomicUsize::new(0),
            key: key.map(str::to_owned),
            script: Mutex::new(Arc::new(|_| Act::Answer)),
            asked: Mutex::default(),
            loads: AtomicUsize::new(0),
            unloaded: Mutex::default(),
            at_once: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
            version: AtomicUsize::new(5),
            resident: Mutex::new(models.iter().map(|&model| model.to_owned()).collect()),
            echoes: AtomicBool::new(false),
            closed: AtomicBool::new(false),
        });
        let shared = Arc::clone(&state);
        let thread = thread::spawn(move || accept(&listener, &shared));
        Self { address, state, thread: Some(thread) }
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its endpoint in a spec.
    pub(crate) fn endpoint(&self) -> String {
        match self.state.api {
            Api::Ollama => format!("{{ ollama: {{ url: \"{}\" }} }}", self.url()),
            Api::OpenAi => format!("{{ openai: {{ url: \"{}/v1\" }} }}", self.url()),
            Api::Anthropic => format!("{{ anthropic: {{ url: \"{}\" }} }}", self.url()),
        }
    }

    /// From now on it acts like this.
    pub(crate) fn acts(&self, script: impl Fn(&Asked) -> Act + Send + Sync + 'static) {
        *self.state.script.lock().unwrap() = Arc::new(script);
    }

    /// From now on no model is in its memory, until it is asked.
    pub(crate) fn forgets_its_models(&self) {
        self.state.resident.lock().unwrap().clear();
    }

    /// From now on its models have other digests.
    pub(crate) fn pulls_again(&self) {
        self.state.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// From now on it is of a later version.
    pub(crate) fn is_updated(&self) {
        self.state.version.fetch_add(1, Ordering::SeqCst);
    }

    /// From now on its refusals name the key that was refused.
    pub(crate) fn refuses_with_an_echo(&self) {
        self.state.echoes.store(true, Ordering::SeqCst);
    }

    /// All that it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// How much it was asked so far.
    pub(crate) fn count(&self) -> usize {
        self.state.asked.lock().unwrap().len()
    }

    /// How much it is asked while something happens.
    pub(crate) fn count_during(&self, happens: impl FnOnce()) -> usize {
        let before = self.count();
        happens();
        self.count() - before
    }

    /// Models that it was told to take out of memory, and how much it had been asked by then.
    pub(crate) fn unloaded(&self) -> Vec<(String, usize)> {
        self.state.unloaded.lock().unwrap().clone()
    }

    /// The most requests that it worked on at once.
    pub(crate) fn most_at_once(&self) -> usize {
        self.state.most_at_once.load(Ordering::SeqCst)
    }

    /// How often a model was only brought into memory.
    pub(crate) fn loads(&self) -> usize {
        self.state.loads.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.closed.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts, so that the port is closed when this is over.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn accept(listener: &TcpListener, state: &Arc<State>) {
    for stream in listener.incoming() {
        if state.closed.load(Ordering::SeqCst) {
            return;
        }
        let state = Arc::clone(state);
        // A client that goes away in the middle is what some tests are about.
        let _ = stream.map(|stream| thread::spawn(move || http::converse(stream, |message| state.reply(message))));
    }
}

/// What is sent back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

/// How a body is sent.
pub(crate) enum Body {
    /// With its length.
    Whole(String),
    /// In chunks.
    Stream(Vec<String>),
    /// Byte by byte, with a pause before each.
    Drip(String, Duration),
    /// In chunks, with a pause before each.
    Slow(Vec<&'static str>, Duration),
    /// In one chunk, with a pause before the end of the chunks.
    LateEnd(&'static str, Duration),
    /// In chunks, and then the connection is closed.
    Cut(Vec<String>),
    /// In chunks, and then nothing until the client goes away.
    Stall(Vec<String>),
    /// The same chunk until the client goes away.
    Endless(String),
    /// A body with its length and, after a while, another with a head of its own.
    Twice(String, Duration, String),
    /// Not even a status line until the client goes away.
    Silence,
    /// Nothing; the connection is closed.
    Close,
}

impl State {
    fn reply(&self, message: &Message) -> Reply {
        if self.closed.load(Ordering::SeqCst) {
            return Reply { status: 503, headers: Vec::new(), body: Body::Close };
        }
        let key = if self.api == Api::Anthropic { &message.api_key } else { &message.bearer };
        if self.key.is_some() && *key != self.key {
            let key = key.as_deref().filter(|_| self.echoes.load(Ordering::SeqCst));
            return error(401, &format!("wrong key {}", key.unwrap_or_default()));
        }
        if message.method == "GET" || message.path == "/api/show" {
            return self.page(message).map_or_else(|| error(404, "no such page"), |page| whole(page.to_string()));
        }
        let asked = self.note(message);
        if asked.prompt.is_empty() {
            self.loads.fetch_add(1, Ordering::SeqCst);
            return whole(ollama::loaded(&asked).to_string());
        }
        if !self.models.contains(&asked.model) {
            return error(404, &format!("model '{}' not found", asked.model));
        }
        let script = Arc::clone(&self.script.lock().unwrap());
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        let reply = self.act(&asked, script(&asked));
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        reply
    }

    fn page(&self, message: &Message) -> Option<Json> {
        match (self.api, message.path.as_str()) {
            (Api::Ollama, "/api/show") => ollama::description(&message.body, &self.models),
            (Api::Ollama, "/api/ps") => Some(ollama::resident(&self.resident.lock().unwrap())),
            (Api::Ollama, "/api/version") => Some(ollama::version(self.version.load(Ordering::SeqCst))),
            (Api::Ollama, path) => ollama::page(path, &self.models, self.generation.load(Ordering::SeqCst)),
            (Api::OpenAi | Api::Anthropic, path) => openai::page(path, &self.models),
        }
    }

    fn note(&self, message: &Message) -> Asked {
        let prompt = match self.api {
            Api::Ollama => ollama::prompt(&message.path, &message.body),
            Api::OpenAi => openai::prompt(&message.path, &message.body),
            Api::Anthropic => openai::messages(&message.body),
        };
        let mut log = self.asked.lock().unwrap();
        let before = log.iter().filter(|asked| asked.body == message.body).count();
        let asked = Asked {
            path: message.path.clone(),
            bearer: message.bearer.clone(),
            api_key: message.api_key.clone(),
            version: message.version.clone(),
            model: message.body["model"].as_str().unwrap_or_default().to_owned(),
            prompt,
            body: message.body.clone(),
            before,
        };
        if !asked.prompt.is_empty() {
            log.push(asked.clone());
        } else if asked.body["keep_alive"] == 0 {
            self.unloaded.lock().unwrap().push((asked.model.clone(), log.len()));
        }
        let mut resident = self.resident.lock().unwrap();
        if asked.body["keep_alive"] == 0 {
            resident.remove(&asked.model);
        } else {
            resident.insert(asked.model.clone());
        }
        asked
    }

    fn frames(&self, asked: &Asked, text: &str, streamed: bool) -> Vec<String> {
        match self.api {
            Api::Ollama => ollama::frames(asked, text, streamed),
            Api::OpenAi => openai::frames(asked, text, streamed),
            Api::Anthropic => anthropic::frames(asked, text, streamed),
        }
    }

    fn act(&self, asked: &Asked, act: Act) -> Reply {
        let text = match &act {
            Act::Say(text) => text.clone(),
            _ => format!("The answer is {}.", letter(&asked.prompt)),
        };
        let streamed = asked.body["stream"].as_bool().unwrap_or(self.api == Api::Ollama);
        let frames = self.frames(asked, &text, streamed);
        let half = || frames[..frames.len() / 2].to_vec();
        let body = match act {
            Act::Status(code, headers, body) => return Reply { status: code, headers, body: Body::Whole(body) },
            Act::Answer | Act::Say(_) => in_one_way(frames, streamed),
            Act::Late(wait) => {
                thread::sleep(wait);
                in_one_way(frames, streamed)
            }
            Act::Cut => Body::Cut(half()),
            Act::Unfinished => Body::Stream(half()),
            Act::Garbage => Body::Whole("It works!".into()),
            Act::ErrorInside(text) => Body::Stream(match self.api {
                Api::Ollama => vec![frames[0].clone(), ollama::error_frame(&text)],
                Api::OpenAi => vec![frames[0].clone(), openai::error_frame(&text)],
                Api::Anthropic => vec![frames[0].clone(), anthropic::error_frame(&text)],
            }),
            Act::Drip(pause) => Body::Drip(frames.concat(), pause),
            Act::Slow(pieces, pause) => Body::Slow(pieces, pause),
            Act::LateEnd(piece, pause) => Body::LateEnd(piece, pause),
            Act::Stall => Body::Stall(half()),
            Act::LeaveOpen => Body::Stall(frames),
            Act::Endless => Body::Endless(frames[0].repeat(500)),
            Act::Twice(pause) => {
                let other = self.frames(asked, "The answer is none. [nobody asked]", streamed);
                Body::Twice(frames.concat(), pause, other.concat())
            }
            Act::Silence => Body::Silence,
            Act::Close => Body::Close,
        };
        let media = match (self.api, streamed) {
            (_, false) => "application/json",
            (Api::Ollama, true) => "application/x-ndjson",
            (Api::OpenAi | Api::Anthropic, true) => "text/event-stream",
        };
        Reply { status: 200, headers: vec![("Content-Type", media.into())], body }
    }
}

fn in_one_way(frames: Vec<String>, streamed: bool) -> Body {
    if streamed { Body::Stream(frames) } else { Body::Whole(frames.concat()) }
}

fn whole(body: String) -> Reply {
    Reply { status: 200, headers: vec![("Content-Type", "application/json".into())], body: Body::Whole(body) }
}

fn error(status: u16, text: &str) -> Reply {
    Reply { status, ..whole(serde_json::json!({ "error": text }).to_string()) }
}

/// The letter that every server of the tests answers to a prompt.
pub(crate) fn letter(prompt: &str) -> char {
    char::from(b'A' + u8::try_from(hash(prompt) % 4).unwrap())
}

/// FNV-1a: the same on every machine and in every version.
fn hash(text: &str) -> u64 {
    let mixed = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mixed ^ (mixed >> 32)
}

/// The words of an answer, each with the space before it: one token each.
fn tokens(text: &str) -> Vec<&str> {
    text.split_inclusive(' ').collect()
}
