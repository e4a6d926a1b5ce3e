//! OpenAI's files and batches.

use bytes::Bytes;
use hyper::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::behaviour::BatchFault;
use super::exchange::{Answer, AnswerTo, BatchRequest};
use super::page::page;
use super::shelf::{Batch, EntryEnd, Shelf, ShelvedRequest};

/// Where files are.
pub(super) const FILES: &str = "/v1/files";

/// Where batches are.
pub(super) const BATCHES: &str = "/v1/batches";

/// The most requests of a batch.
const MOST: usize = 50_000;

const FILE: &str = "file-";
const OUTPUT: &str = "file-output-";
const ERRORS: &str = "file-errors-";
const BATCH: &str = "batch_";

pub(super) fn answer(shelf: &Shelf, asked: &BatchRequest<'_>, answer_to: AnswerTo<'_>) -> Answer {
    let path = asked.path;
    let under = |place: &str| path.strip_prefix(place).and_then(|rest| rest.strip_prefix('/'));
    let is_post = asked.method == Method::POST;
    match (under(FILES), under(BATCHES)) {
        (None, None) if is_post && path == FILES => upload(shelf, asked),
        (None, None) if is_post => make(shelf, &asked.body, answer_to),
        (None, None) if path == BATCHES => list(shelf, asked.query),
        (Some(file), _) => {
            file.strip_suffix("/content").and_then(|id| content(shelf, id)).map_or_else(absent, Answer::Lines)
        }
        (_, Some(id)) if is_post => {
            let id = id.strip_suffix("/cancel").unwrap_or(id);
            shelf.cancel(id).map_or_else(absent, |batch| Answer::Json(written(shelf, &batch)))
        }
        (_, Some(id)) => shelf.batch(id).map_or_else(absent, |batch| Answer::Json(written(shelf, &batch))),
        _ => absent(),
    }
}

fn absent() -> Answer {
    Answer::Refused(StatusCode::NOT_FOUND, "no such file or batch".to_owned())
}

fn upload(shelf: &Shelf, asked: &BatchRequest<'_>) -> Answer {
    let Some(content) = part(asked.media_type, &asked.body) else {
        return Answer::Refused(StatusCode::BAD_REQUEST, "no file in the form".to_owned());
    };
    let bytes = content.len();
    let id = format!("{FILE}{}", shelf.put_file(content));
    Answer::Json(json!({ "id": id, "object": "file", "bytes": bytes, "purpose": "batch", "status": "processed" }))
}

/// The file of a form.
fn part(media_type: &str, body: &Bytes) -> Option<Bytes> {
    let boundary = format!("--{}", media_type.split_once("boundary=")?.1.trim_matches('"'));
    let find = |from: usize, text: &str| memchr::memmem::find(&body[from..], text.as_bytes()).map(|place| from + place);
    let start = find(find(0, "name=\"file\"")?, "\r\n\r\n")? + 4;
    let end = find(start, &format!("\r\n{boundary}"))?;
    Some(body.slice(start..end))
}

fn make(shelf: &Shelf, body: &[u8], answer_to: AnswerTo<'_>) -> Answer {
    let asked: Json = serde_json::from_slice(body).unwrap_or_default();
    let number = asked["input_file_id"].as_str().and_then(|id| id.strip_prefix(FILE)?.parse().ok());
    let Some(file) = number.and_then(|number| shelf.file(number)) else {
        return Answer::Refused(StatusCode::BAD_REQUEST, "no such input file".to_owned());
    };
    if asked["completion_window"] != "24h" {
        return Answer::Refused(StatusCode::BAD_REQUEST, "the window of a batch is 24h".to_owned());
    }
    let endpoint = asked["endpoint"].as_str().unwrap_or_default();
    let made = entries(&file, endpoint, answer_to);
    let batch = shelf.make(BATCH, asked["metadata"].clone(), made);
    Answer::Made(written(shelf, &batch))
}

/// The requests of a file, or why it is refused.
fn entries(file: &[u8], endpoint: &str, answer_to: AnswerTo<'_>) -> Result<Vec<ShelvedRequest>, String> {
    let mut entries = Vec::new();
    let (mut known, mut models) = (std::collections::HashSet::new(), std::collections::HashSet::new());
    for line in file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Json = serde_json::from_slice(line).map_err(|error| format!("a line is no JSON: {error}"))?;
        let id = line["custom_id"].as_str().ok_or("a line without `custom_id`")?.to_owned();
        models.insert(line["body"]["model"].as_str().unwrap_or_default().to_owned());
        if !known.insert(id.clone()) || models.len() > 1 || line["url"] != endpoint || line["method"] != "POST" {
            return Err("a line with a known `custom_id`, of another model or for another endpoint".to_owned());
        }
        let api = match endpoint {
            "/v1/chat/completions" => "openai chat",
            "/v1/responses" => "openai responses",
            "/v1/completions" => "openai completions",
            _ => return Err(format!("no batches for {endpoint}")),
        };
        entries.push(ShelvedRequest { id, end: answer_to(api, &line["body"]) });
    }
    if entries.is_empty() || entries.len() > MOST {
        return Err(format!("a batch has from 1 to {MOST} requests"));
    }
    Ok(entries)
}

fn list(shelf: &Shelf, query: &str) -> Answer {
    let all = shelf.batches(BATCH).iter().map(|batch| written(shelf, batch)).collect();
    let (batches, has_more) = page(all, query, "after");
    Answer::Json(json!({ "object": "list", "data": batches, "has_more": has_more }))
}

fn is_expired(entry: &ShelvedRequest) -> bool {
    matches!(entry.end, EntryEnd::Fault(BatchFault::Expired))
}

fn is_output(entry: &ShelvedRequest) -> bool {
    matches!(entry.end, EntryEnd::Answer(_) | EntryEnd::Fault(BatchFault::Malformed))
}

fn written(shelf: &Shelf, batch: &Batch) -> Json {
    let time = shelf.behaviour.time;
    let (results, has_ended) = (batch.results(time), batch.has_ended(time));
    let status = match (&batch.refused, has_ended) {
        (Some(_), _) => "failed",
        (None, false) => "in_progress",
        (None, true) if batch.is_cancelled() => "cancelled",
        (None, true) if results.iter().any(is_expired) => "expired",
        (None, true) => "completed",
    };
    let done = batch.done(time);
    let failed = batch.entries.iter().take(done).filter(|entry| !matches!(entry.end, EntryEnd::Answer(_))).count();
    let file = |prefix: &str, is_there: bool| (has_ended && is_there).then(|| format!("{prefix}{}", batch.id));
    json!({
        "id": batch.id, "object": "batch", "status": status, "created_at": batch.created_s, "metadata": batch.metadata,
        "output_file_id": file(OUTPUT, results.iter().any(is_output)),
        "error_file_id": file(ERRORS, results.iter().any(|entry| !is_output(entry))),
        "request_counts": { "total": batch.entries.len(), "completed": done - failed, "failed": failed },
        "errors": batch.refused.as_ref().map(|why| json!({ "data": [{ "code": "invalid", "message": why }] })),
    })
}

/// The content of a file of results.
fn content(shelf: &Shelf, id: &str) -> Option<String> {
    let (wants_output, id) = match id.strip_prefix(OUTPUT) {
        Some(id) => (true, id),
        None => (false, id.strip_prefix(ERRORS)?),
    };
    let batch = shelf.batch(id).filter(|batch| batch.has_ended(shelf.behaviour.time))?;
    let results = batch.results(shelf.behaviour.time);
    Some(results.iter().filter(|entry| is_output(entry) == wants_output).filter_map(line).collect())
}

fn line(entry: &ShelvedRequest) -> Option<String> {
    let response = |status: u16, body: &Json| json!({ "status_code": status, "request_id": "req_mock", "body": body });
    let said = |message: &str, kind: &str| json!({ "error": { "message": message, "type": kind, "code": null } });
    let missed = |code: &str, message: &str| (Json::Null, json!({ "code": code, "message": message }));
    let (response, error) = match &entry.end {
        EntryEnd::Answer(answer) => (response(200, answer), Json::Null),
        EntryEnd::Refused(why) => (response(400, &said(why, "invalid_request_error")), Json::Null),
        EntryEnd::Fault(BatchFault::Errored) => {
            (response(500, &said("the mock failed, as configured", "server_error")), Json::Null)
        }
        EntryEnd::Fault(BatchFault::Rejected) => {
            (response(400, &said("the mock refuses, as configured", "invalid_request_error")), Json::Null)
        }
        EntryEnd::Fault(BatchFault::Expired) => {
            missed("batch_expired", "the batch expired before this request was executed")
        }
        EntryEnd::Cancelled => missed("batch_cancelled", "the batch was cancelled before this request was executed"),
        EntryEnd::Fault(BatchFault::Missing) => return None,
        EntryEnd::Fault(BatchFault::Malformed) => return Some(format!("{{\"custom_id\":\"{}\n", entry.id)),
    };
    let line = json!({ "id": "batch_req_mock", "custom_id": entry.id, "response": response, "error": error });
    Some(format!("{line}\n"))
}
