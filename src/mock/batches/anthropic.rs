//! Anthropic's message batches.

use chrono::{DateTime, SecondsFormat};
use hyper::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::behaviour::BatchFault;
use super::exchange::{Answer, AnswerTo, BatchRequest};
use super::page::page;
use super::shelf::{Batch, EntryEnd, Shelf, ShelvedRequest};

/// Where batches are.
pub(super) const BATCHES: &str = "/v1/messages/batches";

/// The most requests of a batch.
const MOST: usize = 100_000;

const BATCH: &str = "msgbatch_";

pub(super) fn answer(shelf: &Shelf, asked: &BatchRequest<'_>, answer_to: AnswerTo<'_>) -> Answer {
    let rest = asked.path.strip_prefix(BATCHES).and_then(|rest| rest.strip_prefix('/'));
    let is_post = asked.method == Method::POST;
    let shown = |batch: Option<Batch>| batch.map_or_else(absent, |batch| Answer::Json(written(shelf, &batch)));
    match rest {
        None if is_post => make(shelf, &asked.body, answer_to),
        None => list(shelf, asked.query),
        Some(rest) if is_post => shown(shelf.cancel(rest.strip_suffix("/cancel").unwrap_or(rest))),
        Some(rest) => match rest.strip_suffix("/results") {
            Some(id) => results(shelf, id),
            None => shown(shelf.batch(rest)),
        },
    }
}

fn absent() -> Answer {
    Answer::Refused(StatusCode::NOT_FOUND, "no such batch".to_owned())
}

fn make(shelf: &Shelf, body: &[u8], answer_to: AnswerTo<'_>) -> Answer {
    let refused = |why: &str| Answer::Refused(StatusCode::BAD_REQUEST, why.to_owned());
    let asked: Json = serde_json::from_slice(body).unwrap_or_default();
    let Some(requests) = asked["requests"].as_array().filter(|list| (1..=MOST).contains(&list.len())) else {
        return refused("`requests` is a list of 1 to 100000");
    };
    let mut known = std::collections::HashSet::new();
    let is_id =
        |id: &str| (1..=64).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"_-".contains(&c));
    let is_fit =
        |request: &Json| request["custom_id"].as_str().is_some_and(|id| is_id(id) && known.insert(id.to_owned()));
    if !requests.iter().all(is_fit) {
        return refused("a `custom_id` has 1 to 64 letters, digits, `_` and `-`, and is unique");
    }
    let entry = |request: &Json| ShelvedRequest {
        id: request["custom_id"].as_str().unwrap_or_default().to_owned(),
        end: answer_to("anthropic messages", &request["params"]),
    };
    let batch = shelf.make(BATCH, Json::Null, Ok(requests.iter().map(entry).collect()));
    Answer::Made(written(shelf, &batch))
}

fn list(shelf: &Shelf, query: &str) -> Answer {
    let all = shelf.batches(BATCH).iter().map(|batch| written(shelf, batch)).collect();
    let (batches, has_more) = page(all, query, "after_id");
    let end = |batch: Option<&Json>| batch.map_or(Json::Null, |batch| batch["id"].clone());
    Answer::Json(json!({
        "first_id": end(batches.first()), "last_id": end(batches.last()), "has_more": has_more, "data": batches,
    }))
}

fn written(shelf: &Shelf, batch: &Batch) -> Json {
    let time = shelf.behaviour.time;
    let (results, has_ended) = (batch.results(time), batch.has_ended(time));
    let kind = |entry: &ShelvedRequest| match &entry.end {
        EntryEnd::Answer(_) => 0,
        EntryEnd::Cancelled => 2,
        EntryEnd::Fault(BatchFault::Expired) => 3,
        EntryEnd::Fault(_) | EntryEnd::Refused(_) => 1,
    };
    let count = |wanted| if has_ended { results.iter().filter(|entry| kind(entry) == wanted).count() } else { 0 };
    // As the real one does, it counts nothing but what is processed until it has ended.
    let processing = if has_ended { 0 } else { batch.entries.len() };
    let created = DateTime::from_timestamp(i64::try_from(batch.created_s).unwrap_or_default(), 0).unwrap_or_default();
    let created = created.to_rfc3339_opts(SecondsFormat::Secs, true);
    let status = if has_ended { "ended" } else { "in_progress" };
    json!({
        "id": batch.id, "type": "message_batch", "processing_status": status, "created_at": created,
        "cancel_initiated_at": batch.is_cancelled().then_some(&created), "results_url": has_ended.then(|| format!("{BATCHES}/{}/results", batch.id)),
        "request_counts": {
            "processing": processing, "succeeded": count(0), "errored": count(1), "canceled": count(2), "expired": count(3),
        },
    })
}

fn results(shelf: &Shelf, id: &str) -> Answer {
    let time = shelf.behaviour.time;
    match shelf.batch(id).filter(|batch| batch.has_ended(time)) {
        None => absent(),
        Some(batch) => Answer::Lines(batch.results(time).iter().filter_map(line).collect()),
    }
}

fn line(entry: &ShelvedRequest) -> Option<String> {
    let errored = |kind: &str, message: &str| {
        let error = json!({ "type": "error", "error": { "type": kind, "message": message } });
        json!({ "type": "errored", "error": error })
    };
    let result = match &entry.end {
        EntryEnd::Answer(answer) => json!({ "type": "succeeded", "message": answer }),
        EntryEnd::Refused(why) => errored("invalid_request_error", why),
        EntryEnd::Fault(BatchFault::Errored) => errored("api_error", "the mock failed, as configured"),
        EntryEnd::Fault(BatchFault::Rejected) => errored("invalid_request_error", "the mock refuses, as configured"),
        EntryEnd::Fault(BatchFault::Expired) => json!({ "type": "expired" }),
        EntryEnd::Cancelled => json!({ "type": "canceled" }),
        EntryEnd::Fault(BatchFault::Missing) => return None,
        EntryEnd::Fault(BatchFault::Malformed) => return Some(format!("{{\"custom_id\":\"{}\n", entry.id)),
    };
    Some(format!("{}\n", json!({ "custom_id": entry.id, "result": result })))
}
