//! Replies: in one piece or in time, in good order or as a fault has it.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt, iter};
use http_body_util::{Either, Full, StreamBody};
use hyper::body::Frame;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::Value as Json;

use super::api::{Api, MockPage};
use super::faults::Fault;
use super::paced::{End, Paced};

/// A reply: its body is there, or comes in time.
pub(super) type Reply = Response<Either<Full<Bytes>, StreamBody<BoxStream<'static, io::Result<Frame<Bytes>>>>>>;

/// How long a client that is refused is asked to wait, in seconds.
const RETRY_AFTER_S: &str = "1";

/// The media type of an answer in one piece.
const JSON: &str = "application/json";

/// What is no JSON.
const BROKEN: &str = "{\"broken\":";

/// What an answer says that reports an error inside.
const ERROR_INSIDE: &str = "the mock failed in the middle of its answer, as configured";

fn in_one_piece(media_type: &'static str, body: Bytes) -> Reply {
    let mut reply = Response::new(Either::Left(Full::new(body)));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    reply
}

fn in_frames(media_type: &'static str, frames: BoxStream<'static, io::Result<Frame<Bytes>>>) -> Reply {
    let mut reply = Response::new(Either::Right(StreamBody::new(frames)));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    reply
}

/// A page.
pub(super) fn page(page: &MockPage) -> Reply {
    match page {
        MockPage::Text(text) => in_one_piece("text/plain; charset=utf-8", Bytes::from_static(text.as_bytes())),
        MockPage::Json(page) => json(page),
    }
}

/// A text.
pub(super) fn text(text: String) -> Reply {
    in_one_piece("text/plain; version=0.0.4; charset=utf-8", text.into())
}

/// JSON.
pub(super) fn json(json: &Json) -> Reply {
    in_one_piece(JSON, json.to_string().into())
}

/// JSON, one value per line.
pub(super) fn lines(lines: Bytes) -> Reply {
    in_one_piece("application/x-jsonl", lines)
}

/// A refusal in the words of an API.
pub(super) fn refusal(api: &dyn Api, status: StatusCode, text: &str) -> Reply {
    let mut reply = json(&api.refusal(status, text));
    *reply.status_mut() = status;
    reply
}

/// The refusal that a fault stands for, if it is one.
pub(super) fn refusal_of(api: &dyn Api, fault: Fault) -> Option<Reply> {
    let (status, text) = match fault {
        Fault::RateLimited => (StatusCode::TOO_MANY_REQUESTS, "too many requests, as configured"),
        Fault::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "the mock failed, as configured"),
        Fault::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "the mock is overloaded, as configured"),
        Fault::Cut | Fault::Stall | Fault::Malformed | Fault::ErrorInside => return None,
    };
    let mut reply = refusal(api, status, text);
    if fault == Fault::RateLimited {
        reply.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    }
    Some(reply)
}

/// An answer token by token, at its times.
pub(super) fn stream(api: &dyn Api, mut paced: Paced, fault: Option<Fault>) -> Reply {
    let half_and = |rest: &str| Arc::new(paced.script.half_and(rest));
    match fault {
        Some(Fault::Cut) => (paced.script, paced.end) = (half_and(""), End::Cut),
        Some(Fault::Stall) => (paced.script, paced.end) = (half_and(""), End::Stall),
        Some(Fault::Malformed) => paced.script = half_and(&api.piece("content_block_delta", BROKEN)),
        Some(Fault::ErrorInside) => {
            let error = api.refusal(StatusCode::INTERNAL_SERVER_ERROR, ERROR_INSIDE);
            paced.script = half_and(&api.piece("error", &error.to_string()));
        }
        _ => {}
    }
    in_frames(api.stream_media_type(), paced.frames())
}

/// An answer in one piece, when its last token is due.
pub(super) async fn whole(api: &dyn Api, paced: Paced, fault: Option<Fault>) -> Reply {
    let Paced { script, schedule, timer, counters, slot, working, .. } = paced;
    if let Some(due) = schedule.due(script.tokens)
        && due > Instant::now()
    {
        timer.sleep_until(due).await;
    }
    if let Some(due) = schedule.due(script.tokens) {
        counters.token(due.elapsed());
        // All of them leave with the last one.
        counters.traffic.output(script.tokens.saturating_sub(1));
    }
    // A reply that never comes keeps its slot.
    let _place = (slot, working);
    let half = || script.body.slice(..script.body.len() / 2);
    match fault {
        Some(Fault::Cut) => cut(half(), script.body.len()),
        Some(Fault::Stall) => std::future::pending().await,
        Some(Fault::Malformed) => in_one_piece(JSON, half()),
        Some(Fault::ErrorInside) => json(&api.refusal(StatusCode::INTERNAL_SERVER_ERROR, ERROR_INSIDE)),
        _ => in_one_piece(JSON, script.body.clone()),
    }
}

/// A body that ends, with its connection, before all the bytes that it promised are there.
fn cut(half: Bytes, promised: usize) -> Reply {
    let broken = async {
        tokio::task::yield_now().await;
        Err(io::Error::other("cut as configured"))
    };
    let frames = iter([Ok(Frame::data(half))]).chain(futures::stream::once(broken));
    let mut reply = in_frames(JSON, frames.boxed());
    reply.headers_mut().insert(CONTENT_LENGTH, promised.into());
    reply
}
