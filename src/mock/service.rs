//! From a request to its reply.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Request, StatusCode};
use serde_json::Value as Json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answer::{Durations, MockAnswer, letter_tokens, text_tokens};
use super::api::{Api, Models};
use super::batches::{self, Shelf};
use super::behaviour::Behaviour;
use super::counters::{self, Counters};
use super::faults::Fault;
use super::memory::{Key, Memory};
use super::metrics::{self, Counted};
use super::paced::{End, LONGEST, Paced, Schedule};
use super::providers::{self, nearest};
use super::reply::{self, Reply, refusal};
use super::request::{MockRequest, Text};
use super::residency::Residency;
use super::script::Script;
use crate::format;
use crate::timer::Timer;

/// The largest request, in bytes.
const LARGEST_REQUEST: usize = 64 << 20;

/// The largest batch, in bytes.
const LARGEST_BATCH: usize = 512 << 20;

/// What a request waits for before its answer begins: a slot, and the model.
struct Admission {
    slot: Option<OwnedSemaphorePermit>,
    working: Counted,
    begun: Instant,
    queue: Duration,
    load: Duration,
}

/// What answers requests.
pub(super) struct Service {
    behaviour: Behaviour,
    timer: Timer,
    slots: Option<Arc<Semaphore>>,
    residencies: Vec<Residency>,
    memory: Memory,
    shelf: Shelf,
    pub(super) counters: Arc<Counters>,
}

impl Service {
    pub(super) fn new(mut behaviour: Behaviour, timer: Timer) -> Self {
        // So that no sum of times goes beyond what a clock can show.
        for time in [&mut behaviour.ttft, &mut behaviour.gap, &mut behaviour.load_time] {
            *time = (*time).min(LONGEST);
        }
        Self {
            slots: behaviour.slots.map(|slots| Arc::new(Semaphore::new(slots.clamp(1, Semaphore::MAX_PERMITS)))),
            residencies: behaviour.models.iter().map(|_| Residency::default()).collect(),
            memory: Memory::default(),
            shelf: Shelf::new(behaviour.batches.clone()),
            counters: Arc::default(),
            behaviour,
            timer,
        }
    }

    /// The reply to a request.
    pub(super) async fn reply(&self, request: Request<Incoming>) -> Reply {
        self.counters.requested();
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        if !self.admits(&head.headers) {
            return refusal(nearest(path), StatusCode::UNAUTHORIZED, "the key is missing or wrong");
        }
        if self.shelf.behaviour.is_offered && batches::is_path(path) {
            return self.batch(&head, body).await;
        }
        if matches!(head.method, Method::GET | Method::HEAD) {
            return self.page(path).unwrap_or_else(|| no_page(path));
        }
        if head.method == Method::DELETE && path == counters::PATH {
            let page = self.counters.page();
            self.counters.reset();
            return reply::json(&page);
        }
        let (api, details) = (providers::api(path), providers::details(path));
        if head.method != Method::POST || (api.is_none() && details.is_none()) {
            return no_page(path);
        }
        let Ok(body) = Limited::new(body, LARGEST_REQUEST).collect().await else {
            return refusal(nearest(path), StatusCode::PAYLOAD_TOO_LARGE, "the request is too large");
        };
        let body = body.to_bytes();
        let received = Instant::now();
        let asked: MockRequest = match serde_json::from_slice(&body) {
            Ok(asked) => asked,
            Err(error) => return refusal(nearest(path), StatusCode::BAD_REQUEST, &error.to_string()),
        };
        let Some(model) = self.model(&asked.model) else {
            let text = format!("model '{}' not found", asked.model);
            return refusal(nearest(path), StatusCode::NOT_FOUND, &text);
        };
        match (api, details) {
            (Some(api), _) => self.answer(api, model, &asked, received).await,
            (None, Some(details)) => reply::json(&(details.write)(&self.behaviour)),
            (None, None) => no_page(path),
        }
    }

    /// The reply of a batch API.
    async fn batch(&self, head: &Parts, body: Incoming) -> Reply {
        let path = head.uri.path();
        let Ok(body) = Limited::new(body, LARGEST_BATCH).collect().await else {
            return refusal(nearest(path), StatusCode::PAYLOAD_TOO_LARGE, "the batch is too large");
        };
        let body = body.to_bytes();
        let media_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let query = head.uri.query().unwrap_or_default();
        let asked = batches::BatchRequest { method: &head.method, path, query, media_type, body };
        if batches::is_submission(&asked) && self.shelf.refuses() {
            return reply::refusal_of(nearest(path), Fault::RateLimited).unwrap_or_else(|| no_page(path));
        }
        if batches::is_submission(&asked) {
            tokio::time::sleep(self.shelf.behaviour.accept).await;
        }
        let answer_to = |api: &'static str, body: &Json| self.shelf.end(&self.counters, self.in_one_piece(api, body));
        match batches::answer(&self.shelf, &asked, &answer_to) {
            batches::Answer::Json(json) => reply::json(&json),
            batches::Answer::Lines(lines) => reply::lines(lines.into()),
            batches::Answer::Refused(status, why) => refusal(nearest(path), status, &why),
            batches::Answer::Made(json) => {
                tokio::time::sleep(self.shelf.behaviour.reply).await;
                reply::json(&json)
            }
        }
    }

    /// The answer to a request of a batch; or why there is none.
    fn in_one_piece(&self, api: &str, body: &Json) -> Result<Json, String> {
        let text = body.to_string();
        let asked: MockRequest<'_> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        if asked.stream == Some(true) {
            return Err("a request of a batch has no stream".to_owned());
        }
        let model = self.model(&asked.model).ok_or_else(|| format!("model '{}' not found", asked.model))?;
        let api = providers::by_name(api).ok_or("an unknown API")?;
        let key = Key { streamed: false, ..self.key(api, model, &asked, asked.prompt())? };
        let (working, begun) = (Counted::running(&self.counters.traffic), Instant::now());
        let turn = Admission { slot: None, working, begun, queue: Duration::ZERO, load: Duration::ZERO };
        let schedule = Schedule { begun: turn.begun, ttft: self.behaviour.ttft, gap: self.behaviour.gap };
        serde_json::from_slice(&self.script(api, &key, &turn, schedule).body).map_err(|error| error.to_string())
    }

    /// True if no key is wanted, or the right one is presented.
    fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(key) = &self.behaviour.key else { return true };
        let bearer = headers.get(AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
        let presented = bearer.or_else(|| headers.get("x-api-key").map(HeaderValue::as_bytes));
        presented == Some(key.expose().as_bytes())
    }

    /// A page that says something of the server.
    fn page(&self, path: &str) -> Option<Reply> {
        if path == counters::PATH {
            return Some(reply::json(&self.counters.page()));
        }
        if path == metrics::PATH {
            return Some(reply::text(self.counters.traffic.page(self.behaviour.slots)));
        }
        let Behaviour { models, context_length, .. } = &self.behaviour;
        let (all, now) = (models.iter().zip(&self.residencies), Instant::now());
        let loaded = all.filter(|(_, residency)| residency.is_loaded(now)).map(|(model, _)| model.as_str()).collect();
        let models = Models { all: models, loaded, context_length: *context_length };
        providers::page(path, &models).map(|page| reply::page(&page))
    }

    /// The place of a model, whose name may leave out `:latest`.
    fn model(&self, name: &str) -> Option<usize> {
        self.behaviour.models.iter().position(|model| without_tag(model) == without_tag(name))
    }

    async fn answer(&self, api: &'static dyn Api, model: usize, asked: &MockRequest<'_>, received: Instant) -> Reply {
        let prompt = asked.prompt();
        if prompt.bytes == 0
            && let Some(moved) = api.moved(&self.behaviour.models[model], asked.unloads())
        {
            self.move_model(model, asked.unloads(), received).await;
            return reply::json(&moved);
        }
        let number = self.counters.answer();
        let fault = self.behaviour.faults.of(number);
        if let Some(reply) = fault.and_then(|fault| reply::refusal_of(api, fault)) {
            return reply;
        }
        let key = match self.key(api, model, asked, prompt) {
            Ok(key) => key,
            Err(text) => return refusal(api, StatusCode::BAD_REQUEST, &text),
        };
        let turn = self.turn(model, received).await;
        self.counters.traffic.prompt(key.prompt_tokens);
        if asked.unloads() {
            self.residencies[model].unload();
        }
        let schedule = Schedule { begun: turn.begun, ttft: self.behaviour.ttft, gap: self.behaviour.gap };
        let script = if turn.queue.is_zero() && turn.load.is_zero() {
            self.memory.get_or_make(key, || self.script(api, &key, &turn, schedule))
        } else {
            Arc::new(self.script(api, &key, &turn, schedule))
        };
        let (timer, counters) = (self.timer.clone(), Arc::clone(&self.counters));
        let paced =
            Paced { script, schedule, end: End::Proper, timer, counters, slot: turn.slot, working: turn.working };
        if key.streamed { reply::stream(api, paced, fault) } else { reply::whole(api, paced, fault).await }
    }

    /// Loads a model or unloads it.
    async fn move_model(&self, model: usize, unload: bool, received: Instant) {
        let residency = &self.residencies[model];
        if unload {
            residency.unload();
        } else {
            self.timer.sleep_until(residency.load(received, self.behaviour.load_time)).await;
        }
    }

    /// What the answer depends on; or why there is none, if the prompt is longer than the context and
    /// the API does not cut it.
    fn key(&self, api: &'static dyn Api, model: usize, asked: &MockRequest, prompt: Text) -> Result<Key, String> {
        let counted = u32::try_from(prompt.bytes / 4).unwrap_or(u32::MAX).max(1);
        let counted = self.behaviour.prompt_tokens.unwrap_or(counted);
        let context = self.behaviour.context_length;
        if counted > context && !api.cuts_long_prompts() {
            return Err(format!(
                "the prompt has {}, and the context of the model holds {context}",
                format::counted(counted, "token")
            ));
        }
        Ok(Key {
            api: api.name(),
            streamed: asked.stream.unwrap_or_else(|| api.streams_by_default()),
            with_usage: asked.wants_usage(),
            model,
            letter: prompt.letter(),
            prompt_tokens: counted.min(asked.context().unwrap_or(context)),
            limit: asked.limit(),
        })
    }

    /// Waits for a slot, and loads the model if it is not loaded.
    async fn turn(&self, model: usize, received: Instant) -> Admission {
        let traffic = &self.counters.traffic;
        let (slot, had) = match &self.slots {
            None => (None, received),
            Some(slots) => match Arc::clone(slots).try_acquire_owned() {
                Ok(slot) => (Some(slot), received),
                Err(_) => {
                    let _waiting = Counted::waiting(traffic);
                    (Arc::clone(slots).acquire_owned().await.ok(), Instant::now())
                }
            },
        };
        let working = Counted::running(traffic);
        let ready = self.residencies[model].load(had, self.behaviour.load_time);
        Admission {
            slot,
            working,
            begun: had.max(ready),
            queue: had - received,
            load: ready.saturating_duration_since(had),
        }
    }

    fn script(&self, api: &dyn Api, key: &Key, turn: &Admission, schedule: Schedule) -> Script {
        let Behaviour { models, output_tokens, thinking_tokens, text, ttft, .. } = &self.behaviour;
        let thinking = if api.has_thinking() { *thinking_tokens } else { 0 };
        let mut tokens = match text {
            Some(text) => text_tokens(text, thinking),
            None => letter_tokens(key.letter, thinking, (*output_tokens).max(1)),
        };
        let limit = key.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let capped = tokens.len() > limit;
        tokens.truncate(limit);
        let output = schedule.output(tokens.len());
        let answer = MockAnswer {
            model: &models[key.model],
            tokens,
            capped,
            prompt_tokens: key.prompt_tokens,
            with_usage: key.with_usage,
            durations: Durations { queue: turn.queue, load: turn.load, prompt: *ttft, output },
        };
        if key.streamed { Script::stream(api, &answer) } else { Script::whole(api, &answer) }
    }
}

fn without_tag(model: &str) -> &str {
    model.strip_suffix(":latest").unwrap_or(model)
}

fn no_page(path: &str) -> Reply {
    refusal(nearest(path), StatusCode::NOT_FOUND, "no such page")
}
